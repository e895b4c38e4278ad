"""What can be shown at an instant: fresh, stale, missing, and by which records."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.ledgers import LOG, WHO, Told
from kansa.clock import DAY
from worlds import BEGIN


@pytest.fixture
def told() -> Told:
    """A ledger with one approved path."""
    ledger = Told()
    ledger.path()
    return ledger


def test_a_control_that_concerns_nobody_asks_nothing() -> None:
    """Without a path there is no end user, and no end user that is missing evidence."""
    assert Told().shown("end-user-verified", 1).state == "nobody"
    assert Told().shown("lists-current", 1).state == "missing"


def test_evidence_is_missing_until_it_is_recorded_and_fresh_until_it_ends(told: Told) -> None:
    """A verification of ten days, with the record that answers and the instant at which it ceases to."""
    index = told.say("end_user.verified", 2, 12, end_user_id=WHO.tenant)
    assert told.answer("end-user-verified", 1) == (WHO.tenant, "missing", (), None)
    assert told.answer("end-user-verified", 2) == (WHO.tenant, "fresh", (index,), BEGIN + 12 * DAY)
    assert told.answer("end-user-verified", 12) == (WHO.tenant, "stale", (index,), None)


def test_evidence_grows_old_even_if_it_does_not_end(told: Told) -> None:
    """A statement of end use counts for 365 days."""
    told.say("end_use.stated", 0, end_user_id=WHO.tenant, purpose="train")
    assert told.answer("end-use-stated", 364).state == "fresh"
    assert told.answer("end-use-stated", 364).until == BEGIN + 365 * DAY
    assert told.answer("end-use-stated", 365).state == "stale"


def test_what_was_recorded_later_could_not_be_shown_earlier(told: Told) -> None:
    """Readiness on a day is what could have been shown on that day."""
    told.say("end_user.verified", 0, recorded=20, end_user_id=WHO.tenant)
    assert told.answer("end-user-verified", 19).state == "missing"
    assert told.answer("end-user-verified", 20).state == "fresh"


def test_a_correction_takes_its_place_from_when_it_was_recorded(told: Told) -> None:
    """Before, the first record answers; after, the other."""
    first = told.say("end_user.verified", 0, 50, end_user_id=WHO.tenant)
    second = told.say(
        "end_user.verified", 0, 10, recorded=5, end_user_id=WHO.tenant, corrects={"log": LOG, "index": first}
    )
    assert told.answer("end-user-verified", 4).records == (first,)
    assert told.answer("end-user-verified", 9).records == (second,)
    assert told.answer("end-user-verified", 10).state == "stale"


@pytest.mark.parametrize("what", ["end_user", "ownership", "reseller", "integrator"])
def test_a_change_ends_what_was_verified_before_it(told: Told, what: str) -> None:
    """Until somebody verifies again."""
    told.say("end_user.verified", 0, end_user_id=WHO.tenant)
    told.say("end_user.changed", 3, end_user_id=WHO.tenant, what=what)
    assert told.answer("end-user-verified", 2).state == "fresh"
    assert told.answer("end-user-verified", 3).state == "stale"
    again = told.say("end_user.verified", 4, end_user_id=WHO.tenant)
    assert told.answer("end-user-verified", 4) == (WHO.tenant, "fresh", (again,), BEGIN + 369 * DAY)


def test_a_renewal_on_record_before_the_change_does_not_answer_it(told: Told) -> None:
    """It begins after the change, but was made before anybody knew of it; the registers say the same."""
    told.say("end_user.verified", 0, recorded=0, end_user_id=WHO.tenant)
    told.say("end_user.verified", 5, recorded=1, end_user_id=WHO.tenant)
    told.say("end_user.changed", 3, recorded=3, end_user_id=WHO.tenant, what="ownership")
    assert told.answer("end-user-verified", 6).state == "stale"


def test_a_revocation_ends_its_own_authorization_and_no_other(told: Told) -> None:
    """Two bases, one revoked: the other still answers."""
    basis: dict[str, Any] = {
        "jurisdiction": "US", "basis": "licence", "end_user_ids": [WHO.tenant], "item_classes": ["h100"], "site_ids": [WHO.site],
    }  # fmt: skip
    told.say("authorization.recorded", 0, authorization_id=WHO.us, **basis)
    other = told.say("authorization.recorded", 0, authorization_id=WHO.jp, **basis)
    told.say("authorization.revoked", 5, authorization_id=WHO.us, end_user_ids=[WHO.tenant])
    assert told.answer("basis-us", 5) == (WHO.tenant, "fresh", (other,), None)
    told.say("authorization.revoked", 6, authorization_id=WHO.jp, end_user_ids=[WHO.tenant])
    assert told.answer("basis-us", 6).state == "stale"
    assert told.answer("basis-jp", 6).state == "missing"


def test_an_amendment_takes_over_from_what_it_supersedes(told: Told) -> None:
    """The amended basis answers, and its end is the end."""
    basis: dict[str, Any] = {
        "jurisdiction": "US", "basis": "licence", "end_user_ids": [WHO.tenant], "item_classes": ["h100"], "site_ids": [WHO.site],
    }  # fmt: skip
    told.say("authorization.recorded", 0, authorization_id=WHO.us, **basis)
    amended = told.say("authorization.amended", 3, 8, authorization_id=WHO.jp, supersedes=WHO.us, **basis)
    assert told.answer("basis-us", 5).records == (amended,)
    assert told.answer("basis-us", 8).state == "stale"


def test_closed_windows_count_from_their_end() -> None:
    """A source that closed the day of yesterday is fresh, although that window is over."""
    told = Told()
    told.say("site.registered", 0, site_id=WHO.site, country="JP")
    told.say("source.reported", 0, 1, recorded=1, system="slurm", scope=[WHO.site], rows=3)
    assert told.answer("sources-report", 1).state == "fresh"
    assert told.answer("sources-report", 2).until == BEGIN + 3 * DAY
    assert told.answer("sources-report", 3).state == "stale"


def test_a_receipt_that_does_not_name_its_basis_is_no_evidence() -> None:
    """Contract, line and authorization, all three."""
    told = Told()
    told.say("device.identified", 0, device_id=WHO.devices[0], item_class="h100")
    place: dict[str, Any] = {"device_id": WHO.devices[0], "site_id": WHO.site, "step": "receiving"}
    told.say("device.moved", 1, contract_id=WHO.contract, contract_line="1", **place)
    assert told.answer("receipt-names-basis", 2).state == "missing"
    assert told.answer("device-seen", 2).state == "fresh"
    named = told.say(
        "device.moved", 1, contract_id=WHO.contract, contract_line="1", authorization_id=WHO.us, **place
    )
    assert told.answer("receipt-names-basis", 2).records == (named,)


def test_a_device_that_left_is_asked_for_no_longer() -> None:
    """Shipped away, or decommissioned."""
    told = Told()
    told.say("device.identified", 0, device_id=WHO.devices[0], item_class="h100")
    told.say("device.moved", 5, device_id=WHO.devices[0], site_id=WHO.site, step="decommissioning")
    assert told.shown("device-seen", 4).state == "missing"
    assert told.shown("device-seen", 5).state == "nobody"


def test_hurried_commissioning_does_not_answer(told: Told) -> None:
    """A site taken into service before its checks were complete lacks the record that says they are."""
    told.say("site.registered", 0, site_id=WHO.site, country="JP")
    told.say("site.commissioned", 1, site_id=WHO.site, hurried=True, deferred=["security"])
    assert told.answer("site-commissioned", 2).state == "missing"
    told.say("site.commissioned", 9, site_id=WHO.site)
    assert told.answer("site-commissioned", 9).state == "fresh"


@given(
    spans=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(0, 40)), max_size=6),
    day=st.integers(0, 60),
)
def test_fresh_is_what_some_record_of_the_time_covers(spans: list[tuple[int, int, int]], day: int) -> None:
    """Against the definition, for any verifications: begun, recorded, not ended, not older than 365 days."""
    told = Told()
    told.path()
    for start, length, delay in sorted(spans, key=lambda span: span[0] + span[2]):
        told.say("end_user.verified", start, start + length, recorded=start + delay, end_user_id=WHO.tenant)
    known = [(start, start + length) for start, length, delay in spans if start + delay <= day]
    covers = any(start <= day < end for start, end in known)
    wanted = "fresh" if covers else "stale" if any(start <= day for start, _ in known) else "missing"
    assert told.answer("end-user-verified", day).state == wanted


def test_of_two_corrections_the_first_hides_what_both_correct(told: Told) -> None:
    """The second, recorded later, does not bring it back for the time between."""
    first = told.say("end_user.verified", 0, 50, end_user_id=WHO.tenant)
    for day in (5, 9):
        told.say(
            "end_user.verified",
            0,
            2,
            recorded=day,
            end_user_id=WHO.tenant,
            corrects={"log": LOG, "index": first},
        )
    assert told.answer("end-user-verified", 4).state == "fresh"
    assert told.answer("end-user-verified", 6).state == "stale"


@pytest.mark.parametrize(
    ("format_", "partial", "state"),
    [
        ("csl", False, "fresh"),
        ("jsonl", False, "missing"),
        ("opensanctions", False, "missing"),
        ("csl", True, "missing"),
    ],
)
def test_lists_are_current_through_official_and_whole_ones_only(
    format_: str,
    partial: bool,  # noqa: FBT001
    state: str,
) -> None:
    """A list of our own, somebody's collection, or a part of a publication is no publisher's list."""
    told = Told()
    counts = dict.fromkeys(("rows", "entries", "rejected", "set_aside", "added", "removed", "changed"), 1)
    told.say(
        "list.imported", 1, publication="us.csl", format=format_, importer="2", edition_date=None, files=[],
        record_set_sha256="a" * 64, lists=[], partial=partial, **counts,
    )  # fmt: skip
    assert told.shown("lists-current", 2).state == state
