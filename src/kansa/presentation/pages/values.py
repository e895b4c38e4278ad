"""Instants, durations, shares and names as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kansa.application.subjects.books import Held, Named
from kansa.clock import DAY, parse_instant
from kansa.dossier.report.texts import WORDS, say
from kansa.drawing import figures
from kansa.drawing.figures import Moments, in_japan
from kansa.drawing.svg import element
from kansa.errors import BadInput
from kansa.texts import Language, Words

__all__ = ["Values", "apart", "known_bars"]

NOTHING = Markup("–")
_WEEKDAYS = (Words("Mon", "月"), Words("Tue", "火"), Words("Wed", "水"), Words("Thu", "木"), Words("Fri", "金"),
             Words("Sat", "土"), Words("Sun", "日"))  # fmt: skip
_LEVELS = ("inferred", "declared", "documented", "measured", "attested")
_AGE = (Words("{n} days", "{n}日"), Words("1 day", "1日"), Words("today", "本日"))
_LEFT = (Words("in {n} days", "あと{n}日"), Words("tomorrow", "明日"), Words("today", "本日"),
         Words("{n} days over", "{n}日超過"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Values:
    """Formats values for one reader, at one time of the vault."""

    language: Language
    now: int

    def when(self, instant: int | str | None) -> Markup:
        """Return date and time in Japan, with the exact instant in UTC for whoever points at it."""
        at = _instant(instant)
        if at is None:
            return NOTHING
        return element("time", self._moments(at).at(at), datetime=figures.machine(at), title=figures.utc(at))

    def day(self, instant: int | str | None) -> Markup:
        """Return the date in Japan."""
        at = _instant(instant)
        if at is None:
            return NOTHING
        return element(
            "time", self._moments(at).date(at), datetime=figures.machine(at), title=figures.utc(at)
        )

    def date(self, instant: int | str | None) -> Markup:
        """Return the date in Japan, with its year: an end must not be taken for that of another year."""
        at = _instant(instant)
        if at is None:
            return NOTHING
        said = Moments(self.language).date(at)
        return element("time", said, datetime=figures.machine(at), title=figures.utc(at))

    def weekday(self, instant: int) -> str:
        """Return the date in Japan with the day of the week."""
        word = _WEEKDAYS[in_japan(instant).weekday()].in_(self.language)
        date = Moments(self.language).date(instant)
        return f"{date}（{word}）" if self.language == "ja" else f"{word} {date}"

    def span(self, start: int, end: int | None) -> str:
        """Return a half-open interval in Japan; without an end it says so by a dash."""
        moments = Moments.of_period(self.language, start, start + 1 if end is None else end)
        return moments.span(start, end) if end is not None else f"{moments.at(start)} –"

    def hours(self, micros: int) -> str:
        """Return device time in hours."""
        return str(figures.hours(micros))

    def share(self, part: int, whole: int) -> str:
        """Return a share of a whole; what exists is never nothing."""
        return str(figures.share(part, whole)) if whole else str(NOTHING)

    def age(self, instant: int) -> str:
        """Return how many days ago something was."""
        days = max(self.now - instant, 0) // DAY
        return _AGE[2 if days == 0 else 1 if days == 1 else 0].in_(self.language).format(n=days)

    def left(self, instant: int) -> str:
        """Return in how many days something is due, or by how many it is over."""
        days = instant // DAY - self.now // DAY
        if instant < self.now:
            return _LEFT[3].in_(self.language).format(n=max(-days, 1))
        return _LEFT[0 if days > 1 else 1 if days == 1 else 2].in_(self.language).format(n=days)

    def held(self, held: Held) -> Words | tuple[Words, int]:
        """Return whether something holds, in words, with its instant where it has one."""
        return _HELD[held.state] if held.instant is None else (_HELD_AT[held.state], held.instant)

    def name(self, named: Named | figures.Named | None) -> Markup:
        """Return a subject's name, marked with its language, kept apart from the direction of what stands around it."""
        if named is None:
            return NOTHING
        text, own = figures.label(figures.Named(_key(named), named.names), self.language)
        return element("bdi", text, lang=own if own not in (None, self.language) else None)

    def other(self, named: Named | None) -> Markup:
        """Return a subject's name in the other language, where it is another; otherwise nothing."""
        if named is None:
            return Markup()
        other: Language = "en" if self.language == "ja" else "ja"
        name = named.names.get(other, "")
        if not name or name == named.names.get(self.language):
            return Markup()
        return element("bdi", figures.plain(name), lang=other)

    def fact(self, fact: str) -> str:
        """Return what a fact is called."""
        return say(self.language, f"fact.{fact}")

    def known(self, how: str | None) -> Markup:
        """Return how something is known: five rising bars and the word."""
        if how is None or f"known_by.{how}" not in WORDS:
            return Markup()
        return Markup("{} {}").format(known_bars(how), say(self.language, f"known_by.{how}"))

    def _moments(self, at: int) -> Moments:
        year = in_japan(self.now).year
        return Moments(self.language, year if in_japan(at).year == year else None)


def known_bars(how: str) -> Markup:
    """Return five rising bars, as many filled as something is known well."""
    filled = _LEVELS.index(how) + 1
    bars = [
        element("rect", x=3 * n, y=8 - 2 * n, width=2, height=2 + 2 * n, class_="on" if n < filled else "off")
        for n in range(5)
    ]
    return element("svg", *bars, viewBox="0 0 14 10", aria_hidden="true", class_="bars")


def apart(names: Mapping[str, str], language: Language) -> str:
    """Return a name for plain text, in the reader's language where there is one."""
    other = "en" if language == "ja" else "ja"
    return figures.plain(names.get(language) or names.get(other) or "")


def _key(named: Named | figures.Named) -> str:
    keys: Sequence[str] = named.keys if isinstance(named, Named) else ()
    return keys[0] if keys else named.id


def _instant(value: int | str | None) -> int | None:
    if not isinstance(value, str):
        return value
    try:
        return parse_instant(value)
    except (BadInput, ValueError):
        return None


_HELD = {
    "in_force": Words("yes, no end", "有効（期限なし）"),
    "ended": Words("ended", "終了"),
    "not_begun": Words("not begun", "開始前"),
    "none": Words("none on record", "記録なし"),
}
_HELD_AT = {
    "in_force": Words("until {at}", "{at}まで"),
    "ended": Words("ended {at}", "{at}に終了"),
    "not_begun": Words("from {at}", "{at}から"),
    "none": Words("none on record", "記録なし"),
}
