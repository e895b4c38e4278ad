"""The list of authorizations: what was drawn and is left, when it went beyond, which conditions are due."""

from pathlib import Path
from typing import Any

from kansa.application.subjects.authorizations import AuthorizationListed, list_authorizations
from kansa.clock import DAY
from worlds import BEGIN, cast, draft, small_vault, story

WHO, MORE = cast(), cast(9)
BOUND: dict[str, Any] = {
    "jurisdiction": "US",
    "basis": "licence",
    "end_user_ids": [WHO.tenant],
    "item_classes": ["h100-sxm5"],
    "site_ids": [WHO.site],
}


def listed(folder: Path, *more: Any) -> AuthorizationListed:
    """The basis that the more records add to the story."""
    vault = small_vault(folder / "vault", [*story(WHO), *more])
    found = list_authorizations(vault)
    assert found.known == len(found.authorizations) == 2
    return next(each for each in found.authorizations if each.named.id == MORE.us)


def test_what_was_drawn_and_is_left(tmp_path: Path) -> None:
    """Each device counts once, in order of time; without a quantity nothing is left to say."""
    found = listed(
        tmp_path,
        draft("authorization.recorded", "more", authorization_id=MORE.us, quantity=3, number="D1", **BOUND),
        draft("authorization.drawn", "1", BEGIN + DAY, authorization_id=MORE.us, device_ids=[WHO.devices[0]]),
        draft(
            "authorization.drawn",
            "2",
            BEGIN + 2 * DAY,
            authorization_id=MORE.us,
            device_ids=[WHO.devices[0], WHO.devices[1]],
        ),
    )
    assert (found.quantity, found.drawn, found.left, found.overdrawn) == (3, 2, 1, ())
    assert found.course == ((BEGIN + DAY, 1), (BEGIN + 2 * DAY, 2))
    assert found.named.numbers == ("D1",)


def test_an_overdraw_names_device_and_instant(tmp_path: Path) -> None:
    """The first unit beyond the quantity, when it was drawn; nothing is left, and never less than nothing."""
    found = listed(
        tmp_path,
        draft("authorization.recorded", "more", authorization_id=MORE.us, quantity=1, **BOUND),
        draft("authorization.drawn", "1", BEGIN + DAY, authorization_id=MORE.us, device_ids=[WHO.devices[0]]),
        draft(
            "authorization.drawn", "2", BEGIN + 2 * DAY, authorization_id=MORE.us, device_ids=[WHO.devices[1]]
        ),
    )
    assert [(each.device.id, each.at) for each in found.overdrawn] == [(WHO.devices[1], BEGIN + 2 * DAY)]
    assert found.left == 0


def test_what_is_drawn_later_is_not_drawn_yet(tmp_path: Path) -> None:
    """A draw dated after now counts only then."""
    found = listed(
        tmp_path,
        draft("authorization.recorded", "more", authorization_id=MORE.us, quantity=1, **BOUND),
        draft(
            "authorization.drawn",
            "1",
            BEGIN + 30 * DAY,
            authorization_id=MORE.us,
            device_ids=[WHO.devices[0]],
        ),
    )
    assert (found.drawn, found.left, found.course) == (0, 1, ())


def test_a_condition_is_due_again(tmp_path: Path) -> None:
    """Of a condition met twice the last counts; one whose time has passed is overdue."""
    found = listed(
        tmp_path,
        draft("authorization.recorded", "more", authorization_id=MORE.us, **BOUND),
        draft(
            "authorization.condition_met",
            "1",
            BEGIN,
            BEGIN + 5 * DAY,
            authorization_id=MORE.us,
            condition="report",
        ),
        draft(
            "authorization.condition_met",
            "2",
            BEGIN + 5 * DAY,
            BEGIN + 90 * DAY,
            authorization_id=MORE.us,
            condition="report",
        ),
        draft(
            "authorization.condition_met",
            "3",
            BEGIN,
            BEGIN + 6 * DAY,
            authorization_id=MORE.us,
            condition="visit",
        ),
    )
    now = BEGIN + 20 * DAY
    assert [(c.condition, c.due, c.is_overdue(now)) for c in found.conditions] == [
        ("visit", BEGIN + 6 * DAY, True),
        ("report", BEGIN + 90 * DAY, False),
    ]
