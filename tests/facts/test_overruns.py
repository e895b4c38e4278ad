"""Gaps, overruns and over-draws: found while the work runs, and after it has ended too."""

from typing import Any

import pytest

from facts.worlds_facts import world
from kansa.clock import DAY
from kansa.facts import device, path, use
from kansa.facts.assessment import reconfigurations
from kansa.facts.gate_facts import of_basis
from kansa.flags.comparison import compare
from kansa.records.draft import Draft, apart
from kansa.rules.loading.library import read_library
from kansa.rules.rulebook import EffectiveRules
from worlds import BEGIN, cast, draft, story

WHO = cast()
SUPPLY = cast(9).us


def at(day: float) -> int:
    """An instant of the story, in days from its start."""
    return BEGIN + round(day * DAY)


@pytest.mark.parametrize(("now", "gap_days"), [(5, 0), (11, 1), (12, 2), (40, 2)])
def test_the_gap_of_a_use_grows_while_it_runs_and_stays_when_it_has_ended(now: float, gap_days: int) -> None:
    """The verification ends on day 10, the workload on day 12."""
    found = use.gap_s(world(story(WHO), now=at(now)), WHO.workload).value

    assert isinstance(found, int)
    assert abs(found - gap_days * 86_400) <= 1


def test_a_gap_that_has_just_begun_counts_as_a_second() -> None:
    """So that what is lost at an instant shows at that instant."""
    assert use.gap_s(world(story(WHO), now=at(10) - 1), WHO.workload).value == 0
    assert use.gap_s(world(story(WHO), now=at(10)), WHO.workload).value == 1


def test_a_move_out_of_the_licence_raised_the_risk() -> None:
    """At the site that no basis names neither authorization nor custody is evidenced any more."""
    elsewhere = cast(8).site
    shift = draft(
        "workload.shifted", "out", at(4), workload_id=WHO.workload, units=[WHO.node], site_id=elsewhere
    )
    here = world([*story(WHO), shift], now=at(6))
    subject = next(each for each in reconfigurations(here) if each.about == WHO.workload)

    found = compare(here, edition(), subject)

    assert {fact for _, fact in found.lost} == {"authorization", "custody"}
    assert found.risk_rose is True


def test_a_move_within_the_licence_loses_nothing() -> None:
    """The same site, other units of the same node."""
    shift = draft(
        "workload.shifted", "in", at(4), workload_id=WHO.workload, units=[WHO.devices[0]], site_id=WHO.site
    )
    here = world([*story(WHO), shift], now=at(6))
    subject = next(each for each in reconfigurations(here) if each.about == WHO.workload)

    assert compare(here, edition(), subject).lost == frozenset()


def edition() -> EffectiveRules:
    """The shipped rules at the story's time."""
    return read_library().rulebook().at(at(6))


@pytest.mark.parametrize("now", [5, 15, 40])
def test_an_overrun_of_a_temporary_configuration_is_found_after_the_work_has_ended_too(now: float) -> None:
    """The path was on until day 4 only; the workload went on until day 12."""
    drafts = [each for each in story(WHO) if each.type != "kansa.access_path.enabled.v0"]
    temporary = draft("configuration.temporary", "1", at(1), at(4), path_id=WHO.path, reason="x")

    assert path.temporary_expired(world([*drafts, temporary], now=at(3)), WHO.path).value is False
    assert path.temporary_expired(world([*drafts, temporary], now=at(now)), WHO.path).value is True


def test_what_ran_while_something_else_enabled_the_path_is_no_overrun() -> None:
    """The configuration ended, the enablement did not."""
    temporary = draft("configuration.temporary", "1", at(1), at(4), path_id=WHO.path, reason="x")

    assert path.temporary_expired(world([*story(WHO), temporary], now=at(40)), WHO.path).value is False


def supplied(quantity: int | None, *end_users: str, key: str = "supply") -> Draft:
    """A licence of supply."""
    lists: dict[str, Any] = {
        "end_user_ids": list(end_users or (WHO.tenant,)),
        "item_classes": ["h100-sxm5"],
        "site_ids": [WHO.site],
    }
    return draft(
        "authorization.recorded",
        key,
        authorization_id=SUPPLY,
        jurisdiction="US",
        basis="licence",
        quantity=quantity,
        **lists,
    )


DEVICES = [device_ for seed in range(20, 26) for device_ in cast(seed).devices][:11]


@pytest.mark.parametrize("kind", ["drawn", "received"])
def test_eleven_units_drawn_on_a_licence_for_eight_are_three_too_many(kind: str) -> None:
    """The ninth, tenth and eleventh are named, each from the instant at which it was drawn, by record or by receipt."""
    drafts = [supplied(8)]
    for day, each in enumerate(DEVICES):
        if kind == "drawn":
            drafts.append(
                draft("authorization.drawn", each, at(day), authorization_id=SUPPLY, device_ids=[each])
            )
        else:
            drafts.append(
                draft(
                    "device.moved",
                    each,
                    at(day),
                    device_id=each,
                    site_id=WHO.site,
                    step="receiving",
                    authorization_id=SUPPLY,
                )
            )

    def beyond(now: float) -> list[str]:
        here = world(drafts, now=at(now))
        return [each for each in DEVICES if device.overdrawn(here, each).value is True]

    assert beyond(7.5) == []
    assert beyond(8) == DEVICES[8:9]
    assert beyond(20) == DEVICES[8:]
    assert device.overdrawn(world(drafts, now=at(20)), DEVICES[8]).records == (0, 9)


def test_a_basis_without_quantity_cannot_be_overdrawn_and_a_device_that_nothing_names_is_not_known() -> None:
    """No limit is no limit; no draw is no answer."""
    drafts = [
        supplied(None),
        draft("authorization.drawn", "all", authorization_id=SUPPLY, device_ids=DEVICES),
    ]

    assert device.overdrawn(world(drafts), DEVICES[10]).value is False
    assert device.overdrawn(world([supplied(8)]), DEVICES[0]).value is None


def received(device_: str, day: float) -> Draft:
    """A receipt under the licence."""
    place: dict[str, Any] = {"device_id": device_, "site_id": WHO.site, "authorization_id": SUPPLY}
    return draft("device.moved", device_, at(day), step="receiving", **place)


def exhausted(drafts: list[Draft], end_user: str, now: float) -> object:
    """What the gate is told of the licences of an end user."""
    facts = of_basis(world(drafts, now=at(now)), end_user, "h100-sxm5", WHO.site)
    return {fact.name: fact.value for fact in facts}["basis.exhausted"]


def test_gate_and_flags_count_the_same_draws_of_a_licence_that_end_users_share() -> None:
    """Receipts count as draws do, a device once whatever names it, and each end user's record of the licence not again."""
    shared = apart(supplied(2, WHO.tenant, WHO.other))
    first = draft("authorization.drawn", "1", at(1), authorization_id=SUPPLY, device_ids=DEVICES[:1])
    drafts = [*shared, first, *(received(each, day) for day, each in enumerate(DEVICES[:3], 2))]

    assert len(shared) == 2
    for end_user in (WHO.tenant, WHO.other):
        assert [exhausted(drafts, end_user, day) for day in (3, 4)] == [False, True]
    here = world(drafts, now=at(4))
    assert [each for each in DEVICES[:3] if device.overdrawn(here, each).value] == DEVICES[2:3]


def test_a_licence_recorded_anew_with_a_higher_quantity_is_no_longer_exhausted() -> None:
    """What it allows now counts, whatever an earlier record of it said."""
    drafts = [supplied(1), *(received(each, day) for day, each in enumerate(DEVICES[:2], 1))]
    raised = supplied(2, key="raised")
    assert exhausted(drafts, WHO.tenant, 4) is True
    assert exhausted([*drafts, raised], WHO.tenant, 4) is False
