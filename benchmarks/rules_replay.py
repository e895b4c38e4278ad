"""How fast past decisions are asked again under new packs, on one core: the shipped gate pack, facts all distinct.

Each decision starts from facts under which the pack permits, found by trying values fact by fact; every age is
another, and in one decision in ten one fact has any value at all, or is unknown.

Usage: python benchmarks/rules_replay.py [--decisions 200000]
"""

import argparse
import random
import time
from typing import Any

import msgspec

from kansa.clock import parse_instant
from kansa.rules.catalogue import Fact
from kansa.rules.evaluate import decide
from kansa.rules.impact import Past, decisions
from kansa.rules.loading.library import read_library
from kansa.rules.pack import ACTIONS, GATE
from kansa.rules.rulebook import EffectiveRules, Rulebook

AT = parse_instant("2026-06-01T00:00:00.000Z")
CODES = ("JP", "US", "CN", "AE", "SG", "A:1", "A:5", "D:1", "D:5+MO")


def value(fact: Fact, dice: random.Random) -> Any:
    """A value of a fact, or None for one in twenty: unknown."""
    if dice.random() < 0.05:
        return None
    if fact.type == "bool":
        return dice.random() < 0.8
    if fact.type == "int":
        return dice.choice((0, 1, 10, 3_600, 86_400, 2_000_000))
    words = fact.values or CODES
    return dice.choice(words) if fact.type == "text" else frozenset(dice.sample(words, dice.randint(0, 2)))


def permitted(edition: EffectiveRules, action: str, facts: list[Fact]) -> dict[str, Any]:
    """Facts under which an action is permitted, or as nearly as trying values fact by fact gets."""
    dice, known = random.Random(3), dict[str, Any]()
    panel = edition.gate(action)
    for _ in range(3):
        for fact in (fact for fact in facts if fact.name in panel.facts):
            choices = [value(fact, dice) for _ in range(12)]
            known[fact.name] = min(
                choices, key=lambda choice: against(edition, action, {**known, fact.name: choice})
            )
    return known


def without_one_rule(rulebook: Rulebook) -> Rulebook:
    """The same packs, the gate's without the first rule that holds."""
    gate = next(pack for pack in rulebook.packs if pack.header.kind == GATE)
    first = next(rule for rule in gate.rules if rule.outcome == "hold")
    shorter = msgspec.structs.replace(gate, rules=tuple(rule for rule in gate.rules if rule is not first))
    return Rulebook(tuple(shorter if pack is gate else pack for pack in rulebook.packs), rulebook.catalogue)


def against(edition: EffectiveRules, action: str, known: dict[str, Any]) -> int:
    """How many rules against it may apply."""
    panel = edition.gate(action)
    return sum(panel.rules[max(n, ~n)].rule.outcome != "permit" for n in panel.answers(known))


def main() -> None:
    """Print decisions a second, alone and with the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=200_000)
    wanted = parser.parse_args().decisions
    library, dice = read_library(check=False), random.Random(7)
    rulebook = library.rulebook()
    edition = rulebook.at(AT)
    facts = [fact for fact in library.catalogue.facts.values() if GATE in fact.subjects]
    ordinary = {action: permitted(edition, action, facts) for action in ACTIONS}
    past = []
    for number in range(wanted):
        action = dice.choice(ACTIONS)
        known = dict(ordinary[action])
        known.update(
            (name, held + dice.randrange(60))
            for name, held in known.items()
            if isinstance(held, int) and name.endswith("_s")
        )
        if dice.random() < 0.1:
            fact = dice.choice(facts)
            known[fact.name] = value(fact, dice)
        past.append(Past(str(number), AT + number, action, known, "permit", ()))
    first = past[: wanted // 10]
    began = time.process_time()
    for each in first:
        decide(edition, each.action, each.facts)
    single = len(first) / (time.process_time() - began)
    told = ((each, decide(edition, each.action, each.facts)) for each in past)
    past = [each._replace(outcome=then.outcome, determining=then.determining) for each, then in told]
    began = time.process_time()
    found = decisions(past, without_one_rule(rulebook))
    rate = wanted / (time.process_time() - began)
    print(
        f"{len(edition.gate('schedule').rules)} rules govern `schedule`; each decision has facts of its own"
    )
    print(f"decide, one by one      {single:10,.0f} decisions/s per core")
    print(
        f"asked again, compared   {rate:10,.0f} decisions/s per core  (bar 60,000; ratio {rate / 60_000:.2f})"
    )
    print(
        f"{found.turned} of {found.asked} would have another outcome, {found.other_rules} the same for other reasons"
    )


if __name__ == "__main__":
    main()
