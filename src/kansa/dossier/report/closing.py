"""What would close the most: open gaps and unobserved time by device time, each with what closes it and who can."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kansa.dossier.report import explain
from kansa.dossier.report.names import listed, site_name, whose
from kansa.dossier.report.texts import mark, say
from kansa.dossier.report.view import FACTS, GapRow, Report
from kansa.drawing.figures import Language, Named, hours

LISTED = 6
NAMED = 3  # end users of one item that are named; more are counted


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, with the device time that it concerns."""

    hours: str
    what: Markup
    stretches: str
    missing: str
    detail: Markup | None
    closing: str
    who: str


@dataclass(frozen=True, slots=True)
class Closing:
    """The largest items; the count and hours of the others; the hours that stay gaps. Hours None: there are none.

    `looked_at` are the hours of use and of installed devices that there was to look at; None if there was nothing.
    """

    items: tuple[Item, ...]
    rest: int
    rest_hours: str | None
    stays: str | None
    looked_at: tuple[str, str] | None

    @classmethod
    def of(cls, report: Report, language: Language) -> "Closing":
        found = [*_gaps(report, language), *_unobserved(report, language)]
        found.sort(key=lambda each: -each[0])
        rest = sum(size for size, _ in found[LISTED:])
        stays = sum(gap.device_time for gap in report.gaps if not gap.closable)
        return cls(
            items=tuple(item for _, item in found[:LISTED]),
            rest=len(found[LISTED:]),
            rest_hours=str(hours(rest)) if rest else None,
            stays=str(hours(stays)) if stays else None,
            looked_at=(str(hours(report.coverage.use)), str(hours(report.balance.installed)))
            if report.coverage.use or report.balance.installed
            else None,
        )


def _gaps(report: Report, language: Language) -> Iterable[tuple[int, Item]]:
    """One item a cause: a record that closes a part under several facts, or for several end users, is asked for once."""
    causes: dict[str, list[GapRow]] = {}
    for gap in report.gaps:
        if gap.closable:
            causes.setdefault(gap.cause, []).append(gap)
    return (_item(rows, language) for rows in causes.values())


def _item(rows: Sequence[GapRow], language: Language) -> tuple[int, Item]:
    """Return the time that the cause concerns: what several facts lack at once is counted by the fact with the most."""
    first = rows[0]
    by_fact = {fact: found for fact in FACTS if (found := [row for row in rows if row.fact == fact])}
    size = max(sum(row.device_time for row in found) for found in by_fact.values())
    concerned = dict.fromkeys(whose(row.tenant, row.end_user, language) for row in rows)
    what = mark(
        language,
        "closing.item.gap",
        who=listed(concerned, language, most=NAMED),
        facts=say(language, "separator").join(say(language, f"fact.{fact}") for fact in by_fact),
    )
    item = Item(
        hours=str(hours(size)),
        what=what,
        stretches=_stretches(language, max(map(len, by_fact.values()))),
        missing=explain.lacking(language, first),
        detail=explain.detail(language, first),
        closing=explain.closing(language, first),
        who=explain.who(language, first),
    )
    return size, item


def _unobserved(report: Report, language: Language) -> Iterable[tuple[int, Item]]:
    groups: dict[str | None, tuple[Named | None, int, int]] = {}
    for row in report.unobserved:
        key = row.site.id if row.site else None
        _, count, size = groups.get(key, (row.site, 0, 0))
        groups[key] = (row.site, count + 1, size + row.device_time)
    return [
        (
            size,
            Item(
                hours=str(hours(size)),
                what=mark(language, "closing.item.unobserved", site=site_name(site, language)),
                stretches=_stretches(language, count),
                missing=say(language, "unobserved.missing"),
                detail=None,
                closing=say(language, "unobserved.closes"),
                who=explain.role(language, "site_operations"),
            ),
        )
        for site, count, size in groups.values()
    ]


def _stretches(language: Language, count: int) -> str:
    return (
        say(language, "closing.stretches.one")
        if count == 1
        else say(language, "closing.stretches", count=count)
    )
