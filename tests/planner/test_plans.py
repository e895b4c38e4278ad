"""Whatever is planned passes the checker, stays within permits, and is never dearer than the first plan that holds."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.clock import HOUR
from kansa.planner.check import check
from kansa.planner.choices import choices
from kansa.planner.greedy import greedy
from kansa.planner.optimise import optimise
from kansa.planner.price import openings
from kansa.planner.problem import Action, Cap, Missing, Permission, Problem, Site, Workload
from planner.instances import fleet


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), workloads=st.integers(1, 60), sites=st.integers(1, 6))
def test_every_plan_holds(seed: int, workloads: int, sites: int) -> None:
    """Greedy and optimised plans pass the checker, which shares no code with them; the bound lies below both."""
    problem = fleet(seed, workloads, sites)
    found = choices(problem)
    first = greedy(problem, found)
    best, relaxed = optimise(problem, found, seconds=2)
    for plan in (first, best):
        assert check(problem, plan.actions).findings == ()
        assert len(plan.actions) == len(problem.workloads)
        assert plan.cost >= relaxed.bound - 1e-3 * max(abs(relaxed.bound), 1)
    assert best.cost <= first.cost + 1e-6


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_nothing_moves_without_evidence(seed: int) -> None:
    """A choice to move stands only where a permit reaches to the window's end; what is denied is not even latent."""
    problem = fleet(seed, 40, 5)
    found = choices(problem)
    for own in found.of.values():
        for choice in own:
            if choice.action.kind == "move":
                permission = problem.permissions[choice.action.workload, choice.action.site_id]
                assert permission.permitted
                assert permission.until is None or permission.until >= problem.end
    denied = {(r.workload, r.site_id) for r in found.refusals if r.reason == "denied"}
    assert denied.isdisjoint((c.action.workload, c.action.site_id) for c in found.latent)


def test_the_best_of_a_small_fleet_is_the_best_of_all() -> None:
    """Against every combination of choices on small fleets, judged by the checker alone."""
    compared = 0
    for seed in range(40):
        problem = fleet(seed, 4, 3, hours=6)
        found = choices(problem)
        own = [found.of[w.id] for w in found.deciding]
        if not own or sum(map(len, own)) > 40:
            continue
        stays = [Action(w.id, "stay", w.site_id) for w in problem.workloads if w.id not in found.of]
        costs = [
            sum(choice.cost for choice in combination)
            for combination in itertools.product(*own)
            if check(problem, [*(choice.action for choice in combination), *stays]).holds
        ]
        best, _ = optimise(problem, found, seconds=5)
        assert best.cost == pytest.approx(min(costs), rel=1e-3)
        compared += 1
    assert compared >= 10


def small(**changed: object) -> Problem:
    """Two sites; the job of the first must give way from hour 1 to hour 3."""
    return Problem(
        start=0,
        end=6 * HOUR,
        handovers=(0, HOUR),
        workloads=(Workload(id="w", site_id="a", item_class="x", accelerators=8, watts=10_000),),
        sites=(Site(id="a", accelerators={"x": 8}), Site(id="b", accelerators={"x": 8})),
        caps=(Cap("a", HOUR, 3 * HOUR, 1_000),),
        **{"permissions": {("w", "b"): Permission(permitted=True)}, **changed},  # type: ignore[arg-type]
    )


def test_a_move_where_it_is_permitted_and_a_throttle_where_not() -> None:
    """With a permit the job moves; without one it gives way where it is, and the missing fact is named first."""
    free = small()
    plan, _ = optimise(free, choices(free))
    assert [a.kind for a in plan.actions] == ["move"]
    missing = Missing("identity", "u", "tenant", HOUR)
    bound = small(permissions={("w", "b"): Permission(permitted=False, reason="unknown", missing=(missing,))})
    found = choices(bound)
    plan, relaxed = optimise(bound, found)
    assert [a.kind for a in plan.actions] == ["pause"]
    (first, *_) = openings(bound, found, relaxed)
    assert (first.missing, first.workloads, first.accelerators) == (missing, 1, 8)
    assert first.ask_by == 0  # the last useful hand-over, at hour 1, less the hour that it takes


def test_two_facts_open_nothing_alone() -> None:
    """Where two facts are missing at once, each says which other it needs."""
    both = (Missing("identity", "u"), Missing("access", "p"))
    bound = small(permissions={("w", "b"): Permission(permitted=False, reason="unknown", missing=both)})
    found = choices(bound)
    _, relaxed = optimise(bound, found)
    made = {each.missing: each for each in openings(bound, found, relaxed)}
    assert made[both[0]].together_with == (both[1],)
    assert made[both[0]].workloads == 0


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        (Action("w", "stay", "a"), "power"),
        (Action("w", "move", "b", 30 * 60 * 1_000_000), "not_a_handover"),
        (Action("w", "stay", "b"), "not_permitted"),
        (Action("w", "move", "c", 0), "unknown_site"),
        (Action("v", "stay", "a"), "unknown_workload"),
    ],
)
def test_the_checker_finds(action: Action, fault: str) -> None:
    """Each fault of a plan that somebody else made, by its name."""
    assert fault in {each.fault for each in check(small(), [action]).findings}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"permissions": {}}, "not_permitted"),
        ({"permissions": {("w", "b"): Permission(permitted=True, until=5 * HOUR)}}, "permit_ends"),
        ({"sites": (Site(id="a", accelerators={"x": 8}), Site(id="b", accelerators={"x": 7}))}, "room"),
        ({"caps": (Cap("b", 2 * HOUR, 3 * HOUR, 9_999),)}, "power"),
    ],
)
def test_the_checker_finds_of_a_move(changed: dict[str, object], fault: str) -> None:
    """A move is held against permits, their end, rooms and caps at the target."""
    problem = small()
    problem = Problem(**{**{f: getattr(problem, f) for f in problem.__dataclass_fields__}, **changed})
    found = {each.fault for each in check(problem, [Action("w", "move", "b", 0)]).findings}
    assert fault in found
    assert not check(small(), [Action("w", "move", "b", 0)]).findings


def test_an_empty_or_doubled_plan_does_not_hold() -> None:
    """A workload without an action, and one with two, are findings; nothing planned is no plan that holds."""
    assert [each.fault for each in check(small(), []).findings] == ["no_action"]
    move = Action("w", "move", "b", 0)
    assert [each.fault for each in check(small(), [move, move]).findings] == ["two_actions"]


def test_leaving_the_last_plan_costs() -> None:
    """Of two choices that cost the same, the one of the last plan is kept."""
    problem = small(last={"w": Action("w", "move", "b", HOUR)})
    plan, _ = optimise(problem, choices(problem))
    assert plan.actions == (Action("w", "move", "b", HOUR),)
