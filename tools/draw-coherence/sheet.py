"""A picture being drawn from top to bottom: lanes over one time axis, then a legend. Lengths are px of a width of 900."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup
from words import say

from kansa.drawing.axis import Axis
from kansa.drawing.figures import Language, Moments
from kansa.drawing.svg import element, fitted, joined, text_width

WIDTH, LEFT, RIGHT = 900.0, 190.0, 24.0
PLOT = WIDTH - LEFT - RIGHT
TEXT, SMALL = 13.0, 12.0
BAR, SLIM = 22.0, 15.0

_STYLE = """
text{font:13px "BIZ UDPGothic","Hiragino Sans","Noto Sans CJK JP","Noto Sans JP","Yu Gothic",Meiryo,system-ui,sans-serif;fill:#1c2530}
.small{font-size:12px}.soft{fill:#56616d}.strong{font-weight:700}.middle{text-anchor:middle}.end{text-anchor:end}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.minor{stroke:#e3e8ec}.major{stroke:#a9b3bd}.rule{stroke:#d5dae0}
.mark{stroke:#1c2530;stroke-width:1.4;stroke-dasharray:5 3;fill:none}.guide{stroke:#7a8794;stroke-dasharray:2 3}
.chevron{fill:none;stroke:#56616d;stroke-width:1.6}
.row{fill:#dcebe8;stroke:#2f6f6b}.old{fill:#fff;stroke:#7a8794;stroke-dasharray:4 3}
.evidenced{fill:#2f6f6b;stroke:#2f6f6b}.gap{fill:url(#gap);stroke:#a3231c;stroke-width:1.2}
.late{fill:url(#late);stroke:#7a5200;stroke-width:.8}.before{fill:url(#before);stroke:#3c5a94;stroke-width:.8}
.use{fill:#4f6d8f;stroke:#33506f}.other{fill:#8a5a83;stroke:#653e60}.nobody{fill:#7d8590;stroke:#565d66}
.idle{fill:#dde4e9;stroke:#9aa8b3}.unobserved{fill:url(#unobserved);stroke:#6c7884}.window{fill:#eef1f4;stroke:#7a8794}
.became{fill:#2f6f6b;stroke:#2f6f6b}.ceased{fill:url(#gap);stroke:#a3231c;stroke-width:1.2}
.attested{fill:#164542;stroke:#164542}.measured{fill:#2f7c76;stroke:#2f7c76}.documented{fill:#8cc0ba;stroke:#4c8f88}
.declared{fill:#d5e8e5;stroke:#7fb0aa}.inferred{fill:#f3f8f7;stroke:#7fb0aa}
.band{fill:#f7e7b4;stroke:none}.edge{stroke:#8a6a10;stroke-width:1.2}.intime{fill:#2f6f6b;fill-opacity:.75}
.version{fill:#2f6f6b;fill-opacity:.13;stroke:#2f6f6b;stroke-width:1.4}.replaced{fill:#7a8794;fill-opacity:.12;stroke:#56616d;stroke-width:1.4;stroke-dasharray:5 3}
.residual{fill:#b4bdc7;stroke:#565d66}.goes{fill:#fff;stroke:#33506f;stroke-dasharray:4 3}
.nolog{fill:url(#unobserved);stroke:none;opacity:.8}
"""
_PATTERNS = """<defs>
<pattern id="gap" width="7" height="7" patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><rect width="7" height="7" fill="#fff"/><rect width="3.2" height="7" fill="#d0554d"/></pattern>
<pattern id="late" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#e8b452"/><circle cx="1.5" cy="1.5" r="1.2" fill="#6b4500"/><circle cx="4.5" cy="4.5" r="1.2" fill="#6b4500"/></pattern>
<pattern id="before" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#cdd8ee"/><rect width="2" height="5" fill="#3c5a94"/></pattern>
<pattern id="unobserved" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/><circle cx="3" cy="3" r="0.9" fill="#6c7884"/></pattern>
</defs>
"""
_LIGHT_ON = frozenset({"evidenced", "use", "other", "nobody", "attested", "measured", "became"})
_HALO_ON = frozenset({"gap", "late", "before", "ceased", "unobserved"})


class Bar(NamedTuple):
    """`[start, end)` in a look, with what is written in it."""

    start: int
    end: int
    look: str
    text: str = ""


class Sheet:
    """One picture in one language; `y` is where the next lane begins."""

    def __init__(self, language: Language, span: tuple[int, int], *, top: float = 8.0) -> None:
        self.language, self.y = language, top
        self.over(span)
        self._under: list[Markup] = []
        self._parts: list[Markup] = []
        self._marks: list[int] = []
        self._axis_top = top

    def add(self, *parts: Markup) -> None:
        """Draw on top of what is there."""
        self._parts += parts

    def over(self, span: tuple[int, int]) -> None:
        """What follows is drawn over this period."""
        self.span = span
        self.axis = Axis(*span, left=LEFT, width=PLOT)
        self.moments = Moments.of_period(self.language, *span)

    def heading(self, text: str) -> None:
        """A line that says what follows."""
        self.write(text, 8, self.y + 20, "strong halo")
        self.y += 27

    def time(self, *, marks: Iterable[tuple[int, str]] = ()) -> None:
        """Begin the time axis here; what is marked gets a dashed line with words above it."""
        told = sorted(marks)
        for instant, text in told:
            x, width = self.axis.x(instant), text_width(text, SMALL)
            self._marks.append(instant)
            self.write(text, min(max(x - width / 2, LEFT), WIDTH - 6 - width), self.y + 12, "small strong")
        self.y += 17 if told else 0
        self.write(say(self.language, "zone"), 8, self.y + 13, "small soft")
        for tick in self.axis.ticks(self.moments, most=13):
            anchor = "middle" if tick.x < WIDTH - RIGHT - 8 else "end"
            self.write(
                tick.label, tick.x if anchor == "middle" else WIDTH - 2, self.y + 13, f"small soft {anchor}"
            )
        self.y += 20
        self._axis_top = self.y

    def grid(self) -> None:
        """End the time axis here: its lines go behind, the marks before what was drawn since it began."""
        lines = [
            element(
                "line", x1=t.x, x2=t.x, y1=self._axis_top, y2=self.y, class_="major" if t.major else "minor"
            )
            for t in self.axis.ticks(self.moments, most=13)
        ]
        self._under += lines
        for x in map(self.axis.x, self._marks):
            self.add(element("line", x1=x, x2=x, y1=self._axis_top - 3, y2=self.y, class_="mark"))
        self._marks.clear()
        self.y += 4

    def lane(self, name: str, rows: Sequence[Sequence[Bar]], *, about: str = "", height: float = BAR) -> None:
        """A named lane of one or more rows of bars."""
        tall = max(len(rows) * (height + 3), 32.0 if about else 0.0)
        first = self.y + 4 + (tall - len(rows) * (height + 3)) / 2
        middle = self.y + 4 + tall / 2
        self.write(fitted(name, TEXT, LEFT - 16), 8, middle + (-3 if about else 4), "strong")
        if about:
            self.write(fitted(about, SMALL, LEFT - 14), 8, middle + 13, "small soft")
        for number, row in enumerate(rows):
            for bar in row:
                self.bar(bar, first + number * (height + 3), height)
        self.y += tall + 6
        self._under.append(element("line", x1=8, x2=WIDTH - RIGHT, y1=self.y, y2=self.y, class_="rule"))

    def bar(self, bar: Bar, y: float, height: float) -> None:
        """One bar; chevrons where it goes on beyond the picture."""
        start, end = self.span
        if bar.end <= start or bar.start >= end:
            return
        left, right = self.axis.x(bar.start), self.axis.x(bar.end)
        self.add(element("rect", x=left, y=y, width=right - left, height=height, class_=bar.look))
        middle = y + height / 2
        if bar.start < start:
            self.add(element("path", d=f"M{left - 3:.1f} {middle - 4:.1f}l-4 4l4 4", class_="chevron"))
        if bar.end > end:
            self.add(element("path", d=f"M{right + 3:.1f} {middle - 4:.1f}l4 4l-4 4", class_="chevron"))
        if bar.text and text_width(bar.text, SMALL) <= right - left - 2:
            color = "#fff" if bar.look in _LIGHT_ON else None
            halo = " halo strong" if bar.look in _HALO_ON else ""
            x = (left + right) / 2
            style = f"fill:{color}" if color else None
            self.add(
                element("text", bar.text, x=x, y=middle + 4.5, class_=f"small middle{halo}", style=style)
            )

    def write(self, text: str, x: float, y: float, class_: str = "") -> None:
        """Text at a place."""
        self.add(element("text", text, x=x, y=y, class_=class_ or None))

    def legend(self, *entries: tuple[str, str]) -> None:
        """Swatches with their words, as many a line as fit."""
        x, self.y = 8.0, self.y + 8
        for look, text in entries:
            width = 30 + text_width(text, SMALL) + 20
            if x > 8.0 and x + width > WIDTH:
                x, self.y = 8.0, self.y + 21
            if look == "line":
                self.add(element("line", x1=x + 11, x2=x + 11, y1=self.y - 1, y2=self.y + 16, class_="mark"))
            elif look:
                self.add(element("rect", x=x, y=self.y, width=22, height=14, class_=look))
            self.write(text, x + (28 if look else 0), self.y + 11.5, "small")
            x += width - (0 if look else 28)
        self.y += 22

    def svg(self, title: str, about: str) -> str:
        """The whole picture as a file."""
        height = self.y + 6
        drawn = element(
            "svg",
            element("title", title, id="title"),
            element("desc", about, id="desc"),
            Markup("<style>{}</style>").format(Markup(_STYLE)),  # noqa: S704 - ours
            Markup(_PATTERNS),  # noqa: S704 - ours
            element("rect", width=WIDTH, height=height, fill="#fff"),
            joined(self._under),
            joined(self._parts),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
            width=WIDTH,
            height=height,
            role="img",
            aria_labelledby="title desc",
            lang=self.language,
        )
        return str(drawn).replace("><", ">\n<") + "\n"
