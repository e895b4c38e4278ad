"""Plans of shifts for fleets of several shapes: gap to the proven bound, time, and how fast plans are checked; writes docs/benchmarks/planner.md.

    python benchmarks/planner.py [--seconds 15] [--most-load 0.7] [--print]

The bound is that of the linear programme: no plan can cost less. Where few large jobs fill a site it lies far below the best
plan; the table also says what the plan saves against the best plan that moves nothing, of what the bound would save.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from kansa.clock import HOUR
from kansa.planner.check import check
from kansa.planner.choices import Choices, choices
from kansa.planner.greedy import greedy
from kansa.planner.optimise import optimise
from kansa.planner.problem import Cap, Missing, Permission, Problem, Site, Workload

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "planner.md"
ITEMS = ("a", "b", "c")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape:
    """A fleet: how many workloads and sites, how large a job may be, and how firm they are."""

    title: str
    workloads: int
    sites: int
    largest: int
    firm: float


SHAPES = (
    Shape("200 × 10, jobs to 32", 200, 10, 5, 0.2),
    Shape("2,000 × 20 × 48, jobs to 64", 2_000, 20, 6, 0.2),
    Shape("2,000 × 20 × 48, jobs to 1,024, a third firm", 2_000, 20, 10, 0.35),
    Shape("5,000 × 50 × 48, jobs to 64", 5_000, 50, 6, 0.2),
)


def fleet(seed: int, shape: Shape) -> Problem:
    """A day in half hours: four in ten sites lose 15 to 45 % of their power for three to eight hours."""
    dice, end = random.Random(seed), 24 * HOUR
    jobs, load, held = [], dict[str, int](), dict[tuple[str, str], int]()
    for number in range(shape.workloads):
        site, item = f"s{dice.randrange(shape.sites)}", dice.choice(ITEMS)
        count = 2 ** min(int(dice.expovariate(0.35)), shape.largest)
        jobs.append(
            Workload(
                id=f"w{number}",
                site_id=site,
                item_class=item,
                accelerators=count,
                watts=count * 1300,
                firm=dice.random() < shape.firm,
                checkpoint_mb=count * 2000,
            )
        )
        load[site] = load.get(site, 0) + count * 1300
        held[site, item] = held.get((site, item), 0) + count
    names = [f"s{number}" for number in range(shape.sites)]
    places = tuple(
        Site(id=name, accelerators={item: round(held.get((name, item), 0) * 1.25) + 8 for item in ITEMS})
        for name in names
    )
    caps = [Cap(name, 0, end, round(load.get(name, 0) * 1.2) + 10_000) for name in names]
    for name in names:
        if dice.random() < 0.4:
            begin = dice.randrange(2, 24) * HOUR // 2
            until = min(end, begin + dice.randrange(3, 9) * HOUR)
            caps.append(Cap(name, begin, until, round(load.get(name, 0) * (1 - dice.uniform(0.15, 0.45)))))
    begins = sorted({cap.start for cap in caps})
    return Problem(
        start=0,
        end=end,
        handovers=tuple(sorted({*begins[:3], HOUR, 2 * HOUR}))[:5],
        workloads=tuple(jobs),
        sites=places,
        caps=tuple(caps),
        permissions={
            (job.id, name): _permission(dice, number) for number, job in enumerate(jobs) for name in names
        },
    )


def _permission(dice: random.Random, number: int) -> Permission:
    drawn = dice.random()
    if drawn < 0.1:
        return Permission(permitted=False, reason="denied")
    if drawn < 0.35:
        return Permission(
            permitted=False,
            reason="unknown",
            missing=(Missing("identity", f"u{number % 50}", "tenant", 2 * HOUR),),
        )
    return Permission(permitted=True)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What work gives, and its processor time in seconds."""
    began = time.process_time()
    return work(), time.process_time() - began


def without_moves(found: Choices) -> Choices:
    """The same choices, none of which moves."""
    return replace(
        found,
        of={id_: tuple(c for c in own if c.action.kind != "move") for id_, own in found.of.items()},
        latent=(),
    )


def row(shape: Shape, seconds: float) -> str:
    """One line of the table."""
    problem = fleet(1, shape)
    found, build = timed(lambda: choices(problem))
    first, quick = timed(lambda: greedy(problem, found))
    (plan, relaxed), spent = timed(lambda: optimise(problem, found, seconds))
    still, _ = optimise(problem, without_moves(found), seconds)
    checked, judged = timed(lambda: check(problem, plan.actions))
    (_, _), again = timed(lambda: optimise(problem, found, 1.0))
    for judged_plan in (checked, check(problem, first.actions)):
        if not judged_plan.holds:
            raise SystemExit(f"{shape.title}: a plan does not hold: {judged_plan.findings[:3]}")
    saved = (still.cost - plan.cost) / max(still.cost - relaxed.bound, 1.0)
    return (
        f"| {shape.title} | {len(found.deciding):,} | {sum(map(len, found.of.values())):,} | {build:.2f} | "
        f"{(first.cost - relaxed.bound) / first.cost:.1%}, {quick:.2f} | {plan.gap or 0:.1%}, {spent:.1f} | {saved:.1%} | "
        f"{again:.1f} | {len(plan.actions) / max(judged, 1e-9):,.0f} |"
    )


def main() -> int:
    """Measure, and write the page unless the machine is busy."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--most-load", type=float, default=0.7)
    parser.add_argument("--print", action="store_true", dest="only_print")
    given = parser.parse_args()
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    lines = [row(shape, given.seconds) for shape in SHAPES]
    text = (
        "# Plans of shifts / 移動計画\n\n"
        "Written by `benchmarks/planner.py`. Processor seconds on one core; every plan was judged by the checker. Bars: a gap of at most 2 % "
        "in 15 s at 2,000 × 20 × 48, 100,000 placements a second checked, a plan within 1 s after a signal.\n\n"
        "| workloads × sites × slots | deciding | choices | listed, s | first plan: gap, s | plan: gap, s | saved of what the bound saves | "
        "plan in 1 s: s | checked a second |\n|---|---|---|---|---|---|---|---|---|\n"
        + "\n".join(lines)
        + "\n\n"
        f"Load of the machine before the run: {load:.2f} per core.\n"
    )
    sys.stdout.write(text)
    if not given.only_print and load <= given.most_load:
        PAGE.write_text(text, "utf-8")
    elif not given.only_print:
        sys.stderr.write(f"the machine was busy ({load:.2f} per core): the page was not written\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
