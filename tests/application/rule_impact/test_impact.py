"""What other rules would have changed, on three pieces of law whose standing is not simple."""

from functools import cache

import msgspec
import pytest

from kansa.clock import parse_instant
from kansa.rules.evaluate import collect, decide
from kansa.rules.impact import Past, decisions, findings
from kansa.rules.loading.library import Library, read_library
from kansa.rules.rulebook import Interpretation, Rulebook

HALF = "kansa.us.affiliates.half-owned"
OWNED = {"party.listed_owner_bp": 5000, "party.listed_owner_share_unknown": False}
DEAL = {
    "transaction.controlled_items": True,
    "transaction.direction": "export",
    "transaction.accelerators": 300_000,
    "transaction.licence": "none",
    "transaction.exception_claimed": "none",
    "transaction.upper_level": True,
}
NOW = parse_instant("2026-11-22T00:00:00.000Z")


@cache
def library() -> Library:
    """The shipped packs."""
    return read_library(check=False)


def book(*names: str) -> Rulebook:
    """Some of them, by the last part of their ids."""
    packs = tuple(pack for pack in library().packs if pack.id.rpartition(".")[2] in names)
    assert len(packs) == len(names)
    return Rulebook(packs, library().catalogue)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        ("2025-09-29T03:59:59.999Z", None),
        ("2025-09-29T04:00:00.000Z", "binds"),
        ("2025-11-10T04:59:59.999Z", "binds"),
        ("2025-11-10T05:00:00.000Z", "does_not_bind"),
        ("2026-11-10T04:59:59.999Z", "does_not_bind"),
        ("2026-11-10T05:00:00.000Z", "unsettled"),
    ],
)
def test_the_affiliates_rule_has_three_answers(day: str, standing: str | None) -> None:
    """In force, suspended for a year, and since then of unknown standing: on the instant, in American time."""
    found = collect(book("affiliates").at(parse_instant(day)), "party", OWNED)
    raised = {each.rule: each.standing for each in found.raised}
    assert raised.get(HALF) == (standing if standing != "does_not_bind" else None)
    assert (HALF in found.not_binding) == (standing == "does_not_bind")


def test_a_reading_settles_the_affiliates_rule_either_way() -> None:
    """Unknown raises the flag; read as not applying it does not; adopting it with that reading changes nothing."""
    read = Interpretation(
        rule=HALF, choice="not_apply", decided_at=NOW, expires_at=NOW + 1, reasons="suspension extended", approver="Sato"
    )  # fmt: skip
    facts = {("party", "p"): OWNED}
    unread = findings(facts, book().at(NOW), book("affiliates").at(NOW))
    assert [each.finding.rule for each in unread.raised] == [HALF]
    settled = findings(facts, book().at(NOW), book("affiliates").at(NOW, [read]))
    assert (settled.raised, settled.without_effect) == ((), (("p", HALF),))


def test_ai_diffusion_is_in_the_text_and_changes_nothing() -> None:
    """Printed in the CFR and not enforced: its rules are true of a deal, and shown without effect."""
    found = findings({("transaction", "t"): DEAL}, book().at(NOW), book("ai-diffusion").at(NOW))
    assert found.raised == ()
    assert ("t", "kansa.us.ai-diffusion.world-wide-licence") in found.without_effect


@pytest.mark.parametrize("day", ["2026-03-01T00:00:00.000Z", "2026-11-22T00:00:00.000Z"])
def test_the_investment_draft_changed_nothing_as_a_proposal_nor_since_it_was_withdrawn(day: str) -> None:
    """A draft at the OMB, withdrawn after two weeks: what it would have caught can be counted, and nothing is held."""
    at = parse_instant(day)
    found = findings({("transaction", "t"): DEAL}, book().at(at), book("aiap-draft").at(at))
    assert (found.raised, found.gone) == ((), ())
    assert found.without_effect == (("t", "kansa.us.aiap-draft.large-deal"),)


def test_a_decision_is_compared_by_outcome_and_by_reasons() -> None:
    """One rule fewer: decisions that it alone held turn, those that others held too have other reasons."""
    rulebook = book("gate")
    (gate,) = rulebook.packs
    dropped = next(rule for rule in gate.rules if rule.id == "kansa.gate.tenant-suspended")
    fewer = Rulebook(
        (msgspec.structs.replace(gate, rules=tuple(r for r in gate.rules if r is not dropped)),), library().catalogue
    )  # fmt: skip
    cases = [case for case in gate.cases if dropped.id in (*case.hits, *case.misses)]
    edition = rulebook.at(NOW)
    past = []
    for number, case in enumerate(cases):
        facts = {n: frozenset(v) if isinstance(v, tuple) else v for n, v in case.facts.items()}
        decision = decide(edition, "login", facts)
        past.append(Past(str(number), NOW, "login", facts, decision.outcome, decision.determining, "t", "e"))
    assert decisions(past, rulebook).changed == []
    found = decisions(past, fewer)
    assert found.asked == len(past)
    assert found.no_longer[dropped.id] == sum(dropped.id in each.determining for each in past) > 0
    assert found.turned == sum(each.outcome != each.past.outcome for each in found.changed)
    assert found.turned + found.other_rules == len(found.changed)
    assert all(
        each.outcome == decide(fewer.at(NOW), "login", each.past.facts).outcome for each in found.changed
    )


def test_each_decision_is_asked_at_its_own_instant() -> None:
    """Two decisions on the same facts, before and after a rule's end, may part."""
    rulebook = book("gate")
    facts = {"tenant.status": "suspended"}
    changes = [NOW - 10**15, NOW]
    past = [Past(str(at), at, "login", facts, "deny", ()) for at in changes]
    found = decisions(past, rulebook)
    told = {each.past.id: each.outcome for each in found.changed}
    for at in changes:
        assert told.get(str(at), "deny") == decide(rulebook.at(at), "login", facts).outcome
