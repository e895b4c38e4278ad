"""Conditions as one Python function: every rule of a panel asked in a few microseconds.

Kleene's logic needs no third value where two ordinary questions are asked: could the condition be true, taking
what is unknown in its favour, and is it certainly true, taking it against. A condition is true if both hold,
false if neither, unknown otherwise; `not` swaps the two. Most rules of a panel are not even possible, so that the
second question is seldom asked.

The source text is made of names and literals that this module writes itself (`repr` of validated texts and
integers); nothing of a pack is executed as it stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kansa.rules.catalogue import Fact
from kansa.rules.conditions import AnyOf, Condition, Not, Test, facts_in
from kansa.rules.operators import OPERATORS

Answers = Callable[[Mapping[str, Any]], list[int]]


def compiled(conditions: Sequence[Condition], catalogue: Mapping[str, Fact]) -> Answers:
    """Return a function from facts to the conditions that may hold: `n` if the n-th certainly does, `~n` if it is unknown."""
    writer = _Writer(sorted(frozenset[str]().union(*map(facts_in, conditions))))
    lines = ["def answers(facts):", " get = facts.get", " found = []"]
    lines += [line for name in writer.facts for line in writer.read(catalogue[name])]
    for number, condition in enumerate(conditions):
        possible, certain = writer.possible(condition), writer.certain(condition)
        lines.append(f" if {possible}: found.append({number} if {certain} else {~number})")
    lines.append(" return found")
    exec(compile("\n".join(lines), "<rules>", "exec"), writer.constants)  # noqa: S102 - written above, from literals
    answers: Answers = writer.constants["answers"]
    return answers


class _Writer:
    """Writes conditions as Python; facts are local variables, None where unknown."""

    def __init__(self, facts: Iterable[str]) -> None:
        self.facts = {name: f"f{number}" for number, name in enumerate(facts)}
        self.constants: dict[str, Any] = {}

    def read(self, fact: Fact) -> list[str]:
        """Return a fact into its variable; a value that does not fit is unknown (`Fact.fits`)."""
        variable, checked = self.facts[fact.name], f"not {self.constant(fact.fits)}({self.facts[fact.name]})"
        unfit = {
            "bool": f"{variable} is not True and {variable} is not False",
            "int": f"{variable}.__class__ is not int",
            "text": f"{variable}.__class__ is not str",
            "texts": f"{variable} is not None and {checked}",
        }[fact.type]
        if fact.values:  # the usual case first, as fast as it goes
            among, usual = (
                self.constant(frozenset(fact.values)),
                "str" if fact.type == "text" else "frozenset",
            )
            other = (
                f"{variable} not in {among}" if fact.type == "text" else f"not {among}.issuperset({variable})"
            )
            unfit = f"({variable}.__class__ is not {usual} or {other}) and {checked}"
        return [f" {variable} = get({fact.name!r})", f" if {unfit}: {variable} = None"]

    def possible(self, condition: Condition) -> str:
        """Return whether it could be true."""
        if isinstance(condition, Test):
            return f"({self.facts[condition.fact]} is None or {self.asked(condition)})"
        if isinstance(condition, Not):
            return f"(not {self.certain(condition.part)})"
        return f"({_word(condition).join(map(self.possible, condition.parts))})"

    def certain(self, condition: Condition) -> str:
        """Return whether it is certainly true."""
        if isinstance(condition, Test):
            return f"({self.facts[condition.fact]} is not None and {self.asked(condition)})"
        if isinstance(condition, Not):
            return f"(not {self.possible(condition.part)})"
        return f"({_word(condition).join(map(self.certain, condition.parts))})"

    def asked(self, test: Test) -> str:
        operand = test.operand
        literal = self.constant(frozenset(operand)) if isinstance(operand, tuple) else repr(operand)
        return OPERATORS[test.op].python.format(fact=self.facts[test.fact], operand=literal)

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name


def _word(condition: Condition) -> str:
    return " or " if isinstance(condition, AnyOf) else " and "
