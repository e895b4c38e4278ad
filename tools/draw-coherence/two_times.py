"""One picture of two times: versions as boxes, in time where a box meets the band above the diagonal.

An instant t of the use lies on the horizontal axis, when something was recorded on the vertical one. A version says
something of t in time if it was known at some moment from t to t + grace: if its box, in the column of t, meets the band.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from run import Row, Run
from sheet import LEFT, PLOT, Bar, Sheet
from story import LOG_BEGAN
from words import say

from kansa.clock import DAY
from kansa.coherence.facts import OPEN, Fact
from kansa.drawing.figures import Language, Moments
from kansa.drawing.svg import element

YEAR = 2026
TOP, TALL = 30.0, 330.0
BOTTOM = TOP + TALL
_WHEN: Mapping[str, str] = MappingProxyType(
    {"evidenced": "ontime", "late": "late", "before": "before", "gap": "gap"}
)

Corners = Sequence[tuple[int, int]]


def said(language: Language, spans: Iterable[tuple[int, int, str]]) -> str:
    """Stretches in words, for those who do not see them."""
    moments = Moments(language, YEAR)
    parts = [f"{text} {moments.span(start, end)}" for start, end, text in spans]
    return ("; " if language == "en" else "、").join(parts)


def two_times(run: Run, language: Language, use_id: str, fact: Fact, span: tuple[int, int]) -> str:
    """The versions of one key of a use, and what the sweep says of each instant beneath."""
    held = run.held[use_id]
    versions = run.evidence(held.use, fact, all_versions=True)
    lates = [
        late for late in run.answer.late if late.use_id == use_id and (late.late | late.before_log) & fact.bit
    ]
    gaps = [gap for gap in run.gaps(use_id) if gap.missing & fact.bit]
    inside = {late.start for late in lates} | {late.end for late in lates}
    inside |= {gap.start for gap in gaps} | {gap.end for gap in gaps}
    cuts = sorted({held.use.start, min(held.end, span[1]), *inside})
    plot = _Plot(language, span)
    plot.versions(versions)
    if plot.log_began:
        plot.no_log()
    plot.diagonals()
    plot.tell(versions)
    plot.guides(cuts)
    sheet = plot.sheet
    sheet.y = BOTTOM + 4
    sheet.time()
    bars = [bar._replace(text=say(language, _WHEN[bar.look])) for bar in _timeliness(run, use_id, fact, cuts)]
    sheet.lane(say(language, "late.answer"), [bars], about=f"{use_id}, {say(language, fact.name)}")
    sheet.grid()
    sheet.write(say(language, "late.x"), LEFT, sheet.y + 12, "small soft")
    sheet.y += 16
    replaced = any(row.superseded_at is not None for row in versions)
    sheet.legend(
        ("version", say(language, "late.version")),
        *([("replaced", say(language, "late.replaced"))] if replaced else []),
        ("band", say(language, "late.band")),
        ("intime", say(language, "late.intime")),
        ("late", say(language, "late")),
        *([("before", say(language, "before"))] if plot.log_began else []),
    )
    title = say(language, "late.title", fact=say(language, fact.name), use=use_id)
    return sheet.svg(title, said(language, ((bar.start, bar.end, bar.text) for bar in bars)))


def _timeliness(run: Run, use_id: str, fact: Fact, cuts: Sequence[int]) -> Iterator[Bar]:
    """Between two cuts: missing, before the log began, late, or else contemporaneous."""
    gaps = [gap for gap in run.gaps(use_id) if gap.missing & fact.bit]
    for start, end in pairwise(cuts):
        late = next((x for x in run.answer.late if x.use_id == use_id and x.start <= start < x.end), None)
        look = "evidenced"
        if any(gap.start <= start < gap.end for gap in gaps):
            look = "gap"
        elif late is not None and late.before_log & fact.bit:
            look = "before"
        elif late is not None and late.late & fact.bit:
            look = "late"
        yield Bar(start, end, look)


class _Plot:
    """The square of the two times, from the same instant to the same instant both ways."""

    def __init__(self, language: Language, span: tuple[int, int]) -> None:
        self.language = language
        self.first, self.last = span
        self.sheet = Sheet(language, span)
        self.log_began = self.first < LOG_BEGAN < self.last
        self.band = (
            (self.first, self.first),
            (self.first, self.first + DAY),
            (self.last - DAY, self.last),
            (self.last, self.last),
        )
        self.sheet.write(say(language, "late.y"), 8, 20, "strong")
        for tick in self.sheet.axis.ticks(self.sheet.moments, most=13):
            y = BOTTOM - (tick.x - LEFT) * TALL / PLOT
            self.sheet.write(tick.label, LEFT - 8, min(y + 4, BOTTOM - 1), "small soft end")
            self.sheet.add(element("line", x1=LEFT, x2=LEFT + PLOT, y1=y, y2=y, class_="minor"))
        self.sheet.add(element("path", d=self._path(self.band), class_="band"))

    def up(self, recorded: int) -> float:
        """How high an instant of recording is drawn."""
        inside = min(max(recorded, self.first), self.last)
        return BOTTOM - (inside - self.first) * TALL / (self.last - self.first)

    def _path(self, corners: Corners) -> str:
        return f"M{'L'.join(f'{self.sheet.axis.x(t):.1f} {self.up(r):.1f}' for t, r in corners)}Z"

    def versions(self, rows: Sequence[Row]) -> None:
        """Each version where it is true and known, and the part of the band that it meets."""
        for number, row in enumerate(rows):
            low, high = row.valid_from, OPEN if row.valid_to is None else row.valid_to
            begun, ended = row.recorded_at, OPEN if row.superseded_at is None else row.superseded_at
            box = self._path([(low, begun), (low, ended), (high, ended), (high, begun)])
            self.sheet.add(
                element("clipPath", element("path", d=box), id=f"version-{number}"),
                element(
                    "path", d=self._path(self.band), class_="intime", clip_path=f"url(#version-{number})"
                ),
                element("path", d=box, class_="version" if row.superseded_at is None else "replaced"),
            )

    def no_log(self) -> None:
        """Below the beginning of the log nothing was ever recorded."""
        y = self.up(LOG_BEGAN)
        self.sheet.add(element("rect", x=LEFT, y=y, width=PLOT, height=BOTTOM - y, class_="nolog"))
        self.sheet.write(
            say(self.language, "late.nothing_yet"), LEFT + PLOT - 8, BOTTOM - 10, "small strong halo end"
        )

    def diagonals(self) -> None:
        """The edges of the band: recorded at once, and at the end of the grace."""
        place = self.sheet.axis.x
        for low, until in ((self.first, self.last), (self.first + DAY, self.last - DAY)):
            y1, y2 = self.up(low), self.up(low + until - self.first)
            self.sheet.add(
                element("line", x1=place(self.first), x2=place(until), y1=y1, y2=y2, class_="edge")
            )

    def tell(self, rows: Sequence[Row]) -> None:
        """Write when each version came and went, in the corner of its box that the band does not cross."""
        moments, place = self.sheet.moments, self.sheet.axis.x
        for row in rows:
            key = "late.recorded" if row.superseded_at is None else "late.replaced_at"
            until = "" if row.superseded_at is None else moments.at(row.superseded_at)
            text = say(self.language, key, at=moments.at(row.recorded_at), until=until)
            end = self.last if row.valid_to is None else row.valid_to
            middle = (max(row.valid_from, self.first) + min(end, self.last)) // 2
            if row.superseded_at is None and (row.recorded_at + self.last) // 2 > middle:
                self.sheet.write(text, place(row.valid_from) + 8, TOP + 18, "small halo")
            else:
                self.sheet.write(text, place(end) - 8, self.up(row.recorded_at) - 10, "small halo end")

    def guides(self, instants: Iterable[int]) -> None:
        """Lines that lead from the plot down to the answer, past the labels of the axis."""
        for x in map(self.sheet.axis.x, instants):
            for y1, y2 in ((TOP, BOTTOM), (BOTTOM + 22, BOTTOM + 30)):
                self.sheet.add(element("line", x1=x, x2=x, y1=y1, y2=y2, class_="guide"))
