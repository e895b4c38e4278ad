"""Access: the path is approved for the end user, enabled, and mediated by a known party if it is mediated.

One group a path; the spans come from `spans.access`.
"""

from collections.abc import Iterable, Iterator

from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.access_path import (
    AccessPathApproved,
    AccessPathDisabled,
    AccessPathEnabled,
    ConfigurationTemporary,
)
from kansa.records.kinds.party import PartyRegistered
from kansa.registers.spans.access import approved, enabled, mediated
from kansa.registers.spans.evidenced import opened
from kansa.registers.tables.line import Line, resting_on, weakest

TABLES = ("access", "part")


def affected_keys(noted: IndexedClaim, journal: Journal) -> Iterable[str]:
    if isinstance(
        noted.claim, AccessPathApproved | AccessPathEnabled | AccessPathDisabled | ConfigurationTemporary
    ):
        return [subject for subject in noted.about if subject.startswith("pth_")]
    if isinstance(noted.claim, PartyRegistered):
        return {
            other.claim.path_id
            for party in noted.about
            for other in journal.mentioning(party)
            if isinstance(other.claim, AccessPathApproved) and other.claim.mediator_id == party
        }
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for span, rests in enabled(key, journal):
        yield Line("part", ("enablement", key, *span, resting_on(rests)))
    for approval in approved(key, journal):
        claim = approval.claim
        if claim.end_user_id is None:
            continue
        who = f"{claim.tenant_id} {claim.end_user_id} {key}"
        yield Line("part", ("approval", who, *approval.span, resting_on([approval.noted])))
        for mediator in mediated(claim, journal):
            yield Line("part", ("mediator", who, *mediator.span, resting_on(mediator.rests)))
    for span, claim, rests in opened(key, journal):
        if claim.end_user_id is not None:
            known_by = weakest(noted.claim for noted in rests)
            values = (claim.tenant_id, claim.end_user_id, key, *span, known_by, resting_on(rests))
            yield Line("access", values)
