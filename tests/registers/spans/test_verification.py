"""Verified: from when to when each verification of an end user holds."""

from typing import Any

import pytest

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.registers.spans import verification
from kansa.registers.spans.verification import made_after, state_of, verifications, verified
from worlds import BEGIN, cast, draft

WHO = cast()


def day(number: int) -> int:
    """The instant at which a day begins."""
    return BEGIN + number * DAY


def done(key: str, start: int, end: int | None = 10, user: str = WHO.tenant) -> Draft:
    """A verification."""
    return draft("end_user.verified", key, day(start), None if end is None else day(end), end_user_id=user)


def withdrawn(key: str, at: int, user: str = WHO.tenant) -> Draft:
    """A withdrawal."""
    return draft("end_user.verification_withdrawn", key, day(at), end_user_id=user)


def changed(key: str, at: int, user: str = WHO.tenant, **said: Any) -> Draft:
    """A change of the end user."""
    return draft("end_user.changed", key, day(at), end_user_id=user, what="ownership", **said)


@pytest.mark.parametrize(
    ("after", "end", "state"),
    [
        ([], 10, "expired"),
        ([withdrawn("w", 4)], 4, "withdrawn"),
        ([changed("c", 6)], 6, "changed"),
        ([withdrawn("w", 4), changed("c", 3)], 3, "changed"),
        ([changed("c", 6), withdrawn("w", 5)], 5, "withdrawn"),
        ([withdrawn("w", 10)], 10, "expired"),
        ([withdrawn("w", 12), changed("c", 11)], 10, "expired"),
        ([withdrawn("w", 4, WHO.other), changed("c", 3, WHO.other)], 10, "expired"),
        ([changed("c", 3, tenant_id=WHO.other)], 10, "expired"),
    ],
)
def test_a_verification_ends_at_its_end_a_withdrawal_or_a_change(
    after: list[Draft], end: int, state: str
) -> None:
    """Whichever comes first and concerns this end user as a whole; until then it is current."""
    journal = journal_of(done("1", 0), *after)

    (found,) = verified(WHO.tenant, journal)

    assert found.span == Interval(BEGIN, day(end))
    assert found.whole == Interval(BEGIN, day(10))
    assert state_of(found, day(end) - 1) == "current"
    assert state_of(found, day(end)) == state
    assert [each.index for each in found.rests] == sorted(each.index for each in found.rests)
    assert found.rests[0].index == 0


def test_a_verification_without_end_is_current_for_ever() -> None:
    """And is cut by whatever comes."""
    (open_,) = verified(WHO.tenant, journal_of(done("1", 0, None)))
    (cut,) = verified(WHO.tenant, journal_of(done("1", 0, None), withdrawn("w", 4)))

    assert (open_.span.end, state_of(open_, day(9_999))) == (None, "current")
    assert cut.span == Interval(BEGIN, day(4))


def test_a_withdrawal_ends_what_was_recorded_before_it_only() -> None:
    """What is verified afterwards holds, even from an earlier time; one of another end user is another's."""
    journal = journal_of(done("1", 0), withdrawn("w", 2), done("2", 1), done("3", 0, user=WHO.other))

    assert [each.span for each in verified(WHO.tenant, journal)] == [
        Interval(BEGIN, day(2)),
        Interval(day(1), day(10)),
    ]
    assert [noted.index for noted in verification.withdrawals(WHO.tenant, journal)] == [1]
    assert verification.withdrawals(WHO.other, journal) == []


def test_a_verification_that_never_held_stays_in_sight() -> None:
    """Withdrawn as of its beginning."""
    journal = journal_of(done("1", 2), withdrawn("w", 2))

    assert verified(WHO.tenant, journal) == []
    assert len(verifications(WHO.tenant, journal)) == 1


@pytest.mark.parametrize(
    ("begins", "index", "recorded", "holds"),
    [(5, 3, 0, True), (6, 3, 0, True), (4, 3, 9, False), (5, 1, 5, True), (5, 1, 4, False), (5, 1, 6, True)],
)
def test_what_renews_begins_at_or_after_the_change_and_was_not_on_record_before_it(
    begins: int, index: int, recorded: int, *, holds: bool
) -> None:
    """Recorded later than the change, or at a time when the change had come."""
    assert made_after(begins, index, recorded, 5, 2) is holds


def test_a_change_is_outlived_by_what_is_verified_in_view_of_it() -> None:
    """Verified before the change: ended. At the change and recorded after it: holds."""
    journal = journal_of(
        done("before", 0),
        changed("c", 3),
        done("after", 3),
        done("still before", 2),
        changed("o", 5, WHO.other),
    )

    assert [(each.noted.index, each.span) for each in verified(WHO.tenant, journal)] == [
        (0, Interval(BEGIN, day(3))),
        (2, Interval(day(3), day(10))),
        (3, Interval(day(2), day(3))),
    ]
    assert [noted.index for noted, _ in verification.changes(WHO.tenant, journal)] == [1]
