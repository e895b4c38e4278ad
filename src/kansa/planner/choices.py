"""List what each workload may do: choices that its permits cover for the whole stay, and apart those that lack evidence.

A choice that is denied, or whose evidence is missing, is never generated as one: it cannot be chosen by mistake.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kansa.clock import HOUR
from kansa.planner.problem import THROTTLES, Action, Missing, Permission, Problem, Reason, Site, Workload

TARGETS = 6
"""Sites that a workload may move to; those with the most room come first."""


class Piece(NamedTuple):
    """Power and accelerators at a site for a stretch."""

    site_id: str
    start: int
    end: int
    watts: int
    accelerators: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An action with what it takes and costs; `missing` is empty unless it may not be chosen yet."""

    action: Action
    pieces: tuple[Piece, ...]
    cost: float
    missing: tuple[Missing, ...] = ()


class Refusal(NamedTuple):
    """Why a workload does not go to a site."""

    workload: str
    site_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices by workload in the problem's order, the workloads that decide, latent choices, and every refusal."""

    deciding: tuple[Workload, ...]
    of: Mapping[str, tuple[Choice, ...]]
    latent: tuple[Choice, ...]
    refusals: tuple[Refusal, ...]
    fixed: tuple[Piece, ...]


def choices(problem: Problem) -> Choices:
    """Return all choices of the workloads on sites whose cap their work exceeds; the others stay as they are."""
    stressed = _stressed(problem)
    deciding = tuple(w for w in problem.workloads if w.site_id in stressed)
    fixed = tuple(
        _piece(w, w.site_id, problem.start, problem.end)
        for w in problem.workloads
        if w.site_id not in stressed
    )
    room = _room(problem, stressed)
    of: dict[str, tuple[Choice, ...]] = {}
    latent: list[Choice] = []
    refusals: list[Refusal] = []
    for workload in deciding:
        event = stressed[workload.site_id]
        own = list(_here(problem, workload, event))
        fitting = [site for free, site in room[workload.item_class] if free >= workload.accelerators]
        for site in fitting[:TARGETS]:
            permission = problem.permissions.get((workload.id, site.id), _NOT_ASKED)
            moves = list(_moves(problem, workload, site, event))
            reason, missing = _refused(problem, workload, permission)
            if reason is None:
                own += moves
                continue
            refusals.append(Refusal(workload.id, site.id, reason))
            if reason != "denied":
                latent += [Choice(m.action, m.pieces, m.cost, missing) for m in moves]
        of[workload.id] = tuple(own)
    return Choices(deciding, of, tuple(latent), tuple(refusals), fixed)


def _stressed(problem: Problem) -> dict[str, tuple[int, int]]:
    """Return the sites whose caps their own work exceeds, with the stretch from the first such cap to the end of the last."""
    drawn: defaultdict[str, int] = defaultdict(int, {site.id: site.base_watts for site in problem.sites})
    for workload in problem.workloads:
        drawn[workload.site_id] += workload.watts
    found: dict[str, tuple[int, int]] = {}
    for cap in problem.caps:
        if drawn[cap.site_id] > cap.watts and cap.start < problem.end and cap.end > problem.start:
            start, end = max(cap.start, problem.start), min(cap.end, problem.end)
            known = found.get(cap.site_id, (start, end))
            found[cap.site_id] = min(known[0], start), max(known[1], end)
    return found


def _room(problem: Problem, stressed: Mapping[str, object]) -> Mapping[str, list[tuple[int, Site]]]:
    """Return for each item class the free accelerators of sites that are not stressed, those with the most first."""
    held: Counter[tuple[str, str]] = Counter()
    for workload in problem.workloads:
        held[workload.site_id, workload.item_class] += workload.accelerators
    found: defaultdict[str, list[tuple[int, Site]]] = defaultdict(list)
    for site in problem.sites:
        for item, count in site.accelerators.items():
            free = count - held[site.id, item]
            if site.id not in stressed and free > 0:
                found[item].append((free, site))
    for sites in found.values():
        sites.sort(key=lambda each: (-each[0], each[1].id))
    return found


def _here(problem: Problem, workload: Workload, event: tuple[int, int]) -> Iterator[Choice]:
    """Yield what a workload may do without a new permit: stay, throttle, pause, and as the last resort stop."""
    begin, end = event
    site = workload.site_id
    before = _piece(workload, site, problem.start, begin)
    after = _piece(workload, site, end, problem.end)
    lost = problem.costs.lost_accelerator_hour * (problem.costs.firm if workload.firm else 1.0)
    whole = (end - begin) / HOUR * workload.accelerators * lost
    stays = _piece(workload, site, problem.start, problem.end)
    yield _choice(problem, Action(workload.id, "stay", site), (stays,), 0.0)
    for level, (power, throughput) in enumerate(THROTTLES):
        slowed = Piece(site, begin, end, workload.watts * power // 10_000, workload.accelerators)
        action = Action(workload.id, "throttle", site, begin, level)
        yield _choice(problem, action, (before, slowed, after), whole * (10_000 - throughput) / 10_000)
    kept = Piece(site, begin, end, 0, workload.accelerators)
    yield _choice(problem, Action(workload.id, "pause", site, begin), (before, kept, after), whole)
    cost = problem.costs.stop + (problem.end - begin) / HOUR * workload.accelerators * lost
    yield _choice(problem, Action(workload.id, "stop", site, begin), (before,), cost)


def _moves(problem: Problem, workload: Workload, site: Site, event: tuple[int, int]) -> Iterator[Choice]:
    """Yield moves at each hand-over; what waits for one beyond the begin of the event is paused until then."""
    lost = problem.costs.lost_accelerator_hour * (problem.costs.firm if workload.firm else 1.0)
    for at in problem.handovers:
        if not problem.start <= at < problem.end:
            continue
        leaves, arrives = min(at, max(event[0], problem.start)), at + problem.transfer(workload)
        if arrives >= problem.end:
            continue
        idle = (arrives - leaves) / HOUR * workload.accelerators * lost
        pieces = (
            _piece(workload, workload.site_id, problem.start, leaves),
            _piece(
                workload, site.id, at, problem.end
            ),  # held from the order on, while the checkpoint travels
        )
        yield _choice(problem, Action(workload.id, "move", site.id, at), pieces, problem.costs.move + idle)


def _refused(
    problem: Problem, workload: Workload, permission: Permission
) -> tuple[Reason | None, tuple[Missing, ...]]:
    """Return why a permission does not cover a stay to the window's end, and what would."""
    if not permission.permitted:
        return permission.reason or "unknown", permission.missing
    if permission.until is not None and permission.until < problem.end:
        return "expires", permission.missing or (Missing("permit", workload.id),)
    left = problem.quantities.get(workload.authorization_id or "")
    if left is not None and left < workload.accelerators:
        return "quantity", (Missing("quantity", workload.authorization_id or ""),)
    return None, ()


def _choice(problem: Problem, action: Action, pieces: tuple[Piece, ...], cost: float) -> Choice:
    kept = tuple(piece for piece in pieces if piece.end > piece.start)
    last = problem.last.get(action.workload)
    changed = problem.costs.change if last is not None and last != action else 0.0
    return Choice(action, kept, cost + changed + _energy(problem, kept))


def _energy(problem: Problem, pieces: tuple[Piece, ...]) -> float:
    """Return what the energy of some pieces costs."""
    cost = 0.0
    for price in problem.prices:
        for piece in pieces:
            if piece.site_id == price.site_id:
                time = min(piece.end, price.end) - max(piece.start, price.start)
                cost += max(time, 0) / HOUR * piece.watts / 1000 * price.jpy_per_kwh
    return cost


def _piece(workload: Workload, site: str, start: int, end: int) -> Piece:
    return Piece(site, start, end, workload.watts, workload.accelerators)


_NOT_ASKED = Permission(permitted=False, reason="unknown", missing=(Missing("permit", "gate"),))
