"""What waits appears while it waits, says who answers by when, and is gone once what it asks for is on record."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kansa.application.business_days import business_days_left, is_business_day
from kansa.application.flags import FlagService
from kansa.application.work_list import KINDS, work_list
from kansa.clock import DAY, parse_instant
from kansa.errors import BadInput
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault, story

WHO, MORE = cast(), cast(9)
BOUND: dict[str, Any] = {
    "jurisdiction": "US", "basis": "licence", "end_user_ids": [WHO.tenant], "item_classes": ["h100-sxm5"], "site_ids": [WHO.site],
}  # fmt: skip


def at(vault: Vault, instant: int) -> Vault:
    """The same vault at another simulated time."""
    return Vault(vault.places.root, at=instant)


def kinds(vault: Vault) -> dict[str, list[str]]:
    """What waits, by kind."""
    found: dict[str, list[str]] = {}
    for item in work_list(vault).items:
        found.setdefault(item.kind, []).append(item.what)
    return found


def test_an_empty_vault_says_of_what_nothing_waits(tmp_path: Path) -> None:
    """Nothing waits, and the list says that nothing was there to look at."""
    found = work_list(
        small_vault(tmp_path / "vault", [draft("site.registered", "s", site_id=WHO.site, country="JP")])
    )
    assert (found.items, found.of, found.overdue) == ((), 0, 0)
    assert set(found.asked.values()) == {0}


def test_a_gap_that_evidence_can_close_is_one_item(tmp_path: Path) -> None:
    """Use without a receipt is a question to whoever received the devices; a late verification closes nothing and asks nobody."""
    kept = [each for each in story(WHO) if each.type != "kansa.device.moved.v0"]
    (item,) = (i for i in work_list(small_vault(tmp_path / "vault", kept)).items if i.kind == "gap")
    assert item.what.startswith("custody.")
    assert (item.subjects, item.count) == ((WHO.tenant,), 1)
    assert item.amount == 2 * 10 * DAY
    assert "gap" not in kinds(small_vault(tmp_path / "whole"))


def test_a_deadline_comes_near_and_passes(tmp_path: Path) -> None:
    """The verification ends on day 10: named five days before, with what it holds up; after it, it is no deadline any more."""
    vault = small_vault(tmp_path / "vault")
    (item,) = (i for i in work_list(at(vault, BEGIN + 5 * DAY)).items if i.kind == "deadline")
    assert (item.what, item.due, item.blocks, item.severity) == (
        "verification",
        BEGIN + 10 * DAY,
        (WHO.tenant,),
        "high",
    )
    assert "deadline" not in kinds(at(vault, BEGIN + 11 * DAY))


def test_flags_are_one_item_a_rule(tmp_path: Path) -> None:
    """After the rules ran, each open rule is one item, with its due date; all subjects are behind it."""
    vault = small_vault(tmp_path / "vault")
    assert "flag" not in kinds(vault)
    desk = FlagService(vault)
    desk.run()
    open_ = [flag for flag in desk.flags() if flag.state == "open"]
    items = [item for item in work_list(vault).items if item.kind == "flag"]
    assert {item.what for item in items} == {flag.claim.rule for flag in open_}
    assert sum(item.count for item in items) == len(open_) > 0
    assert all(item.due is not None for item in items)


def test_an_overdraw_and_a_condition_that_is_due(tmp_path: Path) -> None:
    """A basis drawn beyond its quantity, and a condition whose time has passed."""
    vault = small_vault(
        tmp_path / "vault",
        [
            *story(WHO),
            draft("authorization.recorded", "m", authorization_id=MORE.us, quantity=1, **BOUND),
            draft(
                "authorization.drawn",
                "m",
                BEGIN + DAY,
                authorization_id=MORE.us,
                device_ids=list(WHO.devices),
            ),
            draft(
                "authorization.condition_met",
                "m",
                BEGIN,
                BEGIN + 5 * DAY,
                authorization_id=MORE.us,
                condition="report",
            ),
        ],
    )
    found = kinds(vault)
    assert (found["overdraw"], found["condition"]) == (["licence"], ["report"])
    assert work_list(vault, kind="condition").items[0].days_left is not None
    assert work_list(vault).overdue >= 2
    vault.record(
        draft(
            "authorization.condition_met",
            "n",
            BEGIN + 19 * DAY,
            BEGIN + 300 * DAY,
            authorization_id=MORE.us,
            condition="report",
        )
    )
    assert "condition" not in kinds(vault)


def test_filters_say_of_how_many(tmp_path: Path) -> None:
    """A filter shows fewer, and says of how many; a kind that is none is refused with all that are."""
    vault = at(small_vault(tmp_path / "vault"), BEGIN + 5 * DAY)
    whole = work_list(vault)
    assert work_list(vault, kind="case").of == whole.of == len(whole.items) > 0
    assert work_list(vault, kind="case").items == ()
    assert all(item.due is not None for item in work_list(vault, due_within=5 * DAY).items)
    with pytest.raises(BadInput) as raised:
        work_list(vault, kind="chore")
    assert all(kind in str(raised.value.help) for kind in KINDS)


@pytest.mark.parametrize(
    ("now", "due", "left"),
    [
        ("2026-01-09", "2026-01-13", 1),  # the weekend, and Coming of Age Day on Monday the 12th
        ("2025-12-26", "2026-01-05", 1),  # the turn of the year
        ("2026-05-01", "2026-05-07", 1),  # Golden Week: the 6th is a substitute holiday
        ("2026-01-13", "2026-01-13", 0),
        ("2026-01-14", "2026-01-09", -2),
    ],
)
def test_business_days_in_japan(now: str, due: str, left: int) -> None:
    """Days on which offices work, after today up to the day when it is due."""
    first, last = (parse_instant(f"{day}T03:00:00.000Z") for day in (now, due))
    assert business_days_left(first, last, "Asia/Tokyo") == left


def test_what_a_business_day_is() -> None:
    """Mondays are, the days after New Year are not."""
    assert is_business_day(date(2026, 1, 5))
    assert not is_business_day(date(2026, 1, 2))
