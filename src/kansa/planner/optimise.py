"""Choose by a linear programme, then by small integer programmes around the best plan so far.

HiGHS. A vertex of the linear programme splits at most as many workloads as there are binding rows: the others keep what it
gave them. Those that it split take the cheapest choice that fits, and then groups of workloads are decided anew, everything
else fixed, until the bound is near or the time is out. One thread and fixed seeds: the same problem gives the same plan
unless the time cuts it short, which the plan says (`solver`).
"""

import ctypes
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from kansa.planner.choices import Choice, Choices
from kansa.planner.greedy import Table, fill, greedy, plan_of
from kansa.planner.problem import Plan, Problem
from kansa.planner.rows import Rows, rows

SOLVER = "lp+mip"
NEAR = 0.005
"""The gap at which the search ends."""
_WHOLE = 1e-6
_GROUP = 60
_GROUP_SECONDS = 2.0
_FEASIBLE = 2  # HiGHS: kSolutionStatusFeasible


@dataclass(frozen=True)
class Relaxed:
    """The linear programme's answer: the bound, each column's part, and what a unit of each row and workload is worth."""

    bound: float
    part: np.ndarray
    row_price: np.ndarray
    workload_price: np.ndarray
    columns: tuple[Choice, ...]
    shared: Rows
    """The rows of the columns, and after them of the latent choices."""


@dataclass(frozen=True)
class _Matrix:
    """Columns with their costs, whose they are, and the rows that they share."""

    cost: np.ndarray
    owner: np.ndarray
    shared: Rows
    by_column: list[tuple[np.ndarray, np.ndarray]]
    site: np.ndarray
    """The site of each workload, as a number."""


def optimise(problem: Problem, found: Choices, seconds: float = 15.0) -> tuple[Plan, Relaxed]:
    """Return the best plan found in about `seconds`, and the relaxed answer that bounds it from below."""
    until = time.monotonic() + seconds
    columns = tuple(choice for workload in found.deciding for choice in found.of[workload.id])
    shared = rows(problem, found, (*columns, *found.latent))
    if not columns:
        nothing = np.zeros(0)
        plan = plan_of(problem, {}, 0.0, SOLVER)
        return plan, Relaxed(0.0, nothing, nothing, nothing, columns, shared)
    matrix = _Matrix(
        np.array([choice.cost for choice in columns]),
        np.repeat(np.arange(len(found.deciding)), [len(found.of[w.id]) for w in found.deciding]),
        shared,
        shared.of(len(columns)),
        np.unique([workload.site_id for workload in found.deciding], return_inverse=True)[1],
    )
    relaxed = _relax(matrix, columns, seconds)
    chosen = _better(_rounded(matrix, relaxed, columns), _greedy(problem, found, columns), matrix.cost)
    chosen, searched = _search(matrix, relaxed, chosen, until)
    picked = {found.deciding[matrix.owner[place]].id: columns[place] for place in chosen}
    return plan_of(
        problem, picked, relaxed.bound, SOLVER if searched else f"{SOLVER}, {seconds:g} s"
    ), relaxed


def _relax(matrix: _Matrix, columns: tuple[Choice, ...], seconds: float) -> Relaxed:
    solver = _solver(seconds)
    solver.passModel(_model(matrix, np.arange(len(columns)), matrix.shared.left))
    solver.run()
    answer = solver.getSolution()
    duals = np.array(answer.row_dual)
    workloads = int(matrix.owner.max()) + 1
    return Relaxed(
        bound=float(solver.getInfo().objective_function_value),
        part=np.array(answer.col_value),
        workload_price=duals[:workloads],
        row_price=duals[workloads:],
        columns=columns,
        shared=matrix.shared,
    )


def _rounded(matrix: _Matrix, relaxed: Relaxed, columns: tuple[Choice, ...]) -> np.ndarray:
    """Return a column a workload: what is whole stays, what is split takes the cheapest that fits; stopping always does."""
    order = np.lexsort((-relaxed.part, matrix.owner))
    workloads = int(matrix.owner.max()) + 1
    best = order[np.searchsorted(matrix.owner[order], np.arange(workloads))]
    split = relaxed.part[best] < 1 - _WHOLE
    stops = np.flatnonzero([choice.action.kind == "stop" for choice in columns])
    first = np.where(split, stops, best)
    return fill(Table(matrix.cost, matrix.owner, matrix.by_column, matrix.shared.left), first)


def _greedy(problem: Problem, found: Choices, columns: tuple[Choice, ...]) -> np.ndarray:
    actions = {action.workload: action for action in greedy(problem, found).actions}
    wanted = {id(choice): place for place, choice in enumerate(columns)}
    return np.array(
        [wanted[id(next(c for c in found.of[w.id] if c.action == actions[w.id]))] for w in found.deciding]
    )


def _better(one: np.ndarray, other: np.ndarray, cost: np.ndarray) -> np.ndarray:
    return one if cost[one].sum() <= cost[other].sum() else other


def _search(matrix: _Matrix, relaxed: Relaxed, chosen: np.ndarray, until: float) -> tuple[np.ndarray, bool]:
    """Return a plan at least as good, and whether the search ended by itself: near the bound, or nothing got better."""
    dice = random.Random(7)  # noqa: S311 - the same plan for the same problem
    reduced = _reduced(matrix, relaxed)
    idle = 0
    while idle < 3 + len(chosen) // _GROUP:
        cost = matrix.cost[chosen].sum()
        if cost - relaxed.bound <= NEAR * max(abs(cost), 1.0):
            return chosen, True
        if time.monotonic() >= until:
            return chosen, False
        regret = reduced[chosen]
        weight = regret + np.median(regret) * 0.01 + 1e-9
        free = _group(weight, matrix.site, dice)
        better = _decide(matrix, chosen, free, min(_GROUP_SECONDS, until - time.monotonic()))
        if matrix.cost[better].sum() < cost - 1e-6:
            chosen, idle = better, 0
        else:
            idle += 1
    return chosen, True


def _group(weight: np.ndarray, site: np.ndarray, dice: random.Random) -> np.ndarray:
    """Return workloads to decide anew: neighbours of one on its site, since they share its power, and others from anywhere.

    Those whose choice costs most above the relaxed prices are drawn most often.
    """
    share = np.maximum(weight / weight.max(), 1e-9)
    first = dice.choices(range(len(weight)), share.tolist())[0]
    neighbours = np.flatnonzero(site == site[first]).tolist()
    dice.shuffle(neighbours)
    keys = np.array([dice.random() for _ in weight]) ** (1.0 / share)
    return np.unique(np.concatenate((neighbours[: _GROUP // 2], np.argsort(-keys)[: _GROUP // 2]))).astype(
        int
    )


def _decide(matrix: _Matrix, chosen: np.ndarray, free: np.ndarray, seconds: float) -> np.ndarray:
    """Return the plan with the free workloads decided anew, the others as they are."""
    is_free = np.zeros(len(chosen), bool)
    is_free[free] = True
    left = matrix.shared.left.copy()
    for place in chosen[~is_free]:
        at, value = matrix.by_column[place]
        left[at] -= value
    columns = np.flatnonzero(is_free[matrix.owner])
    solver = _solver(max(seconds, 0.05))
    model = _model(matrix, columns, left)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    solver.setOptionValue("mip_rel_gap", 1e-4)
    solver.passModel(model)
    start = highspy.HighsSolution()
    start.col_value = np.isin(columns, chosen).astype(float)
    solver.setSolution(start)
    solver.run()
    if solver.getInfo().primal_solution_status != _FEASIBLE:
        return chosen
    picked = columns[np.array(solver.getSolution().col_value) > 0.5]
    found = chosen.copy()
    found[matrix.owner[picked]] = picked
    return found


def _reduced(matrix: _Matrix, relaxed: Relaxed) -> np.ndarray:
    """Return what each column costs above the prices of the relaxed answer."""
    own = matrix.shared.column < len(matrix.cost)
    priced = np.zeros(len(matrix.cost))
    np.add.at(
        priced,
        matrix.shared.column[own],
        matrix.shared.value[own] * relaxed.row_price[matrix.shared.row[own]],
    )
    found: np.ndarray = np.maximum(matrix.cost - priced - relaxed.workload_price[matrix.owner], 0.0)
    return found


def _model(matrix: _Matrix, chosen: np.ndarray, left: np.ndarray) -> Any:
    """Return the programme over some columns: one choice a workload, and the shared rows."""
    owners, own_row = np.unique(matrix.owner[chosen], return_inverse=True)
    shared = matrix.shared
    place = np.full(max(len(matrix.cost), int(shared.column.max(initial=-1)) + 1), -1)
    place[chosen] = np.arange(len(chosen))
    inside = place[shared.column] >= 0
    row = np.concatenate((own_row, shared.row[inside] + len(owners)))
    column = np.concatenate((np.arange(len(chosen)), place[shared.column[inside]]))
    value = np.concatenate((np.ones(len(chosen)), shared.value[inside]))
    order = np.lexsort((row, column))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(chosen), len(owners) + len(left)
    model.col_cost_, model.col_lower_, model.col_upper_ = (
        matrix.cost[chosen],
        np.zeros(len(chosen)),
        np.ones(len(chosen)),
    )
    model.row_lower_ = np.concatenate((np.ones(len(owners)), np.full(len(left), -np.inf)))
    model.row_upper_ = np.concatenate((np.ones(len(owners)), left + 1e-7))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(column[order], np.arange(len(chosen) + 1))
    model.a_matrix_.index_ = row[order]
    model.a_matrix_.value_ = value[order]
    return model


def _solver(seconds: float) -> Any:
    with _without_banner():
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options = (("output_flag", False), ("threads", 1), ("random_seed", 7), ("time_limit", seconds))
    for option, value in options:
        solver.setOptionValue(option, value)
    return solver


@contextmanager
def _without_banner() -> Iterator[None]:
    """Keep what the library prints when it is first used off standard output, where the command's own result goes."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
            ctypes.CDLL(None).fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
