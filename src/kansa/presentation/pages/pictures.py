"""Pictures of the pages: device time by day, evidence over time, days by sites, windows of sources, custody of a device.

All are drawn with classes only, since the pages allow no inline style; what a colour says is also said by a pattern and,
for those who point at it or do not see it, in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kansa.application.overview.days import DayShare, SiteDay
from kansa.application.overview.sources import Source
from kansa.application.subjects.books import Named
from kansa.clock import DAY, HOUR
from kansa.dossier.report.lanes import Drawing
from kansa.dossier.report.lanes import Sites as SiteLooks
from kansa.dossier.report.view import GapRow, Report, Swimlanes
from kansa.drawing.axis import Axis
from kansa.drawing.figures import Moments, hours, in_japan, label, share
from kansa.drawing.svg import element, fitted, joined, number, picture
from kansa.presentation.pages.values import apart
from kansa.texts import Language, Words

__all__ = ["custody", "day_columns", "evidence_lanes", "heat_map", "windows"]

_WIDTH = 1120.0


def linked(*children: Markup, name: str, about: str, view: tuple[float, float], class_: str) -> Markup:
    """Return a picture whose parts are links: a group with a name and a description, since an image may hold no link."""
    width, height = view
    return element(
        "svg",
        element("desc", about, id=f"{class_}-about"),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="group",
        aria_label=name,
        aria_describedby=f"{class_}-about",
        class_=class_,
    )


_DAY = Words("{day}: {gap} of {used} device-hours of use lack evidence, {late} were evidenced late",
             "{day}：利用 {used} 機器時間のうち欠落 {gap}、事後記録 {late}")  # fmt: skip
_DAYS = Words(
    "Device-hours of use without evidence, and evidenced late, by day",
    "日別の証跡の欠落と事後記録（機器時間）",
)
_WEEK = "月火水木金土日"
_WEEK_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day_columns(days: Sequence[DayShare], language: Language) -> Markup:
    """Return columns of gap and late device time over a strip of the share evidenced, a day each; days link to themselves."""
    if not days:
        return Markup()
    step = _WIDTH / len(days)
    most = max((max(each.gap, each.late) for each in days), default=0) or 1
    drawn = [element("line", x1=0, x2=_WIDTH, y1=78.5, y2=78.5, class_="grid m")]
    for n, each in enumerate(days):
        drawn.append(_day(each, n, step, most, language))
    about = "; ".join(_day_said(each, language) for each in days)
    return linked(
        *drawn,
        name=_DAYS.in_(language),
        about=about,
        view=(_WIDTH, 112),
        class_="days",
    )


def _day(day: DayShare, n: int, step: float, most: int, language: Language) -> Markup:
    left, wide = n * step + step * 0.05, step * 0.9
    middle = left + wide / 2
    parts: list[Markup] = [element("title", _day_said(day, language))]
    for size, look, at, width in ((day.gap, "s-gap", left + wide * 0.25, wide * 0.36),
                                  (day.late, "s-late", left + wide * 0.66, wide * 0.22)):  # fmt: skip
        if size:
            tall = max(56.0 * size / most, 2.0)
            parts.append(element("rect", x=at, y=78 - tall, width=width, height=tall, class_=look))
            parts.append(
                element("text", str(hours(size)), x=at + width / 2, y=73 - tall, class_=f"val {look}-t")
            )
    if day.used:
        parts.append(element("rect", x=left, y=83, width=wide, height=8, class_="s-gap"))
        evidenced = wide * (day.used - day.gap) / day.used
        evidenced = min(evidenced, wide - 1.5) if day.gap else evidenced
        parts.append(element("rect", x=left, y=83, width=max(evidenced, 0), height=8, class_="s-ok"))
    else:
        parts.append(element("rect", x=left, y=83, width=wide, height=8, class_="s-track"))
    parts.append(element("text", _short_day(day.start, n, language), x=middle, y=106, class_="ax mid"))
    return element("a", *parts, href=f"/coherence?day={in_japan(day.start):%Y-%m-%d}")


def _day_said(day: DayShare, language: Language) -> str:
    date = Moments(language, in_japan(day.start).year).date(day.start)
    return _DAY.in_(language).format(day=date, gap=hours(day.gap), used=hours(day.used), late=hours(day.late))


def _short_day(instant: int, n: int, language: Language) -> str:
    wall = in_japan(instant)
    if n == 0 or wall.day == 1:
        return Moments(language, wall.year).date(instant)
    return (
        f"{wall.day} {_WEEK[wall.weekday()]}"
        if language == "ja"
        else f"{wall.day} {_WEEK_EN[wall.weekday()]}"
    )


_LANES = Words("Evidence over time for {name}", "{name} の証跡の推移")


def evidence_lanes(report: Report, lanes: Swimlanes, language: Language, id_: str) -> Markup:
    """Return a lane for each fact and a row for each site of one tenant and end user over the report's period."""
    sites = SiteLooks.of(
        site for each in report.lanes for placement in each.placements for site in (placement.site,)
    )
    drawing = Drawing(
        language, Moments.of_period(language, report.start, report.end), report.start, report.end, sites
    )
    named = lanes.end_user or lanes.tenant
    name = label(named, language)[0] if named else "–"
    gaps = [row for row in report.gaps if _same(row, lanes)]
    return drawing.swimlanes(lanes, gaps, name=_LANES.in_(language).format(name=name), id_=id_)


def _same(row: GapRow, lanes: Swimlanes) -> bool:
    return (row.tenant and row.tenant.id) == (lanes.tenant and lanes.tenant.id) and (
        row.end_user and row.end_user.id
    ) == (lanes.end_user and lanes.end_user.id)


_CELL = Words(
    "{site}, {day}: {share} of {used} device-hours lack evidence",
    "{site}、{day}：利用 {used} 機器時間のうち欠落 {share}",
)
_HEAT = Words("Share of use that lacks evidence, by site and day", "拠点別・日別の証跡の欠落の割合")
_NONE = Words("{site}, {day}: no use recorded", "{site}、{day}：利用の記録なし")


def heat_map(found: Sequence[SiteDay], names: Mapping[str, Named], language: Language) -> Markup:
    """Return a grid of days by sites: the taller the hatched part of a cell, the more of its use lacks evidence."""
    sites = list(dict.fromkeys(each.site for each in found))
    days = list(dict.fromkeys(each.day.start for each in found))
    if not days:
        return Markup()
    left, wide, tall = 150.0, (_WIDTH - 150.0) / len(days), 30.0
    drawn: list[Markup] = []
    for n, day in enumerate(days):
        drawn.append(
            element("text", _short_day(day, n, language), x=left + (n + 0.5) * wide, y=13, class_="ax mid")
        )
    for row, site in enumerate(sites):
        y = 22 + row * (tall + 4)
        named = names.get(site or "")
        called = apart(named.names, language) if named else "–"
        drawn.append(element("text", fitted(called, 12, left - 12), x=0, y=y + 19, class_="lab"))
        cells = {each.day.start: each.day for each in found if each.site == site}
        drawn += [
            _cell(cells[day], called, left + n * wide + 1, y, wide - 2, tall, language)
            for n, day in enumerate(days)
        ]
    about = f"{len(sites)} × {len(days)}"
    height = 22 + len(sites) * (tall + 4)
    return linked(
        *drawn,
        name=_HEAT.in_(language),
        about=about,
        view=(_WIDTH, height),
        class_="heat",
    )


def _cell(  # noqa: PLR0917 - of this module alone
    day: DayShare, site: str, x: float, y: float, wide: float, tall: float, language: Language
) -> Markup:
    date = Moments(language, in_japan(day.start).year).date(day.start)
    if not day.used:
        said = _NONE.in_(language).format(site=site, day=date)
        return element(
            "g", element("title", said), element("rect", x=x, y=y, width=wide, height=tall, class_="s-track")
        )
    said = _CELL.in_(language).format(
        site=site, day=date, share=share(day.gap, day.used), used=hours(day.used)
    )
    part = tall * day.gap / day.used
    part = max(part, 2.5) if day.gap else 0
    parts = [
        element("title", said),
        element("rect", x=x, y=y, width=wide, height=tall, class_="s-ok"),
        element("rect", x=x, y=y + tall - part, width=wide, height=part, class_="s-gap")
        if part
        else Markup(),
        element("text", str(share(day.gap, day.used)), x=x + wide / 2, y=y + 14, class_="cell-t")
        if day.gap
        else Markup(),
    ]
    return element("a", *parts, href=f"/coherence?day={in_japan(day.start):%Y-%m-%d}")


_CLOSED = Words("reported in full {span}", "{span} を確定")
_SILENT = Words("nothing reported {span}", "{span} 報告なし")
_WINDOWS = Words("Windows that {name} closed", "{name} の確定期間")


def windows(source: Source, start: int, end: int, language: Language, id_: str) -> Markup:
    """Return a strip of one source: closed windows filled, stretches between them dotted."""
    axis = Axis(start, end, 0, 440)
    moments = Moments.of_period(language, start, end)
    drawn: list[Markup] = [element("rect", x=0, y=3, width=440, height=14, class_="s-track")]
    for each in source.windows:
        last = each.start if each.end is None else each.end
        if last > start and last > each.start:
            drawn.append(_stretch(axis, each.start, last, "s-ok", _CLOSED, moments, language))
        elif start <= each.recorded_at < end:
            drawn.append(_report_mark(axis, each.recorded_at, moments, language))
    for first, last in source.gaps:
        if last > start and all(each.end is not None for each in source.windows):
            drawn.append(_stretch(axis, first, last, "s-un", _SILENT, moments, language))
    name = _WINDOWS.in_(language).format(name=source.name.rsplit(":", 1)[-1])
    return picture(*drawn, name=name, about=name, view=(440, 20), class_="strip", described_by=f"{id_}-about")


_REPORTED = Words("reported {at}", "{at} 報告")


def _report_mark(axis: Axis, at: int, moments: Moments, language: Language) -> Markup:
    said = element("title", _REPORTED.in_(language).format(at=moments.at(at)))
    return element("rect", said, x=min(axis.x(at), 436.0), y=3, width=4, height=14, class_="u1")


def _stretch(  # noqa: PLR0917 - of this module alone
    axis: Axis, start: int, end: int, look: str, said: Words, moments: Moments, language: Language
) -> Markup:
    left, right = axis.x(start), axis.x(end)
    return element(
        "rect",
        element("title", said.in_(language).format(span=moments.span(start, end))),
        x=left,
        y=3,
        width=max(right - left, 1.5),
        height=14,
        class_=look,
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a chain of custody, or the inventory, has a device for a time (end None: still)."""

    start: int
    end: int | None
    where: str
    held: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A movement or sighting of a device at an instant."""

    at: int
    said: str
    good: bool


_CUSTODY = Words("Chain of custody", "管理履歴")
_STEPS = Words("Steps", "動き")
_CHAIN = Words("Custody", "管理履歴")
_SHELF = Words("Inventory", "資産台帳")


def custody(
    steps: Sequence[Step], chain: Sequence[Stay], shelf: Sequence[Stay], now: int, language: Language
) -> Markup:
    """Return the life of a device on one axis: movements, where the chain of custody has it, where the inventory does."""
    instants = [each.at for each in steps] + [each.start for each in (*chain, *shelf)]
    if not instants:
        return Markup()
    start = min(instants)
    end = max(now, *instants) + HOUR
    start -= max((end - start) // 40, DAY // 4)
    axis = Axis(start, end, 112, 996)
    moments = Moments.of_period(language, start, end)
    drawn: list[Markup] = []
    for tick in axis.ticks(moments, 9):
        drawn.append(
            element("line", x1=tick.x, x2=tick.x, y1=20, y2=132, class_="grid m" if tick.major else "grid")
        )
        drawn.append(element("text", tick.label, x=tick.x + 3, y=13, class_="ax"))
    drawn.append(element("text", _STEPS.in_(language), x=0, y=45, class_="lab"))
    drawn.append(element("line", x1=112, x2=1108, y1=41, y2=41, class_="axis"))
    drawn += [
        element(
            "circle",
            element("title", each.said),
            cx=axis.x(each.at),
            cy=41,
            r=6,
            class_="st-ok" if each.good else "st-bad",
        )
        for each in steps
    ]
    drawn += _row(_CHAIN.in_(language), chain, 60, axis, end, moments)
    drawn += _row(_SHELF.in_(language), shelf, 96, axis, end, moments)
    about = "; ".join(each.said for each in steps)
    return picture(
        *drawn,
        name=_CUSTODY.in_(language),
        about=about,
        view=(_WIDTH, 136),
        class_="custody",
        described_by="custody-about",
    )


def _row(  # noqa: PLR0917 - of this module alone
    name: str, stays: Iterable[Stay], y: float, axis: Axis, end: int, moments: Moments
) -> list[Markup]:
    drawn = [
        element("text", name, x=0, y=y + 15, class_="lab"),
        element("rect", x=112, y=y, width=996, height=20, class_="s-gap" if name in _CHAINED else "s-track"),
    ]
    for each in stays:
        left, right = axis.x(each.start), axis.x(end if each.end is None else each.end)
        said = f"{each.where} {moments.span(each.start, end if each.end is None else each.end)}"
        drawn.append(
            joined(
                [
                    element("rect", element("title", said), x=left, y=y, width=max(right - left, 1.5), height=20,
                            class_="s-ok" if each.held else "u1"),
                    element("text", fitted(each.where, 11.5, right - left - 10), x=left + 7, y=y + 14, class_="on-fill"),
                ]
            )
        )  # fmt: skip
    return drawn


_CHAINED = frozenset({_CHAIN.en, _CHAIN.ja})
