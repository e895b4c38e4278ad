"""Conditions: `all`, `any` and `not` over tests of facts, in the strong three-valued logic of Kleene.

A test of an unknown fact is unknown; `all` is false as soon as one part is, `any` true as soon as one is, whatever
is unknown beside it. True and False are `bool`, unknown is None. `truth` is the reference: what is compiled for
speed must agree with it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kansa.rules.operators import OPERATORS

Operand = bool | int | str | tuple[int | str, ...]
Truth = bool | None


class Test(msgspec.Struct, frozen=True, omit_defaults=True, tag="test", tag_field="is"):
    """One question to one fact. `parameter` is the name under which the pack declares the operand."""

    fact: str
    op: str
    operand: Operand
    parameter: str | None = None


class All(msgspec.Struct, frozen=True, tag="all", tag_field="is"):
    """Every part holds."""

    parts: tuple["Condition", ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any", tag_field="is"):
    """At least one part holds."""

    parts: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, tag="not", tag_field="is"):
    """The part does not hold."""

    part: "Condition"


Condition = Test | All | AnyOf | Not


def truth(condition: Condition, facts: Mapping[str, Any]) -> Truth:
    """Return what a condition says of known facts (`Catalogue.known`)."""
    if isinstance(condition, Test):
        value = facts.get(condition.fact)
        return None if value is None else OPERATORS[condition.op].holds(value, condition.operand)
    if isinstance(condition, Not):
        return negated(truth(condition.part, facts))
    return joined(condition, (truth(part, facts) for part in condition.parts))


def negated(answer: Truth) -> Truth:
    """Return `not` of an answer: unknown stays unknown."""
    return None if answer is None else not answer


def joined(condition: All | AnyOf, answers: Iterator[Truth]) -> Truth:
    """Return `all` or `any` of answers: one that settles it beats whatever is unknown."""
    settles = isinstance(condition, AnyOf)
    found = set(answers)
    if settles in found:
        return settles
    return None if None in found else not settles


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every test in a condition, in the order in which it is written."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)


def facts_in(condition: Condition) -> frozenset[str]:
    """Return the names of the facts that a condition asks."""
    return frozenset(test.fact for test in tests(condition))
