"""Random conditions, packs and facts over a small catalogue, from a seed."""

import random
from typing import Any

from kansa.i18n import Words
from kansa.rules.catalogue import Catalogue, Fact
from kansa.rules.conditions import All, AnyOf, Condition, Not, Operand, Test
from kansa.rules.operators import OPERATORS
from kansa.rules.pack import ACTIONS, Header, Pack, Rule, Version

WORDS = Words("words", "言葉")
COUNTRIES = ("CN", "JP", "NO", "US")
SUBJECT = "gate"


def _fact(name: str, type_: Any, values: tuple[str, ...] = ()) -> Fact:
    return Fact(
        name=name, type=type_, source="registers", subjects=(SUBJECT, "party"), words=WORDS, values=values
    )


CATALOGUE = Catalogue({
    fact.name: fact
    for fact in (
        _fact("a.known", "bool"),
        _fact("a.cleared", "bool"),
        _fact("b.age_days", "int"),
        _fact("b.share_bp", "int"),
        _fact("c.country", "text", COUNTRIES),
        _fact("c.name", "text"),
        _fact("d.groups", "texts", COUNTRIES),
        _fact("d.lists", "texts"),
    )
})  # fmt: skip


def value(draw: random.Random, fact: Fact) -> Any:
    """A value of a fact, near to what conditions ask."""
    if fact.type == "bool":
        return draw.random() < 0.5
    if fact.type == "int":
        return draw.randint(-2, 3)
    if fact.type == "texts":
        return frozenset(draw.sample(COUNTRIES, draw.randint(0, 3)))
    return draw.choice(COUNTRIES)


def facts(draw: random.Random, missing: float) -> dict[str, Any]:
    """A value for each fact, but for a part of them."""
    return {name: value(draw, fact) for name, fact in CATALOGUE.facts.items() if draw.random() >= missing}


def condition(draw: random.Random, depth: int = 3) -> Condition:
    """A condition that nests up to `depth`."""
    shape = draw.random()
    if depth == 0 or shape < 0.4:
        return _test(draw)
    if shape < 0.55:
        return Not(condition(draw, depth - 1))
    parts = tuple(condition(draw, depth - 1) for _ in range(draw.randint(1, 3)))
    return All(parts) if shape < 0.78 else AnyOf(parts)


def _test(draw: random.Random) -> Test:
    fact = draw.choice(list(CATALOGUE.facts.values()))
    operator = draw.choice([known for known in OPERATORS.values() if fact.type in known.types])
    return Test(fact.name, operator.name, _operand(draw, fact, listed=operator.operands == "list"))


def _operand(draw: random.Random, fact: Fact, *, listed: bool) -> Operand:
    if fact.type == "texts":
        return tuple(sorted(draw.sample(COUNTRIES, draw.randint(1, 3)))) if listed else draw.choice(COUNTRIES)
    one = value(draw, fact)
    return tuple(sorted({one, value(draw, fact)})) if listed else one


def gate_pack(draw: random.Random, rules: int) -> Pack:
    """A pack of gate rules with all outcomes, statuses and marks."""
    made = tuple(_rule(draw, number) for number in range(rules))
    return Pack(header=Header("kansa.random", "1", "gate", "any", WORDS), rules=made)


def _rule(draw: random.Random, number: int) -> Rule:
    status: Any = draw.choice(["in_force", "in_force", "in_force", "unknown", "suspended", "proposed"])
    version = Version(
        start=0,
        text_status=status,
        enforcement_status=draw.choice([status, "in_force"]),
        when=condition(draw),
        words=WORDS,
        sources=(),
        verified=draw.random() < 0.6,
    )
    outcome: Any = draw.choice(["deny", "hold", "permit", "permit"])
    return Rule(
        id=f"kansa.random.rule-{number:02}",
        subject=SUBJECT,
        versions=(version,),
        outcome=outcome,
        actions=tuple(draw.sample(ACTIONS, 3)),
    )
