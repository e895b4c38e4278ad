"""What would close the most: open gaps and unobserved time by device time, each with what closes it and who can."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from kansa.dossier.render import explain
from kansa.dossier.render.figures import Language, hours
from kansa.dossier.render.view import FACTS, GapRow, Named, Report
from kansa.dossier.render.words import mark, say

LISTED = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, with the device time that it concerns."""

    hours: str
    what: Markup
    stretches: str
    missing: str
    closing: str
    who: str


@dataclass(frozen=True, slots=True)
class Closing:
    """The largest items; the count and hours of the others; the hours that stay gaps. Hours None: there are none."""

    items: tuple[Item, ...]
    rest: int
    rest_hours: str | None
    stays: str | None

    @classmethod
    def of(
        cls,
        report: Report,
        language: Language,
        whose: Callable[[Named | None, Named | None], Markup],
        site_name: Callable[[Named | None], Markup],
    ) -> "Closing":
        found = [*_gaps(report, language, whose), *_unobserved(report, language, site_name)]
        found.sort(key=lambda each: -each[0])
        rest = sum(size for size, _ in found[LISTED:])
        stays = sum(gap.device_time for gap in report.gaps if not gap.closable)
        return cls(
            items=tuple(item for _, item in found[:LISTED]),
            rest=len(found[LISTED:]),
            rest_hours=str(hours(rest)) if rest else None,
            stays=str(hours(stays)) if stays else None,
        )


def _gaps(
    report: Report, language: Language, whose: Callable[[Named | None, Named | None], Markup]
) -> list[tuple[int, Item]]:
    """One record often closes a part under several facts: their time is counted once, by the fact with the most."""
    groups: dict[tuple[str | None, ...], list[GapRow]] = {}
    for gap in report.gaps:
        if gap.closable:
            subjects = (gap.tenant, gap.end_user, gap.responsible)
            ids = (named.id if named else None for named in subjects)
            groups.setdefault((*ids, gap.part, gap.responsible_role), []).append(gap)
    found = []
    for group in groups.values():
        first = group[0]
        by_fact = {fact: [gap for gap in group if gap.fact == fact] for fact in FACTS}
        size = max(sum(gap.device_time for gap in gaps) for gaps in by_fact.values())
        facts = (say(language, f"fact.{fact}") for fact, gaps in by_fact.items() if gaps)
        what = mark(
            language,
            "closing.item.gap",
            who=whose(first.tenant, first.end_user),
            facts=say(language, "separator").join(facts),
        )
        item = Item(
            hours=str(hours(size)),
            what=what,
            stretches=_stretches(language, max(map(len, by_fact.values()))),
            missing=explain.lacking(language, first.part, first.fact),
            closing=explain.closing(language, first),
            who=explain.who(language, first),
        )
        found.append((size, item))
    return found


def _unobserved(
    report: Report, language: Language, site_name: Callable[[Named | None], Markup]
) -> list[tuple[int, Item]]:
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
                what=mark(language, "closing.item.unobserved", site=site_name(site)),
                stretches=_stretches(language, count),
                missing=say(language, "unobserved.missing"),
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
