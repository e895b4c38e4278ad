"""What a clearance rests on, aspect by aspect, and what has changed since it was decided.

A proposal lists the ledger indexes of the records that stood for each aspect. A record that stands now and is not on the
list is a change; so is a recorded change of the end user, or a verification that was withdrawn. That a verification ended
and was renewed is none: the gate asks for a current one by itself. A decision that lists nothing (it was made elsewhere) is held
against the records that came after it. A new edition of a list is a change until the parties are screened against it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kansa.facts.context import FactContext
from kansa.facts.rating import rerated
from kansa.facts.screening_current import behind
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.case import CaseDecided, CaseProposed
from kansa.records.kinds.custody import SiteCommissioned, SiteRegistered
from kansa.records.kinds.end_user import EndUserChanged
from kansa.records.kinds.party import (
    EndUseStated,
    PartyHeadquartersDetermined,
    PartyOwnershipDeclared,
    PartyRegistered,
)
from kansa.records.kinds.rule import RulePackAdopted
from kansa.registers.spans.access import approvals_of
from kansa.registers.spans.verification import withdrawals

Basis = Mapping[str, tuple[int, ...]]
"""Ledger indexes by aspect, both sorted."""


class Change(NamedTuple):
    """An aspect that is not as it was, and the records that say so."""

    aspect: str
    records: tuple[int, ...]


def basis(world: FactContext, tenant: str, end_user: str, sites: Iterable[str] | None) -> Basis:
    """Return what stands now for a tenant and an end user at these sites (None: wherever)."""
    found: dict[str, set[int]] = {}
    for aspect, noted in _standing(world, tenant, end_user, sites):
        found.setdefault(aspect, set()).add(noted.index)
    return {aspect: tuple(sorted(indexes)) for aspect, indexes in sorted(found.items())}


def changes(
    world: FactContext, decided: IndexedClaim, rested: CaseProposed | None, changed: Iterable[IndexedClaim]
) -> list[Change]:
    """Return what changed since a decision that was taken on a proposal, or elsewhere, by aspect.

    `changed` are the changes of the end user that end the decision (`registers.spans.clearance`).
    """
    if not isinstance(decided.claim, CaseDecided):
        raise TypeError(f"entry {decided.index} decides nothing")
    prepared = _rested_at(world, decided.claim.end_user_id, decided, rested)
    return _changed(world, decided, rested, changed, prepared)


def changes_since_proposal(world: FactContext, proposed: IndexedClaim) -> list[Change]:
    """Return what changed since a case was proposed, by aspect: what whoever decides on it has to see first.

    What the proposal lists and no longer stands is a change as well.
    """
    claim = proposed.claim
    if not isinstance(claim, CaseProposed):
        raise TypeError(f"entry {proposed.index} proposes nothing")
    later = [
        noted
        for noted, said in world.find(claim.end_user_id, EndUserChanged)
        if noted.index > proposed.index and said.tenant_id in {None, claim.tenant_id}
    ]
    found = {
        change.aspect: set(change.records)
        for change in _changed(world, proposed, claim, later, proposed.index)
    }
    now = basis(world, claim.tenant_id, claim.end_user_id, claim.site_ids)
    for aspect, indexes in claim.rests_on.items():
        if gone := set(indexes) - set(now.get(aspect, ())):
            found.setdefault(aspect, set()).update(gone)
    return [Change(aspect, tuple(sorted(records))) for aspect, records in sorted(found.items())]


def _changed(
    world: FactContext,
    at: IndexedClaim,
    rested: CaseProposed | None,
    changed: Iterable[IndexedClaim],
    prepared: int,
) -> list[Change]:
    claim = at.claim
    assert isinstance(claim, CaseDecided | CaseProposed)  # noqa: S101 - both callers asked
    parties = (claim.tenant_id, claim.end_user_id)
    now = basis(world, *parties, claim.site_ids)
    then = (
        None
        if rested is None
        else {aspect: frozenset(indexes) for aspect, indexes in rested.rests_on.items()}
    )
    found = {
        aspect: {i for i in indexes if (i > at.index if then is None else i not in then.get(aspect, ()))}
        for aspect, indexes in now.items()
    }
    for noted in changed:
        if isinstance(noted.claim, EndUserChanged) and world.since(noted.claim) is not None:
            found.setdefault(noted.claim.what, set()).add(noted.index)
    for noted in withdrawals(claim.end_user_id, world):
        if noted.index > at.index and world.since(noted.claim) is not None:
            found.setdefault("end_user", set()).add(noted.index)
    for party in dict.fromkeys(parties):
        if since := behind(world, party):
            found.setdefault("list", set()).update(noted.index for noted in since)
        if ratings := {noted.index for noted in rerated(world, party, prepared)}:
            found.setdefault("rating", set()).update(ratings)
    return [Change(aspect, tuple(sorted(records))) for aspect, records in sorted(found.items()) if records]


def _rested_at(world: FactContext, end_user: str, decided: IndexedClaim, rested: CaseProposed | None) -> int:
    """Return the ledger index as of which a decision was prepared: that of its proposal, or its own."""
    proposed = world.find(end_user, CaseProposed) if rested is not None else []
    return next((noted.index for noted, claim in proposed if claim == rested), decided.index)


def _standing(
    world: FactContext, tenant: str, end_user: str, sites: Iterable[str] | None
) -> Iterator[tuple[str, IndexedClaim]]:
    parties = tuple(dict.fromkeys((tenant, end_user)))
    for party in parties:
        yield from _latest("address", world.current(party, PartyRegistered, party_id=party))
        yield from _all("ownership", world.current(party, PartyOwnershipDeclared, party_id=party))
        yield from _latest("headquarters", world.current(party, PartyHeadquartersDetermined, party_id=party))
    yield from _all("end_use", world.current(end_user, EndUseStated, end_user_id=end_user))
    theirs = [a for a in world.holding(approvals_of(end_user, world)) if a.claim.tenant_id == tenant]
    yield from (("path", each.noted) for each in theirs)
    for mediator in sorted({a.claim.mediator_id for a in theirs if a.claim.mediator_id is not None}):
        yield from _latest("reseller", world.current(mediator, PartyRegistered, party_id=mediator))
    adopted = {claim.pack: noted for noted, claim in world.current(RulePackAdopted.type, RulePackAdopted)}
    yield from (("rules", noted) for noted in adopted.values())
    for site in sites or ():
        yield from _latest("placement", world.current(site, SiteRegistered, site_id=site))
        yield from _latest("placement", world.current(site, SiteCommissioned, site_id=site))


def _all(aspect: str, said: Sequence[tuple[IndexedClaim, object]]) -> Iterator[tuple[str, IndexedClaim]]:
    return ((aspect, noted) for noted, _ in said)


def _latest(aspect: str, said: Sequence[tuple[IndexedClaim, object]]) -> Iterator[tuple[str, IndexedClaim]]:
    return _all(aspect, said[-1:])
