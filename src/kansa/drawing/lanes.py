"""Draw stretches of time in lanes under one axis, as an SVG file: what held, what is missing, what happened when."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from markupsafe import Markup

from kansa.drawing.axis import Axis
from kansa.drawing.figures import Language, Moments
from kansa.drawing.svg import element, fitted, number

Look = Literal["held", "missing", "event"]

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR = 960.0, 230.0, 14.0, 20.0, 11.0
_STYLE = (
    "text{font:11px 'BIZ UDPGothic','Noto Sans CJK JP',sans-serif;fill:currentColor}"
    ":root{color:#1d2327;background:#fffdf8}.band{font-weight:bold}.tick{stroke:#8884;stroke-width:1}"
    ".major{stroke:#8888}.held{fill:#3f6f8f}.missing{fill:#b3362b}.event{fill:#c98a1b}"
    "@media(prefers-color-scheme:dark){:root{color:#e8e6e0;background:#16181b}.held{fill:#7fb2d3}.missing{fill:#ef7d72}}"
)


class Bar(NamedTuple):
    """A stretch, or for an event an instant, with what it says when pointed at."""

    start: int
    end: int
    look: Look
    title: str


class Lane(NamedTuple):
    """A line of the drawing; `band` names the group that it belongs to."""

    band: str
    label: str
    bars: Sequence[Bar]


def draw(lanes: Sequence[Lane], start: int, end: int, *, name: str, about: str, language: Language) -> str:
    """Return lanes over `[start, end)` as an SVG document; what lies outside is cut at the edge."""
    axis = Axis(start, end, _LEFT, _WIDTH - _LEFT - _RIGHT)
    moments = Moments.of_period(language, start, end)
    drawn, y, band = list[Markup](), 30.0, ""
    for lane in lanes:
        if lane.band != band:
            band, y = lane.band, y + _ROW
            drawn.append(element("text", fitted(band, 11, _LEFT - 8), x=6, y=y, class_="band"))
        y += _ROW
        drawn.append(
            element("text", fitted(lane.label, 11, _LEFT - 20), element("title", lane.label), x=16, y=y)
        )
        drawn += [_bar(bar, axis, y) for bar in lane.bars]
    height = y + 16
    ticks = [
        mark
        for tick in axis.ticks(moments, most=11)
        for mark in (
            element(
                "line",
                x1=tick.x,
                x2=tick.x,
                y1=26.0,
                y2=height - 8,
                class_="tick major" if tick.major else "tick",
            ),
            element("text", tick.label, x=tick.x, y=18.0, text_anchor="middle"),
        )
    ]
    return _document([*ticks, *drawn], height, name, about)


def _bar(bar: Bar, axis: Axis, y: float) -> Markup:
    left, right = axis.x(bar.start), axis.x(bar.end)
    title = element("title", bar.title)
    if bar.look == "event":
        return element("circle", title, cx=left, cy=y - 4, r=4.0, class_="event")
    wide = max(right - left, 1.5)
    return element("rect", title, x=left, y=y - _BAR + 1, width=wide, height=_BAR, class_=bar.look)


def _document(children: Sequence[Markup], height: float, name: str, about: str) -> str:
    drawing = element(
        "svg",
        element("title", name),
        element("desc", about),
        element("style", Markup(_STYLE)),  # noqa: S704 - a constant of this module
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(_WIDTH)} {number(height)}",
        role="img",
        aria_label=name,
    )
    return f"{drawing}\n"
