"""Conditions and gate decisions agree with CEL on random packs and facts, whatever is missing."""

import itertools
import random
from collections import Counter
from typing import Any

import cel
import pytest

from kansa.rules.compiled import compiled
from kansa.rules.conditions import Condition, Truth, truth
from kansa.rules.evaluate import decide
from kansa.rules.rulebook import EffectiveRule, Rulebook
from rules.as_cel import as_cel, ask
from rules.random_packs import CATALOGUE, condition, facts, gate_pack

SEEDS = range(4)


def _compiled_truths(conditions: list[Condition], given: dict[str, Any]) -> list[Truth]:
    found: list[Truth] = [False] * len(conditions)
    for n in compiled(conditions, CATALOGUE.facts)(given):
        found[max(n, ~n)] = True if n >= 0 else None
    return found


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_condition_says_what_cel_says(seed: int, missing: float) -> None:
    """The reference, the compiled form and CEL give one answer, true, false or unknown: 200 conditions, 5 sets of facts each."""
    draw = random.Random(f"{seed} {missing}")
    conditions = [condition(draw) for _ in range(200)]
    programs = [cel.compile(as_cel(found)) for found in conditions]
    seen: Counter[Truth] = Counter()
    for _ in range(5):
        given = facts(draw, missing)
        fast = _compiled_truths(conditions, given)
        for asked, program, answer in zip(conditions, programs, fast, strict=True):
            assert truth(asked, given) is answer is ask(program, given), (asked, given)
            seen[answer] += 1

    assert seen[True] > 100
    assert seen[False] > 100
    assert (seen[None] > 50) == (missing > 0)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_decision_is_what_every_world_agrees_on(seed: int, missing: float) -> None:
    """Rules are asked through CEL. Whatever is unknown, unverified or unsettled is tried both ways; worlds that differ are hold."""
    draw = random.Random(f"decide {seed} {missing}")
    outcomes: Counter[str] = Counter()
    for _ in range(60):
        edition = Rulebook((gate_pack(draw, 8),), CATALOGUE).at(1)
        panel = edition.gate("login")
        programs = [cel.compile(as_cel(bound.version.when)) for bound in panel.rules]
        for _ in range(4):
            given = facts(draw, missing)
            answers = [ask(program, given) for program in programs]
            decision = decide(edition, "login", given)
            assert decision.outcome == _in_every_world(list(zip(panel.rules, answers, strict=True)))
            outcomes[decision.outcome] += 1

    assert min(outcomes[outcome] for outcome in ("permit", "hold", "deny")) > 5


def _in_every_world(answers: list[tuple[EffectiveRule, Truth]]) -> str:
    """The outcome by definition: deny > hold > permit > nothing, which is deny; in all worlds that are possible."""
    sure: list[Any] = []
    unsure: list[Any] = []
    for bound, answer in answers:
        if bound.standing == "does_not_bind" or answer is False:
            continue
        alone = bound.version.verified or bound.rule.outcome == "hold"
        (sure if answer and bound.standing == "binds" and alone else unsure).append(bound.rule.outcome)
    worlds = (
        [*sure, *itertools.compress(unsure, chosen)]
        for chosen in itertools.product((False, True), repeat=len(unsure))
    )
    found = {_strictest(world) for world in worlds}
    return found.pop() if len(found) == 1 else "hold"


def _strictest(world: list[Any]) -> str:
    return next((outcome for outcome in ("deny", "hold", "permit") if outcome in world), "deny")
