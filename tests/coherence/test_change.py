"""Two knowledge times compared, against every instant looked at by itself."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from claims import ledger
from kansa.clock import DAY
from kansa.coherence.change import changes
from kansa.coherence.facts import FACTS
from kansa.coherence.result import Gap
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.registers.derive import derive
from kansa.registers.rows import Tables, Use
from worlds import BEGIN


def missing(gaps: Iterable[Gap], use_id: str, bit: int, instant: int) -> bool:
    """Whether a fact is missing for a use at an instant."""
    return any(g.use_id == use_id and g.missing & bit and g.start <= instant < g.end for g in gaps)


def holds(uses: Iterable[Use], use_id: str, instant: int) -> bool:
    """Whether a use holds at an instant."""
    return any(u.use_id == use_id and u.end is not None and u.start <= instant < u.end for u in uses)


def known(entries: list[bytes], instant: int) -> Tables:
    """The tables as known at an instant, cut to the story's days."""
    return within(derive(enumerate(entries), instant), BEGIN, BEGIN + 40 * DAY)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), count=st.integers(5, 40), first=st.integers(0, 20), second=st.integers(0, 40)
)
def test_changes_are_exactly_where_the_two_answers_differ(
    seed: int, count: int, first: int, second: int
) -> None:
    """At every instant that a use has at both times, a change is named if and only if the fact's state differs."""
    entries = ledger(seed, count)
    before, after = known(entries, BEGIN + first * DAY), known(entries, BEGIN + (first + second) * DAY)
    gaps_before, gaps_after = sweep(before).gaps, sweep(after).gaps
    found = changes((before.use, gaps_before), (after.use, gaps_after))
    instants = [BEGIN + hour * DAY // 2 for hour in range(80)]

    for use_id in {use.use_id for use in (*before.use, *after.use)}:
        for fact in FACTS:
            for instant in instants:
                both = holds(before.use, use_id, instant) and holds(after.use, use_id, instant)
                was, now = (missing(gaps, use_id, fact.bit, instant) for gaps in (gaps_before, gaps_after))
                expected = ("became" if was else "ceased") if both and was != now else None
                named = [
                    c.change
                    for c in found
                    if (c.use_id, c.fact) == (use_id, fact.name) and c.start <= instant < c.end
                ]
                assert named == ([expected] if expected else [])
