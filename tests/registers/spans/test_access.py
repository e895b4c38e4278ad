"""Approved, enabled, mediated: from when to when each part of an access path holds."""

from typing import Any

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.registers.spans import access
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)


def approval(key: str, start: int, end: int | None = None, **changed: Any) -> Draft:
    """An approval of the path for the tenant itself, direct."""
    said = {"path_id": WHO.path, "tenant_id": WHO.tenant, "end_user_id": WHO.tenant, "method": "direct"}
    return draft("access_path.approved", key, start, end, **{**said, **changed})


def test_approvals_are_of_the_path_asked_for_in_the_order_in_which_they_begin() -> None:
    """The one recorded last may begin first; another path's is another path's."""
    journal = journal_of(
        approval("late", BEGIN + 2 * DAY),
        approval("early", BEGIN, BEGIN + DAY),
        approval("b", BEGIN, path_id=OTHER.path),
    )

    found = access.approved(WHO.path, journal)

    assert [each.span for each in found] == [Interval(BEGIN, BEGIN + DAY), Interval(BEGIN + 2 * DAY, None)]
    assert [each.noted.index for each in found] == [1, 0]


def test_approvals_for_an_end_user_are_of_this_tenant_and_this_end_user() -> None:
    """Neither another tenant's nor another end user's counts."""
    journal = journal_of(
        approval("own", BEGIN),
        approval("tenant", BEGIN, tenant_id=WHO.other),
        approval("user", BEGIN + DAY, end_user_id=WHO.other, path_id=OTHER.path),
        approval("user here", BEGIN, end_user_id=WHO.other),
    )

    of_tenant = access.approved_for(WHO.tenant, WHO.tenant, WHO.path, journal)
    of_other = access.approvals_of(WHO.other, journal)

    assert [each.noted.index for each in of_tenant] == [0]
    assert [each.noted.index for each in of_other] == [3, 2]
    assert [each.noted.index for each in access.approvals_of(WHO.tenant, journal)] == [0, 1]


def test_a_path_is_on_until_it_is_disabled() -> None:
    """From what switched it on to the first that switched it off, which are the records that say so."""
    journal = journal_of(
        draft("access_path.enabled", "1", BEGIN, path_id=WHO.path),
        draft("access_path.disabled", "late", BEGIN + 3 * DAY, path_id=WHO.path),
        draft("access_path.disabled", "first", BEGIN + 2 * DAY, path_id=WHO.path),
        draft("access_path.disabled", "other", BEGIN + DAY, path_id=OTHER.path),
        draft("access_path.enabled", "other", BEGIN, path_id=OTHER.path),
        draft("access_path.enabled", "never", BEGIN + 2 * DAY, path_id=WHO.path),
    )

    (held,) = access.enabled(WHO.path, journal)

    assert held.span == Interval(BEGIN, BEGIN + 2 * DAY)
    assert [each.index for each in held.rests] == [0, 2]


def test_a_temporary_configuration_switches_on_until_its_own_end() -> None:
    """Without an end it switches nothing on, and stays in sight."""
    journal = journal_of(
        draft("configuration.temporary", "late", BEGIN + 2 * DAY, BEGIN + 3 * DAY, path_id=WHO.path),
        draft("configuration.temporary", "endless", BEGIN + DAY, path_id=WHO.path),
        draft("configuration.temporary", "other", BEGIN, BEGIN + DAY, path_id=OTHER.path),
        draft("access_path.enabled", "1", BEGIN, BEGIN + DAY, path_id=WHO.path),
    )

    assert [each.noted.index for each in access.temporary(WHO.path, journal)] == [1, 0]
    assert [each.span.is_empty for each in access.temporary(WHO.path, journal)] == [True, False]
    assert access.enabled(WHO.path, journal) == [
        access.Held(Interval(BEGIN + 2 * DAY, BEGIN + 3 * DAY), (journal.at(0),)),  # type: ignore[arg-type]
        access.Held(Interval(BEGIN, BEGIN + DAY), (journal.at(3),)),  # type: ignore[arg-type]
    ]


def test_a_path_needs_a_known_mediator_only_where_it_is_brokered() -> None:
    """A direct path is mediated always, a brokered one without a mediator never, any other while its mediator is registered."""
    journal = journal_of(
        approval("direct", BEGIN),
        approval("nobody", BEGIN + DAY, method="brokered"),
        approval("reseller", BEGIN + 2 * DAY, method="brokered", mediator_id=WHO.other),
        draft("party.registered", "reseller", BEGIN, BEGIN + DAY, party_id=WHO.other),
        draft("party.registered", "tenant", BEGIN, party_id=WHO.tenant),
    )
    direct, nobody, reseller = (each.claim for each in access.approved(WHO.path, journal))

    assert [each.rests for each in access.mediated(direct, journal)] == [()]
    assert all(each.span.covers(0) and each.span.end is None for each in access.mediated(direct, journal))
    assert list(access.mediated(nobody, journal)) == []
    assert list(access.mediated(reseller, journal)) == [
        access.Held(Interval(BEGIN, BEGIN + DAY), (journal.at(3),))  # type: ignore[arg-type]
    ]
