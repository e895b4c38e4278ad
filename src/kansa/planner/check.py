"""Judge a plan, whoever made it: against permits, power, rooms, quantities and links. No solver, and no code of the planners.

Plain loops over differences: what a workload takes is added where it begins and taken away where it ends.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from kansa.clock import MICROSECONDS, format_instant
from kansa.planner.problem import THROTTLES, Action, Problem, Site, Workload

Fault = Literal[
    "no_action",
    "two_actions",
    "unknown_workload",
    "unknown_site",
    "not_permitted",
    "permit_ends",
    "not_a_handover",
    "power",
    "room",
    "quantity",
    "link",
]


class Finding(NamedTuple):
    """What is wrong: with whom or where, from when, by how much (watts, accelerators, MB) where it can be measured."""

    fault: Fault
    subject: str
    at: int | None = None
    over: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        at = None if self.at is None else format_instant(self.at)
        return {"fault": self.fault, "subject": self.subject, "at": at, "over": self.over}


@dataclass(frozen=True, slots=True)
class CheckedPlan:
    """What was looked at, and all that is wrong."""

    workloads: int
    moves: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong with a plan of at least one workload."""
        return self.workloads > 0 and not self.findings

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "workloads": self.workloads,
            "moves": self.moves,
            "holds": self.holds,
            "findings": [each.as_json() for each in self.findings],
        }


def check(problem: Problem, actions: Sequence[Action]) -> CheckedPlan:
    """Return all that is wrong with a plan."""
    known = {workload.id: workload for workload in problem.workloads}
    sites = {site.id for site in problem.sites}
    findings: list[Finding] = []
    taken: dict[str, Action] = {}
    for action in actions:
        if action.workload not in known:
            findings.append(Finding("unknown_workload", action.workload))
        elif action.workload in taken:
            findings.append(Finding("two_actions", action.workload))
        elif action.site_id not in sites:
            findings.append(Finding("unknown_site", action.workload))
        else:
            taken[action.workload] = action
            findings += _allowed(problem, known[action.workload], action)
    named = {action.workload for action in actions}
    findings += (Finding("no_action", id_) for id_ in known if id_ not in named)
    findings += _beyond(problem, _sums(problem, known, taken.values()))
    findings.sort(key=lambda each: (each.fault, each.subject, each.at or 0))
    return CheckedPlan(len(taken), sum(a.kind == "move" for a in taken.values()), tuple(findings))


class _Sums(NamedTuple):
    """Changes of power by site, of accelerators by site and item, of checkpoints under way by site and way, and draws."""

    power: defaultdict[str, list[tuple[int, int]]]
    room: defaultdict[tuple[str, str], list[tuple[int, int]]]
    link: defaultdict[tuple[str, str], list[tuple[int, int]]]
    drawn: defaultdict[str, int]


def _sums(problem: Problem, known: Mapping[str, Workload], actions: Iterable[Action]) -> _Sums:
    sums = _Sums(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(int))
    events = _events(problem)
    for action in actions:
        workload = known[action.workload]
        for site, start, end, watts, accelerators in _takes(
            problem, workload, action, events[workload.site_id]
        ):
            if end > start:
                sums.power[site] += ((start, watts), (end, -watts))
                sums.room[site, workload.item_class] += ((start, accelerators), (end, -accelerators))
        if action.kind == "move" and action.at is not None:
            if workload.authorization_id is not None:
                sums.drawn[workload.authorization_id] += workload.accelerators
            if workload.checkpoint_mb:
                for end_of in (("out", workload.site_id), ("in", action.site_id)):
                    sums.link[end_of].append((action.at, workload.checkpoint_mb))
    return sums


def _allowed(problem: Problem, workload: Workload, action: Action) -> list[Finding]:
    if action.kind != "move":
        elsewhere = action.site_id != workload.site_id
        return [Finding("not_permitted", workload.id)] if elsewhere else []
    found = []
    if action.at is None or action.at not in problem.handovers:
        found.append(Finding("not_a_handover", workload.id, action.at))
    permission = problem.permissions.get((workload.id, action.site_id))
    if permission is None or not permission.permitted:
        found.append(Finding("not_permitted", workload.id, action.at))
    elif permission.until is not None and permission.until < problem.end:
        found.append(Finding("permit_ends", workload.id, permission.until))
    return found


def _takes(
    problem: Problem, workload: Workload, action: Action, event: tuple[int, int]
) -> list[tuple[str, int, int, int, int]]:
    """Return site, begin, end, watts and accelerators of what an action takes."""
    here, full = workload.site_id, (workload.watts, workload.accelerators)
    begin, end = event
    match action.kind:
        case "stay":
            return [(here, problem.start, problem.end, *full)]
        case "throttle":
            slowed = workload.watts * THROTTLES[action.level or 0][0] // 10_000
            return [
                (here, problem.start, begin, *full),
                (here, begin, end, slowed, workload.accelerators),
                (here, end, problem.end, *full),
            ]
        case "pause":
            return [
                (here, problem.start, begin, *full),
                (here, begin, end, 0, workload.accelerators),
                (here, end, problem.end, *full),
            ]
        case "stop":
            return [(here, problem.start, begin, *full)]
        case _:
            at = problem.start if action.at is None else action.at
            return [
                (here, problem.start, min(at, max(begin, problem.start)), *full),
                (action.site_id, at, problem.end, *full),
            ]


def _events(problem: Problem) -> dict[str, tuple[int, int]]:
    """Return by site from when to when its work must give way: from its first cap that it exceeds to the end of the last."""
    load = {site.id: site.base_watts for site in problem.sites}
    for workload in problem.workloads:
        load[workload.site_id] = load.get(workload.site_id, 0) + workload.watts
    found = dict.fromkeys(load, (problem.start, problem.start))
    for site, drawn in load.items():
        inside = [
            c for c in problem.caps if c.site_id == site and c.start < problem.end and c.end > problem.start
        ]
        caps = [cap for cap in inside if cap.watts < drawn]
        if caps:
            first, last = min(cap.start for cap in caps), max(cap.end for cap in caps)
            found[site] = max(problem.start, first), min(problem.end, last)
    return found


def _beyond(problem: Problem, sums: _Sums) -> Iterator[Finding]:
    for site in problem.sites:
        yield from _power(problem, site, sums.power.get(site.id, ()))
    rooms = {(site.id, item): count for site in problem.sites for item, count in site.accelerators.items()}
    for (site_id, item), changes in sums.room.items():
        yield from _room(site_id, rooms.get((site_id, item), 0), sorted(changes))
    for authorization, count in sums.drawn.items():
        left = problem.quantities.get(authorization)
        if left is not None and count > left:
            yield Finding("quantity", authorization, None, count - left)
    for (_, site_id), sent in sums.link.items():
        yield from _link(problem, site_id, sent)


def _power(problem: Problem, site: Site, changes: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    caps = [cap for cap in problem.caps if cap.site_id == site.id]
    steps = sorted([*changes, *((i, 0) for cap in caps for i in (cap.start, cap.end))])
    load = site.base_watts
    for place, (at, watts) in enumerate(steps):
        load += watts
        if place + 1 < len(steps) and steps[place + 1][0] == at:
            continue
        over = max((load - cap.watts for cap in caps if cap.start <= at < cap.end), default=0)
        if over > 0 and problem.start <= at < problem.end:
            yield Finding("power", site.id, at, over)


def _link(problem: Problem, site: str, sent: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    wanted: defaultdict[int, int] = defaultdict(int)
    for at, size in sent:
        wanted[at] += size
    for at, size in sorted(wanted.items()):
        carried = problem.link_mb_s * (problem.end - at) // MICROSECONDS
        if size > carried:
            yield Finding("link", site, at, size - carried)


def _room(site: str, allowed: int, changes: list[tuple[int, int]]) -> list[Finding]:
    held = 0
    for place, (at, count) in enumerate(changes):
        held += count
        if held > allowed and (place + 1 == len(changes) or changes[place + 1][0] != at):
            return [Finding("room", site, at, held - allowed)]
    return []
