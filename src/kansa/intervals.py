"""Half-open stretches of time `[start, end)`, in instants; an end of None is open."""

from collections.abc import Iterable
from typing import NamedTuple

OPEN_END = 2**62
"""Stands for an open end where ends are compared."""


class Interval(NamedTuple):
    """A stretch of time, never empty unless `is_empty`."""

    start: int
    end: int | None

    @property
    def is_empty(self) -> bool:
        return self.end is not None and self.end <= self.start

    def covers(self, instant: int) -> bool:
        """Tell whether an instant lies in it."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def meet(self, other: "Interval") -> "Interval":
        """Return what both cover; may be empty."""
        return Interval(max(self.start, other.start), earliest((self.end, other.end)))

    def until(self, instants: Iterable[int]) -> "Interval":
        """Cut off at the first of the instants that is not before the start."""
        return Interval(self.start, earliest((self.end, *(i for i in instants if i >= self.start))))

    def minus(self, others: Iterable["Interval"]) -> list["Interval"]:
        """Return what is left outside the others, in order."""
        left: list[Interval] = []
        start = self.start
        for other in sorted(others, key=lambda span: span.start):
            if other.start > start:
                left.append(Interval(start, earliest((self.end, other.start))))
            if other.end is None:
                return [span for span in left if not span.is_empty]
            start = max(start, other.end)
        left.append(Interval(start, self.end))
        return [span for span in left if not span.is_empty]


def earliest(ends: Iterable[int | None]) -> int | None:
    """Return the first of several ends, None being never."""
    return min((end for end in ends if end is not None), default=None)


def covered(spans: Iterable[Interval]) -> int:
    """Return how long the spans last together, what several cover counted once; all of them have an end."""
    total, reached = 0, -OPEN_END
    for start, end in sorted((span.start, span.end) for span in spans if span.end is not None):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
