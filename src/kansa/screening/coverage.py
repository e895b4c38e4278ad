"""Which lists a screening covers, which it ought to but does not, and which are too old to be called covered alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from kansa.clock import DAY, to_instant
from kansa.screening.edition import Edition
from kansa.screening.lists.formats import OUGHT, Ought


@dataclass(frozen=True, slots=True)
class Covered:
    """A list in an edition; `age_days` counts from the edition's date, or from its import where it states none."""

    list: str
    entries: int
    edition: Edition
    age_days: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lists of the editions in use against those that ought to be covered; a list is stale beyond its limit."""

    covered: tuple[Covered, ...]
    not_covered: tuple[Ought, ...]
    stale: tuple[Covered, ...]


def coverage(editions: Iterable[Edition], now: int) -> Coverage:
    """What the editions cover at an instant. A list without a single entry is not covered."""
    covered = tuple(
        Covered(list_, entries, edition, (now - _dated(edition)) // DAY)
        for edition in editions
        for list_, entries in edition.lists.items()
        if entries
    )
    limits = {each.list: each.fresh_days for each in OUGHT}
    youngest: dict[str, Covered] = {}
    # An edition that does not say its day may be old: where another says it, that one decides.
    for each in sorted(covered, key=lambda each: (each.edition.date is not None, -each.age_days)):
        youngest[each.list] = each
    return Coverage(
        covered=covered,
        not_covered=tuple(each for each in OUGHT if each.list not in youngest),
        stale=tuple(
            each
            for list_, each in sorted(youngest.items())
            if each.age_days > limits.get(list_, each.age_days)
        ),
    )


def _dated(edition: Edition) -> int:
    """The last moment that an edition can speak for."""
    if edition.date is None:
        return edition.taken_at
    year, month, day = (*edition.date.split("-"), "12", "28")[:3]
    return to_instant(datetime(int(year), int(month), int(day), tzinfo=UTC))
