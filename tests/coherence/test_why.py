"""The reasons cover the gaps: no more, no less."""

from collections import defaultdict
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from claims import ledger
from kansa.coherence.facts import FACTS
from kansa.coherence.result import Gap
from kansa.coherence.sweep import sweep
from kansa.coherence.why import Why, why
from kansa.registers.derive import derive
from kansa.registers.rows import Tables


def joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of stretches, in order."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def by_fact(gaps: Iterable[Gap]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """For each use and fact, where it is missing."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for gap in gaps:
        for fact in FACTS:
            if gap.missing & fact.bit:
                found[str(gap.use_id), fact.name].append((gap.start, gap.end))
    return {key: joined(stretches) for key, stretches in found.items()}


def of_reasons(reasons: Iterable[Why]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """For each use and fact, where a reason is given."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for reason in reasons:
        found[reason.use_id, reason.fact].append((reason.start, reason.end))
    return {key: joined(stretches) for key, stretches in found.items()}


def random_tables(seed: int, count: int) -> Tables:
    """Tables of a random ledger, crooked uses included."""
    return derive(enumerate(ledger(seed, count)))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60))
def test_every_instant_of_a_gap_has_a_reason_and_no_other_instant_has_one(seed: int, count: int) -> None:
    """Reasons are found from the parts of evidence, gaps from the rows; where they disagree one of them is wrong."""
    tables = random_tables(seed, count)
    gaps = sweep(tables).gaps

    assert of_reasons(why(gaps, tables)) == by_fact(gaps)
