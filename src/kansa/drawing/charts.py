"""Small drawings for the terminal's results, as SVG files that stand alone."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from kansa.drawing.svg import element, fitted, number
from kansa.flags.comparison import Comparison, weight
from kansa.i18n import Words
from kansa.rules.impact import Impact
from kansa.rules.publish.pack_pages import OUTCOME

_COLOURS = ("#9d2b22", "#c98a1b", "#8fa3ad")
_NAMES = (Words("high", "高"), Words("medium", "中"), Words("low", "低"))
_SIDES = (("before", Words("before", "前")), ("after", Words("after", "後")), ("now", Words("now", "現在")))
_WIDTH, _LEFT, _ROW, _UNIT = 720.0, 64.0, 14.0, 12.0


def alone(children: Sequence[Markup], *, height: float, name: str) -> str:
    """Return a drawing as a file of its own, in the reader's colours."""
    style = element(
        "style",
        "text{font:11px sans-serif;fill:currentColor}:root{color:#1d2327}@media(prefers-color-scheme:dark){:root{color:#e8e6e0;background:#16181b}}",
    )
    view = f"0 0 {number(_WIDTH)} {number(height)}"
    return (
        str(
            element(
                "svg",
                style,
                *children,
                xmlns="http://www.w3.org/2000/svg",
                viewBox=view,
                role="img",
                aria_label=name,
            )
        )
        + "\n"
    )


def legend(names: Sequence[Words], colours: Sequence[str], y: float, language: str) -> list[Markup]:
    """Return what each colour means, side by side."""
    drawn = []
    for position, (words, colour) in enumerate(zip(names, colours, strict=True)):
        x = _LEFT + position * 120.0
        drawn += [
            element("rect", x=x, y=y - 8, width=9.0, height=9.0, fill=colour),
            element("text", words.in_(language), x=x + 14, y=y),
        ]
    return drawn


def before_and_after(found: Sequence[Comparison], title: Callable[[Comparison], str], language: str) -> str:
    """Return indicators by severity before and after each reconfiguration, and now, one bar each."""
    y = 16.0
    drawn = legend(_NAMES, _COLOURS, y, language)
    most = max((sum(weight(getattr(each, side))) for each in found for side, _ in _SIDES), default=1)
    unit = min(_UNIT, (_WIDTH - _LEFT - 30) / max(most, 1))
    for each in found:
        y += 26
        drawn.append(element("text", fitted(title(each), 11, _WIDTH), x=0, y=y, font_weight="bold"))
        for side, words in _SIDES:
            y += _ROW
            drawn.append(element("text", words.in_(language), x=0, y=y))
            drawn += _bar(weight(getattr(each, side)), y, unit)
    return alone(
        drawn, height=y + 12, name=Words("indicators before and after", "変更前後の指標").in_(language)
    )


def _bar(counts: Sequence[int], y: float, unit: float) -> list[Markup]:
    drawn, x = [], _LEFT
    for count, colour, words in zip(counts, _COLOURS, _NAMES, strict=True):
        if count:
            drawn.append(
                element(
                    "rect",
                    element("title", f"{words.en} {count}"),
                    x=x,
                    y=y - 9,
                    width=count * unit,
                    height=10.0,
                    fill=colour,
                )
            )
            x += count * unit
    drawn.append(element("text", str(sum(counts)), x=x + 4, y=y))
    return drawn


def outcomes(impact: Impact, language: str) -> str:
    """Return decisions by outcome then and now, then findings that come and go, one bar each."""
    said = {outcome: words.in_(language) for outcome, words in OUTCOME.items()}
    rows = [
        (f"{said[before]} → {said[after]}", count, before != after)
        for (before, after), count in sorted(impact.outcomes.items())
    ]
    came, went = Words("findings that come", "生じる所見"), Words("findings that go", "消える所見")
    rows += [(came.in_(language), len(impact.raised), True), (went.in_(language), len(impact.gone), True)]
    most = max((count for _, count, _ in rows), default=1) or 1
    drawn, y = [], 6.0
    for label, count, changes in rows:
        y += 20
        wide = count * (_WIDTH - 250) / most
        drawn += [
            element("text", label, x=0, y=y),
            element("rect", x=180.0, y=y - 10, width=max(wide, 1.0 if count else 0.0), height=12.0, fill=_COLOURS[0] if changes else _COLOURS[2]),
            element("text", f"{count:,}", x=186.0 + wide, y=y),
        ]  # fmt: skip
    return alone(drawn, height=y + 14, name=Words("decisions then and now", "判断の前後比較").in_(language))
