"""Readiness over time as a picture: for each family of controls, how much of it was fresh, stale or missing.

One strip a family, one column an instant, shared by the answers of that instant. A file of its own: it brings its
colours with it and needs no page.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from kansa.clock import format_instant
from kansa.controls.assessment import STATES, Shown, State, tally
from kansa.controls.pack import ControlPack
from kansa.drawing.svg import element, joined, picture
from kansa.i18n import Words

STATE_WORDS: Mapping[State, Words] = {
    "fresh": Words("fresh", "有効"),
    "stale": Words("stale", "期限切れ"),
    "missing": Words("missing", "欠落"),
}
_TITLE = Words("Readiness over time", "提示可能性の推移")
_ABOUT = Words(
    "For each family of controls the share of answers that were fresh, stale or missing at each instant, by what had been recorded then",
    "統制の区分ごとに、各時点までに記録された証跡による回答の有効・期限切れ・欠落の割合",
)
_STYLE = (
    "text{font:12px sans-serif;fill:#1c2530}.name{font-size:15px}.soft{fill:#56616d}.end{text-anchor:end}"
    ".track{fill:#eef1f4}.fresh{fill:#2f7c76}.stale{fill:#e0a33a}.missing{fill:#a3231c}"
)
_LABELS, _STRIP, _FIGURES = 190.0, 640.0, 110.0
_TOP, _HEIGHT, _GAP = 44.0, 26.0, 8.0


class Moment(NamedTuple):
    """What could be shown at an instant (µs UTC)."""

    at: int
    shown: tuple[Shown, ...]

    def counts(self, family: str) -> Mapping[str, int]:
        """Return the answers of a family of controls."""
        return tally(shown for shown in self.shown if shown.control.family == family)


def draw(pack: ControlPack, moments: Sequence[Moment], language: str) -> str:
    """Return the picture as one SVG document; `moments` in order and evenly apart, at least one."""
    families = [name for name in pack.families if any(any(each.counts(name).values()) for each in moments)]
    tops = [_TOP + n * (_HEIGHT + _GAP) for n in range(len(families) + 1)]
    rows = [_row(pack, name, moments, y, language) for name, y in zip(families, tops, strict=False)]
    first, last = (f"{format_instant(moments[n].at)[:16]}Z" for n in (0, -1))
    drawn = picture(
        element("style", _STYLE),
        _text(_TITLE.in_(language), 0, 14, "name"),
        _legend(language),
        *rows,
        _text(first, _LABELS, tops[-1] + 12, "soft"),
        _text(last, _LABELS + _STRIP, tops[-1] + 12, "soft end"),
        name=_TITLE.in_(language),
        about=_ABOUT.in_(language),
        view=(_LABELS + _STRIP + _FIGURES, tops[-1] + 20),
        class_="readiness",
        described_by="readiness-about",
    )
    return str(drawn).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _row(pack: ControlPack, family: str, moments: Sequence[Moment], y: float, language: str) -> Markup:
    wide = _STRIP / len(moments)
    columns = [_column(each, family, _LABELS + n * wide, wide, language) for n, each in enumerate(moments)]
    counts = moments[-1].counts(family)
    figure = f"{counts['fresh']}/{sum(counts.values())} {STATE_WORDS['fresh'].in_(language)}"
    middle = _HEIGHT / 2 + 4
    return element(
        "g",
        _text(pack.families[family].in_(language), 0, middle, ""),
        element("rect", x=_LABELS, y=0, width=_STRIP, height=_HEIGHT, class_="track"),
        *columns,
        _text(figure, _LABELS + _STRIP + 8, middle, "soft"),
        transform=f"translate(0 {y})",
    )


def _column(moment: Moment, family: str, x: float, width: float, language: str) -> Markup:
    counts = moment.counts(family)
    whole = sum(counts.values())
    says = ", ".join(f"{counts[state]} {STATE_WORDS[state].in_(language)}" for state in STATES)
    drawn, below = [], _HEIGHT
    for state in (state for state in STATES if counts[state]):
        tall = _HEIGHT * counts[state] / whole
        below -= tall
        drawn.append(element("rect", x=x, y=below, width=width, height=tall, class_=state))
    return element("g", element("title", f"{format_instant(moment.at)[:16]}Z: {says}"), *drawn)


def _legend(language: str) -> Markup:
    drawn = []
    for n, state in enumerate(STATES):
        x = _LABELS + n * 110
        drawn.append(element("rect", x=x, y=22, width=12, height=12, class_=state))
        drawn.append(_text(STATE_WORDS[state].in_(language), x + 18, 32, ""))
    return joined(drawn)


def _text(said: str, x: float, y: float, class_: str) -> Markup:
    return element("text", said, x=x, y=y, class_=class_ or None)
