"""Numbers and instants as readers see them: rounded so that parts add up, a part that exists never shown as nothing.

Zones: instants are shown in Japan Standard Time (UTC+9, no daylight saving since 1951).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from kansa.clock import DAY, HOUR, MICROSECONDS, to_datetime, to_instant

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

JST = timedelta(hours=9)
_SHIFT = JST // timedelta(microseconds=1)
NOBREAK = "\u00a0"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_COARSE = 100 * HOUR  # below this total, hours are shown with one decimal


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as readers see it."""

    id: str
    names: Mapping[str, str]


def apportion(parts: Sequence[int], total: int) -> tuple[int, ...]:
    """Split `total` whole steps over `parts` by largest remainder, so that they add up.

    A part that is not zero gets at least one step as long as there are steps enough; a part that is zero gets
    none, and one below zero counts as zero. All zero when the parts are.
    """
    sizes = [max(part, 0) for part in parts]
    whole = sum(sizes)
    if whole == 0:
        return (0,) * len(sizes)
    steps = [max(size * total // whole, 1 if size else 0) for size in sizes]
    present = [i for i, size in enumerate(sizes) if size]
    by_remainder = sorted(present, key=lambda i: (sizes[i] * total < whole, -(sizes[i] * total % whole), i))
    for i in by_remainder[: max(total - sum(steps), 0)]:
        steps[i] += 1
    while sum(steps) > total:
        steps[max(present, key=lambda i: (steps[i], -sizes[i]))] -= 1
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Share:
    """A share in steps of a tenth of a per cent; `below` when it exists and is less than one step."""

    tenths: int
    below: bool = False

    def __str__(self) -> str:
        return f"<0.1{NOBREAK}%" if self.below else f"{self.tenths // 10}.{self.tenths % 10}{NOBREAK}%"


def shares(parts: Sequence[int], tenths: int = 1000, whole: int | None = None) -> tuple[Share, ...]:
    """Return shares of `whole` (the parts' sum, unless given) that add up to `tenths`."""
    base = sum(parts) if whole is None else whole
    return tuple(
        Share(step, below=part > 0 and (step == 0 or part * 1000 < base))
        for part, step in zip(parts, apportion(parts, tenths), strict=True)
    )


def together(*added: Share) -> Share:
    """Return the share of several parts as one."""
    tenths = sum(share.tenths for share in added)
    present = [share for share in added if share.tenths or share.below]
    return Share(tenths, below=len(present) == 1 and present[0].below)


def share(part: int, whole: int) -> Share:
    """Return the share of one part alone; a part that exists is never 0.0 %, one that is not whole never 100.0 %."""
    return shares((part, whole - part), whole=whole)[0]


@dataclass(frozen=True, slots=True)
class Hours:
    """Device time rounded for readers, in steps of an hour or, in small totals, a tenth of one."""

    steps: int
    fine: bool
    below: bool = False

    def __str__(self) -> str:
        if self.below:
            return "<0.1" if self.fine else "<1"
        return f"{self.steps // 10:,}.{self.steps % 10}" if self.fine else f"{self.steps:,}"


def hours_together(parts: Sequence[int]) -> tuple[Hours, ...]:
    """Return device hours of parts and, last, of their total; the parts add up to it."""
    whole = sum(parts)
    fine = whole < _COARSE
    step = HOUR // 10 if fine else HOUR
    total = max((whole + step // 2) // step, sum(1 for part in parts if part))
    return (
        *(
            Hours(steps, fine, below=0 < part < step)
            for part, steps in zip(parts, apportion(parts, total), strict=True)
        ),
        Hours(total, fine, below=0 < whole < step),
    )


def hours(duration: int) -> Hours:
    """Return device hours of one figure that stands alone."""
    fine = duration < _COARSE
    step = HOUR // 10 if fine else HOUR
    return Hours(max((duration + step // 2) // step, 0), fine, below=0 < duration < step)


def plain(text: str) -> str:
    """Return a text of unknown origin so that nothing in it reorders or hides what stands around it.

    Controls, and the bidirectional embeddings, overrides and isolates, become visible replacement characters;
    scripts that run from right to left keep their own direction.
    """
    return "".join(
        "\ufffd" if c in _BIDI_CONTROLS or unicodedata.category(c) in {"Cc", "Cs"} else c for c in text
    )


def label(named: Named, language: Language) -> tuple[str, Language | None]:
    """Return a subject's name in this language, in the other, or its id; and the language of the name (None: an id)."""
    other: Language = "ja" if language == "en" else "en"
    for choice in (language, other):
        if name := named.names.get(choice, "").strip():
            return plain(name), choice
    return plain(named.id), None


def isolated(named: Named, language: Language) -> str:
    """Return a subject's name for plain text, kept apart from the direction of what stands around it."""
    return f"\u2068{label(named, language)[0]}\u2069"


def in_japan(instant: int) -> datetime:
    """Return the wall clock in Japan; the zone of the value is a formality."""
    return to_datetime(instant) + JST


def from_japan(wall: datetime) -> int:
    """Return the inverse of `in_japan`."""
    return to_instant(wall - JST)


def utc(instant: int) -> str:
    """Return an instant in UTC, as exact as it is."""
    return f"{to_datetime(instant):%Y-%m-%d} {_clock(instant)}{NOBREAK}UTC"


def machine(instant: int) -> str:
    """Return an instant in UTC for the `datetime` attribute, as exact as it is."""
    return f"{_iso_day(instant // DAY)}T{_clock(instant)}Z"


@cache
def _iso_day(day: int) -> str:
    return f"{to_datetime(day * DAY):%Y-%m-%d}"


@lru_cache(1 << 16)
def _clock(instant: int) -> str:
    """Return the time of day in UTC, with seconds and less only where they are not zero."""
    seconds, rest = divmod(instant % DAY, MICROSECONDS)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    if rest:
        return f"{text}:{second:02}.{rest:06}".rstrip("0")
    return f"{text}:{second:02}" if second else text


@dataclass(frozen=True, slots=True)
class Moments:
    """Instants in one language; the year is left out where all of the period lies in it."""

    language: Language
    year: int | None = None

    @classmethod
    def of_period(cls, language: Language, start: int, end: int) -> "Moments":
        """Leave out the year if the period has one only."""
        first, last = in_japan(start).year, in_japan(max(start, end - 1)).year
        return cls(language, first if first == last else None)

    def date(self, instant: int) -> str:
        return _date(self.language, self.year, (instant + _SHIFT) // DAY)

    def at(self, instant: int) -> str:
        """Date and time of day, with seconds and less only where they are not zero."""
        return f"{self.date(instant)}{NOBREAK}{_clock(instant + _SHIFT)}"

    def span(self, start: int, end: int) -> str:
        """Return a half-open interval; the date is said once if both ends share it."""
        if (start + _SHIFT) // DAY == (end + _SHIFT) // DAY:
            return f"{self.at(start)} – {_clock(end + _SHIFT)}"
        return f"{self.at(start)} – {self.at(end)}"


@cache
def _date(language: Language, without: int | None, day: int) -> str:
    wall = to_datetime(day * DAY)
    year = None if wall.year == without else wall.year
    if language == "ja":
        return f"{f'{year}年' if year else ''}{wall.month}月{wall.day}日"
    text = f"{wall.day}{NOBREAK}{_MONTHS[wall.month - 1]}"
    return f"{text}{NOBREAK}{year}" if year else text
