"""Rows of gaps and the evidence that would close them, as pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kansa.dossier.report import closing, explain, names
from kansa.dossier.report.view import GapRow, Report, UnobservedRow
from kansa.drawing.figures import Moments, hours
from kansa.texts import Language


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap: its end user, the period in words, the fact, what is missing of it, what closes it, who can, how much."""

    number: int
    party: str | None
    whose: Markup
    span: str
    fact: str
    missing: Markup
    detail: Markup | None
    sites: Markup
    closing: str
    who: str
    closable: bool
    units: int
    hours: str
    micros: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One record that would close gaps: what, who can, and the device time, as a share of the largest in per cent."""

    what: Markup
    missing: str
    closing: str
    who: str
    hours: str


def lines(report: Report, rows: Iterable[GapRow], language: Language) -> tuple[GapLine, ...]:
    """Return gaps as lines, in the order given, numbered from one."""
    moments = Moments.of_period(language, report.start, report.end)
    return tuple(
        GapLine(
            number,
            row.end_user.id if row.end_user else row.tenant.id if row.tenant else None,
            names.whose(row.tenant, row.end_user, language),
            moments.span(row.start, row.end),
            row.fact,
            explain.missing_marked(language, row, moments),
            explain.detail(language, row),
            names.listed((names.name(site, language) for site in row.sites), language),
            explain.closing(language, row),
            explain.who(language, row),
            row.closable,
            row.units,
            str(hours(row.device_time)),
            row.device_time,
        )
        for number, row in enumerate(rows, 1)
    )


def of_party(report: Report, party: str) -> list[GapRow]:
    """Return the gaps of a party, as tenant or end user, in order of time."""
    mine = [
        row
        for row in report.gaps
        if party in {row.tenant.id if row.tenant else None, row.end_user.id if row.end_user else None}
    ]
    return sorted(mine, key=lambda row: (row.start, row.end))


def touching(rows: Sequence[GapRow], start: int, end: int) -> list[GapRow]:
    """Return the gaps that a half-open period touches."""
    return [row for row in rows if row.start < end and start < row.end]


def unobserved(report: Report, start: int, end: int) -> list[UnobservedRow]:
    """Return the unobserved stretches that a half-open period touches."""
    return [row for row in report.unobserved if row.start < end and start < row.end]


def remedies(report: Report, language: Language) -> tuple[tuple[Remedy, ...], closing.Closing]:
    """Return what would close the most, and the whole list's sums."""
    found = closing.Closing.of(report, language)
    return tuple(
        Remedy(item.what, item.missing, item.closing, item.who, item.hours) for item in found.items
    ), found
