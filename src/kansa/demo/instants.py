"""The two weeks of the demo, and local stamps as instants. Japan has no summer time, so the offset is fixed."""

from datetime import datetime, timedelta, timezone

from kansa.clock import DAY, MICROSECONDS, to_datetime, to_instant

JST = timezone(timedelta(hours=9))


def jst(text: str) -> int:
    """Return the instant of a local stamp such as `2026-01-05 09:00`."""
    return to_instant(datetime.fromisoformat(text).replace(tzinfo=JST))


def local(instant: int, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """Return an instant as a local stamp."""
    return to_datetime(instant).astimezone(JST).strftime(pattern)


START = jst("2026-01-01 00:00")
END = START + 14 * DAY
SECONDS = (END - START) // MICROSECONDS
"""Length of the period; the plan counts in seconds since its start."""


def second(instant: int) -> int:
    """Return seconds since the start of the period."""
    return (instant - START) // MICROSECONDS


def at_second(seconds: int) -> int:
    """Return the instant that many seconds after the start of the period."""
    return START + seconds * MICROSECONDS
