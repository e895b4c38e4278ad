"""Instants and durations: one spelling, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import DAY, HOUR, format_instant, parse_duration, parse_instant, to_datetime, to_instant

MILLISECOND = 1000


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_an_instant_of_whole_milliseconds_survives_writing_and_reading(milliseconds: int) -> None:
    """Years 1 to 9999."""
    instant = milliseconds * MILLISECOND

    assert parse_instant(format_instant(instant)) == instant
    assert to_instant(to_datetime(instant)) == instant


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-01-31T09:30:00Z",
        "2026-01-31T09:30:00.000+09:00",
        "2026-01-31T09:30:00.0000Z",
        "2026-01-31 09:30:00.000Z",
        "2026-02-30T09:30:00.000Z",
        "2026-01-31T23:59:60.000Z",
        "",
    ],
)
def test_every_other_form_of_time_is_refused(stamp: str) -> None:
    """Records have one form only, so that equal times are equal bytes."""
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(stamp)


def test_durations_are_read_and_months_are_not() -> None:
    """Only lengths that are fixed."""
    assert parse_duration("PT24H") == DAY
    assert parse_duration("P1W1DT1H") == 8 * DAY + HOUR
    assert parse_duration("-PT1H") == -HOUR
    for text in ("P1M", "P1Y", "24h", "P", "PT", "P1DT", "PT1.5H"):
        with pytest.raises(ValueError, match="ISO 8601"):
            parse_duration(text)
    with pytest.raises(ValueError, match="longer than any time"):
        parse_duration("PT99999999999999999H")
