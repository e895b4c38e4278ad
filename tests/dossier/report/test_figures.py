"""Figures add up, and nothing that exists is shown as nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dossier.report.sample import END, START
from kansa.clock import DAY, HOUR
from kansa.drawing.axis import Axis
from kansa.drawing.figures import (
    LANGUAGES,
    Language,
    Moments,
    Named,
    Share,
    apportion,
    from_japan,
    hours_together,
    in_japan,
    label,
    machine,
    plain,
    share,
    shares,
    utc,
)

SIZES = st.lists(st.integers(0, 10**16), min_size=1, max_size=6)
INSTANTS = st.integers(0, 4_000_000_000_000_000)


@given(SIZES, st.integers(0, 5_000))
def test_steps_add_up_to_the_total(parts: Sequence[int], total: int) -> None:
    """Whatever the parts, none gets less than nothing and together they get all."""
    steps = apportion(parts, total)
    assert sum(steps) == (total if any(parts) else 0)
    assert all(step >= 0 for step in steps)
    assert all(step == 0 for step, part in zip(steps, parts, strict=True) if part == 0)


@given(SIZES)
@example([10**9, 1])
@example([1, 1, 1])
def test_shares_add_up_and_never_hide_a_part(parts: Sequence[int]) -> None:
    """The shown tenths are a hundred per cent; what exists is never 0.0 %, and nothing but the whole is 100.0 %."""
    shown = shares(parts)
    assert sum(s.tenths for s in shown) == (1000 if any(parts) else 0)
    for part, said in zip(parts, shown, strict=True):
        assert (str(said) == "0.0\u00a0%") == (part == 0)
        assert (str(said) == "100.0\u00a0%") == (0 < part == sum(parts))
        assert said.below == (0 < part * 1000 < sum(parts))


def test_a_sliver_is_said_to_be_less_than_a_step() -> None:
    """One second in thirty years is <0.1 %, and the rest is not 100.0 %."""
    assert [str(s) for s in shares((10**15, 10**6))] == ["99.9\u00a0%", "<0.1\u00a0%"]
    assert str(share(1, 10**9)) == "<0.1\u00a0%"
    assert str(share(10**9 - 1, 10**9)) == "99.9\u00a0%"


@given(st.lists(st.integers(0, 10**15), min_size=3, max_size=3))
def test_hours_add_up_to_their_total(parts: Sequence[int]) -> None:
    """Rounded parts are the rounded total, and a part of less than a step is said so."""
    *each, total = hours_together(parts)
    assert sum(hours.steps for hours in each) == total.steps
    assert all((str(hours).strip("0.") == "") == (part == 0) for hours, part in zip(each, parts, strict=True))


@given(INSTANTS)
def test_japanese_wall_time_round_trips(instant: int) -> None:
    """To the wall clock in Japan and back is the same instant."""
    assert from_japan(in_japan(instant)) == instant


@given(INSTANTS)
def test_instants_are_written_exactly(instant: int) -> None:
    """What a machine reads back is the instant, to the microsecond, and the text for people agrees."""
    read = datetime.fromisoformat(machine(instant))
    assert (read - datetime.fromisoformat("1970-01-01T00:00Z")) // timedelta(microseconds=1) == instant
    assert utc(instant).replace(" ", "T").removesuffix("\u00a0UTC") + "Z" == machine(instant)


def test_instants_read_as_people_write_them() -> None:
    """The year and the date are said once, seconds only where they matter."""
    late = START + 3 * HOUR + 30_250_000
    assert Moments("en").at(START) == "1\u00a0Jan\u00a02026\u00a000:00"
    assert Moments("ja").at(late) == "2026年1月1日\u00a003:00:30.25"
    assert Moments.of_period("en", START, END).span(START, START + HOUR) == "1\u00a0Jan\u00a000:00 – 01:00"
    assert Moments.of_period("ja", START, END).span(START, END) == "1月1日\u00a000:00 – 1月15日\u00a000:00"
    assert Moments.of_period("en", START - 1, END).year is None


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.integers(1, 40 * 366 * DAY), INSTANTS)
@example(14 * DAY, START)
@example(366 * DAY, START)
@example(HOUR, START)
def test_ticks_are_few_round_and_inside(language: Language, length: int, start: int) -> None:
    """From an hour to decades there are some ticks but not many, in order, on round times in Japan."""
    ticks = Axis(start, start + length, 100.0, 800.0).ticks(Moments(language))
    places = [tick.x for tick in ticks]
    assert len(ticks) <= 17
    assert places == sorted(set(places))
    assert all(99.9 < x < 900.1 for x in places)
    assert all(tick.label for tick in ticks)
    if length > 20 * 60_000_000:
        assert len(ticks) >= 3


def test_ticks_of_two_weeks_are_days_with_mondays_marked() -> None:
    """The demo's period reads as a calendar."""
    ticks = Axis(START, END, 0.0, 1400.0).ticks(Moments("ja"))
    assert [tick.label for tick in ticks][:3] == ["1/1", "1/2", "1/3"]
    assert [tick.label for tick in ticks if tick.major] == ["1/5", "1/12"]
    assert [tick.x for tick in ticks][:2] == [0.0, 100.0]


def test_names_fall_back_to_the_other_language_and_then_to_the_id() -> None:
    """A withheld name is shown by its id, and the page knows which language it shows."""
    assert label(Named("p1", {"en": "Aoba", "ja": "青葉"}), "ja") == ("青葉", "ja")
    assert label(Named("p1", {"en": "Aoba", "ja": " "}), "ja") == ("Aoba", "en")
    assert label(Named("p1", {}), "ja") == ("p1", None)


@pytest.mark.parametrize("control", ["\u202e", "\u2066", "\u2069", "\x00", "\x1b", "\n", "\x85", "\ud800"])
def test_controls_in_names_become_visible(control: str) -> None:
    """Nothing in a name reorders, ends or hides what stands around it; scripts keep their direction."""
    assert plain(f"a{control}b") == "a\ufffdb"
    assert plain("شركة") == "شركة"


def test_shares_of_several_parts_add_their_steps() -> None:
    """Evidenced is what was recorded at the time and what was recorded late."""
    assert str(Share(968)) == "96.8\u00a0%"
