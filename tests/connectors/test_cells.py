"""Cells to values: exact, or a fault."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytz  # type: ignore[import-untyped]  # a second opinion, without stubs
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import to_instant
from kansa.connectors.table.cells import CellFault, Reading, read
from kansa.connectors.zones import instant_of, zone_named

TOKYO = zone_named("Asia/Tokyo")
NEW_YORK = zone_named("America/New_York")


@pytest.mark.parametrize(
    ("cell", "how", "value"),
    [
        (" a ", Reading(), "a"),
        (5.0, Reading(), "5"),
        (Decimal("1.50"), Reading(), "1.5"),
        (12345678901234567890123456789012345678, Reading(), "12345678901234567890123456789012345678"),
        ("1e3", Reading("integer"), 1000),
        ("7.70", Reading("decimal_scaled", multiply=Decimal(1000)), 7700),
        ("0.1", Reading("decimal_scaled", multiply=Decimal(10)), 1),
        (0.7, Reading("decimal_scaled", multiply=Decimal(1000)), 700),
        ("Yes", Reading("flag"), True),
        (False, Reading("flag"), False),
        ("a; b;;", Reading("list", split=";"), ["a", "b"]),
        (["a", 1], Reading("list"), ["a", "1"]),
        ("甲", Reading(values={"甲": "tenant"}), "tenant"),
        ("2026-04-01T09:00:00", Reading("time", TOKYO), "2026-04-01T00:00:00.000Z"),
        ("2026-04-01 09:00", Reading("time", TOKYO), "2026-04-01T00:00:00.000Z"),
        ("2026-04-01T00:00:00.1239+00:00", Reading("time", TOKYO), "2026-04-01T00:00:00.123Z"),
        ("01/04/2026 09:00", Reading("time", TOKYO, pattern="%d/%m/%Y %H:%M"), "2026-04-01T00:00:00.000Z"),
        ("1775001600.5", Reading("time", epoch="seconds"), "2026-04-01T00:00:00.500Z"),
        (1775001600000, Reading("time", epoch="milliseconds"), "2026-04-01T00:00:00.000Z"),
        (
            "2044444.0000000002",
            Reading("time", epoch="seconds", since=1_000_000),
            "1970-01-24T15:54:05.000Z",
        ),
        ("2026-04-01", Reading("date", TOKYO), "2026-03-31T15:00:00.000Z"),
        ("2026-03-31", Reading("date", TOKYO, inclusive=True), "2026-03-31T15:00:00.000Z"),
        ("31.03.2026", Reading("date", TOKYO, pattern="%d.%m.%Y"), "2026-03-30T15:00:00.000Z"),
        (datetime(2026, 4, 1, 9), Reading("time", TOKYO), "2026-04-01T00:00:00.000Z"),  # noqa: DTZ001 - as a workbook gives it
    ],
)
def test_a_cell_is_read_as_the_mapping_says(cell: Any, how: Reading, value: Any) -> None:
    """Numbers stay exact, days begin at the midnight of their zone, a last day ends at the next one."""
    assert read(cell, how) == value


@pytest.mark.parametrize(
    ("cell", "how", "message"),
    [
        ("7.7", Reading("integer"), "does not give a whole number"),
        ("0.0001", Reading("decimal_scaled", multiply=Decimal(1000)), "does not give a whole number"),
        ("1_000", Reading("integer"), "is not a number"),
        ("NaN", Reading("integer"), "is not a number"),
        ("1e999999999", Reading("integer"), "is not a number"),
        (True, Reading("integer"), "is not a number"),
        ("maybe", Reading("flag"), "neither true nor false"),
        ("乙", Reading(values={"甲": "tenant"}), "not in the table of values"),
        ({"a": 1}, Reading(), "a nested value"),
        ("2026-04-01T09:00:00", Reading("time"), "has no offset, and no `zone` is given"),
        ("2026-04-01", Reading("time", TOKYO), "is not an ISO 8601 time"),
        ("2026-02-30", Reading("date", TOKYO), "is not a date"),
        ("9999-12-31T23:59:59-01:00", Reading("time"), "outside the years 1 to 9999"),
        ("2026-11-01T01:30:00", Reading("time", NEW_YORK), "came twice in America/New_York"),
        ("2026-03-08T02:30:00", Reading("time", NEW_YORK), "never came in America/New_York"),
        (datetime(2026, 4, 1, 9), Reading("date", TOKYO), "is a time, not a day"),  # noqa: DTZ001 - as a workbook gives it
    ],
)
def test_a_cell_that_cannot_be_read_is_a_fault(cell: Any, how: Reading, message: str) -> None:
    """Nothing is rounded, guessed or shifted."""
    with pytest.raises(CellFault, match=message):
        read(cell, how)


def test_an_unknown_zone_is_refused() -> None:
    """Zones are IANA names; abbreviations such as JST are none."""
    with pytest.raises(ValueError, match="`JST` is not a zone"):
        zone_named("JST")


@pytest.mark.parametrize(
    "name", ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "UTC"]
)
@given(minutes=st.integers(0, 60 * 24 * 400))
def test_local_stamps_agree_with_a_second_opinion(name: str, minutes: int) -> None:
    """Every local minute is the instant that pytz gives, or is refused where pytz finds it ambiguous or missing."""
    moment = datetime(2026, 1, 1) + timedelta(minutes=minutes)  # noqa: DTZ001 - a local stamp is the point
    try:
        expected = to_instant(pytz.timezone(name).localize(moment, is_dst=None).astimezone(UTC))
    except pytz.InvalidTimeError:
        with pytest.raises(ValueError, match="came"):
            instant_of(moment, ZoneInfo(name))
    else:
        assert instant_of(moment, ZoneInfo(name)) == expected


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("date", "2026/4/1", "2026-03-31T15:00:00.000Z"),
        ("date", "2026/04/01", "2026-03-31T15:00:00.000Z"),
        ("time", "2026/4/1 9:30", "2026-04-01T00:30:00.000Z"),
        ("time", "2026/12/31 23:59:59", "2026-12-31T14:59:59.000Z"),
    ],
)
def test_a_day_that_begins_with_the_year_may_have_slashes(form: str, text: str, expected: str) -> None:
    """As spreadsheets under a Japanese locale save 2026-04-01; the order is not guessed, since the year is first."""
    assert read(text, Reading(form=form, zone=TOKYO)) == expected


@pytest.mark.parametrize("text", ["1/4/2026", "04/01/2026", "2026/13/1", "2026/2/30", "26/4/1"])
def test_other_orders_and_days_that_are_none_are_refused(text: str) -> None:
    """A pattern is asked for."""
    with pytest.raises(CellFault):
        read(text, Reading(form="date", zone=TOKYO))
