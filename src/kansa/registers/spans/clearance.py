"""Cleared: from when to when each decision on a tenant and an end user stands.

A decision counts along the route that the operator adopted (`people.approval`). A later hold or deny takes its
stretch out of the permits recorded before it that it covers in scope. A change of the end user (of any tenant's, or as
this tenant reaches it) ends the permits decided before it, until people decide anew; where the change names the tenant,
what is decided anew holds once the end user has been verified after the change too. A hold or a deny outlasts a change.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import Interval
from kansa.people.approval import ApprovalStatus, standing
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.case import CaseDecided
from kansa.records.kinds.end_user import EndUserChanged, EndUserVerified
from kansa.records.validity import validity
from kansa.registers.spans.verification import changes, renews


class Decision(NamedTuple):
    """A decision with what it is worth, and the changes of the end user that end it if it permits."""

    noted: IndexedClaim
    claim: CaseDecided
    standing: ApprovalStatus
    changes: tuple[IndexedClaim, ...]
    spans: tuple[Interval, ...]
    """When it stands, were it the only one."""

    @property
    def permits(self) -> bool:
        """Whether it counts and permits."""
        return self.standing.counts and self.claim.decision == "permit"


class Work(NamedTuple):
    """What a clearance may be limited to: the item class, site and path of a use; None where that is not known."""

    item: str | None
    site: str | None
    path: str | None


class Clearance(NamedTuple):
    """A stretch in which a permit of a tenant stands, no later decision being against it."""

    span: Interval
    tenant: str
    rests: tuple[IndexedClaim, ...]


def decisions(end_user: str, journal: Journal) -> list[Decision]:
    """Return every decision on an end user, counting or not, in ledger order."""
    changed = changes(end_user, journal)
    return [
        _decision(noted, claim, changed, journal)
        for noted, claim in journal.of_kind(end_user, CaseDecided)
        if claim.end_user_id == end_user
    ]


def cleared(decided: Iterable[Decision]) -> Iterator[Clearance]:
    """Yield the stretches in which each permit stands."""
    counting = [each for each in decided if each.standing.counts]
    for permit in (each for each in counting if each.permits):
        against = [each for each in counting if _stops(each, permit)]
        rests = (*permit.standing.rests, *permit.changes, *(each.noted for each in against))
        for whole in permit.spans:
            for span in whole.minus(validity(each.claim) for each in against):
                yield Clearance(span, permit.claim.tenant_id, rests)


def covers(claim: CaseDecided, work: Work) -> bool:
    """Tell whether what is named lies in a decision's scope; what is not named does."""
    return all(
        limit is None or each is None or each in limit for limit, each in zip(scope(claim), work, strict=True)
    )


def reaches(decided: Iterable[Decision], tenant: str, work: Work) -> list[Interval]:
    """Return when a tenant is cleared for this work: the last decision that stands and covers it permits.

    Identity asks whether tenant and end user are cleared at all (`cleared`); this asks how far that reaches.
    """
    covering = [
        d for d in decided if d.standing.counts and d.claim.tenant_id == tenant and covers(d.claim, work)
    ]
    return [
        span
        for permit in covering
        if permit.permits
        for whole in permit.spans
        for span in whole.minus(
            validity(other.claim)
            for other in covering
            if other.claim.decision != "permit" and other.noted.index > permit.noted.index
        )
    ]


def scope(claim: CaseDecided) -> tuple[list[str] | None, ...]:
    """Return the item classes, sites and paths that a decision is limited to; None is no limit."""
    return claim.item_classes, claim.site_ids, claim.path_ids


def _decision(
    noted: IndexedClaim,
    claim: CaseDecided,
    changed: list[tuple[IndexedClaim, EndUserChanged]],
    journal: Journal,
) -> Decision:
    whole = validity(claim)
    worth = standing(noted, journal)
    if claim.decision != "permit":
        return Decision(noted, claim, worth, (), (whole,))
    theirs = [(n, c) for n, c in changed if c.tenant_id in {None, claim.tenant_id}]
    out = [(n, span) for n, c in theirs if not (span := _without(noted, n, c, journal).meet(whole)).is_empty]
    spans = tuple(whole.minus(span for _, span in out))
    return Decision(noted, claim, worth, tuple(n for n, _ in out), spans)


def _without(permit: IndexedClaim, change: IndexedClaim, claim: EndUserChanged, journal: Journal) -> Interval:
    """Return the stretch that a change takes out of a permit."""
    at = parse_instant(claim.valid_from)
    if not renews(permit, change):
        return Interval(at, None)
    if claim.tenant_id is None:
        return Interval(at, at)
    again = [
        parse_instant(c.valid_from)
        for n, c in journal.of_kind(claim.end_user_id, EndUserVerified)
        if c.end_user_id == claim.end_user_id and renews(n, change)
    ]
    return Interval(at, min(again, default=None))


def _stops(other: Decision, permit: Decision) -> bool:
    """Tell whether a hold or deny takes its stretch out of a permit: it was recorded later and covers it in scope."""
    return (
        other.claim.decision != "permit"
        and other.claim.tenant_id == permit.claim.tenant_id
        and other.noted.index > permit.noted.index
        and all(
            limit is None or (permitted is not None and set(permitted) <= set(limit))
            for limit, permitted in zip(scope(other.claim), scope(permit.claim), strict=True)
        )
    )
