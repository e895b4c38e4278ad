"""Joining and stacking, against asking every instant."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kansa.dossier.report.findings.stretches import Interval, highest, joined, minus, most_at_once, union

LAST = 16
TICKS = range(-1, LAST + 2)
INTERVALS = st.tuples(st.integers(0, LAST), st.integers(0, LAST))
FORWARD = INTERVALS.map(lambda ends: (min(ends), max(ends)))


def instants(intervals: Iterable[Interval]) -> set[int]:
    """The ticks that any of them covers."""
    return {tick for tick in TICKS for start, end in intervals if start <= tick < end}


@given(st.lists(INTERVALS))
def test_a_union_covers_the_same_instants_with_as_few_stretches_as_can_be(held: list[Interval]) -> None:
    """Empty and inverted intervals cover none; between two stretches there is an instant of neither."""
    found = union(held)

    assert instants(found) == instants(held)
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@given(st.lists(FORWARD))
def test_items_are_together_with_all_that_they_touch(held: list[Interval]) -> None:
    """Each item that covers an instant is in one group, and the group is as long as its items."""
    found = joined(enumerate(held), lambda item: item[1])

    assert [whole for whole, _ in found] == union(held)
    assert sorted(item for _, items in found for item in items) == [
        (number, (start, end)) for number, (start, end) in enumerate(held) if start < end
    ]
    assert all(union(span for _, span in items) == [whole] for whole, items in found)


@given(FORWARD, st.lists(INTERVALS))
def test_what_is_not_covered_is_what_is_left(whole: Interval, covered: list[Interval]) -> None:
    """In order, each stretch maximal, none empty."""
    found = list(minus(whole, covered))

    assert instants(found) == instants([whole]) - instants(covered)
    assert found == union(found)


@given(st.lists(st.tuples(FORWARD, st.integers(0, 3)).map(lambda made: (*made[0], made[1]))))
def test_the_highest_rank_at_each_instant_is_painted(ranked: list[tuple[int, int, int]]) -> None:
    """Nothing where nothing is, and no stretch that could be longer."""
    found = highest(ranked)

    for tick in TICKS:
        top = max((rank for start, end, rank in ranked if start <= tick < end), default=None)
        assert [rank for start, end, rank in found if start <= tick < end] == ([] if top is None else [top])
    assert all(start < end for start, end, _ in found)
    assert all(before[1] < after[0] or before[2] != after[2] for before, after in pairwise(found))


@given(st.lists(FORWARD))
def test_most_at_once_is_the_count_at_the_busiest_instant(held: list[Interval]) -> None:
    """Intervals that only touch are not at once."""
    assert most_at_once(held) == max(sum(start <= tick < end for start, end in held) for tick in TICKS)
