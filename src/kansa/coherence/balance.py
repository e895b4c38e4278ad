"""The denominator: what the installed devices did with their time, as far as a source has said so in full.

    installed = used + idle + unobserved        at every instant, so for every sum of instants

* A device is *installed* where its inventory row says; of rows that overlap, the one that begins last holds (of
  those, the one that ends last, then the greatest node and site).
* It is *observed* while a source's window covers its site, its node or itself. Only observed time is used or idle.
* A use whose unit is an installed device makes that device used. A use of a node holds `weight` of the node's
  devices without saying which: used(node) = min(observed(node), observed devices used by name + sum of weights).

A node whose devices stand at several sites at once (the inventory contradicts itself) fills them in order of site.
Standard library only; SQL at scale gives the same (`stages`).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kansa.coherence.facts import OPEN
from kansa.coherence.result import Balance, DeviceShares, Id, Shares
from kansa.coherence.row_quality import (
    Held,
    held_uses,
    horizon_of,
    usable_windows,
    why_ignored,
    without_blank_ids,
)
from kansa.registers.rows import Installed, Tables, Window

NodeKey = tuple[Id | None, Id | None]  # (node, None), or (None, device) for a device that stands in no node


def balance(tables: Tables, *, start: int | None = None, end: int | None = None) -> Balance | None:
    """Split the time of the installed devices in `[start, end)`.

    Args:
        tables: rows in any order; instants in microseconds.
        start: by default the earliest start of a use or window, so that the period is the one that was looked at.
        end: by default `row_quality.horizon_of`, where running uses end too.

    Returns:
        None if nothing is installed or no period is known: a denominator that nobody stated is not made up.
    """
    tables, _ = without_blank_ids(tables)
    until = horizon_of(tables, end)
    uses, _ = held_uses(tables.use, until)
    windows = usable_windows(tables.window)
    placed = [
        row for row in tables.installed if why_ignored((row.device_id,), row.valid_from, row.valid_to) is None
    ]
    begun = start if start is not None else _first_instant(uses, windows)
    if not placed or begun is None or until.at is None:
        return None
    return _Sheet(begun, max(begun, until.at), uses, windows).split(placed)


def _first_instant(uses: Sequence[Held], windows: Sequence[Window]) -> int | None:
    return min([*(held.use.start for held in uses), *(row.valid_from for row in windows)], default=None)


@dataclass(frozen=True, slots=True)
class _Count:
    """How many intervals cover an instant; `counts[i]` holds from `instants[i]` on."""

    instants: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def at(self, instant: int) -> int:
        position = bisect_right(self.instants, instant)
        return self.counts[position - 1] if position else 0

    def changes(self, start: int, end: int) -> tuple[int, ...]:
        return self.instants[bisect_right(self.instants, start) : bisect_left(self.instants, end)]


_NEVER = _Count()


def _count(intervals: Iterable[tuple[int, int, int]]) -> _Count:
    """Sum the weights of `(start, end, weight)` at every instant where the sum can change."""
    changes: dict[int, int] = defaultdict(int)
    for start, end, weight in intervals:
        changes[start] += weight
        changes[end] -= weight
    instants, counts, total = [], [], 0
    for instant in sorted(changes):
        total += changes[instant]
        instants.append(instant)
        counts.append(total)
    return _Count(tuple(instants), tuple(counts))


class _Place(NamedTuple):
    """Where one device is installed in `[start, end)`."""

    device: Id
    node: Id | None
    site: Id | None
    start: int
    end: int


def _rank(row: Installed) -> tuple[object, ...]:
    """Of overlapping rows the greatest holds; what is null comes before every value."""
    last = OPEN if row.valid_to is None else row.valid_to
    return row.valid_from, last, row.node_id is not None, row.node_id, row.site_id is not None, row.site_id


def _places(rows: Sequence[Installed], start: int, end: int) -> Iterator[_Place]:
    """Yield the places of one device in order of time, without overlaps, clipped to `[start, end)`."""
    spans = [
        (max(row.valid_from, start), min(OPEN if row.valid_to is None else row.valid_to, end), row)
        for row in rows
    ]
    cuts = sorted({instant for low, high, _ in spans if low < high for instant in (low, high)})
    for low, high in pairwise(cuts):
        covering = [row for begun, ended, row in spans if begun <= low < ended]
        if covering:
            held = max(covering, key=_rank)
            yield _Place(held.device_id, held.node_id, held.site_id, low, high)


class _Alike(NamedTuple):
    """Devices of a node that nothing tells apart: in one place for the same time, none used or observed by its own name."""

    place: _Place
    devices: tuple[Id, ...]


class _Unit(NamedTuple):
    """Devices that nothing tells apart, at one instant."""

    alike: _Alike
    observed: bool
    named: bool

    @property
    def devices(self) -> int:
        """How many they are."""
        return len(self.alike.devices)


class _Sheet:
    """The period, and what uses and windows say about any device, node and site in it."""

    def __init__(self, start: int, end: int, uses: Sequence[Held], windows: Sequence[Window]) -> None:
        self.start, self.end, self._held = start, end, uses
        self._uses = _counts((held.use.device_id, held.use.start, held.end, held.weight) for held in uses)
        self._windows = _counts((row.scope_id, row.valid_from, row.valid_to, 1) for row in windows)
        self._sites: dict[Id | None, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._nodes: dict[Id | None, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._devices: dict[Id, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def split(self, installed: Sequence[Installed]) -> Balance:
        """Walk node by node, each from one change to the next."""
        of_device: dict[Id, list[Installed]] = defaultdict(list)
        for row in installed:
            of_device[row.device_id].append(row)
        of_node: dict[NodeKey, list[_Place]] = defaultdict(list)
        for rows in of_device.values():
            for place in _places(rows, self.start, self.end):
                of_node[(place.node, None) if place.node is not None else (None, place.device)].append(place)
        for (node, _), places in of_node.items():
            # A unit that is the name of a device is that device, even if a node bears the same name.
            loose = self._uses.get(node, _NEVER) if node is not None and node not in of_device else _NEVER
            self._walk(places, loose)
        return Balance(
            start=self.start,
            end=self.end,
            total=_shares([sum(column) for column in zip(*self._sites.values(), strict=True)] or [0, 0, 0]),
            by_site={site: _shares(time) for site, time in self._sites.items()},
            by_node={node: _shares(time) for node, time in self._nodes.items()},
            by_device={device: _device_shares(time) for device, time in self._devices.items()},
            not_installed=self._not_installed({*of_device, *(row.node_id for row in installed)} - {None}),
        )

    def _not_installed(self, units: AbstractSet[Id | None]) -> int:
        """Use of units other than these."""
        return sum(
            held.weight * max(0, min(held.end, self.end) - max(held.use.start, self.start))
            for held in self._held
            if held.use.device_id not in units
        )

    def _walk(self, places: Sequence[_Place], loose: _Count) -> None:
        """Add the time of one node. Between two cuts no device comes, goes, or changes its state."""
        alike = list(self._alike(places))
        cuts: set[int] = set()
        for place, _ in alike:
            cuts |= {place.start, place.end, *loose.changes(place.start, place.end)}
            cuts.update(self._uses.get(place.device, _NEVER).changes(place.start, place.end))
            for scope in (place.site, place.node, place.device):
                cuts.update(self._windows.get(scope, _NEVER).changes(place.start, place.end))
        books = {each: [0, 0, 0, 0] for each in alike}
        pending = sorted(alike, key=lambda each: each.place.start, reverse=True)
        present: list[_Alike] = []
        for low, high in pairwise(sorted(cuts)):
            present = [each for each in present if each.place.end > low]
            while pending and pending[-1].place.start <= low:
                present.append(pending.pop())
            self._add(high - low, [self._unit(each, low) for each in present], loose.at(low), books)
        for each, book in books.items():
            for device in each.devices:
                own = self._devices[device]
                for at, time in enumerate(book):
                    own[at] += time

    def _alike(self, places: Sequence[_Place]) -> Iterator[_Alike]:
        """Put together the devices that nothing tells apart."""
        groups: dict[tuple[object, ...], list[_Place]] = defaultdict(list)
        for place in places:
            alone = place.device in self._uses or place.device in self._windows
            groups[(place.site, place.start, place.end, place.device if alone else None)].append(place)
        for each in groups.values():
            yield _Alike(each[0], tuple(place.device for place in each))

    def _unit(self, alike: _Alike, instant: int) -> _Unit:
        place = alike.place
        scopes = (place.site, place.node, place.device)
        return _Unit(
            alike,
            observed=any(
                self._windows.get(scope, _NEVER).at(instant) for scope in scopes if scope is not None
            ),
            named=self._uses.get(place.device, _NEVER).at(instant) > 0,
        )

    def _add(self, time: int, units: Sequence[_Unit], weight: int, books: Mapping[_Alike, list[int]]) -> None:
        """Name what is used by name, then fill the node's other observed devices up to the weight of its own uses."""
        left, free = weight, sum(unit.devices for unit in units if unit.observed and not unit.named)
        sites = {unit.alike.place.site for unit in units}
        for site in sorted(sites, key=lambda site: (site is None, site or "")) if len(sites) > 1 else sites:
            here = [unit for unit in units if unit.alike.place.site == site]
            observed = sum(unit.devices for unit in here if unit.observed)
            named = sum(unit.devices for unit in here if unit.observed and unit.named)
            filled = min(left, observed - named)
            left -= filled
            for book in (self._sites[site], self._nodes[here[0].alike.place.node]):
                book[0] += time * sum(unit.devices for unit in here)
                book[1] += time * (named + filled)
                book[2] += time * observed
        for unit in units:
            used = unit.observed and (unit.named or weight >= free)
            own = books[unit.alike]
            own[0] += time
            own[1] += time if used else 0
            own[2] += time if unit.observed and not used and weight > 0 else 0
            own[3] += time if unit.observed else 0


def _counts(rows: Iterable[tuple[Id | None, int, int, int]]) -> Mapping[Id | None, _Count]:
    by_subject: dict[Id | None, list[tuple[int, int, int]]] = defaultdict(list)
    for subject, start, end, weight in rows:
        by_subject[subject].append((start, end, weight))
    return {subject: _count(intervals) for subject, intervals in by_subject.items() if subject is not None}


def _shares(book: Sequence[int]) -> Shares:
    installed, used, observed = book
    return Shares(installed, used, observed - used, installed - observed)


def _device_shares(book: Sequence[int]) -> DeviceShares:
    installed, used, shared, observed = book
    return DeviceShares(installed, used, shared, observed - used - shared, installed - observed)
