"""The rows that choices share, as arrays: watts and accelerators at each site in each segment, quantities.

Time is cut where anything begins or ends, and the least cap inside a segment holds: exact, since nothing changes within one.
A row that no combination of choices can exceed is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kansa.planner.choices import Choice, Choices, Piece
from kansa.planner.problem import Problem


@dataclass(frozen=True)
class Rows:
    """Entries `(row, column, value)` of choices, in their order, and what each row has left after all that is fixed."""

    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    left: np.ndarray

    def of(self, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the rows and values of each of `count` columns."""
        order = np.argsort(self.column, kind="stable")
        cuts = np.searchsorted(self.column[order], np.arange(count + 1))
        rows, values = self.row[order], self.value[order]
        return [(rows[a:b], values[a:b]) for a, b in pairwise(cuts)]


@dataclass(frozen=True)
class _Grid:
    """Where the rows of a site, a kind (watts, then each item) and a segment stand."""

    edges: np.ndarray
    site_at: Mapping[str, int]
    item_at: Mapping[str, int]

    @property
    def segments(self) -> int:
        return len(self.edges) - 1

    @property
    def kinds(self) -> int:
        return 1 + len(self.item_at)


@dataclass(frozen=True)
class _Entries:
    """Entries of the matrix, side by side."""

    row: np.ndarray
    column: np.ndarray
    value: np.ndarray


def rows(problem: Problem, found: Choices, columns: Sequence[Choice]) -> Rows:
    """Return the shared rows of some choices."""
    items = sorted({item for site in problem.sites for item in site.accelerators})
    grid = _Grid(
        _edges(problem, found, columns),
        {site.id: place for place, site in enumerate(problem.sites)},
        {item: place for place, item in enumerate(items)},
    )
    item_of = {w.id: grid.item_at[w.item_class] for w in problem.workloads}
    left = _capacities(problem, grid)
    fixed_item = [item_of[w.id] for w in problem.workloads if w.id not in found.of]
    fixed = _spread(found.fixed, np.arange(len(found.fixed)), np.array(fixed_item, np.int64), grid)
    np.subtract.at(left, fixed.row, fixed.value)
    pieces = [piece for choice in columns for piece in choice.pieces]
    owner = np.repeat(np.arange(len(columns)), [len(choice.pieces) for choice in columns])
    item = np.array([item_of[choice.action.workload] for choice in columns for _ in choice.pieces], np.int64)
    drawn, more = _quantities(problem, columns, len(left))
    spread = _spread(pieces, owner, item, grid)
    row, column, value = (
        np.concatenate(pair)
        for pair in ((spread.row, drawn.row), (spread.column, drawn.column), (spread.value, drawn.value))
    )
    left = np.concatenate((left, more))
    most = np.zeros(len(left))
    np.add.at(most, row, value)
    binding = most > left
    place = np.cumsum(binding) - 1
    keep = binding[row]
    return Rows(place[row[keep]], column[keep], value[keep], left[binding])


def _edges(problem: Problem, found: Choices, columns: Sequence[Choice]) -> np.ndarray:
    instants = {problem.start, problem.end}
    instants |= {i for cap in problem.caps for i in (cap.start, cap.end)}
    instants |= {i for choice in columns for piece in choice.pieces for i in (piece.start, piece.end)}
    instants |= {i for piece in found.fixed for i in (piece.start, piece.end)}
    return np.array(sorted(i for i in instants if problem.start <= i <= problem.end), np.int64)


def _capacities(problem: Problem, grid: _Grid) -> np.ndarray:
    """Return what each row allows."""
    allowed = np.full((len(problem.sites), grid.kinds, grid.segments), np.inf)
    for place, site in enumerate(problem.sites):
        for item, number in grid.item_at.items():
            allowed[place, 1 + number, :] = site.accelerators.get(item, 0)
    for cap in problem.caps:
        if cap.site_id in grid.site_at:
            inside = (grid.edges[:-1] < cap.end) & (grid.edges[1:] > cap.start)
            power = allowed[grid.site_at[cap.site_id], 0]
            power[inside] = np.minimum(power[inside], cap.watts / _KW)
    for place, site in enumerate(problem.sites):
        allowed[place, 0] -= site.base_watts / _KW
    return allowed.reshape(-1)


def _spread(pieces: Sequence[Piece], owner: np.ndarray, item: np.ndarray, grid: _Grid) -> _Entries:
    """Return the entries of pieces in the rows of their segments: watts, then accelerators."""
    if not pieces:
        return _NOTHING
    first = np.searchsorted(grid.edges, np.array([piece.start for piece in pieces]))
    count = np.searchsorted(grid.edges, np.array([piece.end for piece in pieces])) - first
    whose = np.repeat(np.arange(len(pieces)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    segment = first[whose] + within
    site = np.array([grid.site_at[piece.site_id] for piece in pieces])[whose]
    watts = np.array([piece.watts for piece in pieces], float)[whose] / _KW
    accelerators = np.array([piece.accelerators for piece in pieces], float)[whose]
    power = site * grid.kinds * grid.segments + segment
    devices = (site * grid.kinds + 1 + item[whose]) * grid.segments + segment
    return _Entries(
        np.concatenate((power, devices)),
        np.concatenate((owner[whose], owner[whose])),
        np.concatenate((watts, accelerators)),
    )


def _quantities(problem: Problem, columns: Sequence[Choice], first: int) -> tuple[_Entries, np.ndarray]:
    """Return what moves draw on authorizations, in rows from `first` on, and what each has left."""
    under = {w.id: (w.authorization_id, w.accelerators) for w in problem.workloads}
    ids = {id_: first + place for place, id_ in enumerate(sorted(problem.quantities))}
    left = np.array([problem.quantities[id_] for id_ in ids], float)
    drawn = [
        (ids[id_], place, count)
        for place, choice in enumerate(columns)
        if choice.action.kind == "move"
        for id_, count in (under[choice.action.workload],)
        if id_ is not None and id_ in ids
    ]
    if not drawn:
        return _NOTHING, left
    row, column, count = (np.array(each) for each in zip(*drawn, strict=True))
    return _Entries(row, column, count.astype(float)), left


_KW = 1000.0
"""Power is in kilowatts here: watts beside accelerators scale badly."""
_NOTHING = _Entries(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
