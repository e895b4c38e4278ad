"""The main menu: what there is, under which heading, and how much of it waits."""

from collections.abc import Mapping
from typing import NamedTuple

from kansa.application.cases import Person
from kansa.application.overview.overview import Overview
from kansa.application.overview.work import may_take, waits


class Place(NamedTuple):
    """A page of the menu: its address, icon, and the letter that goes there after `g`."""

    name: str
    address: str
    icon: str
    letter: str


MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("today", "/", "today", "t"),)),
    (
        "review",
        (
            Place("cases", "/cases", "case", "c"),
            Place("screening", "/screening", "screen", "s"),
            Place("flags", "/flags", "flag", "f"),
        ),
    ),
    (
        "register",
        (
            Place("tenants", "/tenants", "party", "n"),
            Place("end_users", "/end-users", "user", "e"),
            Place("devices", "/devices", "device", "d"),
            Place("sites", "/sites", "site", "i"),
            Place("authorizations", "/authorizations", "auth", "a"),
        ),
    ),
    (
        "operation",
        (
            Place("coherence", "/coherence", "gap", "h"),
            Place("gate", "/gate", "gate", "w"),
            Place("sources", "/sources", "source", "o"),
            Place("ledger", "/ledger", "ledger", "l"),
        ),
    ),
    (
        "hand_over",
        (
            Place("packages", "/packages", "pack", "p"),
            Place("controls", "/controls", "control", "m"),
            Place("rules", "/rules", "rule", "r"),
            Place("settings", "/settings", "gear", "u"),
        ),
    ),
)


def counts(overview: Overview, person: Person | None) -> Mapping[str, tuple[int, bool]]:
    """Return how many of a place there are, and whether that is pressing."""
    mine = sum(may_take(each, person) for each in overview.cases)
    open_flags = [flag for flag in overview.flags if flag.state == "open"]
    overdue = any(flag.due <= overview.now for flag in open_flags)
    return {
        "today": (mine, mine > 0),
        "cases": (sum(waits(each) for each in overview.cases), False),
        "flags": (len(open_flags), overdue),
        "tenants": (sum("tenant" in each.roles for each in overview.parties.parties), False),
        "end_users": (sum("end_user" in each.roles for each in overview.parties.parties), False),
        "devices": (overview.devices.known, False),
        "sites": (overview.sites.known, False),
    }
