"""Conditions as CEL (Common Expression Language), the oracle whose logic of missing values is the same."""

import json
from collections.abc import Mapping
from typing import Any

import cel

from kansa.rules.conditions import AnyOf, Condition, Not, Operand, Test, Truth

_ASKED = {
    "eq": "{fact} == {operand}",
    "ne": "{fact} != {operand}",
    "lt": "{fact} < {operand}",
    "le": "{fact} <= {operand}",
    "gt": "{fact} > {operand}",
    "ge": "{fact} >= {operand}",
    "in": "{fact} in {operand}",
    "not_in": "!({fact} in {operand})",
    "contains": "{operand} in {fact}",
    "intersects": "{fact}.exists(e, e in {operand})",
    "subset_of": "{fact}.all(e, e in {operand})",
}


def as_cel(condition: Condition) -> str:
    """The text of a condition; facts are the members of the map `f`."""
    if isinstance(condition, Test):
        return f"({_ASKED[condition.op].format(fact=f'f[{json.dumps(condition.fact)}]', operand=_literal(condition.operand))})"
    if isinstance(condition, Not):
        return f"!{as_cel(condition.part)}"
    word = " || " if isinstance(condition, AnyOf) else " && "
    return f"({word.join(map(as_cel, condition.parts))})"


def _literal(operand: Operand) -> str:
    return json.dumps(operand, ensure_ascii=False)


def ask(program: cel.Program, facts: Mapping[str, Any]) -> Truth:
    """What CEL says; an error for want of a fact is unknown."""
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in facts.items()}
    try:
        answer = program.execute({"f": plain})
    except KeyError:
        return None
    assert isinstance(answer, bool)
    return answer
