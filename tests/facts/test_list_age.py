"""The age of lists at the gate is that of the lists that the rules in force require."""

import pytest

from facts.worlds_facts import world
from kansa.clock import DAY
from kansa.facts.gate_facts import of_lists
from kansa.records.draft import Draft
from worlds import BEGIN, draft


def imported(publication: str, day: int, *lists: str) -> Draft:
    """An edition of a publication with these lists."""
    counts = dict.fromkeys(("rows", "entries", "rejected", "set_aside", "added", "removed", "changed"), 1)
    return draft(
        "list.imported", f"{publication} {day}", BEGIN + day * DAY, publication=publication, format="csl", importer="2",
        edition_date=None, files=[], record_set_sha256=f"{day:064d}", lists=[{"list": each, "entries": 1} for each in lists],
        **counts,
    )  # fmt: skip


EDITIONS = [
    imported("us.csl", 10, "us.el", "us.sdn"),
    imported("own.watch", 0, "own.watch"),
    imported("us.ofac", 14, "us.sdn"),
    imported("us.csl", 12, "us.el", "us.sdn"),
]


@pytest.mark.parametrize(
    ("required", "day"),
    [
        (["us.el", "us.sdn"], 12),  # the list that nobody requires is no matter how old
        (["us.sdn"], 14),  # the newest publication that holds it
        (["own.watch", "us.el"], 0),  # an operator's own pack may require its own
        ([], 0),
        (["us.el", "jp.eul"], 12),  # the missing one is for `list.not_covered`
    ],
)
def test_the_required_list_that_is_furthest_behind_counts(required: list[str], day: int) -> None:
    """An old list that no rule asks for holds nobody."""
    (found,) = of_lists(world(EDITIONS, now=BEGIN + 20 * DAY), *required)
    assert found.value == BEGIN + day * DAY


def test_lists_that_were_never_imported_have_no_age() -> None:
    """Not known, and the gate holds."""
    assert list(of_lists(world(EDITIONS, now=BEGIN + 20 * DAY), "jp.eul")) == []


def test_an_edition_that_does_not_say_its_lists_may_hold_any() -> None:
    """It is as old as it is, whatever is required."""
    (found,) = of_lists(world([imported("x", 3), *EDITIONS], now=BEGIN + 20 * DAY), "us.sdn")
    assert found.value == BEGIN + 3 * DAY
