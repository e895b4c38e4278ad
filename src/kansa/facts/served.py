"""Whom a tenant or a site has served in the last 90 days, and how much of that time is of known headquarters."""

from kansa.clock import DAY, HOUR
from kansa.facts.context import FactContext, FactValue, known, unknown
from kansa.facts.party_headquarters import hq_country, parent_country
from kansa.registers.rows import Use

CONCERN = frozenset({"CN", "HK", "MO"})
"""Mainland China, Hong Kong, Macau."""
WINDOW = 90 * DAY


def end_users(world: FactContext, subject: str) -> set[str]:
    """Return who has used units through a tenant or at a site in the last 90 days, or does now."""
    return {use.end_user_id for use in recent_uses(world, subject) if use.end_user_id is not None}


def coverage_bp(world: FactContext, subject: str) -> FactValue:
    """Return the part of accelerator time whose end users have determined headquarters and parents."""
    uses = recent_uses(world, subject)
    total = held_time(world, uses)
    if total == 0:
        return unknown()
    covered = {
        user: parent_country(world, user) for user in sorted({u.end_user_id for u in uses if u.end_user_id})
    }
    sure = [use for use in uses if use.end_user_id and covered[use.end_user_id].value is not None]
    records = sorted({record for place in covered.values() for record in place.records})
    return known(10_000 * held_time(world, sure) // total, records)


def of_concern(world: FactContext, subject: str) -> FactValue:
    """Return how many end users have headquarters or parent of concern; unknown while one may and is not known to."""
    users = sorted(end_users(world, subject))
    places = {user: (hq_country(world, user), parent_country(world, user)) for user in users}
    named = [user for user, found in places.items() if any(place.value in CONCERN for place in found)]
    records = sorted({r for found in places.values() for place in found for r in place.records})
    open_ones = [
        user for user in users if user not in named and any(place.value is None for place in places[user])
    ]
    return FactValue(None, tuple(records), "incomplete") if open_ones else known(len(named), records)


def recent_uses(world: FactContext, subject: str) -> list[Use]:
    """Return the uses of the last 90 days."""
    return [
        use for use in world.uses(subject) if world.running(use) or not world.reached((use.end or 0) + WINDOW)
    ]


def held_time(world: FactContext, uses: list[Use]) -> int:
    """Return accelerator time in the last 90 days, in whole hours times accelerators."""
    since = world.now - WINDOW
    held = 0
    for use in uses:
        end = world.now if use.end is None else min(use.end, world.now)
        held += use.weight * max(0, end - max(use.start, since))
    if uses:
        world.hours_since(since)
    return held // HOUR
