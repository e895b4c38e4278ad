"""Classified: which classification of an item class rules under each jurisdiction, and when."""

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.registers.spans import classification
from worlds import BEGIN, draft

ITEM = "h100-sxm5"


def sheet(
    key: str,
    start: int,
    end: int | None = None,
    *,
    jurisdiction: str = "US",
    result: str = "controlled",
    item: str = ITEM,
) -> Draft:
    """A classification sheet; days from the beginning."""
    said = {"item_class": item, "jurisdiction": jurisdiction, "control": key, "result": result}
    return draft(
        "item.classified", key, BEGIN + start * DAY, None if end is None else BEGIN + end * DAY, **said
    )


def days(span: Interval) -> tuple[int, int | None]:
    """A span in days from the beginning."""
    return (span.start - BEGIN) // DAY, None if span.end is None else (span.end - BEGIN) // DAY


def test_the_sheet_that_began_last_rules() -> None:
    """Where it ends, the one before rules again; what another jurisdiction or item says is its own."""
    journal = journal_of(
        sheet("new", 4, 6),
        sheet("old", 0),
        sheet("jp", 2, jurisdiction="JP"),
        sheet("other", 1, item="h200"),
    )

    found = [(each.claim.control, days(each.span)) for each in classification.classified(ITEM, journal)]

    assert found == [("old", (0, 4)), ("old", (6, None)), ("jp", (2, None)), ("new", (4, 6))]
    assert [each.claim.control for each in classification.sheets(ITEM, journal)] == ["old", "jp", "new"]


def test_of_sheets_that_began_together_the_last_recorded_rules() -> None:
    """For its own time; then the other rules again."""
    journal = journal_of(sheet("first", 0), sheet("second", 0, 3))

    found = [(each.claim.control, days(each.span)) for each in classification.classified(ITEM, journal)]

    assert found == [("first", (3, None)), ("second", (0, 3))]


def test_a_regime_is_every_jurisdiction_that_controls_the_item_at_once() -> None:
    """It changes where a ruling begins or ends; between sheets there is none."""
    journal = journal_of(
        sheet("us", 0, 4),
        sheet("jp", 2, 6, jurisdiction="JP"),
        sheet("free", 8, jurisdiction="JP", result="not_controlled"),
    )

    found = classification.regimes(ITEM, journal)

    assert [(days(each.span), each.jurisdictions) for each in found] == [
        ((0, 2), ("US",)),
        ((2, 4), ("JP", "US")),
        ((4, 6), ("JP",)),
        ((8, None), ()),
    ]
    assert [[noted.index for noted in each.rests] for each in found] == [[0], [0, 1], [1], [2]]
