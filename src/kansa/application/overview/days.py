"""Count device time without evidence, and evidenced late, by day and by site, as charts over a period show it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kansa.application.coherence import CoherenceAnswer
from kansa.clock import DAY, HOUR

_JAPAN = 9 * HOUR
"""Days begin at midnight in Japan (UTC+9, no daylight saving time since 1951)."""


@dataclass(frozen=True, slots=True)
class DayShare:
    """Device time of use on a day in microseconds: all of it, and of it what lacks evidence or was evidenced late."""

    start: int
    end: int
    used: int
    gap: int
    late: int


@dataclass(frozen=True, slots=True)
class SiteDay:
    """The same of one site (None: the use says none)."""

    site: str | None
    day: DayShare


def by_day(answer: CoherenceAnswer, *, tenant: str | None = None) -> tuple[DayShare, ...]:
    """Return every day of the period that was asked about, in order; of one tenant if one is given."""
    counted = _counted(answer, tenant)
    return tuple(_share(start, end, counted[start, None]) for start, end in days_of(answer.start, answer.end))


def by_site_and_day(answer: CoherenceAnswer) -> tuple[SiteDay, ...]:
    """Return every day of every site at which something ran, by site and day."""
    counted = _counted(answer, None)
    sites = {site for _, site in counted if site is not None}
    return tuple(
        SiteDay(site or None, _share(start, end, counted[start, site]))
        for site in sorted(sites)
        for start, end in days_of(answer.start, answer.end)
    )


def days_of(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the days in Japan that a half-open period touches, cut to it."""
    at = start
    while at < end:
        following = min((at + _JAPAN) // DAY * DAY + DAY - _JAPAN, end)
        yield at, following
        at = following


_Sums = dict[str, int]


def _counted(answer: CoherenceAnswer, tenant: str | None) -> Mapping[tuple[int, str | None], _Sums]:
    """Return sums by the start of a day and by site; site None stands for all, '' for uses that say none."""
    counted: defaultdict[tuple[int, str | None], _Sums] = defaultdict(lambda: defaultdict(int))
    uses = {use.use_id: use for use in answer.tables.use if tenant in (None, use.tenant_id)}

    def add(what: str, use_id: object, start: int, end: int) -> None:
        use = uses.get(str(use_id))
        if use is None:
            return
        for first, last in days_of(max(start, answer.start), min(end, answer.end)):
            day = max((first + _JAPAN) // DAY * DAY - _JAPAN, answer.start)
            for site in (None, use.site_id or ""):
                counted[day, site][what] += (last - first) * use.weight

    for use in uses.values():
        add("used", use.use_id, use.start, answer.end if use.end is None else use.end)
    for gap in answer.assessment.gaps:
        add("gap", gap.use_id, gap.start, gap.end)
    for late in answer.assessment.late:
        if late.late:
            add("late", late.use_id, late.start, late.end)
    return counted


def _share(start: int, end: int, sums: _Sums) -> DayShare:
    return DayShare(start, end, sums.get("used", 0), sums.get("gap", 0), sums.get("late", 0))
