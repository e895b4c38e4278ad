"""Authorization: a basis in force for every jurisdiction that applies to the item class.

One group an end user; the spans come from `spans.basis` and `spans.classification`. Which jurisdictions apply follows
from the classifications of the item class; without one nothing is evidenced. Where several apply the line is the
intersection of one basis for each. Lists of end users, items and sites are exhaustive. Quantities are not asked here:
over-draw is a finding.
"""

from collections.abc import Iterable, Iterator
from itertools import product

from kansa.records.journal import IndexedClaim, Journal, item_topic
from kansa.records.kinds.authorization import AuthorizationRecorded, AuthorizationRevoked
from kansa.records.kinds.custody import ItemClassified
from kansa.registers.spans.basis import bases
from kansa.registers.spans.classification import regimes
from kansa.registers.spans.evidenced import Authorized, authorized
from kansa.registers.tables.line import Line, resting_on, weakest

TABLES = ("authorization", "authorization_item", "authorization_site", "part")


def affected_keys(noted: IndexedClaim, journal: Journal) -> Iterable[str]:
    claim = noted.claim
    if isinstance(claim, AuthorizationRecorded | AuthorizationRevoked):
        related = [noted, *(n for s in noted.about if s.startswith("aut_") for n in journal.mentioning(s))]
        return {subject for n in related for subject in n.about if subject.startswith("pty_")}
    if isinstance(claim, ItemClassified):
        return {
            end_user
            for other in journal.mentioning(item_topic(claim.item_class))
            if isinstance(other.claim, AuthorizationRecorded)
            for end_user in other.claim.end_user_ids
        }
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    in_force = bases(key, journal)
    for basis in in_force:
        for item, site in product(basis.claim.item_classes, basis.claim.site_ids):
            place = f"{key} {basis.claim.jurisdiction} {site} {item}"
            yield Line("part", ("basis", place, *basis.span, resting_on(basis.rests)))
    for item in sorted({item for basis in in_force for item in basis.claim.item_classes}):
        for regime in regimes(item, journal):
            ruled = f"{key} {'+'.join(regime.jurisdictions)} {item}"
            yield Line("part", ("regime", ruled, *regime.span, resting_on(regime.rests)))
    for each in authorized(key, journal):
        yield from _authorization(key, each)


def _authorization(end_user: str, held: Authorized) -> Iterator[Line]:
    # The id names records, item and start: whatever changes any of them makes another id, so that the item and
    # site rows of an id never change.
    records = "+".join(sorted(f"{each.claim.authorization_id}#{each.noted.index}" for each in held.bases))
    authorization_id = f"{records}/{held.item}@{held.span.start}"
    known_by = weakest(noted.claim for noted in held.rests)
    yield Line("authorization", (authorization_id, end_user, *held.span, known_by, resting_on(held.rests)))
    yield Line("authorization_item", (authorization_id, held.item))
    for site in held.sites:
        yield Line("authorization_site", (authorization_id, site))
