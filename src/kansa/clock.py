"""Instants, and where they come from.

An instant is an `int`: microseconds since 1970-01-01T00:00:00Z. Intervals are half-open `[start, end)`.
Records carry RFC 3339 UTC with exactly three decimals and `Z`; other zones live at the edges only.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROSECONDS = 1_000_000
HOUR = 3_600 * MICROSECONDS
DAY = 24 * HOUR
MAX_INSTANT = 253_402_300_799_999_000  # 9999-12-31T23:59:59.999Z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class Clock(Protocol):
    """Tells the time. Values may go backward; whoever needs order must say what happens then."""

    def now(self) -> int:
        """Return the present instant."""
        ...

    def monotonic(self) -> int:
        """Return microseconds from an unknown start that never go backward."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000

    def monotonic(self) -> int:
        return time.monotonic_ns() // 1_000


@dataclass(slots=True)
class SimulatedClock:
    """A clock that stands where it is put; for simulated vaults and tests."""

    instant: int

    def now(self) -> int:
        return self.instant

    def monotonic(self) -> int:
        return self.instant


def parse_instant(stamp: str) -> int:
    """Read the one form of time that records allow, `2026-01-31T09:30:00.000Z`.

    Raises:
        ValueError: any other form, an offset, a missing or fourth decimal, a leap second.
    """
    if _STAMP.fullmatch(stamp) is None:
        raise ValueError(f"`{stamp}` is not RFC 3339 UTC with three decimals and Z")
    return to_instant(datetime.fromisoformat(stamp))


def format_instant(instant: int) -> str:
    """Write an instant as records do; microseconds below the millisecond are cut.

    Raises:
        ValueError: before 0001 or after 9999.
    """
    try:
        return (
            (_EPOCH + timedelta(microseconds=instant))
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )
    except OverflowError as error:
        raise ValueError(f"{instant} is outside the years 1 to 9999") from error


def to_instant(moment: datetime) -> int:
    """Convert an aware datetime, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_datetime(instant: int) -> datetime:
    """Convert an instant to an aware UTC datetime, exactly."""
    return _EPOCH + timedelta(microseconds=instant)


def format_duration(duration: int) -> str:
    """Write microseconds, not below 0, as an ISO 8601 duration of days, hours, minutes and seconds (`PT24H` is `P1D`)."""
    seconds, below = divmod(duration, MICROSECONDS)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    exact = f"{seconds}.{below:06}".rstrip("0") if below else str(seconds)
    parts = [(f"{hours}H", hours), (f"{minutes}M", minutes), (f"{exact}S", seconds or below)]
    time = "".join(written for written, value in parts if value)
    if not time:
        return f"P{days}D" if days else "PT0S"
    return f"P{days}DT{time}" if days else f"PT{time}"


def parse_duration(text: str) -> int:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds (`PT24H`, `P90D`) as microseconds.

    Raises:
        ValueError: another form; months and years are refused, since their length is not fixed.
    """
    match = _DURATION.fullmatch(text)
    parts = {k: int(v) for k, v in match.groupdict(default="0").items() if k != "sign"} if match else {}
    if match is None or not any(character.isdigit() for character in text):
        raise ValueError(
            f"`{text}` is not a duration of whole weeks to seconds such as PT24H or P90D (ISO 8601)"
        )
    try:
        length = timedelta(**parts) // timedelta(microseconds=1)
    except OverflowError as error:
        raise ValueError(f"`{text}` is longer than any time from here") from error
    return -length if match["sign"] else length
