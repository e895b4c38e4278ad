"""The gate's pack as a whole: what permits, what each missing fact does, and the law by date."""

from typing import Any

import pytest

from kansa.clock import DAY, parse_instant
from kansa.rules.edition import Reading, Rulebook
from kansa.rules.evaluate import Decision, decide
from kansa.rules.pack import ACTIONS
from rules.packs.shelf import library, pack

NOW = parse_instant("2026-11-22T00:00:00.000Z")
GATE = Rulebook((pack("kansa.gate"),), library().catalogue)
FRIENDLY = frozenset({"A:1", "A:5"})
CONCERN = frozenset({"D:1", "D:4", "D:5", "D:5+MO"})
CENTURY = 100 * 365 * 86_400

ORDINARY: dict[str, Any] = {
    "tenant.status": "cleared", "tenant.clearance": "permit", "tenant.clearance_left_s": CENTURY,
    "tenant.clearance_scope": frozenset({"end_user", "item_class", "site", "path", "action"}),
    "tenant.listed_on": frozenset(), "tenant.screening_age_s": 172_800, "tenant.screening_hits_open": 0,
    "tenant.flags_open_high": 0, "tenant.flags_open_medium": 0, "tenant.flags_overdue": 0,
    "tenant.hq_groups": FRIENDLY, "tenant.parent_groups": FRIENDLY, "tenant.ownership_complete": True,
    "tenant.listed_owner_bp": 0, "tenant.notices": frozenset(), "tenant.changed_since_clearance": frozenset(),
    "end_user.disclosed": True, "end_user.verification": "current", "end_user.verification_left_s": CENTURY,
    "end_user.listed_on": frozenset(), "end_user.screening_age_s": 172_800, "end_user.hq_groups": FRIENDLY,
    "end_user.parent_groups": FRIENDLY, "end_user.risk_tier": "low", "end_user.use_tier": "low", "end_user.licence": "none",
    "list.edition_age_s": 60, "list.not_covered": frozenset(), "hold.in_place": False, "table.groups_verified": True,
    "path.belongs": True, "path.approved": True, "path.enabled": True, "path.method": "direct", "path.mediator_known": True,
    "path.end_user_disclosed": True, "path.temporary_expired": False,
    "session.country_permitted": True, "session.country_groups": FRIENDLY, "session.person_known": True,
    "item.controlled": True, "item.unclassified": frozenset(), "basis.missing": frozenset(), "basis.exhausted": False, "basis.conditions_overdue": 0,
    "site.accepted": True, "site.hurried": False, "site.hold": False, "source.report_age_s": 60, "source.silent": False,
    "device.custody_unbroken": True, "device.contested": False, "use.purpose_permitted": True, "use.label": "infer",
    "shift.boundary_differs": False, "shift.reviewed": True, "shift.residency_permitted": True, "shift.origin_sealed_age_s": 1,
    "shift.target_report_age_s": 1, "shift.handovers_pending": 0, "shift.cause": "grid",
    "ship.consignee_cleared": True, "ship.serials_listed": True, "ship.licence": "not_needed", "ship.jp_classified": True,
    "ship.jp_catch_all_checked": True, "ship.jp_permit": "valid",
}  # fmt: skip


def ask(action: str, /, *asked: Any, **changed: Any) -> Decision:
    """Ask of an ordinary request of which something is otherwise, now or `asked` at an instant under readings."""
    facts = ORDINARY | {name.replace("__", ".", 1): value for name, value in changed.items()}
    return decide(GATE.at(*(asked or (NOW,))), action, facts)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_ordinary_request_is_permitted(action: str) -> None:
    """Everything in order: one permit rule determines, nothing is unknown."""
    decision = ask(action)
    assert decision.outcome == "permit", decision.unknown
    assert len(decision.determining) == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_whatever_fact_is_missing_is_never_a_permit(action: str) -> None:
    """Each fact that an action asks, taken away alone, where it could matter."""
    for fact in sorted(GATE.at(NOW).gate(action).facts - _PERMITTED_WITHOUT):
        facts = {name: value for name, value in ORDINARY.items() if name != fact}
        assert decide(GATE.at(NOW), action, facts).outcome == "hold", fact


# Other facts of an ordinary request settle every rule that asks these: it is friendly, disclosed, direct and reviewed.
_PERMITTED_WITHOUT = {
    "end_user.licence",
    "item.controlled",
    "path.end_user_disclosed",
    "path.method",
    "shift.boundary_differs",
    "shift.reviewed",
    "table.groups_verified",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_known_is_a_hold_and_never_a_permit(action: str) -> None:
    """An empty request."""
    assert decide(GATE.at(NOW), action, {}).outcome == "hold"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_known_deny_is_denied_whatever_else_is_missing(action: str) -> None:
    """An unknown never hides a deny."""
    decision = decide(GATE.at(NOW), action, {"tenant.listed_on": frozenset({"us.el"})})
    assert decision.outcome == "deny"
    assert decision.determining == ("kansa.gate.tenant-listed",)


def test_a_shipment_to_concern_without_a_licence_is_denied_and_with_one_is_not() -> None:
    """The headquarters test, of tenant, end user, or the parent of either."""
    for party in (
        "tenant__hq_groups",
        "tenant__parent_groups",
        "end_user__hq_groups",
        "end_user__parent_groups",
    ):
        assert ask("ship", ship__licence="none", **{party: CONCERN}).outcome == "deny"
        assert (
            ask("ship", ship__licence="valid", end_user__licence="valid", **{party: CONCERN}).outcome
            == "permit"
        )


def test_macau_alone_is_enough() -> None:
    """Not in D:5, treated with it."""
    macau = frozenset({"D:1", "D:4", "D:5+MO"})
    assert ask("ship", ship__licence="none", tenant__hq_groups=macau).outcome == "deny"


def test_on_a_table_that_nobody_verified_the_headquarters_test_holds() -> None:
    """Members that are carried back from a later day never deny alone."""
    decision = ask("ship", ship__licence="none", tenant__hq_groups=CONCERN, table__groups_verified=False)
    assert decision.outcome == "hold"
    assert "kansa.gate.headquarters-of-concern" in decision.determining


def test_compute_for_a_party_of_concern_waits_for_a_determination() -> None:
    """Renting is not named as an export: without a licence it holds, training for it is denied by practice."""
    assert ask("schedule", tenant__hq_groups=CONCERN, end_user__licence="none").outcome == "hold"
    assert ask("schedule", tenant__hq_groups=CONCERN, end_user__licence="not_needed").outcome == "permit"
    training = ask("schedule", tenant__hq_groups=CONCERN, end_user__licence="none", use__label="fine_tune")
    assert training.outcome == "deny"


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2025-09-28", "permit"), ("2025-10-15", "hold"), ("2026-03-01", "permit"), ("2026-11-22", "hold")],
)
def test_one_request_under_the_versions_of_the_affiliates_rule(day: str, outcome: str) -> None:
    """Before it, in force (unverified, so it holds), suspended, unknown (both answers, the stricter, at most hold)."""
    decision = ask("schedule", parse_instant(f"{day}T12:00:00.000Z"), tenant__listed_owner_bp=5_000)
    assert decision.outcome == outcome
    assert (decision.if_in_force, decision.if_not_in_force) == (
        ("hold", "permit") if day == "2026-11-22" else (None, None)
    )


@pytest.mark.parametrize(("choice", "outcome"), [("apply", "hold"), ("not_apply", "permit")])
def test_a_dated_reading_settles_what_is_unknown_until_it_expires(choice: Any, outcome: str) -> None:
    """And no longer."""
    rule = "kansa.gate.half-owned-by-listed"
    reading = Reading(
        rule=rule,
        choice=choice,
        decided_at=NOW - DAY,
        expires_at=NOW + DAY,
        reasons="counsel's note",
        approver="H. Sato",
    )
    during = ask("schedule", NOW, (reading,), tenant__listed_owner_bp=5_000)
    assert (during.outcome, during.readings) == (outcome, (rule,))
    assert ask("schedule", NOW + DAY, (reading,), tenant__listed_owner_bp=5_000).outcome == "hold"


@pytest.mark.parametrize("tier", ["end_user__risk_tier", "end_user__use_tier"])
def test_the_high_tier_is_screened_on_the_day(tier: str) -> None:
    """What is fresh enough for others is old for it."""
    assert ask("login").outcome == "permit"
    assert ask("login", **{tier: "high"}).outcome == "hold"
    today: dict[str, Any] = {"tenant__screening_age_s": 60, "end_user__screening_age_s": 60}
    assert ask("login", **today, **{tier: "high"}).outcome == "permit"


def test_every_permit_says_to_what_it_obliges_and_every_hold_who_releases_it() -> None:
    """A permitted shift is handed over at both ends."""
    rules = {rule.id.rpartition(".")[2]: rule for rule in pack("kansa.gate").rules}
    assert "hand-over" in rules["shift-of-placement"].follow_up[0].en
    assert all(
        rule.follow_up[0].en.startswith(("Released", "Not released"))
        for rule in rules.values()
        if rule.outcome != "permit"
    )
