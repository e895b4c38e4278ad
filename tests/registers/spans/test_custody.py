"""In custody: from when to when an unbroken chain from a receipt puts a unit at a site."""

from typing import Any

import pytest

from journals import journal_of
from kansa.clock import DAY
from kansa.records.draft import Draft
from kansa.records.journal import MemoryJournal
from kansa.registers.spans import custody
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)
ONE, TWO = WHO.devices
HERE, THERE = WHO.site, OTHER.site
WHOLE: dict[str, Any] = {"contract_id": WHO.contract, "contract_line": "1", "authorization_id": WHO.us}


def step(at: int, name: str, site: str = HERE, device: str = ONE, **said: Any) -> Draft:
    """A business step, or a sighting, on a day; `whole` is a receipt that begins a chain."""
    key, start = f"{at} {name} {site} {device}", BEGIN + at * DAY
    if name == "seen":
        return draft("device.observed", key, start, device_id=device, site_id=site)
    receipt = WHOLE if name == "whole" else {}
    kind = "receiving" if name == "whole" else name
    return draft("device.moved", key, start, device_id=device, site_id=site, step=kind, **receipt, **said)


def told(journal: MemoryJournal, unit: str = ONE) -> list[tuple[str, int, int | None, list[int]]]:
    """The stretches of a unit: site, days, entries."""
    found = (
        custody.node_stretches(unit, journal)
        if unit.startswith("nod_")
        else custody.device_stretches(unit, journal)
    )
    return [
        (
            "here" if held.site == HERE else "there",
            (held.span.start - BEGIN) // DAY,
            None if held.span.end is None else (held.span.end - BEGIN) // DAY,
            [noted.index for noted in held.rests],
        )
        for held in found
    ]


@pytest.mark.parametrize(
    ("steps", "stretches"),
    [
        ([step(0, "whole")], [("here", 0, None, [0])]),
        ([step(0, "receiving")], []),
        ([step(0, "seen")], []),
        ([step(0, "installing")], []),
        ([step(0, "shipping"), step(1, "receiving")], []),
        ([step(0, "whole"), step(2, "shipping")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "shipping"), step(3, "receiving", THERE)], [("here", 0, 2, [0, 1]), ("there", 3, None, [0, 1, 2])]),
        ([step(0, "whole"), step(2, "shipping", THERE), step(3, "receiving")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "receiving")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "whole", THERE)], [("here", 0, 2, [1]), ("there", 2, None, [1])]),
        ([step(0, "whole"), step(2, "installing"), step(3, "seen"), step(4, "removing")], [("here", 0, None, [0])]),
        ([step(0, "whole"), step(2, "installing", THERE)], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "decommissioning")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "decommissioning"), step(3, "seen")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "seen", THERE)], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "seen", THERE), step(4, "seen")], [("here", 0, 2, [0, 1]), ("here", 4, None, [0, 1, 2])]),
        ([step(0, "whole"), step(2, "seen", THERE), step(4, "receiving", THERE)], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "seen", THERE), step(4, "shipping")], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "seen", THERE), step(4, "seen", THERE)], [("here", 0, 2, [0, 1])]),
        ([step(0, "whole"), step(2, "shipping"), step(3, "seen", THERE), step(4, "receiving", THERE)], [("here", 0, 2, [0, 1]), ("there", 4, None, [0, 1, 3])]),
        ([step(3, "shipping"), step(0, "whole")], [("here", 0, 3, [1, 0])]),
        ([step(0, "whole", device=TWO)], []),
        ([step(0, "whole"), step(1, "seen", THERE, TWO), step(1, "shipping", HERE, TWO)], [("here", 0, None, [0])]),
    ],
)  # fmt: skip
def test_a_chain_begins_with_a_whole_receipt_and_lasts_until_it_breaks(
    steps: list[Draft], stretches: list[tuple[str, int, int | None, list[int]]]
) -> None:
    """Each stretch with the records that it rests on."""
    assert told(journal_of(*steps)) == stretches


@pytest.mark.parametrize("lacking", [*WHOLE])
def test_a_receipt_that_does_not_name_all_three_begins_no_chain(lacking: str) -> None:
    """Contract, contract line and authorization of supply; and a shipment with all three is no receipt."""
    part = {name: value for name, value in WHOLE.items() if name != lacking}

    assert told(journal_of(step(0, "receiving", **part))) == []
    assert told(journal_of(step(0, "shipping", **WHOLE))) == []


def test_a_node_is_where_all_its_accelerators_are() -> None:
    """From when the last came to when the first left; a device that stands elsewhere does not count."""
    inside: dict[str, Any] = {"node_id": WHO.node, "site_id": HERE, "item_class": "h100"}
    journal = journal_of(
        draft("device.identified", "1", BEGIN, device_id=ONE, **inside),
        draft("device.identified", "2", BEGIN, BEGIN + 8 * DAY, device_id=TWO, **inside),
        step(1, "whole"),
        step(2, "whole", device=TWO),
        step(4, "shipping", device=TWO),
        step(5, "receiving", THERE, TWO),
        step(6, "shipping", THERE, TWO),
        step(7, "receiving", HERE, TWO),
    )

    assert told(journal, WHO.node) == [
        ("here", 2, 4, [2, 3, 4]),
        ("here", 7, 8, [2, 3, 4, 5, 6, 7]),
        ("here", 8, None, [2]),
    ]
    assert told(journal, OTHER.node) == []


def test_a_node_without_a_change_of_records_is_one_stretch() -> None:
    """A bound that changes nothing parts nothing; before and after it holds anything there is none."""
    inside: dict[str, Any] = {"node_id": WHO.node, "site_id": HERE, "item_class": "h100", "device_id": ONE}
    journal = journal_of(
        step(0, "whole"),
        draft("device.identified", "1", BEGIN + DAY, BEGIN + 3 * DAY, **inside),
        draft("device.identified", "2", BEGIN + 3 * DAY, BEGIN + 5 * DAY, **inside),
    )

    assert told(journal, WHO.node) == [("here", 1, 5, [0])]
