"""Cleared: from when to when each decision on a tenant and an end user stands."""

from typing import Any

import pytest

from journals import journal_of
from kansa.clock import DAY
from kansa.records.draft import Draft
from kansa.registers.spans import clearance
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)


def decided(decision: str, start: int, end: int | None = 10, **said: Any) -> Draft:
    """A decision, recorded and not signed here."""
    who = {"tenant_id": WHO.tenant, "end_user_id": WHO.tenant, **said}
    until = None if end is None else BEGIN + end * DAY
    return draft("case.decided", f"{decision} {start} {said}", BEGIN + start * DAY, until, decision=decision, **who)  # fmt: skip


def changed(at: int, **said: Any) -> Draft:
    """A change of the end user."""
    who = {"end_user_id": WHO.tenant, "what": "ownership", **said}
    return draft("end_user.changed", f"{at} {said}", BEGIN + at * DAY, **who)


def verified(at: int, user: str = WHO.tenant) -> Draft:
    """A verification of the end user."""
    return draft("end_user.verified", f"{at} {user}", BEGIN + at * DAY, end_user_id=user)


@pytest.mark.parametrize(
    ("records", "stretches"),
    [
        ([decided("permit", 0)], [(0, 10)]),
        ([decided("permit", 0, None)], [(0, None)]),
        ([decided("permit", 0, end_user_id=WHO.other)], []),
        ([decided("hold", 0)], []),
        ([decided("permit", 0), decided("hold", 3, 5)], [(0, 3), (5, 10)]),
        ([decided("permit", 0), decided("deny", 3, None)], [(0, 3)]),
        ([decided("hold", 3, 5), decided("permit", 0)], [(0, 10)]),
        ([decided("permit", 0), decided("hold", 3, 5, tenant_id=WHO.other)], [(0, 10)]),
        ([decided("permit", 0), decided("hold", 3, 5, site_ids=[WHO.site])], [(0, 10)]),
        ([decided("permit", 0, site_ids=[WHO.site]), decided("hold", 3, 5, site_ids=[WHO.site, OTHER.site])], [(0, 3), (5, 10)]),
        ([decided("permit", 0, site_ids=[WHO.site]), decided("hold", 3, 5, site_ids=[WHO.site])], [(0, 3), (5, 10)]),
        ([decided("permit", 0, site_ids=[WHO.site, OTHER.site]), decided("hold", 3, 5, site_ids=[WHO.site])], [(0, 10)]),
        ([decided("permit", 0, item_classes=["a"]), decided("hold", 3, 5)], [(0, 3), (5, 10)]),
        ([decided("permit", 0), changed(4)], [(0, 4)]),
        ([decided("permit", 0), changed(10)], [(0, 10)]),
        ([decided("permit", 0), changed(4, end_user_id=WHO.other)], [(0, 10)]),
        ([decided("permit", 0), changed(4, tenant_id=WHO.tenant)], [(0, 4)]),
        ([decided("permit", 0), changed(4, tenant_id=WHO.other)], [(0, 10)]),
        ([changed(4), decided("permit", 4)], [(4, 10)]),
        ([changed(4), decided("permit", 3)], [(3, 4)]),
        ([changed(4, tenant_id=WHO.tenant), decided("permit", 4)], []),
        ([changed(4, tenant_id=WHO.tenant), decided("permit", 4), verified(6)], [(6, 10)]),
        ([changed(4, tenant_id=WHO.tenant), decided("permit", 4), verified(8), verified(6)], [(6, 10)]),
        ([changed(4, tenant_id=WHO.tenant), decided("permit", 4), verified(3)], []),
        ([changed(4, tenant_id=WHO.tenant), decided("permit", 4), verified(6, WHO.other)], []),
    ],
)  # fmt: skip
def test_a_permit_stands_but_for_what_was_decided_against_it_and_what_changed(
    records: list[Draft], stretches: list[tuple[int, int | None]]
) -> None:
    """A later hold or deny that covers it in scope; a change until people decide anew, and where a tenant is named verify anew."""
    found = clearance.cleared(clearance.decisions(WHO.tenant, journal_of(*records)))

    spans = [each.span for each in found if each.tenant == WHO.tenant]
    assert [
        ((span.start - BEGIN) // DAY, None if span.end is None else (span.end - BEGIN) // DAY)
        for span in spans
    ] == stretches


def test_a_hold_outlasts_a_change() -> None:
    """Only permits are ended by it; and the records that it rests on are named."""
    journal = journal_of(decided("hold", 0), decided("permit", 1), changed(4), decided("deny", 6))
    hold, permit, deny = clearance.decisions(WHO.tenant, journal)
    (cleared,) = clearance.cleared([hold, permit, deny])

    assert [each.permits for each in (hold, permit, deny)] == [False, True, False]
    assert ([noted.index for noted in permit.changes], hold.changes, deny.changes) == ([2], (), ())
    assert [(span.start, span.end) for span in hold.spans] == [(BEGIN, BEGIN + 10 * DAY)]
    assert [noted.index for noted in cleared.rests] == [1, 2, 3]
    assert clearance.scope(permit.claim) == (None, None, None)
