"""Choose in the order of regret: the answer of last resort, within a second, always within power and rooms.

Everybody begins stopped, which needs nothing; then each takes the cheapest choice that still fits, those first that lose
most by staying stopped for each watt that they need.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kansa.planner.choices import Choice, Choices
from kansa.planner.problem import Action, Plan, Problem
from kansa.planner.rows import rows

SOLVER = "greedy"


def greedy(problem: Problem, found: Choices) -> Plan:
    """Return a plan; its cost has no bound."""
    columns = [choice for workload in found.deciding for choice in found.of[workload.id]]
    shared = rows(problem, found, columns)
    owner = np.repeat(np.arange(len(found.deciding)), [len(found.of[w.id]) for w in found.deciding])
    cost = np.array([choice.cost for choice in columns])
    stops = np.flatnonzero([choice.action.kind == "stop" for choice in columns])
    needs = np.array([max(w.watts, 1) for w in found.deciding])
    order = np.argsort(-cost[stops] / needs, kind="stable")
    chosen = fill(Table(cost, owner, shared.of(len(columns)), shared.left), stops, order)
    picked = {found.deciding[owner[place]].id: columns[place] for place in chosen}
    return plan_of(problem, picked, None, SOLVER)


class Table(NamedTuple):
    """Columns with their costs and owners, the rows and values of each, and what each row has left."""

    cost: np.ndarray
    owner: np.ndarray
    by_column: Sequence[tuple[np.ndarray, np.ndarray]]
    left: np.ndarray


def fill(table: Table, first: np.ndarray, order: Iterable[int] | None = None) -> np.ndarray:
    """Return a column a workload: beginning with `first`, each in `order` takes the cheapest that still fits, or keeps its own."""
    left, chosen, cost, owner = table.left.copy(), first.copy(), table.cost, table.owner
    by_column = table.by_column
    for place in first:
        at, value = by_column[place]
        left[at] -= value
    ranked = np.lexsort((cost, owner))
    bounds = np.searchsorted(owner[ranked], np.arange(len(first) + 1))
    for workload in order if order is not None else np.argsort(-cost[first], kind="stable"):
        own_at, own_value = by_column[chosen[workload]]
        left[own_at] += own_value
        for place in ranked[bounds[workload] : bounds[workload + 1]]:
            at, value = by_column[place]
            if place == chosen[workload] or np.all(left[at] >= value):
                chosen[workload] = place
                break
        at, value = by_column[chosen[workload]]
        left[at] -= value
    return chosen


def plan_of(problem: Problem, chosen: dict[str, Choice], bound: float | None, solver: str) -> Plan:
    """Return the plan of what was chosen; whoever does not decide stays."""
    actions = tuple(
        chosen[w.id].action if w.id in chosen else Action(w.id, "stay", w.site_id) for w in problem.workloads
    )
    return Plan(
        actions=actions,
        cost=float(sum(choice.cost for choice in chosen.values())),
        bound=bound,
        solver=solver,
    )
