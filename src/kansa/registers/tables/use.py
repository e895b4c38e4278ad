"""Use: which unit each workload held, when, for whom, reached how.

One group a workload: a placement opens, shifts move, an end closes. Of two placements that begin together, one that names
the devices goes before one that names only their node. Item class and weight come from the inventory
where the source did not say them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import earliest
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import DeviceIdentified
from kansa.records.kinds.workload import WorkloadEnded, WorkloadPlaced, WorkloadShifted
from kansa.registers.spans.inventory import members, nodes_of, standings
from kansa.registers.tables.line import Line, resting_on, weakest

TABLES = ("use",)


class Stretch(NamedTuple):
    """What a workload held from one event to the next."""

    opened: IndexedClaim
    held: WorkloadPlaced | WorkloadShifted
    placed: WorkloadPlaced
    start: int
    end: int | None
    closed: tuple[IndexedClaim, ...]


def affected_keys(noted: IndexedClaim, journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, WorkloadPlaced | WorkloadShifted | WorkloadEnded):
        return [subject for subject in noted.about if subject.startswith("wkl_")]
    if isinstance(noted.claim, DeviceIdentified):
        devices = [subject for subject in noted.about if subject.startswith("dev_")]
        units = {*noted.about, *devices, *(node for device in devices for node in nodes_of(device, journal))}
        return {
            other.claim.workload_id
            for unit in units
            if unit[:4] in ("dev_", "nod_")
            for other in journal.mentioning(unit)
            if isinstance(other.claim, WorkloadPlaced | WorkloadShifted)
        }
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    events = [
        noted
        for noted in journal.mentioning(key)
        if isinstance(noted.claim, WorkloadPlaced | WorkloadShifted | WorkloadEnded)
        and noted.claim.workload_id == key
    ]
    events.sort(key=lambda noted: (noted.claim.valid_from, noted.index))
    kept, coarser = _finest(events)
    for stretch in _stretches(kept, coarser):
        for unit in dict.fromkeys(stretch.held.units):
            yield _line(key, unit, stretch, journal)


def _finest(events: list[IndexedClaim]) -> tuple[list[IndexedClaim], dict[int, list[IndexedClaim]]]:
    """Of placements that begin together, leave out those by node where one names the devices.

    Returns what is left, and by the index of each finer placement the coarser ones whose end it shares.
    """
    starts = {
        noted.claim.valid_from: noted
        for noted in events
        if isinstance(noted.claim, WorkloadPlaced) and _names_devices(noted.claim)
    }
    coarser: dict[int, list[IndexedClaim]] = {}
    kept = []
    for noted in events:
        finer = starts.get(noted.claim.valid_from) if isinstance(noted.claim, WorkloadPlaced) else None
        if finer is None or (isinstance(noted.claim, WorkloadPlaced) and _names_devices(noted.claim)):
            kept.append(noted)
        else:
            coarser.setdefault(finer.index, []).append(noted)
    return kept, coarser


def _names_devices(claim: WorkloadPlaced) -> bool:
    return bool(claim.units) and all(unit.startswith("dev_") for unit in claim.units)


def _stretches(events: list[IndexedClaim], coarser: dict[int, list[IndexedClaim]]) -> Iterator[Stretch]:
    placed: WorkloadPlaced | None = None
    for position, noted in enumerate(events):
        claim = noted.claim
        if isinstance(claim, WorkloadPlaced):
            placed = claim
        if placed is None or not isinstance(claim, WorkloadPlaced | WorkloadShifted):
            continue
        following = events[position + 1 : position + 2]
        beside = coarser.get(noted.index, [])
        ends = [
            parse_instant(each.claim.valid_to) for each in (noted, *beside) if each.claim.valid_to is not None
        ]
        end = earliest((*ends, *(parse_instant(n.claim.valid_from) for n in following)))
        yield Stretch(noted, claim, placed, parse_instant(claim.valid_from), end, (*beside, *following))


def _line(workload: str, unit: str, stretch: Stretch, journal: Journal) -> Line:
    held, placed = stretch.held, stretch.placed
    classes, present = _inventory(unit, stretch.start, journal)
    item_class = held.item_class or (classes.pop() if len(classes) == 1 else None)
    values = (
        f"{stretch.opened.root}.{unit}",
        unit,
        placed.tenant_id,
        placed.end_user_id,
        placed.path_id,
        item_class,
        held.site_id,
        stretch.start,
        stretch.end,
        workload,
        held.accelerators or max(present, 1),
        weakest((placed, held)),
        resting_on((stretch.opened, *stretch.closed)),
    )
    return Line("use", values)


def _inventory(unit: str, instant: int, journal: Journal) -> tuple[set[str], int]:
    """Return the item classes of the unit's accelerators at an instant, and how many they are."""
    standing = members(unit, journal) if unit.startswith("nod_") else standings(unit, journal)
    present = [
        s for s in standing if s.span.start <= instant and (s.span.end is None or instant < s.span.end)
    ]
    return {s.claim.item_class for s in present}, len(present)
