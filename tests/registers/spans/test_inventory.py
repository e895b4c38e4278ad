"""Installed: in which node and at which site each device stands."""

from typing import Any

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.registers.spans import inventory
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)
ONE, TWO = WHO.devices


def named(key: str, device: str, start: int, end: int | None = None, **changed: Any) -> Draft:
    """An identification, days from the beginning."""
    said = {"device_id": device, "node_id": WHO.node, "site_id": WHO.site, "item_class": "h100", **changed}
    return draft(
        "device.identified", key, BEGIN + start * DAY, None if end is None else BEGIN + end * DAY, **said
    )


def test_a_later_identification_takes_over() -> None:
    """At its beginning, whichever was recorded first; of two that begin together, the last recorded."""
    journal = journal_of(
        named("3", ONE, 4, node_id=OTHER.node),
        named("1", ONE, 0, 2),
        named("2", ONE, 1),
        named("4", ONE, 4),
        named("x", TWO, 0),
    )

    found = inventory.standings(ONE, journal)

    assert [(each.noted.index, each.span) for each in found] == [
        (1, Interval(BEGIN, BEGIN + DAY)),
        (2, Interval(BEGIN + DAY, BEGIN + 4 * DAY)),
        (3, Interval(BEGIN + 4 * DAY, None)),
    ]


def test_an_identification_ends_at_its_own_end() -> None:
    """A gap stays a gap."""
    journal = journal_of(named("1", ONE, 0, 2), named("2", ONE, 4))

    assert [each.span for each in inventory.standings(ONE, journal)] == [
        Interval(BEGIN, BEGIN + 2 * DAY),
        Interval(BEGIN + 4 * DAY, None),
    ]


def test_members_of_a_node_are_those_that_stood_in_it_while_they_did() -> None:
    """One that moved to another node is a member of each for its time."""
    journal = journal_of(
        named("1", ONE, 0),
        named("2", ONE, 3, node_id=OTHER.node),
        named("3", TWO, 1),
        named("4", TWO, 5, node_id=None),
    )

    assert {(each.claim.device_id, each.span) for each in inventory.members(WHO.node, journal)} == {
        (ONE, Interval(BEGIN, BEGIN + 3 * DAY)),
        (TWO, Interval(BEGIN + DAY, BEGIN + 5 * DAY)),
    }
    assert [each.span.start for each in inventory.members(OTHER.node, journal)] == [BEGIN + 3 * DAY]
    assert inventory.nodes_of(ONE, journal) == {WHO.node, OTHER.node}
    assert inventory.nodes_of(TWO, journal) == {WHO.node}
