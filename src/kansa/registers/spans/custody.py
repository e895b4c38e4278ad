"""In custody: from when to when an unbroken chain from a receipt puts a unit at a site.

A device's chain begins with a receipt that names its contract line and the authorization under which it was supplied;
it goes on through shipping and the next receipt. A receipt without either, or a sighting at another site, breaks it:
from there on nothing is evidenced until the device is seen again where the chain had put it, or a receipt begins a new
chain. A node is where all its accelerators are.
"""

from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import DeviceMoved, DeviceObserved
from kansa.registers.spans.inventory import members


class Held(NamedTuple):
    """A stretch in which the chain puts a device at a site."""

    site: str
    span: Interval
    rests: tuple[IndexedClaim, ...]


class Chain(NamedTuple):
    """Where a chain stands while the steps are walked.

    `since` is set while the device is at `site`; without it the device is in transit from there, or, if `contested`,
    was seen elsewhere. A broken chain has no site.
    """

    site: str | None = None
    since: int | None = None
    contested: bool = False
    rests: tuple[IndexedClaim, ...] = ()


_BROKEN = Chain()


class Moved(NamedTuple):
    """A business step of a device, or a sighting of it."""

    at: int
    noted: IndexedClaim
    claim: DeviceMoved | DeviceObserved


def steps(device: str, journal: Journal) -> list[Moved]:
    """Return the business steps and sightings of a device, in order of time."""
    moved = journal.of_kind(device, DeviceMoved)
    seen = journal.of_kind(device, DeviceObserved)
    found = [Moved(parse_instant(c.valid_from), n, c) for n, c in moved if c.device_id == device]
    found += [Moved(parse_instant(c.valid_from), n, c) for n, c in seen if c.device_id == device]
    return sorted(found, key=lambda moved: (moved.claim.valid_from, moved.noted.index))


def device_stretches(device: str, journal: Journal) -> list[Held]:
    """Return where the device's chain puts it, in order of time and without overlap."""
    held: list[Held] = []
    chain = _BROKEN
    for at, noted, _ in steps(device, journal):
        following = (
            _observe(chain, noted, at) if isinstance(noted.claim, DeviceObserved) else _move(chain, noted, at)
        )
        if chain.site is not None and chain.since is not None and following.since != chain.since:
            held.append(Held(chain.site, Interval(chain.since, at), following.rests or (*chain.rests, noted)))
        chain = following
    if chain.site is not None and chain.since is not None:
        held.append(Held(chain.site, Interval(chain.since, None), chain.rests))
    return [stretch for stretch in held if not stretch.span.is_empty]


def node_stretches(node: str, journal: Journal) -> list[Held]:
    """Return where all the accelerators that stand in the node are at once; nothing while it holds none."""
    inside = members(node, journal)
    chains = {
        standing.claim.device_id: device_stretches(standing.claim.device_id, journal) for standing in inside
    }
    bounds = {instant for standing in inside for instant in standing.span if instant is not None}
    bounds |= {i for chain in chains.values() for held in chain for i in held.span if i is not None}
    ordered = sorted(bounds)
    stretches: list[Held] = []
    for start, end in zip(ordered, [*ordered[1:], None], strict=False):
        present = [standing for standing in inside if standing.span.covers(start)]
        where = [next((h for h in chains[s.claim.device_id] if h.span.covers(start)), None) for s in present]
        found = [held for held in where if held is not None]
        if not found or len(found) < len(present) or len({held.site for held in found}) > 1:
            continue
        rests = tuple(noted for held in found for noted in held.rests)
        last = stretches[-1] if stretches else None
        if (
            last
            and last.span.end == start
            and last.site == found[0].site
            and _indexes(last.rests) == _indexes(rests)
        ):
            stretches[-1] = Held(last.site, Interval(last.span.start, end), rests)
        else:
            stretches.append(Held(found[0].site, Interval(start, end), rests))
    return stretches


def _move(chain: Chain, noted: IndexedClaim, at: int) -> Chain:
    claim = noted.claim
    assert isinstance(claim, DeviceMoved)  # noqa: S101 - narrows the type; the caller has looked
    here = chain.site == claim.site_id and chain.since is not None
    if claim.step == "receiving":
        if begins_chain(noted):
            return Chain(claim.site_id, at, rests=(noted,))
        in_transit = chain.site is not None and chain.since is None and not chain.contested
        return Chain(claim.site_id, at, rests=(*chain.rests, noted)) if in_transit else _BROKEN
    if claim.step == "shipping":
        return Chain(chain.site, None, rests=(*chain.rests, noted)) if here else _BROKEN
    if claim.step == "decommissioning":
        return _BROKEN
    return chain if here else Chain(chain.site, None, contested=True, rests=(*chain.rests, noted))


def _observe(chain: Chain, noted: IndexedClaim, at: int) -> Chain:
    claim = noted.claim
    assert isinstance(claim, DeviceObserved)  # noqa: S101 - narrows the type; the caller has looked
    if chain.site is None:
        return chain
    if chain.since is not None and claim.site_id != chain.site:
        return Chain(chain.site, None, contested=True, rests=(*chain.rests, noted))
    if chain.contested and claim.site_id == chain.site:
        return Chain(chain.site, at, rests=(*chain.rests, noted))
    return chain


def begins_chain(noted: IndexedClaim) -> bool:
    """Tell whether a claim is a receipt that says enough to begin a chain."""
    claim = noted.claim
    return (
        isinstance(claim, DeviceMoved)
        and claim.step == "receiving"
        and None not in (claim.contract_id, claim.contract_line, claim.authorization_id)
    )


def _indexes(claims: tuple[IndexedClaim, ...]) -> set[int]:
    return {noted.index for noted in claims}
