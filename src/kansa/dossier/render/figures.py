"""Numbers and instants as readers see them: rounded so that parts add up, a part that exists never shown as nothing.

Zones: instants are shown in Japan Standard Time (UTC+9, no daylight saving since 1951).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from kansa.clock import HOUR, MICROSECONDS, to_datetime
from kansa.dossier.render.view import Named

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

JST = timedelta(hours=9)
NOBREAK = "\u00a0"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_COARSE = 100 * HOUR  # below this total, hours are shown with one decimal


def apportion(parts: Sequence[int], total: int) -> tuple[int, ...]:
    """Split `total` whole steps over `parts` by largest remainder, so that they add up.

    A part that is not zero gets at least one step as long as there are steps enough; a part that is zero gets
    none. All zero when the parts are.
    """
    whole = sum(parts)
    if whole == 0:
        return (0,) * len(parts)
    steps = [max(part * total // whole, 1 if part else 0) for part in parts]
    by_remainder = sorted(
        (i for i, part in enumerate(parts) if part), key=lambda i: (-(parts[i] * total % whole), i)
    )
    for i in by_remainder[: max(total - sum(steps), 0)]:
        steps[i] += 1
    while sum(steps) > total:
        largest = max(range(len(parts)), key=lambda i: (steps[i] > 0, steps[i], -parts[i]))
        steps[largest] -= 1
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Share:
    """A share in steps of a tenth of a per cent; `below` when it exists and is less than one step."""

    tenths: int
    below: bool = False

    def __str__(self) -> str:
        return f"<0.1{NOBREAK}%" if self.below else f"{self.tenths // 10}.{self.tenths % 10}{NOBREAK}%"


def shares(parts: Sequence[int], tenths: int = 1000, whole: int | None = None) -> tuple[Share, ...]:
    """Shares of `whole` (the parts' sum, unless given) that add up to `tenths`."""
    base = sum(parts) if whole is None else whole
    return tuple(
        Share(step, below=part > 0 and (step == 0 or part * 1000 < base))
        for part, step in zip(parts, apportion(parts, tenths), strict=True)
    )


def together(*added: Share) -> Share:
    """The share of several parts as one."""
    tenths = sum(share.tenths for share in added)
    present = [share for share in added if share.tenths or share.below]
    return Share(tenths, below=len(present) == 1 and present[0].below)


def share(part: int, whole: int) -> Share:
    """The share of one part alone; a part that exists is never 0.0 %, one that is not whole never 100.0 %."""
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
    """Device hours of parts and, last, of their total; the parts add up to it."""
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
    """Device hours of one figure that stands alone."""
    return hours_together((duration,))[0]


def plain(text: str) -> str:
    """Text of unknown origin in which nothing reorders or hides what stands around it.

    Controls, and the bidirectional embeddings, overrides and isolates, become visible replacement characters;
    scripts that run from right to left keep their own direction.
    """
    return "".join(
        "\ufffd" if c in _BIDI_CONTROLS or unicodedata.category(c) in {"Cc", "Cs"} else c for c in text
    )


def label(named: Named, language: Language) -> tuple[str, Language | None]:
    """A subject's name in this language, in the other, or its id; and the language of the name (None: an id)."""
    other: Language = "ja" if language == "en" else "en"
    for choice in (language, other):
        if name := named.names.get(choice, "").strip():
            return plain(name), choice
    return plain(named.id), None


def isolated(named: Named, language: Language) -> str:
    """A subject's name for plain text, kept apart from the direction of what stands around it."""
    return f"\u2068{label(named, language)[0]}\u2069"


def in_japan(instant: int) -> datetime:
    """The wall clock in Japan; the zone of the value is a formality."""
    return to_datetime(instant) + JST


def from_japan(wall: datetime) -> int:
    """The inverse of `in_japan`."""
    return (wall - JST - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def utc(instant: int) -> str:
    """An instant in UTC, as exact as it is."""
    moment = to_datetime(instant)
    return f"{moment:%Y-%m-%d} {_clock(moment)}{NOBREAK}UTC"


def machine(instant: int) -> str:
    """An instant for the `datetime` attribute."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def _clock(moment: datetime) -> str:
    if moment.microsecond:
        return f"{moment:%H:%M:%S}.{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


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
        wall = in_japan(instant)
        year = None if wall.year == self.year else wall.year
        if self.language == "ja":
            return f"{f'{year}年' if year else ''}{wall.month}月{wall.day}日"
        day = f"{wall.day}{NOBREAK}{_MONTHS[wall.month - 1]}"
        return f"{day}{NOBREAK}{year}" if year else day

    def at(self, instant: int) -> str:
        """Date and time of day, with seconds and less only where they are not zero."""
        return f"{self.date(instant)}{NOBREAK}{_clock(in_japan(instant))}"

    def span(self, start: int, end: int) -> str:
        """A half-open interval; the date is said once if both ends share it."""
        if self.date(start) == self.date(end):
            return f"{self.at(start)} – {_clock(in_japan(end))}"
        return f"{self.at(start)} – {self.at(end)}"


def duration(length: int) -> str:
    """A length of time in the coarsest two of days, hours, minutes, seconds; language-free symbols."""
    seconds, rest = divmod(length, MICROSECONDS)
    if seconds == 0:
        return f"{rest / MICROSECONDS:g}{NOBREAK}s"
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    found = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            found.append(f"{count}{NOBREAK}{name}")
    return " ".join(found[:2])
