"""An access path: by which way, for whom, through whom, and whether it is on."""

import re
from collections import defaultdict

from kansa.clock import DAY, MICROSECONDS, parse_instant
from kansa.facts.context import FactContext, FactValue, age_days, combined, known, unknown
from kansa.facts.screened import screened
from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.access_path import AccessPathSession
from kansa.registers.spans import access
from kansa.registers.spans.access import Approval, Held, Temporary
from kansa.registers.spans.verification import verified


def method(world: FactContext, path: str) -> FactValue:
    """Return the method, direct, brokered or remote, as last approved."""
    latest = _approved(world, path)
    return known(latest.claim.method, [latest.noted]) if latest else unknown()


def approved(world: FactContext, path: str) -> FactValue:
    """Return whether an approval is in force."""
    current = world.holding(access.approved(path, world))
    return known(bool(current), [each.noted for each in current])


def enabled(world: FactContext, path: str) -> FactValue:
    """Return whether it is on, by enablement or temporary configuration."""
    on = world.holding(access.enabled(path, world))
    return known(bool(on), [noted for held in on for noted in held.rests])


def mediator_known(world: FactContext, path: str) -> FactValue:
    """Return whether its mediator is a registered party; always so for a direct path, never for a broker without name."""
    latest = _approved(world, path)
    return _mediated(world, latest) if latest else unknown()


def _mediated(world: FactContext, approval: Approval) -> FactValue:
    by = world.holding(access.mediated(approval.claim, world))
    return known(bool(by), [approval.noted, *(noted for held in by for noted in held.rests)])


def mediator_verified(world: FactContext, path: str) -> FactValue:
    """Return whether its mediator was verified and screened; true where there is none."""
    latest = _approved(world, path)
    if latest is None:
        return unknown()
    mediator = latest.claim.mediator_id
    if mediator is None:
        return known(latest.claim.method != "brokered", [latest.noted])
    current = world.holding(verified(mediator, world))
    both = (known(bool(current), [each.noted for each in current]), screened(world, mediator))
    return combined(both, all)


def end_user_disclosed(world: FactContext, path: str) -> FactValue:
    """Return whether the latest approval names an end user."""
    latest = _approved(world, path)
    return known(latest.claim.end_user_id is not None, [latest.noted]) if latest else unknown()


def temporary(world: FactContext, path: str) -> FactValue:
    """Return whether it is on by a temporary configuration."""
    current = world.holding(access.temporary(path, world))
    return known(bool(current), [each.noted for each in current])


def temporary_expired(world: FactContext, path: str) -> FactValue:
    """Return whether a workload runs, or ran, over it after a temporary configuration had ended and while nothing enabled it."""
    given = _temporary(world, path)
    ended = [each.span.end for each in given if each.span.end is not None and world.reached(each.span.end)]
    if not ended:
        return known(False, [each.noted for each in given])  # noqa: FBT003 - the value itself
    on = [held.span for held in access.enabled(path, world)]
    after = Interval(min(ended), None)
    beyond = [
        use
        for use in world.uses(path)
        for span in Interval(use.start, use.end).meet(after).minus(on)
        if world.reached(span.start)
    ]
    return known(
        bool(beyond), [*(n.noted.index for n in given), *(i for use in beyond for i in use.evidence)]
    )


def temporary_extensions(world: FactContext, path: str) -> FactValue:
    """Return how many times a temporary configuration followed the one before without a break."""
    given = _temporary(world, path)
    extended = [n for n, each in enumerate(given) if n and each.span.start <= (given[n - 1].span.end or 0)]
    return known(len(extended), [each.noted for each in given])


def enabled_before_approval_s(world: FactContext, path: str) -> FactValue:
    """Return seconds for which it was on before it was first approved."""
    approvals = [each for each in access.approved(path, world) if world.reached(each.span.start)]
    on = _on(world, path)
    if not on:
        return unknown()
    first = approvals[0].span.start if approvals else world.now
    early = sum(max(0, min(held.span.end or first, first) - held.span.start) for held in on)
    if not approvals and early:
        world.seconds_since(world.now)
    rests = [*(each.noted for each in approvals[:1]), *(noted for held in on for noted in held.rests)]
    return known(early // MICROSECONDS, rests)


def last_review_days(world: FactContext, path: str) -> FactValue:
    """Return days since it was last approved."""
    latest = _approved(world, path)
    return age_days(world, latest.noted if latest else None)


def unused_days(world: FactContext, path: str) -> FactValue:
    """Return days since a workload last used it; 0 while one does."""
    uses = world.uses(path)
    if not uses:
        return unknown()
    if any(world.running(use) for use in uses):
        return known(0)
    last = max(uses, key=lambda use: use.end or 0)
    return known(world.days_since(last.end or 0), last.evidence)


def session_countries(world: FactContext, path: str) -> FactValue:
    """Return countries from which sessions of the last 30 days came."""
    recent = _recent(world, path)
    return _with_countries(
        world,
        recent,
        frozenset(each.origin_country for _, each in recent if isinstance(each.origin_country, str)),
    )


def sessions_outside(world: FactContext, path: str) -> FactValue:
    """Return sessions of the last 30 days from countries that the path's approval does not permit; all are permitted where it names none."""
    latest, recent = _approved(world, path), _recent(world, path)
    if latest is None:
        return unknown()
    said = latest.claim.permitted_countries
    if not isinstance(said, str):
        return unknown("erased" if world.is_withheld(latest.noted) else "not_recorded", [latest.noted])
    permitted = frozenset(re.findall(r"[A-Z]{2}", said))
    outside = [
        noted
        for noted, each in recent
        if isinstance(each.origin_country, str) and each.origin_country not in permitted
    ]
    if outside:
        return known(len(outside), [latest.noted, *outside])
    return _with_countries(world, recent, 0)


def users_shared(world: FactContext, path: str) -> FactValue:
    """Return accounts that more than one person used in sessions of the last 30 days."""
    persons: dict[str, set[str]] = defaultdict(set)
    recent = _recent(world, path)
    for _, each in recent:
        if isinstance(each.account, str) and isinstance(each.person, str):
            persons[each.account].add(each.person)
    if not persons:
        return unknown("erased" if any(world.is_withheld(noted) for noted, _ in recent) else "not_recorded")
    return known(sum(len(each) > 1 for each in persons.values()), [noted for noted, _ in recent])


def _with_countries(
    world: FactContext, recent: list[tuple[IndexedClaim, AccessPathSession]], value: int | frozenset[str]
) -> FactValue:
    """Return a value that every session has a share in; unknown if there is none, or if one has no country."""
    if not recent:
        return unknown()
    without = [noted for noted, each in recent if not isinstance(each.origin_country, str)]
    if without:
        erased = any(world.is_withheld(noted) for noted in without)
        return unknown("erased" if erased else "incomplete", without)
    return known(value, [noted for noted, _ in recent])


def _recent(world: FactContext, path: str) -> list[tuple[IndexedClaim, AccessPathSession]]:
    """Return the sessions on a path that ended in the last 30 days, or that go on."""
    return [
        (noted, each)
        for noted, each in world.find(path, AccessPathSession, path_id=path)
        if each.valid_to is None or not world.reached(parse_instant(each.valid_to) + 30 * DAY)
    ]


def _approved(world: FactContext, path: str) -> Approval | None:
    """Return the approval in force that began last."""
    return next(reversed(world.holding(access.approved(path, world))), None)


def _temporary(world: FactContext, path: str) -> list[Temporary]:
    """Return the temporary configurations that have begun."""
    return [each for each in access.temporary(path, world) if world.reached(each.span.start)]


def _on(world: FactContext, path: str) -> list[Held]:
    """Return the stretches, begun by now, in which it was on."""
    return [held for held in access.enabled(path, world) if world.reached(held.span.start)]
