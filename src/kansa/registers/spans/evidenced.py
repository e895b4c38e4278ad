"""The four facts of coherence as spans, each a conjunction of the spans beside, and what is missing of a use.

Registers write these spans as rows; flags sample them at one instant, or measure what of a use lies outside them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple, Protocol, TypeVar

from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.registers.rows import Use
from kansa.registers.spans.access import approved, enabled, mediated
from kansa.registers.spans.basis import Basis, bases
from kansa.registers.spans.classification import Regime, regimes
from kansa.registers.spans.clearance import Decision, cleared, decisions
from kansa.registers.spans.custody import Held, device_stretches, node_stretches
from kansa.registers.spans.verification import verified

_SpansT = TypeVar("_SpansT")


class Derive(Protocol):
    """Derives the spans of a subject, or finds them where they were derived before."""

    def __call__(self, spans: Callable[[str, Journal], _SpansT], subject: str, /) -> _SpansT:
        """Return the spans of a subject."""
        ...


FACTS = ("identity", "access", "custody", "authorization")


class Identified(NamedTuple):
    """An end user is verified, and a tenant is cleared to serve it."""

    span: Interval
    tenant: str
    rests: tuple[IndexedClaim, ...]


class Opened(NamedTuple):
    """A path is approved, enabled and mediated."""

    span: Interval
    claim: AccessPathApproved
    rests: tuple[IndexedClaim, ...]


class Authorized(NamedTuple):
    """A basis for each jurisdiction that controls an item, at the sites that all of them name."""

    span: Interval
    item: str
    sites: tuple[str, ...]
    bases: tuple[Basis, ...]
    rests: tuple[IndexedClaim, ...]


def identity_of(end_user: str, journal: Journal) -> list[Identified]:
    """Return when which tenant may serve an end user."""
    return identified(end_user, decisions(end_user, journal), journal)


def identified(end_user: str, decided: Iterable[Decision], journal: Journal) -> list[Identified]:
    """Return the same from the decisions on it."""
    verifications = verified(end_user, journal)
    return [
        Identified(both, tenant, (*rests, *each.rests))
        for span, tenant, rests in cleared(decided)
        for each in verifications
        if not (both := span.meet(each.span)).is_empty
    ]


def opened(path: str, journal: Journal) -> list[Opened]:
    """Return when a path was open for whom."""
    on = enabled(path, journal)
    return [
        Opened(span, approval.claim, (approval.noted, *held.rests, *mediator.rests))
        for approval in approved(path, journal)
        for mediator in mediated(approval.claim, journal)
        for held in on
        if not (span := approval.span.meet(held.span).meet(mediator.span)).is_empty
    ]


def in_custody(unit: str, journal: Journal) -> list[Held]:
    """Return when a chain of custody puts a device, or all accelerators of a node, at which site."""
    return node_stretches(unit, journal) if unit.startswith("nod_") else device_stretches(unit, journal)


def authorized(end_user: str, journal: Journal) -> list[Authorized]:
    """Return when which item of an end user had a basis for each jurisdiction that controls it."""
    in_force = bases(end_user, journal)
    items = sorted({item for basis in in_force for item in basis.claim.item_classes})
    return [
        found
        for item in items
        for regime in regimes(item, journal)
        for chosen in _choices([b for b in in_force if item in b.claim.item_classes], regime.jurisdictions)
        if (found := _together(item, regime, chosen)) is not None
    ]


def gaps(use: Use, until: int, derive: Derive) -> dict[str, list[Interval]]:
    """Return what of a use lies outside the spans of each fact, from its start to its end or `until`, by fact, in order."""
    whole = Interval(use.start, until if use.end is None else min(use.end, until))
    held = {"identity": _identity, "access": _access, "custody": _custody, "authorization": _authorization}
    if whole.is_empty:
        return {fact: [] for fact in FACTS}
    return {fact: whole.minus(held[fact](use, derive)) for fact in FACTS}


def missing(use: Use, now: int, derive: Derive) -> list[str]:
    """Return the facts that are not evidenced for a use at an instant that it covers."""
    return [fact for fact, spans in gaps(use._replace(start=now, end=None), now + 1, derive).items() if spans]


def _identity(use: Use, derive: Derive) -> Iterator[Interval]:
    if use.end_user_id is not None:
        found = derive(identity_of, use.end_user_id)
        yield from (each.span for each in found if each.tenant == use.tenant_id)


def _access(use: Use, derive: Derive) -> Iterator[Interval]:
    if use.path_id is not None and use.end_user_id is not None:
        whom = (use.tenant_id, use.end_user_id)
        found = derive(opened, use.path_id)
        yield from (each.span for each in found if (each.claim.tenant_id, each.claim.end_user_id) == whom)


def _custody(use: Use, derive: Derive) -> Iterator[Interval]:
    yield from (each.span for each in derive(in_custody, use.device_id) if each.site == use.site_id)


def _authorization(use: Use, derive: Derive) -> Iterator[Interval]:
    if use.end_user_id is not None:
        found = derive(authorized, use.end_user_id)
        yield from (each.span for each in found if each.item == use.item_class and use.site_id in each.sites)


def _choices(bases_: Sequence[Basis], jurisdictions: Sequence[str]) -> Iterable[tuple[Basis, ...]]:
    if not jurisdictions:
        return [(basis,) for basis in bases_]
    wanted = [[b for b in bases_ if b.claim.jurisdiction == each] for each in jurisdictions]
    return product(*wanted)


def _together(item: str, regime: Regime, chosen: tuple[Basis, ...]) -> Authorized | None:
    span = regime.span
    for basis in chosen:
        span = span.meet(basis.span)
    sites = set.intersection(*(set(basis.claim.site_ids) for basis in chosen))
    if span.is_empty or not sites:
        return None
    rests = (*regime.rests, *(noted for basis in chosen for noted in basis.rests))
    return Authorized(span, item, tuple(sorted(sites)), chosen, rests)
