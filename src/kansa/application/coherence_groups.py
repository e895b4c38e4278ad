"""Break an answer down: use, and what lacks evidence or was evidenced late, by tenant, end user, site, path or day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from kansa.application.coherence import CoherenceAnswer
from kansa.clock import MICROSECONDS, format_instant, to_datetime, to_instant
from kansa.coherence.facts import FACTS
from kansa.registers.rows import Use

By = Literal["tenant", "end-user", "site", "path", "day"]
GROUPINGS: tuple[By, ...] = get_args(By)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseGroup:
    """Uses that share a subject (None: they name none), or the part of all uses on a day; times in device-microseconds."""

    subject: str | None
    day: int | None
    uses: int
    used: int
    gap: int
    late: int
    missing: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value, times in device-seconds."""
        return {
            **({"subject": self.subject} if self.day is None else {"day": format_instant(self.day)}),
            "uses": self.uses,
            "use_seconds": self.used / MICROSECONDS,
            "gap_seconds": self.gap / MICROSECONDS,
            "late_seconds": self.late / MICROSECONDS,
            "missing_seconds": {fact: time / MICROSECONDS for fact, time in self.missing.items()},
        }


def grouped(answer: CoherenceAnswer, by: By, zone: str) -> tuple[UseGroup, ...]:
    """Return the groups of an answer, those that lack most evidence first; days, which begin in a zone, in order."""
    uses = {use.use_id: use for use in answer.tables.use}
    key: Callable[[Use], str | None] = {
        "tenant": lambda use: use.tenant_id,
        "end-user": lambda use: use.end_user_id,
        "site": lambda use: use.site_id,
        "path": lambda use: use.path_id,
        "day": lambda _use: None,
    }[by]
    cut = _days(answer, zone) if by == "day" else [(answer.start, answer.end)]
    sums: defaultdict[tuple[str | None, int], Counter[str]] = defaultdict(Counter)
    seen: defaultdict[tuple[str | None, int], set[object]] = defaultdict(set)

    def add(what: Iterable[str], use: Use, start: int, end: int) -> None:
        for begin, stop in cut:
            time = (min(end, stop) - max(start, begin)) * use.weight
            if time > 0:
                group = (key(use), begin)
                seen[group].add(use.use_id)
                for each in what:
                    sums[group][each] += time

    for use in uses.values():
        add(("used",), use, use.start, answer.end if use.end is None else use.end)
    for gap in answer.assessment.gaps:
        lacking = [fact.name for fact in FACTS if gap.missing & fact.bit]
        add(("gap", *lacking), uses[str(gap.use_id)], gap.start, gap.end)
    for late in answer.assessment.late:
        if late.late:
            add(("late",), uses[str(late.use_id)], late.start, late.end)
    found = [
        UseGroup(
            subject=subject,
            day=begin if by == "day" else None,
            uses=len(seen[subject, begin]),
            used=counted["used"],
            gap=counted["gap"],
            late=counted["late"],
            missing={fact.name: counted[fact.name] for fact in FACTS if counted[fact.name]},
        )
        for (subject, begin), counted in sums.items()
    ]
    found.sort(key=lambda each: (each.day or 0, -each.gap, each.subject or ""))
    return tuple(found)


def _days(answer: CoherenceAnswer, zone: str) -> list[tuple[int, int]]:
    """Return the days of a zone that a period touches, cut to it."""
    return list(_cut(answer.start, answer.end, ZoneInfo(zone)))


def _cut(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        wall = to_datetime(at).astimezone(zone)
        midnight = datetime(wall.year, wall.month, wall.day, tzinfo=zone) + timedelta(days=1)
        following = min(to_instant(midnight.astimezone(UTC)), end)
        yield at, following
        at = following
