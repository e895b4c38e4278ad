"""How a condition is written in a pack, and what is wrong with one that cannot be used.

when:
  all:
  - party.address_class: {in: [residential, virtual_office]}
  - party.accelerators: {ge: {param: commercial_quantity}}
  - not: {party.registry_found: {eq: true}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kansa.config_files import Entry, ProblemCollector, listing
from kansa.rules.catalogue import Catalogue, Fact
from kansa.rules.conditions import All, AnyOf, Condition, Not, Operand, Test
from kansa.rules.operators import OPERATORS, Operator
from kansa.rules.pack import Parameter

MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may name: facts about its rule's subject, and the parameters of its pack."""

    catalogue: Catalogue
    parameters: Mapping[str, Parameter]
    subject: str | None
    sink: ProblemCollector

    def condition(self, entry: Entry, place: str, depth: int = 0) -> Condition | None:
        """Read a condition; what is wrong is said to the sink."""
        item = self._only(entry, place, "a condition is one of `all`, `any`, `not`, or a fact and its test")
        if item is None:
            return None
        name, inner = item
        within = f"{place}.{name}"
        if depth > MAX_DEPTH:
            self.sink.say(f"is nested deeper than {MAX_DEPTH}", inner.line, within)
            return None
        if name in {"all", "any"}:
            return self._parts(name, inner, within, depth)
        if name == "not":
            part = self.condition(inner, within, depth + 1)
            return None if part is None else Not(part)
        return self._test(name, inner, within)

    def _parts(self, name: str, entry: Entry, place: str, depth: int) -> Condition | None:
        if not isinstance(entry.value, list) or not entry.value:
            self.sink.say("must be a list of conditions that is not empty", entry.line, place)
            return None
        read = [self.condition(item, f"{place}[{n}]", depth + 1) for n, item in enumerate(entry.value)]
        parts = tuple(part for part in read if part is not None)
        if len(parts) != len(read):
            return None
        return All(parts) if name == "all" else AnyOf(parts)

    def _test(self, name: str, entry: Entry, place: str) -> Test | None:
        fact = self.catalogue.facts.get(name)
        if fact is None:
            self.sink.say(f"`{name}` is not in the catalogue of facts", entry.line, place)
        elif self.subject is not None and self.subject not in fact.subjects:
            self.sink.say(
                f"`{name}` is about {listing(fact.subjects)}, the rule about `{self.subject}`",
                entry.line,
                place,
            )
        item = self._only(entry, place, "a test is one operator and its operand")
        if fact is None or item is None:
            return None
        op, operand = item
        operator = OPERATORS.get(op)
        if operator is None or fact.type not in operator.types:
            fitting = [known.name for known in OPERATORS.values() if fact.type in known.types]
            self.sink.say(
                f"`{op}` does not ask a fact of type `{fact.type}`: {listing(fitting)} do",
                operand.line,
                place,
            )
            return None
        return self._asked(fact, operator, operand, f"{place}.{op}")

    def _asked(self, fact: Fact, operator: Operator, entry: Entry, place: str) -> Test | None:
        if isinstance(entry.value, dict):
            return self._by_parameter(fact, operator, entry, place)
        operand = self.operand(fact, operator, entry.plain(), entry.line, place)
        return None if operand is None else Test(fact.name, operator.name, operand)

    def _by_parameter(self, fact: Fact, operator: Operator, entry: Entry, place: str) -> Test | None:
        item = self._only(entry, place, "an operand is a value, a list, or `{param: name}`")
        if item is None:
            return None
        keyword, named = item
        parameter = self.parameters.get(str(named.value))
        if keyword != "param" or parameter is None:
            message = (
                f"`{named.value}` is no parameter of the pack"
                if keyword == "param"
                else f"`{keyword}` is not known here"
            )
            self.sink.say(message, named.line, place, f"parameters are {listing(self.parameters) or 'none'}")
            return None
        if parameter.unit != fact.unit:
            self.sink.say(
                f"the parameter `{parameter.name}` is in `{parameter.unit}`, the fact `{fact.name}` in `{fact.unit}`",
                entry.line,
                place,
            )
        plain = list(parameter.value) if isinstance(parameter.value, tuple) else parameter.value
        operand = self.operand(fact, operator, plain, entry.line, place)
        return None if operand is None else Test(fact.name, operator.name, operand, parameter.name)

    def operand(self, fact: Fact, operator: Operator, given: Any, line: int, place: str) -> Operand | None:
        """Return the operand, if it fits the fact: one value, or a sorted list of different values."""
        listed = isinstance(given, list)
        if listed != (operator.operands == "list"):
            self.sink.say("must be a list of values" if not listed else "must be one value", line, place)
            return None
        values = given if listed else [given]
        wrong = [value for value in values if not _fits(fact, value)]
        for value in wrong:
            self.sink.say(f"`{value}` is no value of `{fact.name}`", line, place, _values_of(fact))
        if not values or len(set(map(repr, values))) != len(values):
            self.sink.say("must hold at least one value, and each once", line, place)
            return None
        if wrong:
            return None
        return tuple(sorted(values)) if listed else values[0]

    def _only(self, entry: Entry, place: str, message: str) -> tuple[str, Entry] | None:
        if isinstance(entry.value, dict) and len(entry.value) == 1:
            return next(iter(entry.value.items()))
        self.sink.say(message, entry.line, place)
        return None


def _fits(fact: Fact, value: Any) -> bool:
    if fact.type == "texts":
        return fact.fits([value])
    return fact.fits(value) and (fact.unit != "yyyymmdd" or _is_day(value))


def _is_day(value: int) -> bool:
    try:
        date(value // 10000, value // 100 % 100, value % 100)
    except ValueError:
        return False
    return True


def _values_of(fact: Fact) -> str:
    if fact.values:
        return f"values are {listing(fact.values)}"
    return "write a day as YYYYMMDD" if fact.unit == "yyyymmdd" else f"it is of type `{fact.type}`"
