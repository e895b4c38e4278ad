"""The gate's pack as a whole: what permits, what each missing fact does, and the law by date."""

from typing import Any

import pytest

from kansa.clock import DAY, HOUR, format_instant, parse_instant
from kansa.rules.evaluate import Decision, decide
from kansa.rules.pack import ACTIONS
from kansa.rules.rulebook import Interpretation, Rulebook
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
    "end_user.ownership_complete": True, "end_user.listed_owner_bp": 0, "end_user.screening_hits_open": 0,
    "chain.complete": True, "chain.listed_on": frozenset(), "chain.hq_groups": frozenset(), "chain.parent_groups": frozenset(),
    "chain.ownership_complete": True, "chain.listed_owner_bp": 0, "chain.screening_hits_open": 0,
    "chain.screening_age_s": 172_800, "chain.risk_tier": "low",
    "list.edition_age_s": 60, "list.not_covered": frozenset(), "hold.in_place": False, "table.groups_verified": True,
    "path.belongs": True, "path.approved": True, "path.enabled": True, "path.method": "direct", "path.mediator_known": True,
    "path.end_user_disclosed": True, "path.temporary_expired": False,
    "session.country_permitted": True, "session.country_groups": FRIENDLY, "session.person_known": True,
    "item.controlled": True, "item.unclassified": frozenset(), "item.lower_level": False, "basis.missing": frozenset(),
    "basis.kinds": frozenset({"no_licence_required"}), "basis.exception_conditions_met": False, "basis.exhausted": False, "basis.conditions_overdue": 0,
    "site.accepted": True, "site.hurried": False, "site.hold": False, "source.report_age_s": 60, "source.silent": False,
    "device.custody_unbroken": True, "device.contested": False, "use.purpose_permitted": True, "use.label": "infer",
    "shift.boundary_differs": False, "shift.reviewed": True, "shift.residency_permitted": True, "shift.origin_sealed_age_s": 1,
    "shift.target_report_age_s": 1, "shift.handovers_pending": 0, "shift.cause": "grid",
    "ship.consignee_cleared": True, "ship.serials_listed": True, "ship.licence": "none",
    "ship.destination_country": "JP", "ship.destination_groups": FRIENDLY, "ship.jp_classified": True,
    "ship.jp_catch_all_checked": True, "ship.jp_permit": "valid", "basis.jp_kinds": frozenset(),
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
    "basis.exception_conditions_met",
    "item.lower_level",
    "basis.jp_kinds",
    "ship.destination_country",
    "ship.jp_permit",
    "ship.licence",
    "end_user.licence",
    "item.controlled",
    "path.end_user_disclosed",
    "path.method",
    "shift.boundary_differs",
    "shift.reviewed",
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
        "chain__hq_groups",
        "chain__parent_groups",
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


@pytest.mark.parametrize("kind", ["no_licence_required", "licence_exception"])
@pytest.mark.parametrize("action", ["schedule", "shift", "ship"])
def test_only_a_licence_answers_a_rule_that_demands_one(action: str, kind: str) -> None:
    """Neither a determination nor an exception opens the gate to headquarters in Macau; training is denied."""
    macau = {
        "end_user__parent_groups": frozenset({"D:1", "D:4", "D:5+MO"}),
        "basis__kinds": frozenset({kind}),
    }
    used = {"ship": "deny"}.get(action, "hold")
    assert ask(action, **macau).outcome == used
    assert ask(action, use__label="train", **macau).outcome == "deny"
    valid = {"end_user__licence": "valid", "ship__licence": "valid", "use__label": "train"}
    assert ask(action, **macau, **valid).outcome == "permit"


VIETNAM = frozenset({"D:1"})
ISRAEL = frozenset({"A:6", "D:4"})
EMIRATES = frozenset({"A:5", "named in 3A090.b"})
ENGLISH_RELEASE = "a determination that none is needed does not release it"


@pytest.mark.parametrize(
    ("destination", "paragraph", "kinds", "outcome"),
    [
        (VIETNAM, "4A090.a", {"no_licence_required"}, "hold"),
        (VIETNAM, "4A090.a", set(), "hold"),
        (VIETNAM, "4A090.b", {"no_licence_required"}, "deny"),
        (VIETNAM, "4A090.b", {"licence_exception"}, "hold"),
        (CONCERN, "3A090.b", {"no_licence_required"}, "deny"),
        (EMIRATES, "3A090.b", {"no_licence_required"}, "deny"),
        (EMIRATES, "3A090.a", {"no_licence_required"}, "permit"),
        (ISRAEL, "3A090.b", {"no_licence_required"}, "permit"),
        (FRIENDLY, "3A090.a", {"no_licence_required"}, "permit"),
    ],
)
def test_a_shipment_asks_its_destination(
    destination: frozenset[str], paragraph: str, kinds: set[str], outcome: str
) -> None:
    """D:1, D:4, D:5 and not A:5 or A:6 (and the Emirates for `.b`): verified for `.b` alone, so the rest holds."""
    facts = {
        "ship__destination_groups": destination,
        "item__lower_level": paragraph.endswith(".b"),
        "basis__kinds": frozenset(kinds),
        "basis__missing": frozenset() if kinds else frozenset({"US"}),
    }
    decision = ask("ship", **facts)
    assert decision.outcome == outcome
    if kinds == {"no_licence_required"} and outcome != "permit":
        rules = {rule.id: rule for rule in pack("kansa.gate").rules}
        released = [words.en for id_ in decision.determining for words in rules[id_].follow_up]
        assert any(ENGLISH_RELEASE in each for each in released)
    licensed = {"ship__licence": "valid", "end_user__licence": "valid", "basis__missing": frozenset()}
    assert ask("ship", **{**facts, **licensed}).outcome == "permit"


def test_an_item_that_is_not_controlled_never_goes_to_a_destination_of_concern_on_that_alone() -> None:
    """`not_needed` says that a sheet says so; a named person's determination has to stand beside it."""
    plain = {"item__controlled": False, "item__lower_level": False, "ship__licence": "not_needed"}
    to = {"ship__destination_groups": VIETNAM, **plain}
    assert ask("ship", **to, basis__kinds=frozenset()).outcome == "hold"
    assert ask("ship", **to, basis__kinds=frozenset({"no_licence_required"})).outcome == "permit"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_table_that_nobody_verified_holds_and_never_permits(action: str) -> None:
    """Neither headquarters nor destination can be told to be in order."""
    assert ask(action, table__groups_verified=False).outcome == "hold"


def test_a_permit_to_leave_japan_is_no_determination() -> None:
    """Items controlled in Japan leave it on a permit alone; within Japan nothing is exported."""
    assert ask("ship", ship__jp_permit="none", ship__destination_country="JP").outcome == "permit"
    assert ask("ship", ship__jp_permit="none", ship__destination_country="TW").outcome == "hold"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("fact", "value", "outcome"),
    [
        ("complete", False, "hold"),
        ("listed_on", frozenset({"us.dpl"}), "deny"),
        ("listed_on", frozenset({"jp.eul"}), "hold"),
        ("listed_on", frozenset({"cn.control"}), "hold"),
        ("ownership_complete", False, "hold"),
        ("listed_owner_bp", 5_000, "hold"),
        ("screening_hits_open", 1, "hold"),
        ("screening_age_s", 2_592_001, "hold"),
        ("risk_tier", "high", "hold"),
    ],
)
def test_every_link_between_operator_and_end_user_is_asked_as_a_tenant_is(
    action: str, fact: str, value: Any, outcome: str
) -> None:
    """Resellers, integrators and mediators, through chains of any length (R-31)."""
    assert ask(action, **{f"chain__{fact}": value}).outcome == outcome


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("fact", "value"),
    [("ownership_complete", False), ("listed_owner_bp", 5_000), ("screening_hits_open", 1)],
)
def test_the_end_user_behind_a_reseller_is_asked_what_a_tenant_is(action: str, fact: str, value: Any) -> None:
    """Not only whoever signed the contract."""
    assert ask(action, **{f"end_user__{fact}": value}).outcome == "hold"


def test_compute_for_a_party_of_concern_waits_for_a_licence() -> None:
    """Renting is not named as an export: without a licence it holds, training for it is denied by practice."""
    assert ask("schedule", tenant__hq_groups=CONCERN, end_user__licence="none").outcome == "hold"
    assert ask("schedule", tenant__hq_groups=CONCERN, end_user__licence="valid").outcome == "permit"
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
    reading = Interpretation(
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
    ages = ("tenant__screening_age_s", "end_user__screening_age_s", "chain__screening_age_s")
    today: dict[str, Any] = dict.fromkeys(ages, 60)
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


def test_the_hold_for_want_of_a_verified_table_says_which_tables_are_and_what_to_do() -> None:
    """The day in its words is that of the first verified table that ships, in both languages."""
    (rule,) = [each for each in pack("kansa.gate").rules if each.id == "kansa.gate.groups-not-verified"]
    table = library().table("kansa.us.country-groups.countries")
    verified = [version.start for version in table.versions if version.verified]
    day = format_instant(min(verified) - 4 * HOUR)[:10]
    assert verified == [version.start for version in table.versions if version.start >= min(verified)]
    for words in (rule.versions[0].words.en, rule.versions[0].words.ja):
        assert day in words
        assert table.id in words
    (advice,) = rule.follow_up
    for words in (advice.en, advice.ja):
        assert "15 CFR part 740" in words
        assert "`kansa serve --packs`" in words
