"""What a test can ask of one fact: each operator once.

`holds` is the meaning on a known value; `python` says the same as source text, with `{fact}` and `{operand}` for the
two sides, where a list of operands is a frozenset.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kansa.rules.catalogue import Type

Operands = Literal["value", "list"]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: the types of fact it asks, whether its operand is one value or a list of values."""

    name: str
    types: frozenset[Type]
    operands: Operands
    holds: Callable[[Any, Any], bool]
    python: str


_SCALAR: frozenset[Type] = frozenset({"bool", "int", "text"})
_INT: frozenset[Type] = frozenset({"int"})
_LISTED: frozenset[Type] = frozenset({"int", "text"})
_TEXTS: frozenset[Type] = frozenset({"texts"})

_ALL = (
    Operator("eq", _SCALAR, "value", lambda a, b: a == b, "{fact} == {operand}"),
    Operator("ne", _SCALAR, "value", lambda a, b: a != b, "{fact} != {operand}"),
    Operator("lt", _INT, "value", lambda a, b: a < b, "{fact} < {operand}"),
    Operator("le", _INT, "value", lambda a, b: a <= b, "{fact} <= {operand}"),
    Operator("gt", _INT, "value", lambda a, b: a > b, "{fact} > {operand}"),
    Operator("ge", _INT, "value", lambda a, b: a >= b, "{fact} >= {operand}"),
    Operator("in", _LISTED, "list", lambda a, b: a in b, "{fact} in {operand}"),
    Operator("not_in", _LISTED, "list", lambda a, b: a not in b, "{fact} not in {operand}"),
    Operator("contains", _TEXTS, "value", lambda a, b: b in a, "{operand} in {fact}"),
    Operator("intersects", _TEXTS, "list", lambda a, b: not set(b).isdisjoint(a), "not {operand}.isdisjoint({fact})"),
    Operator("subset_of", _TEXTS, "list", lambda a, b: set(b).issuperset(a), "{operand}.issuperset({fact})"),
)  # fmt: skip
OPERATORS: Mapping[str, Operator] = {operator.name: operator for operator in _ALL}
