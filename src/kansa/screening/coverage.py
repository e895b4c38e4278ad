"""Which lists a screening covers, which it ought to but does not, and which are too old or not whole."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kansa.clock import DAY, to_instant
from kansa.screening.edition import Edition
from kansa.screening.lists.formats import FORMATS, OUGHT, Ought


@dataclass(frozen=True, slots=True)
class Covered:
    """A list in an edition; its age in microseconds is from the edition's date, or from its import where it states none."""

    list: str
    entries: int
    edition: Edition
    age: int

    @property
    def age_days(self) -> int:
        """Its age in whole days, for people."""
        return self.age // DAY


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lists of the editions in use against those that ought to be covered; a list is stale beyond its limit.

    `required` are those that no screening may lack, covered or not.

    `partial` lists stand only in editions that say themselves that they are not whole: they are asked, and not covered.
    """

    covered: tuple[Covered, ...]
    not_covered: tuple[Ought, ...]
    stale: tuple[Covered, ...]
    partial: tuple[Covered, ...] = ()
    required: frozenset[str] = frozenset()

    @property
    def missing(self) -> tuple[Ought, ...]:
        """The required lists that are not covered: without them a screening is incomplete, whatever it found."""
        return tuple(each for each in self.not_covered if each.required)


REQUIRED = frozenset(each.list for each in OUGHT if each.required)
"""The lists that no screening may lack, unless an operator's own pack says otherwise."""

_OFFICIAL = frozenset(each.list for each in OUGHT)
_NO_LIMIT = 100 * 366
"""Days: how old an edition of a list may be of which nobody said how often it appears."""


def coverage(editions: Iterable[Edition], now: int, required: AbstractSet[str] = REQUIRED) -> Coverage:
    """Return what the editions cover at an instant.

    `required` may name lists that are not among those which ought to be covered, such as an operator's own.
    A list without a single entry is not covered, nor one that is not whole, nor a required one by rows of an own file that
    name it: nobody but its publisher says what is on it.
    """
    asked = tuple(
        Covered(list_, entries, edition, now - _dated(edition))
        for edition in editions
        for list_, entries in edition.lists.items()
        if entries
    )
    covered = tuple(each for each in asked if not each.edition.shortfalls)
    ought = [
        *(replace(each, required=each.list in required) for each in OUGHT),
        *(Ought(name, name, name, _NO_LIMIT, required=True) for name in sorted(required - _OFFICIAL)),
    ]
    limits = {each.list: each.fresh_days for each in ought}
    youngest: dict[str, Covered] = {}
    # An edition that does not say its day may be old: where another says it, that one decides.
    for each in sorted(covered, key=lambda each: (each.edition.date is not None, -each.age)):
        if each.list not in required & _OFFICIAL or not FORMATS[each.edition.format].own:
            youngest[each.list] = each
    return Coverage(
        covered=covered,
        not_covered=tuple(each for each in ought if each.list not in youngest),
        stale=tuple(
            each
            for list_, each in sorted(youngest.items())
            if list_ in limits and each.age > limits[list_] * DAY
        ),
        partial=tuple(each for each in asked if each.edition.shortfalls and each.list not in youngest),
        required=frozenset(required),
    )


def _dated(edition: Edition) -> int:
    """Return the last moment that an edition can speak for."""
    if edition.date is None:
        return edition.taken_at
    year, month, day = (*edition.date.split("-"), "12", "28")[:3]
    return to_instant(datetime(int(year), int(month), int(day), tzinfo=UTC))
