"""How far a clearance reaches: a decision on a part of what a tenant does leaves identity whole and stops that part."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.worlds_facts import world
from kansa.clock import DAY
from kansa.facts import use
from kansa.facts.gate_facts import clearances
from kansa.records.draft import Draft
from kansa.registers.spans.clearance import Work, reaches
from kansa.registers.spans.clearance import decisions as spans_of
from worlds import BEGIN, cast, draft, story

WHO = cast()
ELSEWHERE = cast(8).site
ITEM = "h100-sxm5"


def decided(key: str, decision: str, start: float, end: float | None = None, **limits: Any) -> Draft:
    """A later decision on the tenant and itself as end user, from a day of the story on."""
    until = None if end is None else BEGIN + round(end * DAY)
    return draft(
        "case.decided", key, BEGIN + round(start * DAY), until,
        tenant_id=WHO.tenant, end_user_id=WHO.tenant, decision=decision, **limits,
    )  # fmt: skip


def outside(*more: Draft, now: float = 9) -> Any:
    """Days of the use outside the clearance, as the flags measure it."""
    here = world([*story(WHO), *more], now=BEGIN + round(now * DAY) - 1)
    found = use.outside_clearance_s(here, WHO.workload).value
    return None if found is None else round(int(str(found)) / 86_400, 3)


@pytest.mark.parametrize("decision", ["hold", "deny"])
@pytest.mark.parametrize(
    "limits", [{"site_ids": [WHO.site]}, {"item_classes": [ITEM]}, {"path_ids": [WHO.path]}]
)
def test_a_hold_on_a_part_finds_the_use_of_that_part(decision: str, limits: dict[str, Any]) -> None:
    """From day 4 on; the use began on day 2. The gate says the same of the same question."""
    later = decided("2", decision, 4, **limits)
    assert outside(later) == 5
    here = world([*story(WHO), later], now=BEGIN + 5 * DAY)
    ruling = clearances(here, WHO.tenant, WHO.tenant).ruling(item=ITEM, site=WHO.site, path=WHO.path)
    assert ruling is not None
    assert ruling.claim.decision == decision


def test_a_hold_on_another_part_finds_nothing() -> None:
    """Another site, another item, another path."""
    assert outside(decided("2", "hold", 4, site_ids=[ELSEWHERE])) == 0
    assert outside(decided("2", "deny", 4, item_classes=["other"])) == 0
    assert outside(decided("2", "deny", 4, path_ids=["pth_" + "z" * 26], site_ids=[WHO.site])) == 0


def test_a_hold_that_has_ended_is_still_found() -> None:
    """Two days of it, whenever it is asked."""
    assert outside(decided("2", "hold", 4, 6, site_ids=[WHO.site])) == 2
    assert outside(decided("2", "hold", 4, 6, site_ids=[WHO.site]), now=40) == 2


def test_a_permit_decided_after_the_hold_ends_it() -> None:
    """The last decision that covers the work rules."""
    assert outside(decided("2", "hold", 4, site_ids=[WHO.site]), decided("3", "permit", 7)) == 3


def test_a_hold_on_everything_is_a_gap_of_identity_and_not_counted_twice() -> None:
    """The pair is not cleared at all then."""
    assert outside(decided("2", "hold", 4)) == 0


def test_a_permit_for_another_site_does_not_reach() -> None:
    """The pair is cleared, and not here."""
    others = [each for each in story(WHO) if each.type != "kansa.case.decided.v0"]
    permit = decided("2", "permit", -5, site_ids=[ELSEWHERE])
    found = use.outside_clearance_s(world([*others, permit], now=BEGIN + 9 * DAY - 1), WHO.workload).value
    assert found == 7 * 86_400


LIMITS: dict[str, tuple[str, str]] = {
    "item_classes": (ITEM, "other"),
    "site_ids": (WHO.site, ELSEWHERE),
    "path_ids": (WHO.path, "pth_" + "z" * 26),
}


@st.composite
def decisions_of_all_reach(draw: st.DrawFn) -> list[Draft]:
    """Up to six decisions, one after the other, of any time and limits."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        limits = {
            name: draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
            for name, values in LIMITS.items()
            if draw(st.booleans())
        }
        start = draw(st.integers(0, 8))
        end = draw(st.none() | st.integers(start + 1, 12))
        decision = draw(st.sampled_from(["permit", "hold", "deny"]))
        found.append(decided(str(number + 10), decision, start, end, **limits))
    return found


@settings(max_examples=60, deadline=None)
@given(decisions_of_all_reach())
def test_the_spans_and_the_gate_agree_on_how_far_a_clearance_reaches(decided_: list[Draft]) -> None:
    """One answer at every instant, for the work and for other work."""
    for day in range(13):
        here = world([*story(WHO), *decided_], now=BEGIN + day * DAY)
        spans = spans_of(WHO.tenant, here)
        for item, site, path in product(*LIMITS.values()):
            ruling = clearances(here, WHO.tenant, WHO.tenant).ruling(item=item, site=site, path=path)
            reached = reaches(spans, WHO.tenant, Work(item, site, path))
            permitted = ruling is not None and ruling.claim.decision == "permit"
            assert permitted == any(span.covers(here.now) for span in reached)
