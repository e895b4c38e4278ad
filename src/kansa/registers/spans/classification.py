"""Classified: which classification of an item class rules under each jurisdiction, and when.

A classification holds within its own validity. Where several by one jurisdiction hold at once, the one that began last
rules; of those that began together, the one recorded last. So a sheet that is recorded late but valid from earlier
speaks for the time before the sheet that took over from it, and an old sheet found late undoes nothing.
"""

from typing import NamedTuple

from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal, classification_topic
from kansa.records.kinds.custody import ItemClassified
from kansa.records.validity import validity


class Classification(NamedTuple):
    """A stretch in which a classification rules under its jurisdiction."""

    span: Interval
    noted: IndexedClaim
    claim: ItemClassified


class Regime(NamedTuple):
    """The jurisdictions that control an item class for a stretch; none if all that classified it do not."""

    span: Interval
    jurisdictions: tuple[str, ...]
    rests: tuple[IndexedClaim, ...]


def sheets(item: str, journal: Journal) -> list[Classification]:
    """Return every classification within its own validity, ruling or not, in the order in which they begin."""
    found = [
        Classification(validity(claim), noted, claim)
        for noted, claim in journal.of_kind(classification_topic(item), ItemClassified)
        if claim.item_class == item
    ]
    return sorted(found, key=lambda each: (each.span.start, each.noted.index))


def classified(item: str, journal: Journal) -> list[Classification]:
    """Return the stretches in which each classification rules; those of one jurisdiction never overlap."""
    found = sheets(item, journal)
    return [
        each._replace(span=span)
        for place, each in enumerate(found)
        for span in each.span.minus(
            later.span
            for later in found[place + 1 :]
            if later.claim.jurisdiction == each.claim.jurisdiction and not later.span.is_empty
        )
    ]


def regimes(item: str, journal: Journal) -> list[Regime]:
    """Return which jurisdictions control an item class when, in order of time."""
    ruling = classified(item, journal)
    bounds = sorted({instant for each in ruling for instant in each.span if instant is not None})
    found: list[Regime] = []
    for start, end in zip(bounds, [*bounds[1:], None], strict=False):
        here = [each for each in ruling if each.span.covers(start)]
        if here:
            controlling = sorted(e.claim.jurisdiction for e in here if e.claim.result == "controlled")
            found.append(Regime(Interval(start, end), tuple(controlling), tuple(e.noted for e in here)))
    return found
