"""Who really held what: the truth from which the accounting and the feed are written.

Times are seconds since the start of the period; a stretch whose end is None goes on beyond it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from kansa.demo.fleet import SLOTS, slots_of
from kansa.demo.instants import SECONDS, jst, second
from kansa.demo.sheets import sheet

Slot = tuple[str, int]
"""A node and a slot in it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a workload held from one event to the next; `cause` says why it was moved there."""

    site: str
    slots: tuple[Slot, ...]
    start: int
    end: int | None
    cause: str = ""
    signal: str = ""

    @property
    def last(self) -> int:
        """The end, or that of the period."""
        return SECONDS if self.end is None else self.end

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes, each once, in order."""
        return tuple(dict.fromkeys(node for node, _ in self.slots))


@dataclass(frozen=True, slots=True)
class Workload:
    """A job or service: whose, by which path, and where it was in turn."""

    id: str
    source: str
    path: str
    tenant: str
    end_user: str
    purpose: str
    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> int:
        return self.stretches[0].start

    @property
    def end(self) -> int | None:
        return self.stretches[-1].end


class Bookings:
    """Which slots are taken when."""

    def __init__(self) -> None:
        self._taken: dict[Slot, list[tuple[int, int]]] = {}

    def book(self, slots: Iterable[Slot], start: int, end: int) -> None:
        """Take slots for `[start, end)`."""
        for slot in slots:
            self._taken.setdefault(slot, []).append((start, end))

    def free(self, node: str, start: int, end: int) -> tuple[Slot, ...]:
        """Return the slots of a node that nothing holds in `[start, end)`."""
        return tuple(slot for slot in _slots(node) if self._is_free(slot, start, end))

    def busy(self, nodes: Iterable[str], second_: int) -> int:
        """Return how many slots of the nodes are held at a second."""
        return sum(not self._is_free(slot, second_, second_ + 1) for node in nodes for slot in _slots(node))

    def _is_free(self, slot: Slot, start: int, end: int) -> bool:
        return all(end <= begun or ended <= start for begun, ended in self._taken.get(slot, ()))


def anchors(without: Collection[str] = ()) -> tuple[Workload, ...]:
    """Return the workloads that were written down by hand, because a case needs them."""
    found: dict[str, Workload] = {}
    for row in sheet("workloads", without):
        stretch = _stretch(row)
        earlier = found.get(row["id"])
        found[row["id"]] = (
            replace(earlier, stretches=(*earlier.stretches, stretch))
            if earlier is not None
            else Workload(
                id=row["id"],
                source=row["source"],
                path=row["path"],
                tenant=row["tenant"],
                end_user=row["end_user"],
                purpose=row["purpose"],
                stretches=(stretch,),
            )
        )
    return tuple(found.values())


def _stretch(row: dict[str, str]) -> Stretch:
    return Stretch(
        site=row["site"],
        slots=tuple((row["node"], slot) for slot in slots_of(row["slots"])),
        start=second(jst(row["from"])),
        end=second(jst(row["to"])) if row["to"] else None,
        cause=row["cause"],
        signal=row["signal"],
    )


def _slots(node: str) -> Iterable[Slot]:
    return ((node, slot) for slot in range(SLOTS))
