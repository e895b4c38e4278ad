"""Order missing evidence by what it would open: an upper bound from the prices of the relaxed programme.

The bound is never shown as money and never to those who decide a case: evidence must not become easier because it is
worth much. What is denied has no price. A fact that opens nothing alone shows the others that it needs.
"""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np

from kansa.clock import format_instant
from kansa.planner.choices import Choices
from kansa.planner.optimise import Relaxed
from kansa.planner.problem import Missing, Problem


class Opening(NamedTuple):
    """A missing fact: its place in the order, what it would open alone, with which others, and the last time to ask."""

    missing: Missing
    bound: float
    workloads: int
    accelerators: int
    together_with: tuple[Missing, ...]
    ask_by: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value, without the bound."""
        return {
            **self.missing.as_json(),
            "workloads": self.workloads,
            "accelerators": self.accelerators,
            "together_with": [each.as_json() for each in self.together_with],
            "ask_by": None if self.ask_by is None else format_instant(self.ask_by),
        }


def openings(problem: Problem, found: Choices, relaxed: Relaxed) -> tuple[Opening, ...]:
    """Return what is missing of latent choices, the fact that would save most first."""
    if not found.latent or not relaxed.columns:
        return ()
    worth: list[float] = _worth(found, relaxed).tolist()
    size = {w.id: w.accelerators for w in problem.workloads}
    alone: defaultdict[Missing, dict[str, float]] = defaultdict(dict)
    others: defaultdict[Missing, set[Missing]] = defaultdict(set)
    last: defaultdict[Missing, int] = defaultdict(lambda: problem.start)
    for choice, value in zip(found.latent, worth, strict=True):
        for fact in choice.missing:
            best = alone[fact]
            if len(choice.missing) == 1:
                best[choice.action.workload] = max(best.get(choice.action.workload, 0.0), value)
            elif value > 0:
                others[fact] |= set(choice.missing) - {fact}
            if value > 0 and choice.action.at is not None:
                last[fact] = max(last[fact], choice.action.at)
    made = [
        Opening(
            missing=fact,
            bound=sum(values.values()),
            workloads=sum(value > 0 for value in values.values()),
            accelerators=sum(size[id_] for id_, value in values.items() if value > 0),
            together_with=tuple(sorted(others[fact])) if not any(values.values()) else (),
            ask_by=last[fact] - (fact.lead or 0) if fact in last else None,
        )
        for fact, values in alone.items()
    ]
    return tuple(sorted(made, key=lambda each: (-each.bound, -len(each.together_with), each.missing[:2])))


def _worth(found: Choices, relaxed: Relaxed) -> np.ndarray:
    """Return what each latent choice would save at today's prices: minus its reduced cost, never below zero."""
    first = len(relaxed.columns)
    later = relaxed.shared.column >= first
    priced = np.zeros(len(found.latent))
    np.add.at(
        priced,
        relaxed.shared.column[later] - first,
        relaxed.shared.value[later] * relaxed.row_price[relaxed.shared.row[later]],
    )
    place = {workload.id: number for number, workload in enumerate(found.deciding)}
    own = relaxed.workload_price[[place[choice.action.workload] for choice in found.latent]]
    cost = np.array([choice.cost for choice in found.latent])
    worth: np.ndarray = np.maximum(own + priced - cost, 0.0)
    return worth
