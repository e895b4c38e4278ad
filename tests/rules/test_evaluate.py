"""What the gate answers and which flags are raised, where rules are unverified, unsettled, not binding or not known."""

from typing import Any

import msgspec
import pytest

from kansa.errors import BadInput
from kansa.rules.conditions import Condition
from kansa.rules.conditions import Test as Asked
from kansa.rules.effective_dates import Status
from kansa.rules.evaluate import SEMANTICS, Decision, collect, decide, explain, snapshot_hash
from kansa.rules.pack import Header, Outcome, Pack, Rule, Version
from kansa.rules.rulebook import EffectiveRules, Interpretation, Rulebook
from rules.random_packs import CATALOGUE, WORDS

KNOWN = Asked("a.known", "eq", operand=True)
CLEARED = Asked("a.cleared", "eq", operand=True)
ABROAD = Asked("c.country", "in", ("CN", "NO"))
PERMIT_CLEARED = ("permit", CLEARED)
YEAR = 31_536_000_000_000


def _rule(
    name: str,
    outcome: Outcome | None,
    when: Condition,
    *,
    verified: bool = True,
    status: Status = "in_force",
    start: int = 0,
    end: int | None = None,
) -> Rule:
    version = Version(
        start=start, end=end, text_status=status, enforcement_status=status, when=when, words=WORDS, sources=(),
        verified=verified,
    )  # fmt: skip
    if outcome is None:
        return Rule(id=f"kansa.test.{name}", subject="party", versions=(version,), severity="high")
    return Rule(
        id=f"kansa.test.{name}", subject="gate", versions=(version,), outcome=outcome, actions=("login",)
    )


def _book(*rules: Rule) -> Rulebook:
    kind: Any = "gate" if rules[0].outcome else "flags"
    return Rulebook((Pack(header=Header("kansa.test", "1", kind, "any", WORDS), rules=rules),), CATALOGUE)


def _edition(*rules: Rule, readings: tuple[Interpretation, ...] = (), at: int = YEAR) -> EffectiveRules:
    return _book(*rules).at(at, readings)


def _decide(*rules: Rule, readings: tuple[Interpretation, ...] = (), **facts: Any) -> Decision:
    given = {name.replace("_", ".", 1): value for name, value in facts.items()}
    return decide(_edition(*rules, readings=readings), "login", given)


PERMIT = _rule("cleared", "permit", CLEARED)


def test_nothing_that_permits_is_a_deny() -> None:
    """Default deny: no rule, or none that hits, determines it."""
    decision = _decide(PERMIT, a_cleared=False)

    assert (decision.outcome, decision.determining) == ("deny", ())


@pytest.mark.parametrize(("outcome", "expected"), [("deny", "deny"), ("hold", "hold"), ("permit", "permit")])
def test_deny_beats_hold_beats_permit(outcome: Outcome, expected: str) -> None:
    """Whatever else hits; the rules that brought it about are named."""
    other = _rule("abroad", outcome, ABROAD)
    decision = _decide(PERMIT, other, a_cleared=True, c_country="NO")

    assert decision.outcome == expected
    assert "kansa.test.abroad" in decision.determining


@pytest.mark.parametrize("outcome", ["deny", "hold"])
def test_an_unknown_fact_holds_what_would_be_permitted(outcome: Outcome) -> None:
    """A rule against the request that cannot be answered is unknown, never passed over."""
    decision = _decide(PERMIT, _rule("abroad", outcome, ABROAD), a_cleared=True)

    assert (decision.outcome, decision.unknown) == ("hold", ("kansa.test.abroad",))
    assert decision.determining == ("kansa.test.abroad",)


def test_an_unknown_fact_hides_no_known_deny() -> None:
    """What is known to be denied is denied."""
    decision = _decide(_rule("known", "deny", KNOWN), _rule("abroad", "hold", ABROAD), PERMIT, a_known=True)

    assert (decision.outcome, decision.determining) == ("deny", ("kansa.test.known",))
    assert decision.unknown == ("kansa.test.abroad", "kansa.test.cleared")


def test_an_unknown_permit_is_a_hold() -> None:
    """It may be permitted, or by default not; a person decides."""
    assert _decide(PERMIT).outcome == "hold"


@pytest.mark.parametrize("value", ["yes", 1, 0.0, ("x",)])
def test_a_value_that_does_not_fit_is_unknown(value: Any) -> None:
    """A fault in whatever computed a fact must not read as an answer."""
    assert _decide(PERMIT, a_cleared=value).outcome == "hold"


@pytest.mark.parametrize("value", ["XX", 3, ["NO"]])
def test_a_text_that_is_not_declared_is_unknown(value: Any) -> None:
    """A value outside the declared ones would silently miss every rule that lists them."""
    decision = _decide(PERMIT, _rule("abroad", "deny", ABROAD), a_cleared=True, c_country=value)

    assert (decision.outcome, decision.unknown) == ("hold", ("kansa.test.abroad",))


def test_an_unverified_rule_does_not_deny_alone() -> None:
    """Its deny is a hold, and the decision says which rule that was."""
    decision = _decide(
        PERMIT, _rule("abroad", "deny", ABROAD, verified=False), a_cleared=True, c_country="NO"
    )

    assert (decision.outcome, decision.unverified) == ("hold", ("kansa.test.abroad",))


def test_an_unverified_rule_denies_beside_a_verified_one() -> None:
    """The verified rule determines it."""
    decision = _decide(
        PERMIT, _rule("abroad", "deny", ABROAD, verified=False), _rule("known", "deny", KNOWN),
        a_cleared=True, a_known=True, c_country="NO",
    )  # fmt: skip

    assert (decision.outcome, decision.determining) == ("deny", ("kansa.test.known",))


def test_an_unverified_rule_clears_nothing() -> None:
    """What only it would permit is held."""
    decision = _decide(_rule("cleared", "permit", CLEARED, verified=False), a_cleared=True)

    assert (decision.outcome, decision.unverified) == ("hold", ("kansa.test.cleared",))


def test_an_unverified_rule_may_hold() -> None:
    """It holds as a verified one does."""
    decision = _decide(
        PERMIT, _rule("abroad", "hold", ABROAD, verified=False), a_cleared=True, c_country="NO"
    )

    assert (decision.outcome, decision.determining) == ("hold", ("kansa.test.abroad",))


@pytest.mark.parametrize("status", ["not_enforced", "suspended", "withdrawn", "proposed"])
def test_what_is_not_in_force_is_shown_and_changes_nothing(status: Status) -> None:
    """A rule in text that nobody enforces, a draft, a suspended rule: named, and without effect."""
    decision = _decide(PERMIT, _rule("abroad", "deny", ABROAD, status=status), a_cleared=True, c_country="NO")

    assert (decision.outcome, decision.not_binding) == ("permit", ("kansa.test.abroad",))
    assert decision.if_in_force is None


def test_a_rule_of_unknown_status_is_answered_both_ways_and_holds_at_most() -> None:
    """Denied if it is in force, permitted if not: recorded, and held."""
    decision = _decide(
        PERMIT, _rule("abroad", "deny", ABROAD, status="unknown"), a_cleared=True, c_country="NO"
    )

    assert (decision.if_in_force, decision.if_not_in_force, decision.outcome) == ("deny", "permit", "hold")
    assert decision.unsettled == ("kansa.test.abroad",)


def test_a_rule_of_unknown_status_permits_nothing() -> None:
    """Permitted if it is in force, denied by default if not: held."""
    decision = _decide(_rule("cleared", "permit", CLEARED, status="unknown"), a_cleared=True)

    assert (decision.if_in_force, decision.if_not_in_force, decision.outcome) == ("permit", "deny", "hold")


def test_a_rule_of_unknown_status_that_misses_changes_nothing() -> None:
    """Both answers are the same, so that none is recorded."""
    decision = _decide(
        PERMIT, _rule("abroad", "deny", ABROAD, status="unknown"), a_cleared=True, c_country="JP"
    )

    assert (decision.outcome, decision.unsettled, decision.if_in_force) == ("permit", (), None)


@pytest.mark.parametrize(("choice", "expected"), [("apply", "deny"), ("not_apply", "permit")])
def test_a_dated_reading_settles_a_rule_of_unknown_status(choice: Any, expected: str) -> None:
    """While it lasts; the decision names it."""
    reading = Interpretation(
        rule="kansa.test.abroad",
        choice=choice,
        decided_at=YEAR,
        expires_at=2 * YEAR,
        reasons="…",
        approver="per_1",
    )
    book = _book(PERMIT, _rule("abroad", "deny", ABROAD, status="unknown"))
    facts = {"a.cleared": True, "c.country": "NO"}
    outcomes = [
        decide(book.at(at, (reading,)), "login", facts) for at in (YEAR - 1, YEAR, 2 * YEAR - 1, 2 * YEAR)
    ]

    assert [decision.outcome for decision in outcomes] == ["hold", expected, expected, "hold"]
    assert outcomes[1].readings == ("kansa.test.abroad",)


def test_a_reading_does_not_touch_a_rule_whose_status_is_known() -> None:
    """What is in force is in force, whatever anyone would rather read."""
    reading = Interpretation(
        rule="kansa.test.abroad",
        choice="not_apply",
        decided_at=0,
        expires_at=2 * YEAR,
        reasons="…",
        approver="per_1",
    )
    decision = _decide(
        PERMIT, _rule("abroad", "deny", ABROAD), readings=(reading,), a_cleared=True, c_country="NO"
    )

    assert (decision.outcome, decision.readings) == ("deny", ())


def test_an_edition_holds_until_the_next_change() -> None:
    """Versions are half-open, and an edition says between which instants it is the one."""
    book = _book(PERMIT, _rule("abroad", "deny", ABROAD, start=10, end=20))
    spans = [(book.at(at).since, book.at(at).until, len(book.at(at).rules)) for at in (9, 10, 19, 20)]

    assert spans == [(0, 10, 1), (10, 20, 2), (10, 20, 2), (20, None, 1)]


def test_flags_are_all_collected_and_what_is_not_known_is_not_assessed() -> None:
    """A flag of unknown status is raised with that mark; one that does not bind is only shown."""
    edition = _edition(
        _rule("known", None, KNOWN),
        _rule("abroad", None, ABROAD, status="unknown", verified=False),
        _rule("draft", None, KNOWN, status="proposed"),
        _rule("cleared", None, CLEARED),
    )
    flags = collect(edition, "party", {"a.known": True, "c.country": "NO"})

    assert [(found.rule, found.standing, found.verified) for found in flags.raised] == [
        ("kansa.test.abroad", "unsettled", False),
        ("kansa.test.known", "binds", True),
    ]
    assert flags.not_assessed == ("kansa.test.cleared",)
    assert flags.not_binding == ("kansa.test.draft",)


def test_an_explanation_has_every_test_with_value_and_truth() -> None:
    """Also of values that do not fit, and of rules that miss."""
    edition = _edition(PERMIT, _rule("abroad", "deny", ABROAD))
    cleared, abroad = (
        explained.leaves[0]
        for explained in sorted(
            explain(edition.gate("login"), {"a.cleared": "yes", "c.country": "JP"}, edition),
            key=lambda explained: explained.rule,
            reverse=True,
        )
    )

    assert (cleared.fact, cleared.value, cleared.truth) == ("a.cleared", "yes", None)
    assert (abroad.fact, abroad.value, abroad.truth) == ("c.country", "JP", False)


def test_a_decision_names_what_replays_it() -> None:
    """The packs by meaning, the semantics; and it survives JSON."""
    decision = _decide(PERMIT, a_cleared=True)

    assert [pack.id for pack in decision.packs] == ["kansa.test"]
    assert len(decision.packs[0].meaning) == 64
    assert decision.semantics == SEMANTICS
    assert msgspec.json.decode(msgspec.json.encode(decision), type=Decision) == decision


def test_a_snapshot_is_its_facts_in_whatever_order_and_collection() -> None:
    """Sets are sorted, what is unknown is left out; another value is another hash, a float is refused."""
    same = [
        {"d.groups": frozenset({"NO", "CN"}), "a.known": True, "b.age_days": None},
        {"a.known": True, "d.groups": ["CN", "NO"]},
    ]

    assert len({snapshot_hash(facts) for facts in same}) == 1
    assert snapshot_hash({"a.known": 1}) != snapshot_hash({"a.known": True})
    with pytest.raises(BadInput):
        snapshot_hash({"b.age_days": 0.5})
