"""The time axis: instants to places, and ticks on round times in Japan, from minutes to decades."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kansa.clock import DAY, HOUR, MICROSECONDS
from kansa.drawing.figures import JST, NOBREAK, Moments, from_japan, in_japan

MINUTE = 60 * MICROSECONDS
_SHIFT = JST // timedelta(microseconds=1)
_MONDAY = 4 * DAY  # 1970-01-05 was a Monday
_FIXED = (
    *(MINUTE * n for n in (1, 5, 15, 30)),
    *(HOUR * n for n in (1, 3, 6, 12)),
    DAY,
    2 * DAY,
    7 * DAY,
)
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis with its label; `major` where a larger unit begins."""

    x: float
    label: str
    major: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """`[start, end)` drawn from `left` over `width`; instants outside are drawn at the edge."""

    start: int
    end: int
    left: float
    width: float

    def x(self, instant: int) -> float:
        """Return where an instant is drawn."""
        return self.places()(instant)

    def places(self) -> Callable[[int], float]:
        """Return where instants are drawn, as a function for many of them."""
        start, end, left = self.start, self.end, self.left
        right, scale = left + self.width, self.width / max(end - start, 1)

        def place(instant: int) -> float:
            if instant <= start:
                return left
            return left + (instant - start) * scale if instant < end else right

        return place

    def ticks(self, moments: Moments, most: int = 15) -> tuple[Tick, ...]:
        """Return at most `most` ticks, at the finest step that has no more; none for an empty period."""
        if self.end <= self.start:
            return ()
        for step in _FIXED:
            if (self.end - self.start) // step < most:
                return tuple(self._fixed(step, moments))
        months = next((n for n in _MONTHS if (self.end - self.start) // (n * 30 * DAY) < most), _MONTHS[-1])
        return tuple(self._months(months, moments))

    def _fixed(self, step: int, moments: Moments) -> Iterator[Tick]:
        offset = _MONDAY if step == 7 * DAY else 0
        first = -(-(self.start + _SHIFT - offset) // step) * step + offset - _SHIFT
        for instant in range(first, self.end + 1, step):
            midnight = (instant + _SHIFT) % DAY == 0
            wall = in_japan(instant)
            text = _short(moments, instant) if midnight else f"{wall:%H:%M}"
            major = midnight if step < DAY else step == DAY and wall.weekday() == 0
            yield Tick(self.x(instant), text, major)

    def _months(self, months: int, moments: Moments) -> Iterator[Tick]:
        wall = in_japan(self.start)
        index = -(-(wall.year * 12 + wall.month - 1) // months) * months
        while index < 9999 * 12:
            instant = from_japan(datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC))
            if instant > self.end:
                return
            if instant >= self.start:
                january = index % 12 == 0
                yield Tick(self.x(instant), _month(moments, instant, months), major=january and months < 12)
            index += months


def _short(moments: Moments, instant: int) -> str:
    wall = in_japan(instant)
    return f"{wall.month}/{wall.day}" if moments.language == "ja" else Moments("en", wall.year).date(instant)


def _month(moments: Moments, instant: int, months: int) -> str:
    wall = in_japan(instant)
    if months >= 12:
        return f"{wall.year}年" if moments.language == "ja" else f"{wall.year}"
    if moments.language == "ja":
        return f"{wall.year}年{wall.month}月" if wall.month == 1 else f"{wall.month}月"
    name = Moments("en", wall.year).date(instant).split(NOBREAK)[1]
    return f"{name} {wall.year}" if wall.month == 1 else name
