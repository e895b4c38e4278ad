"""The demo's answer is exactly what was planted: no gap more, no gap less, no second other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

import pytest

from kansa.clock import MICROSECONDS
from kansa.coherence.assess import assess
from kansa.demo import cases, expected, load, plan
from kansa.demo.expected import GAPS, LATE, MET, TOTALS, UNOBSERVED, WITHOUT, Change, Effect
from kansa.demo.instants import END, SECONDS, START, jst, second

if TYPE_CHECKING:
    from demo.conftest import Played

Segment = tuple[str, str, int, int, int]
NO_GAP = [case.id for case in cases.CASES if case.shows in {"no_gap", "unobserved"}]


def at(stamp: str) -> int:
    """The instant of a stamp of the table."""
    return jst(f"2026-01-{stamp}")


def bits(mask: int) -> set[int]:
    """The facts in a mask, one by one."""
    return {bit for bit in (1, 2, 4, 8) if mask & bit}


def overlaid(effects: Iterable[Effect]) -> set[Segment]:
    """Maximal segments of one mask: what the effects together say of every workload and unit."""
    of_use: dict[tuple[str, str], list[Effect]] = defaultdict(list)
    for effect in effects:
        for unit in effect.units:
            of_use[effect.workload, unit].append(effect)
    return {
        (*use, pieces[0][0], pieces[-1][1], mask)
        for use, held in of_use.items()
        for mask, run in groupby(_pieces(held), key=itemgetter(2))
        if mask and (pieces := list(run))
    }


def _pieces(held: Sequence[Effect]) -> Iterator[tuple[int, int, int]]:
    cuts = sorted({at(stamp) for effect in held for stamp in (effect.start, effect.end)})
    for start, end in pairwise(cuts):
        masks = [bits(effect.mask) for effect in held if at(effect.start) <= start < at(effect.end)]
        yield start, end, sum(set().union(*masks))


def gaps_of(played: "Played") -> set[Segment]:
    """The segments of an answer, by the sources' keys."""
    return {(*played.use[str(g.use_id)], g.start, g.end, g.missing) for g in played.assessment.gaps}


def superseding(played: "Played") -> int:
    """How many records took the place of others."""
    return sum(result.superseding for result in played.results)


def seconds(microseconds: int) -> int:
    """Whole seconds."""
    whole, rest = divmod(microseconds, MICROSECONDS)
    assert rest == 0
    return whole


def test_every_gap_is_one_that_was_planted(whole: "Played") -> None:
    """Workload, unit, instants and mask of every segment are those of the table, and none is missing."""
    assert gaps_of(whole) == overlaid(GAPS)
    assert len(whole.assessment.gaps) == TOTALS.gaps


def test_what_is_late_is_what_was_recorded_late(whole: "Played") -> None:
    """Lateness is nowhere but where it was planted, and nothing is from before the log."""
    found = {(*whole.use[str(g.use_id)], g.start, g.end, g.late) for g in whole.assessment.late}
    assert found == overlaid(LATE)
    assert whole.assessment.result.before_log_us == 0


def test_each_fact_of_each_gap_has_one_case(whole: "Played") -> None:
    """No two cases claim the same fact of the same instant, and one segment is where two of them meet."""
    claimed = [
        (effect.workload, unit, bit, at(effect.start), at(effect.end))
        for effect in GAPS
        for unit in effect.units
        for bit in bits(effect.mask)
    ]
    for one in claimed:
        others = [other for other in claimed if other is not one and other[:3] == one[:3]]
        assert all(other[4] <= one[3] or one[4] <= other[3] for other in others)
    assert overlaid([MET]) <= gaps_of(whole)


def test_the_sums_are_those_of_the_table(whole: "Played") -> None:
    """Total, by fact, late, and the whole balance, in seconds."""
    result, shares = whole.assessment.result, whole.balance.total
    found = expected.Totals(
        gaps=result.gaps,
        gap=seconds(result.gap_us),
        by_fact={fact: seconds(time) for fact, time in result.fact_gap_us.items()},
        late=seconds(result.late_us or 0),
        installed=seconds(shares.installed),
        unobserved=seconds(shares.unobserved),
        lost=seconds(result.use_us - shares.used),
        use=seconds(result.use_us),
        used=seconds(shares.used),
        idle=seconds(shares.idle),
    )
    assert found == TOTALS
    assert result.quarantined == {}
    assert result.ignored == {}


def test_what_is_unobserved_is_what_was_not_reported(whole: "Played") -> None:
    """The lost hours fall on the two nodes of that accounting alone."""
    (lost,) = UNOBSERVED
    found = {
        whole.keys[str(node)]: seconds(shares.unobserved)
        for node, shares in whole.balance.by_node.items()
        if shares.unobserved
    }
    assert found == dict.fromkeys(lost.units, lost.device_seconds // len(lost.units))


def test_the_table_agrees_with_itself() -> None:
    """Device-seconds are time times accelerators, and the sums are the sums."""
    for effect in (*GAPS, *LATE, *UNOBSERVED, *(e for change in WITHOUT.values() for e in change.gaps)):
        length = second(at(effect.end)) - second(at(effect.start))
        assert effect.device_seconds == length * effect.accelerators * len(effect.units)
    assert sum(effect.device_seconds for effect in GAPS) - MET.device_seconds == TOTALS.gap
    for bit, fact in ((1, "identity"), (2, "access"), (4, "custody"), (8, "authorization")):
        assert sum(e.device_seconds for e in GAPS if e.mask & bit) == TOTALS.by_fact[fact]
    assert sum(effect.device_seconds for effect in UNOBSERVED) == TOTALS.unobserved
    assert TOTALS.installed == TOTALS.used + TOTALS.idle + TOTALS.unobserved
    assert TOTALS.use == TOTALS.used + TOTALS.lost


def test_use_is_what_the_plan_says() -> None:
    """The sum over the plan, without any register: all uses, and those in the hours that nobody reported."""
    given = plan.anchors()
    workloads = (*given, *load.ordinary(given))
    held = [(stretch, w.source) for w in workloads for stretch in w.stretches]
    assert sum((min(s.last, SECONDS) - s.start) * len(s.slots) for s, _ in held) == TOTALS.use
    (lost,) = UNOBSERVED
    begun, ended = second(at(lost.start)), second(at(lost.end))
    dark = sum(
        max(0, min(s.last, ended) - max(s.start, begun)) * len(s.slots)
        for s, source in held
        if source == "kitakyushu"
    )
    assert dark == TOTALS.lost


def test_two_engines_agree(whole: "Played") -> None:
    """DuckDB and plain Python give the same gaps and sums on the demo."""
    answer = assess(whole.tables, since=START, to=END, log_began=whole.began)
    assert (answer.gaps, answer.late) == (whole.assessment.gaps, whole.assessment.late)
    assert answer.result.balance == whole.balance
    assert replace(answer.result, balance=None) == whole.assessment.result


def test_the_load_adds_no_gap(whole: "Played", quiet: "Played") -> None:
    """What ordinary load there is, is evidenced in full: with it and without it the gaps are the same."""
    assert gaps_of(whole) == gaps_of(quiet)


@pytest.mark.parametrize("case", [case.id for case in cases.CASES])
def test_a_case_causes_its_effect(
    case: str, quiet: "Played", quiet_without: Callable[[Collection[str]], "Played"]
) -> None:
    """Without a case its own effects are gone, what its table says comes instead, and nothing else changes."""
    other, change = quiet_without({case}), WITHOUT.get(case, Change())
    rest = [effect for effect in GAPS if effect.case != case]
    assert gaps_of(other) == overlaid([*rest, *change.gaps])
    assert seconds(other.assessment.result.late_us or 0) == sum(
        e.device_seconds for e in LATE if e.case != case
    )
    assert seconds(other.assessment.result.use_us - quiet.assessment.result.use_us) == change.use
    assert seconds(other.balance.total.unobserved - quiet.balance.total.unobserved) == change.unobserved
    assert superseding(other) - superseding(quiet) == change.superseding
    assert (other.tables, other.assessment) != (quiet.tables, quiet.assessment)


def test_every_case_is_in_the_table() -> None:
    """Gaps are those of cases that show one; the others say what would be without them."""
    shown = {case.id: case.shows for case in cases.CASES}
    assert len(shown) == len(cases.CASES)
    assert {effect.case for effect in GAPS} == {id_ for id_, shows in shown.items() if shows == "gap"}
    assert {effect.case for effect in LATE} == {id_ for id_, shows in shown.items() if shows == "late"}
    assert set(WITHOUT) == set(NO_GAP)


def test_the_period_is_fourteen_days() -> None:
    """From the first instant of 1 January to that of the 15th, in Japan."""
    assert (at("01 00:00"), at("15 00:00")) == (START, END)
