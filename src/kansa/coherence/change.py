"""What a later knowledge changed: where a fact became evidenced, and where it stopped being so.

Two answers about the same tables, as known at two times. Only instants that a use had at both times are compared; a
use that only one of them knows is no change of evidence.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from kansa.coherence.facts import FACTS
from kansa.coherence.result import Gap
from kansa.registers.rows import Use

Interval = tuple[int, int]


class Change(NamedTuple):
    """In `[start, end)` of a use a fact `became` evidenced or `ceased` to be, from the earlier knowledge to the later."""

    use_id: str
    start: int
    end: int
    fact: str
    change: Literal["became", "ceased"]


def changes(
    before: tuple[Iterable[Use], Iterable[Gap]], after: tuple[Iterable[Use], Iterable[Gap]]
) -> list[Change]:
    """Compare the uses and gaps of two answers; ordered by use, start and fact, each stretch maximal."""
    shared = _shared(before[0], after[0])
    earlier, later = _missing(before[1]), _missing(after[1])
    found: list[Change] = []
    for key in earlier.keys() | later.keys():
        use_id, fact = key
        if use_id in shared:
            was, now = (
                _clipped(earlier.get(key, ()), shared[use_id]),
                _clipped(later.get(key, ()), shared[use_id]),
            )
            found += [Change(use_id, start, end, fact, "became") for start, end in minus(was, now)]
            found += [Change(use_id, start, end, fact, "ceased") for start, end in minus(now, was)]
    return sorted(found)


def _shared(before: Iterable[Use], after: Iterable[Use]) -> Mapping[str, Interval]:
    """Return the extent that each use has at both times; uses are cut to the period, so that each has an end."""
    known = {use.use_id: (use.start, use.end) for use in before if use.end is not None}
    both: dict[str, Interval] = {}
    for use in after:
        if use.use_id in known and use.end is not None:
            start, end = known[use.use_id]
            both[use.use_id] = (max(start, use.start), min(end, use.end))
    return both


def _missing(gaps: Iterable[Gap]) -> Mapping[tuple[str, str], list[Interval]]:
    """For each use and fact where it is missing, touching stretches joined."""
    found: dict[tuple[str, str], list[Interval]] = defaultdict(list)
    for gap in sorted(gaps, key=lambda gap: (str(gap.use_id), gap.start)):
        for fact in FACTS:
            if gap.missing & fact.bit:
                stretches = found[str(gap.use_id), fact.name]
                if stretches and stretches[-1][1] == gap.start:
                    stretches[-1] = (stretches[-1][0], gap.end)
                else:
                    stretches.append((gap.start, gap.end))
    return found


def _clipped(stretches: Iterable[Interval], extent: Interval) -> list[Interval]:
    cut = ((max(start, extent[0]), min(end, extent[1])) for start, end in stretches)
    return [(start, end) for start, end in cut if start < end]


def minus(stretches: Iterable[Interval], taken: list[Interval]) -> Iterable[Interval]:
    """Return what of stretches lies outside others, which are in order of their starts."""
    for whole in stretches:
        start, end = whole
        for low, high in taken:
            if high <= start or low >= end:
                continue
            if low > start:
                yield start, low
            start = max(start, high)
        if start < end:
            yield start, end
