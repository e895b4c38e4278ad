"""Approved, enabled, mediated: from when to when each part of an access path holds.

An enablement lasts until the path is disabled; a temporary configuration until its own end, which it must name. A
brokered path without a mediator is never mediated, any other path without one always is.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.access_path import (
    AccessPathApproved,
    AccessPathDisabled,
    AccessPathEnabled,
    ConfigurationTemporary,
)
from kansa.records.kinds.party import PartyRegistered
from kansa.records.validity import validity

ALWAYS = Interval(-(2**62), None)


class Approval(NamedTuple):
    """An approval of a path while it holds."""

    span: Interval
    noted: IndexedClaim
    claim: AccessPathApproved


class Held(NamedTuple):
    """A stretch with the records that say so."""

    span: Interval
    rests: tuple[IndexedClaim, ...]


class Temporary(NamedTuple):
    """A temporary configuration; `span` is empty where it names no end, for then it switches nothing on."""

    span: Interval
    noted: IndexedClaim
    claim: ConfigurationTemporary


def approved(path: str, journal: Journal) -> list[Approval]:
    """Return the approvals of a path, for whomever, in the order in which they begin."""
    found = [Approval(validity(c), n, c) for n, c in journal.of_kind(path, AccessPathApproved)]
    return sorted((each for each in found if each.claim.path_id == path), key=_begins)


def approved_for(tenant: str | None, end_user: str | None, path: str, journal: Journal) -> list[Approval]:
    """Return those for an end user of a tenant."""
    return [
        a for a in approved(path, journal) if (a.claim.tenant_id, a.claim.end_user_id) == (tenant, end_user)
    ]


def approvals_of(end_user: str, journal: Journal) -> list[Approval]:
    """Return the approvals of any path for an end user, in the order in which they begin."""
    found = [Approval(validity(c), n, c) for n, c in journal.of_kind(end_user, AccessPathApproved)]
    return sorted((each for each in found if each.claim.end_user_id == end_user), key=_begins)


def approvals_under(tenant: str, journal: Journal) -> list[Approval]:
    """Return the approvals of any path of a tenant, for whomever, in the order in which they begin."""
    found = [Approval(validity(c), n, c) for n, c in journal.of_kind(tenant, AccessPathApproved)]
    return sorted((each for each in found if each.claim.tenant_id == tenant), key=_begins)


def enabled(path: str, journal: Journal) -> list[Held]:
    """Return the stretches in which the path was on, in ledger order of what switched it on."""
    off = [n for n, c in journal.of_kind(path, AccessPathDisabled) if c.path_id == path]
    on = [
        (noted.index, _until_disabled(noted, off))
        for noted, claim in journal.of_kind(path, AccessPathEnabled)
        if claim.path_id == path
    ]
    on += [(each.noted.index, Held(each.span, (each.noted,))) for each in temporary(path, journal)]
    return [held for _, held in sorted(on, key=lambda each: each[0]) if not held.span.is_empty]


def temporary(path: str, journal: Journal) -> list[Temporary]:
    """Return the temporary configurations of a path, in the order in which they begin."""
    found = [
        Temporary(_bounded(claim), noted, claim)
        for noted, claim in journal.of_kind(path, ConfigurationTemporary)
        if claim.path_id == path
    ]
    return sorted(found, key=lambda each: (each.claim.valid_from, each.noted.index))


def mediated(approval: AccessPathApproved, journal: Journal) -> Iterator[Held]:
    """Yield the spans in which a path as approved is mediated by a known party, or needs no mediator."""
    if approval.mediator_id is None:
        if approval.method != "brokered":
            yield Held(ALWAYS, ())
        return
    for noted, claim in journal.of_kind(approval.mediator_id, PartyRegistered):
        if claim.party_id == approval.mediator_id:
            yield Held(validity(claim), (noted,))


def _until_disabled(noted: IndexedClaim, off: list[IndexedClaim]) -> Held:
    span = validity(noted.claim).until(parse_instant(n.claim.valid_from) for n in off)
    return Held(span, (noted, *(n for n in off if parse_instant(n.claim.valid_from) == span.end)))


def _bounded(claim: ConfigurationTemporary) -> Interval:
    span = validity(claim)
    return span if span.end is not None else Interval(span.start, span.start)


def _begins(approval: Approval) -> tuple[str, int]:
    return approval.claim.valid_from, approval.noted.index
