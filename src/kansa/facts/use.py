"""One use: a workload, what it is for, for whom, on what."""

from kansa.clock import HOUR, MICROSECONDS
from kansa.facts import items, site
from kansa.facts.context import FactContext, FactValue, combined, known, unknown
from kansa.facts.licences import best_licence, kinds_in_force
from kansa.facts.party_headquarters import hq_country, hq_groups, parent_groups
from kansa.intervals import Interval, covered
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import EndUseStated
from kansa.records.kinds.workload import WorkloadPlaced
from kansa.registers.spans import basis, evidenced
from kansa.registers.spans.basis import Basis
from kansa.registers.spans.clearance import Work, cleared, decisions, reaches, scope
from kansa.registers.spans.verification import changes, renews, verifications, verified


def purpose(world: FactContext, workload: str) -> FactValue:
    """Return the purpose with which it was placed."""
    placed = world.find(workload, WorkloadPlaced, workload_id=workload)
    if placed:
        return known(placed[-1][1].purpose or "unlabelled", [placed[-1][0]])
    bulk = world.purpose_in_bulk(workload)
    return unknown() if bulk is None else known(bulk[0] or "unlabelled", bulk[1])


def declared_purposes(world: FactContext, workload: str) -> FactValue:
    """Return the purposes that its end user states."""
    user = _end_user(world, workload)
    if user is None:
        return unknown()
    stated = world.current(user, EndUseStated, end_user_id=user)
    return known(frozenset(claim.purpose for _, claim in stated), [noted for noted, _ in stated])


def purpose_declared(world: FactContext, workload: str) -> FactValue:
    """Return whether its purpose is one of those."""
    ran, stated = purpose(world, workload), declared_purposes(world, workload)
    if stated.value == frozenset():
        return unknown()
    return combined((ran, stated), lambda values: values[0] in _set(values[1]))


def accelerator_hours(world: FactContext, workload: str) -> FactValue:
    """Return the whole accelerator hours that it has held."""
    uses = world.uses(workload)
    if not uses:
        return unknown()
    held = sum(use.weight * (min(use.end or world.now, world.now) - use.start) for use in uses)
    if any(world.running(use) for use in uses):
        world.mark_volatile()
    return known(held // HOUR, [index for use in uses for index in use.evidence])


def controlled_items(world: FactContext, workload: str) -> FactValue:
    """Return whether it is on items in scope."""
    uses = world.uses(workload)
    classes = {use.item_class for use in uses}
    return items.in_scope(world, {each for each in classes if each}) if None not in classes else unknown()


def end_user_groups(world: FactContext, workload: str) -> FactValue:
    """Return the country groups of headquarters and ultimate parent of its end user."""
    user = _end_user(world, workload)
    if user is None:
        return unknown()
    both = (hq_groups(world, user), parent_groups(world, user))
    return combined(both, lambda values: frozenset[str]().union(*map(_set, values)))


def end_user_foreign(world: FactContext, workload: str) -> FactValue:
    """Return whether its end user has headquarters outside the country of the site."""
    user, uses = _end_user(world, workload), world.uses(workload)
    if user is None or not uses or uses[-1].site_id is None:
        return unknown()
    places = (hq_country(world, user), site.country(world, uses[-1].site_id))
    return combined(places, lambda values: values[0] != values[1])


def end_user_verified(world: FactContext, workload: str) -> FactValue:
    """Return whether a verification of its end user covers the instant at which it began."""
    user, uses = _end_user(world, workload), world.uses(workload)
    if user is None or not uses:
        return unknown()
    start = min(use.start for use in uses)
    covering = [each for each in verified(user, world) if each.span.covers(start)]
    return known(bool(covering), [noted for each in covering for noted in each.rests])


def end_user_changed(world: FactContext, workload: str) -> FactValue:
    """Return whether end user or end use changed while it held its units."""
    return known(bool(_changes(world, workload)), _changes(world, workload))


def change_approved(world: FactContext, workload: str) -> FactValue:
    """Return whether people decided to permit, or verified, the end user after that change."""
    user, changed = _end_user(world, workload), _changes(world, workload)
    if user is None or not changed:
        return unknown()
    last = changed[-1]
    permits = [each.noted for each in decisions(user, world) if each.permits]
    after = [
        noted
        for noted in (*permits, *(each.noted for each in verifications(user, world)))
        if world.since(noted.claim) is not None and renews(noted, last)
    ]
    return known(bool(after), [last, *after])


def licence(world: FactContext, workload: str) -> FactValue:
    """Return the best state of a licence that names its end user, item class and site, now or when it ended; `none` if none does.

    A VEU counts inside its conditions; an exception or a determination that none is required is no licence.
    """
    ran = _as_it_ran(world, workload)
    bases = _bases(ran, workload)
    return unknown() if bases is None else best_licence(ran, bases)


def bases(world: FactContext, workload: str) -> FactValue:
    """Return the kinds of US basis in force, now or when it ended, that name its end user, item class and site."""
    ran = _as_it_ran(world, workload)
    found = _bases(ran, workload)
    return unknown() if found is None else kinds_in_force(ran, found)


def _bases(world: FactContext, workload: str) -> list[Basis] | None:
    user, uses = _end_user(world, workload), world.uses(workload)
    if user is None or not uses:
        return None
    last = uses[-1]
    return [
        each
        for each in basis.recorded(user, world)
        if each.claim.jurisdiction == "US" and each.covers(user, last.item_class, last.site_id)
        if world.reached(each.span.start)
    ]


def gap_s(world: FactContext, workload: str) -> FactValue:
    """Return seconds of it until now in which evidence of any of the four facts is missing; a part of a second counts whole."""
    uses = world.uses(workload)
    if not uses:
        return unknown()
    if any(world.running(use) for use in uses):
        world.mark_volatile()
    found = [
        span
        for use in uses
        for spans in evidenced.gaps(use, world.now + 1, world.derive).values()
        for span in spans
    ]
    return known(-(-covered(found) // MICROSECONDS), [index for use in uses for index in use.evidence])


def outside_clearance_s(world: FactContext, workload: str) -> FactValue:
    """Return seconds of it until now in which tenant and end user were cleared, but not for its item class, site and path.

    Time in which they were not cleared at all is a gap of identity. Unknown where a decision is limited to what is not known.
    """
    uses = world.uses(workload)
    if not uses:
        return unknown()
    if any(world.running(use) for use in uses):
        world.mark_volatile()
    found: list[Interval] = []
    records = {index for use in uses for index in use.evidence}
    for use in uses:
        if use.tenant_id is None or use.end_user_id is None:
            return unknown()
        decided = [d for d in decisions(use.end_user_id, world) if d.claim.tenant_id == use.tenant_id]
        work = Work(use.item_class, use.site_id, use.path_id)
        limits = [scope(each.claim) for each in decided if each.standing.counts]
        if any(
            limit is not None and each is None
            for said in limits
            for limit, each in zip(said, work, strict=True)
        ):
            return unknown()
        records |= {each.noted.index for each in decided if scope(each.claim) != (None, None, None)}
        ran = Interval(use.start, world.now + 1 if use.end is None else min(use.end, world.now + 1))
        for span in (ran.meet(each.span) for each in cleared(decided)):
            found += [] if span.is_empty else span.minus(reaches(decided, use.tenant_id, work))
    return known(-(-covered(found) // MICROSECONDS), sorted(records))


def _as_it_ran(world: FactContext, workload: str) -> FactContext:
    """Return the world while it runs; the last instant of it, once it has ended."""
    uses = world.uses(workload)
    if not uses or any(world.running(use) for use in uses):
        return world
    return world.then(max(use.end for use in uses if use.end is not None) - 1)


def _end_user(world: FactContext, workload: str) -> str | None:
    uses = world.uses(workload)
    return uses[-1].end_user_id if uses else None


def _changes(world: FactContext, workload: str) -> list[IndexedClaim]:
    user, uses = _end_user(world, workload), world.uses(workload)
    if user is None:
        return []
    start = min(use.start for use in uses)
    ends = [use.end for use in uses]
    end = None if None in ends else max(each for each in ends if each is not None)
    return [
        noted
        for noted, claim in changes(user, world)
        if claim.what in {"end_user", "end_use"}
        and (since := world.since(claim)) is not None
        and start <= since
        and (end is None or since < end)
    ]


def _set(value: object) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()
