"""Plan a vault's running work around what the grid says: permits of the gate and spans of evidence, then choices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kansa.application.gate import open_gate
from kansa.application.gate_questions import GateQuestion, evaluation
from kansa.application.lookup import Lookup
from kansa.clock import HOUR, format_instant
from kansa.errors import BadInput
from kansa.gate.answer import Answer
from kansa.gate.authzen import Evaluation
from kansa.gate.decision_point import Asking
from kansa.intervals import OPEN_END, Interval
from kansa.planner.check import CheckedPlan, check
from kansa.planner.choices import Choices, choices
from kansa.planner.greedy import greedy
from kansa.planner.optimise import optimise
from kansa.planner.plan_file import actions_in
from kansa.planner.planning_file import PlanningFile, read_planning
from kansa.planner.price import Opening, openings
from kansa.planner.problem import Action, Cap, Missing, Permission, Plan, Price, Problem, Site, Workload
from kansa.planner.signals import read_caps, read_prices
from kansa.registers.rows import Use
from kansa.registers.spans import evidenced
from kansa.rules.catalogue import read_catalogue
from kansa.texts import Words
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.vault.vault import Vault

__all__ = [
    "PlannedShift",
    "check_plan",
    "plan_shift",
    "read_actions",
    "read_area_prices",
    "read_planning",
    "read_signal",
    "ways_back",
]

HANDOVERS = 5
"""Instants at which work may be handed over, at most."""
_ASKED_AT_ONCE = 200


class Unplanned(NamedTuple):
    """Work that is not planned, and why: its site, item class or power is not known."""

    workload: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedShift:
    """A plan with what it was checked against, who could open more, and what was left out."""

    problem: Problem
    plan: Plan
    choices: Choices
    checked: CheckedPlan
    openings: tuple[Opening, ...]
    unplanned: tuple[Unplanned, ...]
    names: Mapping[str, str]
    rules: Mapping[str, Words]
    """What the rules and unknown facts behind a missing permit are called."""

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa plan shift --json`."""
        kinds = Counter(action.kind for action in self.plan.actions)
        refused = Counter(each.reason for each in self.choices.refusals)
        return {
            "from": format_instant(self.problem.start),
            "to": format_instant(self.problem.end),
            "workloads": len(self.problem.workloads),
            "deciding": len(self.choices.deciding),
            "actions": dict(sorted(kinds.items())),
            "refused": dict(sorted(refused.items())),
            "plan": self.plan.as_json(),
            "checked": self.checked.as_json(),
            "openings": [each.as_json() for each in self.openings],
            "way_back": [each.as_json() for each in ways_back(self)],
            "unplanned": [each._asdict() for each in self.unplanned],
            "called": dict(self.names),
        }


class WayBack(NamedTuple):
    """Whether a workload that moves could come back: until when the evidence at its origin reaches, or what is missing."""

    workload: str
    site_id: str
    permission: Permission

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {"workload": self.workload, "site": self.site_id, **self.permission.as_json()}


def plan_shift(
    vault: Vault,
    caps: Sequence[Cap],
    settings: PlanningFile,
    window: Interval,
    *,
    prices: Sequence[Price] = (),
    seconds: float = 15.0,
    quick: bool = False,
) -> PlannedShift:
    """Return a plan for what runs at the window's begin, over the window.

    Every place that a workload of a site under strain may go to is asked of the gate; the answers are on its record.

    Raises:
        BadInput: `plan.window`, if it has no end or is empty; `plan.nothing`, if nothing runs then.
    """
    problem, unplanned, names, rules = _problem(vault, (caps, prices), settings, window)
    found = choices(problem)
    more: tuple[Opening, ...] = ()
    if quick:
        plan = greedy(problem, found)
    else:
        plan, relaxed = optimise(problem, found, seconds)
        more = openings(problem, found, relaxed)
    return PlannedShift(
        problem=problem,
        plan=plan,
        choices=found,
        checked=check(problem, plan.actions),
        openings=more,
        unplanned=unplanned,
        names=names,
        rules=rules,
    )


def check_plan(
    vault: Vault, actions: Sequence[Action], caps: Sequence[Cap], settings: PlanningFile, window: Interval
) -> CheckedPlan:
    """Return what is wrong with a plan, whoever made it, by the evidence as it stands now."""
    problem, _, _, _ = _problem(vault, (caps, ()), settings, window, {a.site_id for a in actions})
    return check(problem, actions)


def read_signal(vault: Vault, path: Path, window: Interval) -> tuple[Cap, ...]:
    """Return the caps that a file states, its sites looked up by name.

    Raises:
        BadInput: `plan.signal`.
    """
    return read_caps(path.name, _read(path), Lookup(vault).site, window.start)


def read_area_prices(vault: Vault, path: Path, settings: PlanningFile) -> tuple[Price, ...]:
    """Return the prices of a file for the sites of each area.

    Raises:
        BadInput: `plan.prices`.
    """
    names, areas = Lookup(vault), defaultdict[str, list[str]](list)
    for each in settings.sites:
        if each.area is not None:
            areas[each.area].append(names.site(each.site))
    return read_prices(path.name, _read(path), areas)


def read_actions(vault: Vault, path: Path) -> tuple[Action, ...]:
    """Return the actions of a plan: ours as JSON, or any as CSV of workload,kind,site,at.

    Raises:
        BadInput: `plan.actions`, with every line that cannot be used.
    """
    return actions_in(path.name, _read(path), Lookup(vault))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput("plan.file", f"`{path}` cannot be read: {error.strerror}") from error


def ways_back(planned: PlannedShift) -> list[WayBack]:
    """Return for each move whether the evidence of its origin reaches beyond the window."""
    origin = {w.id: w.site_id for w in planned.problem.workloads}
    unknown = Permission(permitted=False, reason="unknown", missing=(Missing("permit", "gate"),))
    return [
        WayBack(
            a.workload,
            origin[a.workload],
            planned.problem.permissions.get((a.workload, origin[a.workload]), unknown),
        )
        for a in planned.plan.actions
        if a.kind == "move"
    ]


def _problem(
    vault: Vault,
    signal: tuple[Sequence[Cap], Sequence[Price]],
    settings: PlanningFile,
    window: Interval,
    also: Iterable[str] = (),
) -> tuple[Problem, tuple[Unplanned, ...], Mapping[str, str], Mapping[str, Words]]:
    (caps, prices), (start, end) = signal, window
    if end is None or end <= start:
        raise BadInput("plan.window", "the window is empty: its end is not after its start")
    names, tables = Lookup(vault), vault.tables()
    sites = {names.site(each.site): each for each in settings.sites}
    watts = {each.item: each.watts for each in settings.items}
    firm = {names.end_user(each) for each in settings.firm}
    running, unplanned = _running(tables.use, start, set(sites), watts)
    if not running:
        raise BadInput(
            "plan.nothing",
            "nothing that can be planned runs at the window's begin",
            help="see `kansa coherence`, and the sites and items of the settings",
        )
    workloads = tuple(
        Workload(
            id=uses[0].workload_id,
            site_id=str(uses[0].site_id),
            item_class=str(uses[0].item_class),
            accelerators=sum(use.weight for use in uses),
            watts=sum(use.weight for use in uses) * watts[str(uses[0].item_class)],
            firm=uses[0].end_user_id in firm,
            checkpoint_mb=sum(use.weight for use in uses) * settings.checkpoint_mb,
        )
        for uses in running
    )
    installed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in tables.installed:
        if row.site_id in sites and row.item_class and Interval(row.valid_from, row.valid_to).covers(start):
            installed[row.site_id][row.item_class] += 1
    standing = [
        Cap(id_, start, end, each.limit_kw * 1000) for id_, each in sites.items() if each.limit_kw is not None
    ]
    problem = Problem(
        start=start,
        end=end,
        handovers=_handovers(caps, start, end),
        workloads=workloads,
        sites=tuple(
            Site(id=id_, accelerators=dict(installed[id_]), base_watts=each.base_kw * 1000)
            for id_, each in sites.items()
        ),
        caps=(*caps, *standing),
        permissions={},
        prices=tuple(prices),
        link_mb_s=settings.link_mb_s,
        costs=settings.said_costs(),
    )
    asked = _asked(problem, {uses[0].workload_id: uses[0] for uses in running}, set(also))
    permissions, rules = _permissions(vault, asked, names, window)
    subjects = {*sites, *(w.id for w in workloads)}
    called = {id_: next(iter(names.directory.called(id_).values()), id_) for id_ in subjects}
    return replace(problem, permissions=permissions), tuple(unplanned), called, rules


def _running(
    uses: Iterable[Use], at: int, sites: set[str], watts: Mapping[str, int]
) -> tuple[list[list[Use]], list[Unplanned]]:
    """Return the uses at an instant by workload, and the workloads that cannot be planned."""
    by_workload: defaultdict[str, list[Use]] = defaultdict(list)
    for use in uses:
        if Interval(use.start, use.end).covers(at):
            by_workload[use.workload_id].append(use)
    planned, left = [], []
    for workload, held in sorted(by_workload.items()):
        if len({(use.site_id, use.item_class) for use in held}) > 1:
            left.append(Unplanned(workload, "several sites or item classes at once"))
        elif held[0].site_id not in sites:
            left.append(Unplanned(workload, "site not among the settings"))
        elif held[0].item_class not in watts:
            left.append(Unplanned(workload, "item class not among the settings"))
        else:
            planned.append(held)
    return planned, left


def _handovers(caps: Sequence[Cap], start: int, end: int) -> tuple[int, ...]:
    """Return when work may be handed over: at the begin, when a cap begins, then each hour."""
    begins = {start, *(cap.start for cap in caps if start <= cap.start < end)}
    hours = (start + count * HOUR for count in range(1, HANDOVERS + 1))
    return tuple(
        sorted([*sorted(begins), *(at for at in hours if at < end and at not in begins)][:HANDOVERS])
    )


def _asked(problem: Problem, use_of: Mapping[str, Use], also: set[str]) -> list[tuple[Use, str]]:
    """Return workloads with the sites that they are asked about: the others for those under strain, and the way back."""
    strained = {workload.site_id for workload in choices(problem).deciding}
    others = [site.id for site in problem.sites if site.id not in strained or site.id in also]
    found = []
    for workload in problem.workloads:
        if workload.site_id in strained or also:
            found += [(use_of[workload.id], site) for site in (*others, workload.site_id)]
    return list(dict.fromkeys(found))


def _permissions(
    vault: Vault, asked: Sequence[tuple[Use, str]], names: Lookup, window: Interval
) -> tuple[dict[tuple[str, str], Permission], dict[str, Words]]:
    """Return what the gate says of each workload at each site, and until when evidence reaches there."""
    if not asked:
        return {}, {}
    questions = [_question(use, site, names) for use, site in asked]
    with open_gate(vault) as gate:
        answers: list[Answer] = []
        for first in range(0, len(questions), _ASKED_AT_ONCE):
            batch = tuple(questions[first : first + _ASKED_AT_ONCE])
            answers += gate.gate.answer([Asking("planner", frozenset({"shift", "schedule"}), batch)])[0]
    start, end = window.start, window.end or OPEN_END
    with vault.evidence() as evidence:
        world = EvidenceAsOf(evidence.journal, (), end, end)
        permissions = {
            (use.workload_id, site): _permission(use, site, answer, _reach(use, site, start, world), end)
            for (use, site), answer in zip(asked, answers, strict=True)
        }
    reasons = [reason for answer in answers for reason in answer.context.reasons]
    catalogue = read_catalogue()
    rules = {reason.rule: reason.words for reason in reasons}
    rules |= {fact: catalogue.facts[fact].words for reason in reasons for fact in reason.unknown}
    return permissions, rules


def _question(use: Use, site: str, names: Lookup) -> Evaluation:
    stays = site == use.site_id
    question = GateQuestion(
        action="schedule" if stays else "shift",
        tenant=use.tenant_id,
        end_user=use.end_user_id,
        path=use.path_id,
        site=site,
        from_site=None if stays else use.site_id,
        item=use.item_class,
        context={},
    )
    return msgspec.convert(evaluation(question, use.item_class, names), Evaluation)


def _reach(use: Use, site: str, start: int, world: EvidenceAsOf) -> dict[str, int | None]:
    """Return by fact how far evidence reaches without a break from an instant at a site; None where there is none then.

    Custody is left out: which devices it would hold there is not chosen yet; that as many are in the inventory is a row.
    """
    moved = use._replace(site_id=site, start=start, end=None)
    gaps = evidenced.gaps(moved, OPEN_END, world.derive)
    found: dict[str, int | None] = {}
    for fact, spans in gaps.items():
        if fact != "custody":
            first = min((span.start for span in spans), default=OPEN_END)
            found[fact] = None if first <= start else first
    return found


def _permission(use: Use, site: str, answer: Answer, reach: Mapping[str, int | None], end: int) -> Permission:
    subject = {"identity": use.end_user_id, "access": use.path_id, "authorization": site}
    lacking = tuple(
        Missing(fact, subject.get(fact) or "unknown") for fact, until in reach.items() if until is None
    )
    until = min((each for each in reach.values() if each is not None), default=None)
    decision = answer.context.id
    if answer.state == "permit" and not lacking:
        ends = tuple(
            Missing(fact, subject.get(fact) or "unknown")
            for fact, at in reach.items()
            if at is not None and at < end
        )
        return Permission(
            permitted=True,
            until=None if until in {None, OPEN_END} else until,
            missing=ends,
            decision=decision,
        )
    if answer.state == "deny" and not any(
        reason.unknown for reason in answer.context.reasons if reason.outcome == "deny"
    ):
        return Permission(permitted=False, reason="denied", decision=decision)
    about = use.end_user_id or use.tenant_id or "unknown"
    held = [reason for reason in answer.context.reasons if reason.outcome != "permit"]
    facts = {fact for reason in held for fact in reason.unknown} | {r.rule for r in held if not r.unknown}
    rules = tuple(Missing(fact, about) for fact in sorted(facts))
    return Permission(permitted=False, reason="unknown", missing=lacking or rules, decision=decision)
