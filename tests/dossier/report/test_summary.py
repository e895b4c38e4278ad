"""The sentence: its parts add up in both languages, for any balance."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.report.sample import CUSTOMERS, report
from kansa.clock import HOUR
from kansa.dossier.report.summary import sentence
from kansa.dossier.report.view import Balance, Coverage
from kansa.drawing.figures import LANGUAGES, Language

TIME = st.integers(0, 10**15)
SAMPLE = report()


def numbers(text: str, *, percent: bool) -> list[float]:
    """The figures in a sentence; `<0.1` counts as the step that it stands for."""
    found = re.findall(r"<?(\d[\d,]*(?:\.\d)?)(\u00a0%)?", text)
    return [float(number.replace(",", "")) for number, unit in found if bool(unit) == percent]


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.tuples(TIME, TIME), st.tuples(TIME, TIME, st.one_of(st.just(0), TIME), TIME))
def test_the_parts_of_the_sentence_add_up(
    language: Language, rest: tuple[int, int], covered: tuple[int, int, int, int]
) -> None:
    """Used, idle and unobserved are the installed hours; on time, late and before the log are the evidenced; with gaps, all."""
    (idle, unobserved), (ontime, late, before_log, gap) = rest, covered
    used = ontime + late + before_log + gap
    made = replace(
        SAMPLE,
        balance=Balance(used + idle + unobserved, used, idle, unobserved),
        coverage=Coverage(used, {"measured": used - gap}, late, before_log, gap, {}),
    )
    said = sentence(made, language)
    if used:
        evidenced, *parts = numbers(said, percent=True)
        assert len(parts) == (4 if before_log else 3)
        assert round(sum(parts), 1) == 100.0
        assert round(sum(parts[:-1]), 1) == evidenced
        assert [part == 0.0 for part in parts] == [
            size == 0 for size in (ontime, late, *([before_log] if before_log else []), gap)
        ]
        assert (parts[-1] == 100.0) == (gap == used)
    if used + idle + unobserved >= HOUR:  # less is `<0.1` hours in all
        installed, *hours = numbers(said, percent=False)
        assert round(sum(hours[:3]), 1) == installed


def test_the_sentence_names_the_answer_and_its_denominator() -> None:
    """As a terminal shows it, in both languages."""
    assert sentence(SAMPLE, "en").replace("\u00a0", " ") == (
        "Of 42,336 installed device-hours, 19,146 were seen in use, 21,702 seen idle and 1,488 not observed. "
        "Of all recorded use, inside closed windows or not, 85.0 % is evidenced on all four facts "
        "(75.0 % recorded at the time, 8.0 % recorded late, 2.0 % before the log began), and 15.0 % is not."
    )
    assert sentence(SAMPLE, "ja").replace("\u00a0", " ") == (
        "設置 42,336 機器時間のうち、利用（観測あり）19,146、待機（観測あり）21,702、未観測 1,488。"
        "記録された利用の全体（未観測の時間を含む）のうち 85.0 % は四つの事実すべてに証跡あり（同時記録 75.0 %、事後記録 8.0 %、台帳開始前 2.0 %）、15.0 % は証跡の欠落。"
    )


def test_a_log_that_was_there_from_the_start_is_not_mentioned() -> None:
    """Nothing lies before it: the sentence has no part for what there is none of."""
    said = report([customer for customer in CUSTOMERS if customer is not CUSTOMERS[1]])
    assert "before the log" not in sentence(said, "en")
    assert "台帳開始前" not in sentence(said, "ja")


def test_lateness_that_was_not_assessed_is_not_shown_as_none() -> None:
    """A figure that nobody computed is not zero."""
    said = sentence(replace(SAMPLE, lateness_assessed=False), "en")
    assert "recorded late" not in said
    assert "before the log" not in said
    assert "not assessed" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_without_devices_or_use_says_so(language: Language) -> None:
    """No figure is made from nothing."""
    empty = replace(SAMPLE, balance=Balance(0, 0, 0, 0), coverage=Coverage(0, {}, 0, 0, 0, {}))
    assert not re.search(r"\d", sentence(empty, language))


def test_a_balance_that_contradicts_itself_says_by_how_much() -> None:
    """More used than installed is not rounded away."""
    contradicting = replace(SAMPLE, balance=Balance(1_000 * HOUR, 1_500 * HOUR, -500 * HOUR, 0))
    assert "differ from the installed time by 500 device-hours" in sentence(contradicting, "en")
