"""Swimlanes: a lane for each fact and a row for each site of use, over one time axis.

A lane may hold thousands of stretches. Each look is drawn as few marks: stretches closer than a reader could tell
apart share one, gaps lie above everything else and are never thinner than `THINNEST`, so that none disappears.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

from markupsafe import Markup

from kansa.dossier.report import explain
from kansa.dossier.report.texts import say
from kansa.dossier.report.view import FACTS, Fact, GapRow, Placement, Segment, State, Swimlanes
from kansa.drawing.axis import Axis
from kansa.drawing.figures import Language, Moments, Named, isolated, label
from kansa.drawing.svg import element, fitted, joined, line, picture, text_width

THINNEST = 1.5  # px that a gap or late stretch is drawn wide at least
NARROW = 4.0  # px below which a mark is drawn solid: a hatch would not show
APART = 0.5  # px closer than which thin marks share one
PROUD = 2.5  # px that a thin mark stands out above and below its lane, so that colour is not all it has
TOLD = 60  # marks of a lane that get a tooltip each; more would be too many to point at
LOOKS = 8  # looks of sites, reused in turn

LEFT, WIDTH, RIGHT = 168.0, 860.0, 12.0
TOP, LANE, STEP, ROW, ROW_STEP = 26.0, 20.0, 26.0, 11.0, 16.0

_RECORDED: Mapping[State, str] = {"late": "lanes.late", "before_log": "lanes.before_log"}

Stretch = TypeVar("Stretch", Segment, Placement)


@dataclass(slots=True)
class Mark(Generic[Stretch]):
    """Stretches drawn as one, from `left` to `right`; growing while they are merged."""

    left: float
    right: float
    stretches: list[Stretch]

    @property
    def width(self) -> float:
        return self.right - self.left


def marks(stretches: Iterable[Stretch], axis: Axis, thinnest: float = 0.0) -> list[Mark[Stretch]]:
    """Merge what is drawn closer than `APART` while one of the two is thin; keep everything at least `thinnest`."""
    edge = axis.left + axis.width
    place = axis.places()
    found: list[Mark[Stretch]] = []
    last: Mark[Stretch] | None = None
    for each in sorted(stretches, key=attrgetter("start", "end")):
        left, right = place(each.start), place(each.end)
        if right - left < thinnest:
            left = max(min(left, edge - thinnest), axis.left)
            right = left + thinnest
        if (
            last is None
            or left > last.right + APART
            or (thinnest and right - left >= NARROW and last.right - last.left >= NARROW)
        ):
            last = Mark(left, right, [each])
            found.append(last)
            continue
        last.left = min(last.left, left)
        last.right = max(last.right, right)
        last.stretches.append(each)
    return found


@dataclass(frozen=True, slots=True)
class Sites:
    """The look of each site, the same on the whole page; None is the unknown site."""

    looks: Mapping[str | None, str]

    @classmethod
    def of(cls, named: Iterable[Named | None]) -> "Sites":
        ids = dict.fromkeys(site.id for site in named if site is not None)
        return cls({None: "site-unknown"} | {id_: f"site-{i % LOOKS}" for i, id_ in enumerate(ids)})

    def look(self, site: Named | None) -> str:
        return self.looks[site.id if site else None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all swimlanes of a page share."""

    language: Language
    moments: Moments
    start: int
    end: int
    sites: Sites

    def swimlanes(self, lanes: Swimlanes, gaps: Sequence[GapRow], *, name: str, id_: str) -> Markup:
        """Return the picture of one tenant and end user; tooltips of gaps say what the matching row of the table says."""
        axis = Axis(self.start, self.end, LEFT, WIDTH)
        reasons = Reasons(self.language, self.moments, gaps)
        by_site = _by_site(lanes.placements)
        bottom = TOP + STEP * len(FACTS) + 4
        height = bottom + ROW_STEP * max(len(by_site), 1) + 2
        return picture(
            self._axis(axis, height),
            *(
                self._fact(fact, lanes.facts.get(fact, ()), axis, TOP + STEP * i, reasons)
                for i, fact in enumerate(FACTS)
            ),
            *(
                self._site(placements, axis, bottom + ROW_STEP * i, first=i == 0)
                for i, placements in enumerate(by_site.values())
            ),
            name=name,
            about=self._about(lanes, by_site.values()),
            view=(LEFT + WIDTH + RIGHT, height),
            class_="lanes",
            described_by=f"{id_}-about",
        )

    def _axis(self, axis: Axis, height: float) -> Markup:
        parts = [element("text", say(self.language, "axis"), x=0, y=14, class_="tick zone")]
        taken = 0.0
        for tick in axis.ticks(self.moments):
            parts.append(
                element(
                    "line", x1=tick.x, x2=tick.x, y1=20, y2=height, class_="major" if tick.major else "minor"
                )
            )
            half = text_width(tick.label, 11) / 2
            middle = min(tick.x, axis.left + axis.width + RIGHT - half)
            if middle - half > taken:
                parts.append(element("text", tick.label, x=middle, y=14, class_="tick"))
                taken = middle + half + 4
        return element("g", *parts)

    def _fact(
        self, fact: Fact, segments: Sequence[Segment], axis: Axis, y: float, reasons: "Reasons"
    ) -> Markup:
        title = say(self.language, f"fact.{fact}")
        middle = y + LANE / 2
        parts = [
            element("text", title, x=0, y=middle + 4, class_="fact"),
            element("rect", x=axis.left, y=y, width=axis.width, height=LANE, class_="track"),
        ]
        solid = marks((s for s in segments if s.state == "evidenced"), axis)
        if solid:
            parts.append(
                element("path", d=line(((m.left, m.right) for m in solid), middle), class_="evidenced")
            )
        told: Mapping[State, Callable[[Fact, Mark[Segment]], str]] = {
            "before_log": self._recorded,
            "late": self._recorded,
            "gap": reasons.said,
        }
        for state, says in told.items():
            found = marks((s for s in segments if s.state == state), axis, THINNEST)
            parts.append(_marked(found, state, fact, y, says))
        return element("g", *parts)

    def _recorded(self, fact: Fact, mark: Mark[Segment]) -> str:
        return say(
            self.language,
            _RECORDED[mark.stretches[0].state],
            fact=say(self.language, f"fact.{fact}"),
            span=self.moments.span(mark.stretches[0].start, max(s.end for s in mark.stretches)),
        )

    def _site(self, placements: Sequence[Placement], axis: Axis, y: float, *, first: bool) -> Markup:
        site = placements[0].site
        name = label(site, self.language)[0] if site else say(self.language, "site.unknown")
        use = say(self.language, "fact.use") if first else ""
        look = self.sites.look(site)
        parts = [
            element("text", use, x=0, y=y + 9.5, class_="use"),
            element("text", fitted(name, 12, LEFT - 52), x=40, y=y + 9.5, class_="site-name"),
        ]
        for generated in (False, True):
            found = marks((p for p in placements if p.generated is generated), axis, THINNEST)
            looks = f"{look} generated" if generated else look
            if len(found) > TOLD:
                parts.append(
                    element(
                        "path",
                        element("title", name),
                        d=line(((m.left, m.right) for m in found), y + ROW / 2),
                        class_=f"row {looks}",
                    )
                )
                continue
            parts.extend(
                element(
                    "rect",
                    element("title", self._use(mark)),
                    x=mark.left,
                    y=y,
                    width=mark.width,
                    height=ROW,
                    class_=looks,
                )
                for mark in found
            )
        return element("g", *parts)

    def _use(self, mark: Mark[Placement]) -> str:
        first, last = mark.stretches[0], max(mark.stretches, key=lambda p: p.end)
        site = isolated(first.site, self.language) if first.site else say(self.language, "site.unknown")
        span = self.moments.span(first.start, last.end)
        if len(mark.stretches) > 1:
            return say(self.language, "lanes.use.many", site=site, count=len(mark.stretches), span=span)
        key = "lanes.use.generated" if first.generated else "lanes.use"
        return say(self.language, key, site=site, units=f"{first.units:,}", span=span)

    def _about(self, lanes: Swimlanes, by_site: Iterable[Sequence[Placement]]) -> str:
        comma = say(self.language, "separator")
        counts = (self._counts(fact, lanes.facts.get(fact, ())) for fact in FACTS)
        sites = (
            isolated(placements[0].site, self.language)
            if placements[0].site
            else say(self.language, "site.unknown")
            for placements in by_site
        )
        return say(
            self.language,
            "lanes.picture.more",
            lanes=comma.join(counts),
            sites=comma.join(sites) or say(self.language, "none"),
        )

    def _counts(self, fact: Fact, segments: Iterable[Segment]) -> str:
        counted = Counter(segment.state for segment in segments)
        key = "lanes.picture.lane.before_log" if counted["before_log"] else "lanes.picture.lane"
        return say(
            self.language,
            key,
            fact=say(self.language, f"fact.{fact}"),
            gaps=counted["gap"],
            late=counted["late"],
            before_log=counted["before_log"],
        )


class Reasons:
    """What a mark of gaps says: the row of the table that it belongs to, or how many it stands for."""

    def __init__(self, language: Language, moments: Moments, gaps: Iterable[GapRow]) -> None:
        self._language = language
        self._moments = moments
        self._rows: dict[tuple[Fact, str], list[GapRow]] = {}
        for gap in gaps:
            self._rows.setdefault((gap.fact, gap.part), []).append(gap)

    def said(self, fact: Fact, mark: Mark[Segment]) -> str:
        """Return the tooltip of a mark."""
        title = say(self._language, f"fact.{fact}")
        span = self._moments.span(mark.stretches[0].start, max(s.end for s in mark.stretches))
        if len(mark.stretches) > 1:
            return say(self._language, "lanes.gaps", fact=title, count=len(mark.stretches), span=span)
        missing = self._missing(fact, mark.stretches[0])
        return say(self._language, "lanes.gap", fact=title, missing=missing, span=span)

    def _missing(self, fact: Fact, segment: Segment) -> str:
        if segment.part is None:
            return say(self._language, "state.gap")
        for row in self._rows.get((fact, segment.part), ()):
            if row.start < segment.end and segment.start < row.end:
                return explain.missing(self._language, row, self._moments)
        return say(self._language, f"missing.{segment.part}")


def _marked(
    found: Sequence[Mark[Segment]],
    state: str,
    fact: Fact,
    y: float,
    told: Callable[[Fact, Mark[Segment]], str],
) -> Markup:
    """Marks one by one with what they say or, when they are too many to point at, as paths."""
    if len(found) <= TOLD:
        return joined(
            element(
                "rect",
                element("title", told(fact, mark)),
                x=mark.left,
                y=y - (0 if mark.width >= NARROW else PROUD),
                width=mark.width,
                height=LANE + (0 if mark.width >= NARROW else 2 * PROUD),
                class_=state if mark.width >= NARROW else f"{state} thin",
            )
            for mark in found
        )
    every = Mark(found[0].left, found[-1].right, [s for mark in found for s in mark.stretches])
    wide = [(mark.left, mark.right) for mark in found if mark.width >= NARROW]
    thin = [(mark.left, mark.right) for mark in found if mark.width < NARROW]
    return element(
        "g",
        element("title", told(fact, every)),
        *(
            element("path", d=line(spans, y + LANE / 2), class_=f"{state} many{look}")
            for spans, look in ((wide, ""), (thin, " thin"))
            if spans
        ),
    )


def _by_site(placements: Iterable[Placement]) -> dict[str | None, list[Placement]]:
    found: dict[str | None, list[Placement]] = {}
    for each in sorted(placements, key=lambda p: (p.start, p.end)):
        found.setdefault(each.site.id if each.site else None, []).append(each)
    return found
