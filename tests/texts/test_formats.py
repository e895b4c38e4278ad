"""Times, durations and numbers as people read them: in their language, in the vault's zone."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import DAY, HOUR, MICROSECONDS, to_instant
from kansa.interfaces.cli.app import run
from kansa.texts.formats import day_text, duration_text, number_text, time_text, times_shown_in, zone_shown
from worlds import small_vault

NOON = to_instant(datetime.fromisoformat("2026-04-01T12:30:00+09:00"))
MIDNIGHT = to_instant(datetime.fromisoformat("2026-04-01T00:00:00+09:00"))


@pytest.mark.parametrize(
    ("zone", "instant", "en", "ja"),
    [
        ("Asia/Tokyo", NOON, "1 Apr 2026, 12:30", "2026/04/01 12:30"),
        ("Asia/Tokyo", NOON + 5 * MICROSECONDS, "1 Apr 2026, 12:30:05", "2026/04/01 12:30:05"),
        ("Asia/Tokyo", MIDNIGHT, "1 Apr 2026", "2026/04/01"),
        ("America/New_York", NOON, "31 Mar 2026, 23:30", "2026/03/31 23:30"),
        ("UTC", NOON, "1 Apr 2026, 03:30 UTC", "2026/04/01 3:30 UTC"),
        ("UTC", MIDNIGHT + 9 * HOUR, "1 Apr 2026, 00:00 UTC", "2026/04/01 0:00 UTC"),
    ],
)
def test_a_time_is_written_in_the_readers_language_in_the_zone_that_is_shown(
    zone: str, instant: int, en: str, ja: str
) -> None:
    """A day where one begins; UTC says that it is UTC."""
    with times_shown_in(zone):
        assert (time_text(instant, "en"), time_text(instant, "ja")) == (en, ja)


def test_where_utc_is_asked_for_no_zone_counts_that_is_named_within() -> None:
    """`--utc` beats the vault."""
    with times_shown_in(utc=True), times_shown_in("Asia/Tokyo", utc=True):
        assert zone_shown() == "UTC"
        assert day_text(MIDNIGHT, "en") == "31 Mar 2026"


def test_durations_and_numbers_are_written_in_words_of_the_reader() -> None:
    """Every unit that counts, the largest first."""
    length = 90 * DAY + 2 * HOUR

    assert (duration_text(length, "en"), duration_text(length, "ja")) == ("90 days, 2 hours", "90 日 2 時間")
    assert duration_text(0, "en") == "0 seconds"
    assert number_text(1_234_567, "en") == "1,234,567"


@given(st.integers(0, 400 * DAY // MICROSECONDS))
def test_no_second_of_a_duration_is_lost(seconds: int) -> None:
    """What is written adds up to what was given."""
    words = duration_text(seconds * MICROSECONDS, "en").replace(",", "").split()
    sizes = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}

    assert (
        sum(int(n) * sizes[unit.rstrip("s")] for n, unit in zip(words[::2], words[1::2], strict=True))
        == seconds
    )


def test_the_command_line_shows_the_vaults_zone_and_utc_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same vault, the same instants; the next command begins anew."""
    small_vault(tmp_path / "v")
    told = {}
    for options in ((), ("--utc",), ("--language", "ja")):
        assert run(["status", "--vault", str(tmp_path / "v"), *options]) == 0
        told[options] = capsys.readouterr().out

    assert "times in Asia/Tokyo" in told[()]
    assert " UTC" not in told[()]
    assert "times in UTC" in told["--utc",]
    assert " UTC" in told["--utc",].replace("times in UTC", "")
    assert "時刻は Asia/Tokyo" in told["--language", "ja"]
    assert zone_shown() == "UTC"
