"""Joining and stacking of half-open intervals, for pictures."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

Interval = tuple[int, int]
Item = TypeVar("Item")


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals with touching and overlapping ones joined, in order."""
    return [whole for whole, _ in joined(intervals, lambda interval: interval)]


def joined(items: Iterable[Item], span: Callable[[Item], Interval]) -> list[tuple[Interval, list[Item]]]:
    """Return items whose intervals touch or overlap together, with the whole of them, in order; empty ones are left out."""
    found: list[tuple[Interval, list[Item]]] = []
    for item in sorted(items, key=span):
        start, end = span(item)
        if start >= end:
            continue
        if found and start <= found[-1][0][1]:
            (first, last), together = found[-1]
            together.append(item)
            found[-1] = (first, max(last, end)), together
        else:
            found.append(((start, end), [item]))
    return found


def minus(whole: Interval, covered: Iterable[Interval]) -> Iterator[Interval]:
    """Yield what of the whole is not covered, in order."""
    start, stop = whole
    for low, high in union(covered):
        if start >= stop:
            return
        if low > start:
            yield start, min(low, stop)
        start = max(start, high)
    if start < stop:
        yield start, stop


def highest(ranked: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the highest rank at each instant, of `(start, end, rank)` that overlap, as maximal `(start, end, rank)`."""
    changes: dict[int, list[tuple[int, int]]] = {}
    for start, end, rank in ranked:
        changes.setdefault(start, []).append((rank, 1))
        changes.setdefault(end, []).append((rank, -1))
    counts: Counter[int] = Counter()
    painted: list[tuple[int, int, int]] = []
    for start, end in pairwise(sorted(changes)):
        for rank, change in changes[start]:
            counts[rank] += change
        top = max((rank for rank, count in counts.items() if count > 0), default=None)
        if top is None:
            continue
        if painted and painted[-1][1:] == (start, top):
            start = painted.pop()[0]  # noqa: PLW2901 - the stretch goes on from where it began
        painted.append((start, end, top))
    return painted


def most_at_once(intervals: Iterable[Interval]) -> int:
    """Return the largest number of intervals that hold at one instant."""
    changes = sorted(change for start, end in intervals for change in ((start, 1), (end, -1)))
    level = most = 0
    for _, change in changes:
        level += change
        most = max(most, level)
    return most
