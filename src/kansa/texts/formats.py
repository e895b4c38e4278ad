"""Write times, durations and numbers as a reader expects them: in the reader's language, in a zone, through Babel.

The one place where an instant becomes text for people. Times stand in the vault's zone, or in UTC, marked as such, where
`--utc` asks for it; JSON and files for machines carry RFC 3339 UTC and never come here. Babel is imported on first use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kansa.texts import Language, reader_language

_LOCALES = {"en": "en_GB", "ja": "ja"}
_BETWEEN = {"en": ", ", "ja": " "}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_MICROSECONDS = 1_000_000
_UTC = "UTC"

_in_utc: ContextVar[bool] = ContextVar("in_utc", default=False)
_zone: ContextVar[str] = ContextVar("zone", default=_UTC)


@contextmanager
def times_shown_in(zone: str = _UTC, *, utc: bool = False) -> Iterator[None]:
    """Write times in a zone while the block lasts; with `utc` in UTC, whatever zone is named in it."""
    kept = _in_utc.set(utc), _zone.set(zone)
    try:
        yield
    finally:
        _in_utc.reset(kept[0])
        _zone.reset(kept[1])


def show_times_in(zone: str) -> None:
    """Write times in a zone from here on, until the enclosing `times_shown_in` ends: that of a vault that was opened."""
    _zone.set(zone)


def zone_shown() -> str:
    """Return the zone in which times are written now."""
    return _UTC if _in_utc.get() else _zone.get()


def time_text(instant: int, language: str | None = None) -> str:
    """Return an instant (µs) as a time of the zone shown: `1 Apr 2026`, `1 Apr 2026, 09:30`, with seconds if there are any.

    The first moment of a day is written as the day. In UTC a time says so: `1 Apr 2026, 00:30 UTC`. The language is the
    reader's unless one is given.
    """
    utc = zone_shown() == _UTC
    moment = _moment(instant)
    spoken = _language(language)
    day = _day(moment, spoken)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0) and not utc:
        return day
    from babel.dates import format_time  # noqa: PLC0415 - on first use

    clock = format_time(moment, "medium" if moment.second else "short", locale=_LOCALES[spoken])
    return f"{day}{_BETWEEN[spoken]}{clock}" + (" UTC" if utc else "")


def day_text(instant: int, language: str | None = None) -> str:
    """Return the day of the zone shown on which an instant (µs) lies."""
    return _day(_moment(instant), _language(language))


def duration_text(duration: int, language: str | None = None) -> str:
    """Return a duration (µs, not below 0) in days, hours, minutes and seconds; what is below a second is cut."""
    from babel.units import format_unit  # noqa: PLC0415 - on first use

    left, spoken = duration // _MICROSECONDS, _language(language)
    parts: list[str] = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count or (unit == "second" and not parts):
            parts.append(format_unit(count, f"duration-{unit}", locale=_LOCALES[spoken]))
    return _BETWEEN[spoken].join(parts)


def number_text(number: float, language: str | None = None) -> str:
    """Return a number with the separators of the reader's language."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - on first use

    return format_decimal(number, locale=_LOCALES[_language(language)])


def _day(moment: datetime, language: Language) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - on first use

    return format_date(moment.date(), "medium", locale=_LOCALES[language])


def _moment(instant: int) -> datetime:
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone_shown()))


def _language(given: str | None) -> Language:
    spoken = reader_language() if given is None else given
    return "ja" if spoken == "ja" else "en"
