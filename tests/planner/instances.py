"""Random fleets: sites under caps, jobs of many sizes, permits that hold, are missing, end or are denied."""

import random

from kansa.clock import HOUR
from kansa.planner.problem import Cap, Missing, Permission, Problem, Site, Workload

ITEMS = ("h100-sxm5", "h200-sxm5")


def fleet(seed: int, workloads: int, sites: int, *, hours: int = 12) -> Problem:
    """A window of some hours over a random fleet; every site has a standing limit, four in ten a cap that it exceeds."""
    dice = random.Random(seed)
    jobs, load, held = [], dict[str, int](), dict[tuple[str, str], int]()
    for number in range(workloads):
        site, item, count = f"s{dice.randrange(sites)}", dice.choice(ITEMS), 2 ** dice.randrange(6)
        jobs.append(
            Workload(
                id=f"w{number}",
                site_id=site,
                item_class=item,
                accelerators=count,
                watts=count * 1300,
                firm=dice.random() < 0.3,
                checkpoint_mb=count * 2000,
                authorization_id=dice.choice([None, "a"]),
            )
        )
        load[site] = load.get(site, 0) + count * 1300
        held[site, item] = held.get((site, item), 0) + count
    places = tuple(
        Site(
            id=f"s{n}",
            accelerators={item: held.get((f"s{n}", item), 0) + 16 for item in ITEMS},
            base_watts=1000,
        )
        for n in range(sites)
    )
    caps = []
    for site in (place.id for place in places):
        drawn = load.get(site, 0) + 1000
        caps.append(Cap(site, 0, hours * HOUR, drawn + 20_000))
        if dice.random() < 0.4:
            begin = dice.randrange(1, hours - 2) * HOUR
            caps.append(
                Cap(site, begin, begin + 2 * HOUR, 1000 + round((drawn - 1000) * dice.uniform(0.4, 0.8)))
            )
    return Problem(
        start=0,
        end=hours * HOUR,
        handovers=(0, HOUR, 2 * HOUR, 4 * HOUR),
        workloads=tuple(jobs),
        sites=places,
        caps=tuple(caps),
        permissions={
            (job.id, place.id): _permission(dice, job.id, hours) for job in jobs for place in places
        },
        quantities={"a": 24},
    )


def _permission(dice: random.Random, job: str, hours: int) -> Permission:
    drawn = dice.random()
    if drawn < 0.15:
        return Permission(permitted=False, reason="denied")
    if drawn < 0.35:
        return Permission(
            permitted=False, reason="unknown", missing=(Missing("identity", f"u{job}", "tenant", HOUR),)
        )
    if drawn < 0.45:
        return Permission(permitted=True, until=dice.randrange(hours) * HOUR)
    return Permission(permitted=True)
