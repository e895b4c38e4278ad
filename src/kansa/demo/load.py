"""Ordinary load around what was written down by hand: days, nights, holidays, and evenings in which the grid asks.

It only places what is evidenced in full, so that every gap of the demo is one that was planted. Seeded; from the
generator only `random()` is used, whose values Python promises to keep.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from kansa.demo.fleet import Berth, berths
from kansa.demo.instants import SECONDS, jst, second
from kansa.demo.plan import Bookings, Slot, Stretch, Workload
from kansa.demo.sheets import sheet

SEED = 20260101
HOUR = 3_600
TICK = 900

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom ordinary load may serve where; in `quiet` and outside `[since, until)` its evidence is not whole."""

    path: str
    tenant: str
    end_user: str
    share: int
    item_classes: frozenset[str]
    sites: frozenset[str]
    since: int
    until: int
    quiet: tuple[int, int]

    def may(self, berth: Berth, start: int, end: int) -> bool:
        """Tell whether everything is evidenced for a use of the berth in `[start, end)`."""
        return (
            berth.item_class in self.item_classes
            and berth.site in self.sites
            and self.since <= start
            and end <= self.until
            and (end <= self.quiet[0] or self.quiet[1] <= start)
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A usual size of workload: accelerators, hours, and how often."""

    accelerators: int
    hours: int
    purpose: str
    share: int


@dataclass(frozen=True, slots=True)
class Pool:
    """Nodes that one system places on, and how much of them is usually taken, in per cent."""

    source: str
    nodes: tuple[str, ...]
    percent: int
    ids: str
    dark: tuple[int, int] | None = None
    """Hours whose accounting is lost: nothing ends in them, since its end would never be known."""


SHAPES = (
    Shape(16, 20, "train", 2), Shape(8, 44, "train", 2), Shape(8, 22, "train", 6), Shape(8, 9, "train", 9),
    Shape(4, 30, "train", 5), Shape(4, 14, "fine_tune", 11), Shape(4, 6, "fine_tune", 12),
    Shape(2, 26, "infer", 7), Shape(2, 11, "infer", 12), Shape(2, 5, "infer", 11),
    Shape(1, 7, "infer", 10), Shape(1, 3, "other", 13),
)  # fmt: skip
POOLS = (
    Pool("orchestrator", ("inz-n01", "inz-n02", "inz-n03", "inz-n04", "inz-n05"), 82, "wl-1"),
    Pool("orchestrator", ("is-g04", "is-g05", "inz-n05", "kk-g03"), 58, "wl-2"),
    Pool("ishikari", ("is-g01", "is-g02", "is-g03"), 75, "1"),
    Pool(
        "kitakyushu",
        ("kk-g01", "kk-g02"),
        73,
        "5",
        (second(jst("2026-01-10 12:00")), second(jst("2026-01-10 18:00"))),
    ),
)
HOME, AWAY = "inzai", ("is-g04", "is-g05", "kk-g03")
EVENINGS = tuple(
    (second(jst(f"2026-01-{day} 17:00")), second(jst(f"2026-01-{day} 22:00")), f"G-01{day}")
    for day in ("05", "06", "07", "08", "09", "13", "14")
)
"""When the grid of Kanto asks for less, and the number of its (fictional) notice."""

BY_DAY = (-14, -16, -14, -10, 0, 2, 4, 4, 2, -4, -6, -2, 4, 6)
"""Per cent more or less on each day: New Year, then work, a long weekend, work."""

BY_HOUR = (2, 3, 3, 3, 2, 0, -4, -6, -4, 0, 2, 3, 2, 3, 4, 4, 3, 2, 0, -2, -3, -1, 1, 2)
"""Per cent more or less in each hour: interactive by day, training by night."""

CLOSED = (
    ("is-g02", second(jst("2026-01-06 08:00")), second(jst("2026-01-08 17:00"))),
    ("inz-n05", second(jst("2026-01-06 16:00")), second(jst("2026-01-09 21:00"))),
)
"""Nodes that are drained or given to what was written down by hand."""


class Dice:
    """Choices from `random()` alone."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, count: int) -> int:
        """Return a whole number from 0 on, below the count."""
        return int(self._random.random() * count)

    def pick(self, things: Sequence[T], shares: Sequence[int]) -> T:
        """Return one of the things, each as often as its share."""
        mark = self.below(sum(shares))
        for thing, share in zip(things, shares, strict=True):
            mark -= share
            if mark < 0:
                return thing
        raise AssertionError("the shares sum to more than their sum")


def ordinary(given: Iterable[Workload]) -> tuple[Workload, ...]:
    """Return the load around the given workloads, pool by pool, ordered by start in each."""
    return _Filling(given).workloads()


class _Filling:
    """Fills the pools, one after the other."""

    def __init__(self, given: Iterable[Workload]) -> None:
        self._dice = Dice(SEED)
        self._berths = berths()
        self._customers = tuple(_customers())
        self._bookings = Bookings()
        self._ids: set[str] = set()
        for workload in given:
            self._ids.add(workload.id)
            for stretch in workload.stretches:
                self._bookings.book(stretch.slots, stretch.start, stretch.last)
        for node, start, end in CLOSED:
            self._bookings.book(((node, slot) for slot in range(8)), start, end)

    def workloads(self) -> tuple[Workload, ...]:
        return tuple(workload for pool in POOLS for workload in self._fill(pool))

    def _fill(self, pool: Pool) -> Iterator[Workload]:
        for tick in range(0, SECONDS, TICK):
            misses = 0
            while misses < 3 and self._wants_more(pool, tick):
                found = self._draw(pool, tick)
                if found is None:
                    misses += 1
                else:
                    yield found

    def _wants_more(self, pool: Pool, tick: int) -> bool:
        if pool is POOLS[0] and any(begun - TICK <= tick < ended for begun, ended, _ in EVENINGS):
            return False
        here = [b for b in self._berths if b.node in pool.nodes and b.start <= tick < b.end and _own(pool, b)]
        percent = pool.percent + BY_DAY[tick // (24 * HOUR)] + BY_HOUR[tick // HOUR % 24]
        return self._bookings.busy((b.node for b in here), tick + TICK) * 100 < percent * 8 * len(here)

    def _draw(self, pool: Pool, tick: int) -> Workload | None:
        dice = self._dice
        shape = dice.pick(SHAPES, [shape.share for shape in SHAPES])
        customer = dice.pick(self._customers, [customer.share for customer in self._customers])
        start = tick + dice.below(TICK)
        length = shape.hours * HOUR * (70 + dice.below(61)) // 100 + dice.below(HOUR)
        if shape.accelerators > 8 and pool.source == "orchestrator":
            return None
        stretches = self._placed(pool, shape, customer, start, start + length)
        if not stretches:
            return None
        return Workload(
            id=self._id(pool.ids, start),
            source=pool.source,
            path=customer.path,
            tenant=customer.tenant,
            end_user=customer.end_user,
            purpose=shape.purpose,
            stretches=stretches,
        )

    def _placed(
        self, pool: Pool, shape: Shape, customer: Customer, start: int, end: int
    ) -> tuple[Stretch, ...]:
        if pool.dark is not None and start < pool.dark[1] and pool.dark[0] < end <= pool.dark[1]:
            return ()
        fitting = [
            berth
            for berth in self._berths
            if berth.node in pool.nodes
            and _own(pool, berth)
            and berth.start <= start
            and (end <= berth.end or berth.end == SECONDS)
            and customer.may(berth, start, end)
        ]
        site, slots = self._slots(fitting, shape.accelerators, start, end)
        if not slots:
            return ()
        self._bookings.book(slots, start, end)
        whole = Stretch(site, slots, start, None if end >= SECONDS else end)
        return tuple(self._shifted(whole, customer)) if site == HOME else (whole,)

    def _slots(
        self, fitting: Sequence[Berth], count: int, start: int, end: int
    ) -> tuple[str, tuple[Slot, ...]]:
        """Return the fullest node that still has room, or as many empty ones as it takes."""
        free = {berth: self._bookings.free(berth.node, start, end) for berth in fitting}
        if count > 8:
            empty = [berth for berth in fitting if len(free[berth]) == 8][: count // 8]
            whole = tuple(slot for berth in empty for slot in free[berth])
            same = len({(berth.site, berth.item_class) for berth in empty}) == 1
            return (empty[0].site, whole) if same and len(whole) == count else ("", ())
        room = [berth for berth in fitting if len(free[berth]) >= count]
        if not room:
            return "", ()
        chosen = min(room, key=lambda berth: (len(free[berth]), berth.node))
        return chosen.site, free[chosen][:count]

    def _shifted(self, whole: Stretch, customer: Customer) -> Iterator[Stretch]:
        """Yield where the workload is in turn: away on evenings in which the grid asks and there is room elsewhere."""
        rest = whole
        for begun, ended, notice in EVENINGS:
            leave, back = begun + self._dice.below(1_500), ended + self._dice.below(1_500)
            if rest.start + HOUR > leave or back + HOUR // 2 > rest.last or self._dice.below(100) >= 70:
                continue
            away = self._away(rest, customer, leave, back)
            if away is None:
                continue
            signal = f"需給ひっ迫予報 {notice} (架空)"
            yield Stretch(rest.site, rest.slots, rest.start, leave, rest.cause, rest.signal)
            yield Stretch(away[0], away[1], leave, back, "grid", signal)
            rest = Stretch(rest.site, rest.slots, back, rest.end, "grid", signal)
        yield rest

    def _away(
        self, home: Stretch, customer: Customer, leave: int, back: int
    ) -> tuple[str, tuple[Slot, ...]] | None:
        item_class = next(berth.item_class for berth in self._berths if berth.node == home.nodes[0])
        fitting = [
            berth
            for berth in self._berths
            if berth.node in AWAY and berth.item_class == item_class and customer.may(berth, leave, back)
        ]
        site, slots = self._slots(fitting, len(home.slots), leave, back)
        if not slots:
            return None
        self._bookings.book(slots, leave, back)
        return site, slots

    def _id(self, series: str, start: int) -> str:
        """Return a number that grows with the start, as schedulers give them."""
        number = start // 60 * 5
        while (found := f"{series}{number:05d}") in self._ids:
            number += 1
        self._ids.add(found)
        return found


def _own(pool: Pool, berth: Berth) -> bool:
    """Return the node that moves belongs to Inzai's pool there, and to the other one where it comes to stand."""
    return pool is not POOLS[0] or berth.site == HOME


def _customers() -> Iterator[Customer]:
    for row in sheet("customers"):
        quiet = _bounds(row["quiet_from"], row["quiet_to"], (0, 0))
        since, until = _bounds(row["since"], row["until"], (0, SECONDS * 2))
        yield Customer(
            path=row["path"],
            tenant=row["tenant"],
            end_user=row["end_user"],
            share=int(row["share"]),
            item_classes=frozenset(row["item_classes"].split(";")),
            sites=frozenset(row["sites"].split(";")),
            since=since,
            until=until,
            quiet=quiet,
        )


def _bounds(start: str, end: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    return (
        second(jst(start)) if start else otherwise[0],
        second(jst(end)) if end else otherwise[1],
    )
