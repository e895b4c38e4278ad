"""Basis in force: from when to when, what ended it, and what was drawn beyond it."""

from typing import Any

import pytest

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.registers.spans import basis
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)
ITEM = "h100-sxm5"


def recorded(key: str, start: int = BEGIN, end: int | None = None, **changed: Any) -> Draft:
    """A licence of the tenant at the site."""
    said: dict[str, Any] = {
        "authorization_id": WHO.us,
        "jurisdiction": "US",
        "basis": "licence",
        "end_user_ids": [WHO.tenant],
        "item_classes": [ITEM],
        "site_ids": [WHO.site],
    }
    kind = "authorization.amended" if "supersedes" in changed else "authorization.recorded"
    return draft(kind, key, start, end, **{**said, **changed})


def revoked(key: str, at: int, authorization: str = WHO.us) -> Draft:
    """A revocation."""
    return draft("authorization.revoked", key, at, authorization_id=authorization, end_user_ids=[WHO.tenant])


def drawn(key: str, at: int, *devices: str, authorization: str = WHO.us) -> Draft:
    """Devices drawn on a basis."""
    return draft("authorization.drawn", key, at, authorization_id=authorization, device_ids=list(devices))


@pytest.mark.parametrize(
    ("enders", "end", "why"),
    [
        ([], 9, "expired"),
        ([revoked("1", BEGIN + 5 * DAY)], 5, "revoked"),
        ([recorded("2", BEGIN + 4 * DAY, authorization_id=WHO.jp, supersedes=WHO.us)], 4, "superseded"),
        ([revoked("1", BEGIN + 12 * DAY)], 9, "expired"),
        ([revoked("1", BEGIN + 5 * DAY, OTHER.us)], 9, "expired"),
        ([recorded("2", BEGIN + 4 * DAY, authorization_id=WHO.jp, supersedes=OTHER.us)], 9, "expired"),
        ([revoked("1", BEGIN + 6 * DAY), recorded("2", BEGIN + 4 * DAY, authorization_id=WHO.jp, supersedes=WHO.us)], 4, "superseded"),
    ],
)  # fmt: skip
def test_a_basis_ends_at_its_end_a_revocation_or_an_amendment(
    enders: list[Draft], end: int, why: str
) -> None:
    """Whichever comes first, and that is why it ended."""
    journal = journal_of(recorded("1", BEGIN, BEGIN + 9 * DAY), *enders)

    found = basis.of_authorization(WHO.us, journal)[0]

    assert found.span == Interval(BEGIN, BEGIN + end * DAY)
    assert basis.ended_by(found, BEGIN + end * DAY - 1) is None
    assert basis.ended_by(found, BEGIN + end * DAY) == why
    assert found.rests[0].index == 0
    assert [each.index for each in found.rests] == sorted(each.index for each in found.rests)


def test_a_basis_without_end_never_ends() -> None:
    """Open is open."""
    (found,) = basis.bases(WHO.tenant, journal_of(recorded("1")))

    assert found.span == Interval(BEGIN, None)
    assert basis.ended_by(found, BEGIN + 9_999 * DAY) is None


def test_a_basis_that_was_never_in_force_is_recorded_and_no_basis() -> None:
    """Revoked at its beginning; and what names another end user or site is another's."""
    journal = journal_of(
        recorded("never", BEGIN + DAY),
        revoked("1", BEGIN),
        recorded("other", end_user_ids=[WHO.other], authorization_id=OTHER.us, site_ids=[OTHER.site]),
    )

    assert basis.bases(WHO.tenant, journal) == []
    assert [each.noted.index for each in basis.recorded(WHO.tenant, journal)] == [0]
    assert [each.noted.index for each in basis.recorded(WHO.other, journal)] == [2]
    assert [each.noted.index for each in basis.naming_site(WHO.site, journal)] == [0]
    assert [each.noted.index for each in basis.naming_site(OTHER.site, journal)] == [2]
    assert [each.noted.index for each in basis.of_authorization(OTHER.us, journal)] == [2]


@pytest.mark.parametrize(
    ("user", "item", "site", "covers"),
    [
        (WHO.tenant, ITEM, WHO.site, True),
        (WHO.other, ITEM, WHO.site, False),
        (WHO.tenant, "b200", WHO.site, False),
        (WHO.tenant, ITEM, OTHER.site, False),
        (WHO.tenant, None, WHO.site, False),
    ],
)
def test_a_basis_covers_what_it_names_in_all_three(
    user: str, item: str | None, site: str, *, covers: bool
) -> None:
    """Its lists are exhaustive."""
    (found,) = basis.bases(WHO.tenant, journal_of(recorded("1")))

    assert found.covers(user, item, site) is covers


def test_amendments_follow_one_another() -> None:
    """The whole chain from the first id on, each once, in ledger order."""
    third = OTHER.us
    journal = journal_of(
        recorded("3", BEGIN + 2 * DAY, authorization_id=third, supersedes=WHO.jp),
        recorded("1"),
        recorded("2", BEGIN + DAY, authorization_id=WHO.jp, supersedes=WHO.us),
        recorded("x", authorization_id=OTHER.jp),
    )

    assert [each.noted.index for each in basis.in_place_of(WHO.us, journal)] == [0, 1, 2]
    assert [each.noted.index for each in basis.in_place_of(WHO.jp, journal)] == [0, 2]


def test_a_device_draws_once_whichever_record_says_so_first() -> None:
    """By a draw on record or by a receipt that names the basis; shipping draws nothing."""
    one, two = WHO.devices
    moved: dict[str, Any] = {"site_id": WHO.site, "authorization_id": WHO.us}
    journal = journal_of(
        drawn("1", BEGIN + 2 * DAY, one, two),
        draft("device.moved", "2", BEGIN + DAY, device_id=two, step="receiving", **moved),
        draft("device.moved", "3", BEGIN, device_id=one, step="shipping", **moved),
        drawn("4", BEGIN, one, authorization=WHO.jp),
        draft("device.moved", "5", BEGIN, device_id=one, step="receiving", **{**moved, "authorization_id": None}),
    )  # fmt: skip

    found = basis.draws(WHO.us, journal)

    assert [(each.device, each.at, each.noted.index) for each in found] == [
        (two, BEGIN + DAY, 1),
        (one, BEGIN + 2 * DAY, 0),
    ]
    shipped = journal_of(
        draft("device.moved", "1", BEGIN, device_id=one, step="receiving", **moved),
        draft(
            "device.moved",
            "2",
            BEGIN,
            device_id=one,
            step="shipping",
            **{**moved, "authorization_id": WHO.jp},
        ),
    )
    assert basis.drawn_on(one, shipped) == [WHO.us]
    assert basis.drawn_on(one, journal) == sorted([WHO.us, WHO.jp])
    assert basis.drawn_on(two, journal) == [WHO.us]


def test_what_is_drawn_beyond_the_quantity_is_over_drawn() -> None:
    """The first draw beyond it; a basis without quantity has no limit."""
    one, two = WHO.devices
    draws_ = [drawn("1", BEGIN + DAY, one), drawn("2", BEGIN + 2 * DAY, two)]
    for quantity, over in ((1, {two}), (2, set()), (0, {one, two}), (None, set())):
        journal = journal_of(recorded("1", quantity=quantity), *draws_)
        assert set(basis.overdraws(WHO.us, journal)) == over, quantity


def test_a_draw_is_held_against_the_quantity_that_was_in_force_then() -> None:
    """Recorded anew with another quantity: each draw by its own time; before any by the last recorded."""
    one, two = WHO.devices
    journal = journal_of(
        recorded("1", BEGIN, BEGIN + 3 * DAY, quantity=1),
        recorded("2", BEGIN + 3 * DAY, BEGIN + 9 * DAY, quantity=2),
        drawn("1", BEGIN + DAY, one),
        drawn("2", BEGIN + 4 * DAY, two),
    )

    assert basis.overdraws(WHO.us, journal) == {}
    assert basis.overdraws(WHO.jp, journal) == {}

    earlier = journal_of(
        recorded("1", BEGIN, BEGIN + 3 * DAY, quantity=1),
        recorded("2", BEGIN + 3 * DAY, BEGIN + 9 * DAY, quantity=2),
        drawn("1", BEGIN + DAY, one),
        drawn("2", BEGIN + 2 * DAY, two),
        drawn("3", BEGIN + 10 * DAY, OTHER.devices[0]),
    )
    assert {device: found[0].noted.index for device, found in basis.overdraws(WHO.us, earlier).items()} == {
        two: 0,
        OTHER.devices[0]: 1,
    }
