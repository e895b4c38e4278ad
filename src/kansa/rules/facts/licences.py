"""In what state a recorded basis is, and whether it answers a rule that demands a licence."""

from collections.abc import Iterable

from kansa.records.kinds.authorization import (
    AuthorizationDrawn,
    AuthorizationRecorded,
    AuthorizationRevoked,
    ConditionMet,
)
from kansa.registers.journal import Noted
from kansa.rules.facts.world import Known, World, known, unknown

WORST_FIRST = ("none", "outside_conditions", "expired", "exhausted", "valid")
"""The states of a licence."""

LICENSING = frozenset({"licence", "veu"})
"""The bases that answer a rule that demands a licence.

A licence exception and a determination that no licence is required say that no rule demands one; they do not answer a
rule that does.
"""

Authorized = tuple[Noted, AuthorizationRecorded]


def state_of(world: World, authorization: str) -> Known:
    """Whether a basis is `valid`, `expired` (ended or revoked) or `exhausted` (more units drawn than it allows)."""
    recorded = world.find(authorization, AuthorizationRecorded, authorization_id=authorization)
    if not recorded:
        return unknown()
    noted, claim = recorded[-1]
    revoked = world.find(authorization, AuthorizationRevoked, authorization_id=authorization)
    drawn = world.find(authorization, AuthorizationDrawn, authorization_id=authorization)
    units = {device for _, draw in drawn for device in draw.device_ids}
    rests = [noted, *(each for each, _ in revoked), *(each for each, _ in drawn)]
    if revoked or world.ended(claim):
        return known("expired", rests)
    over = claim.quantity is not None and len(units) > claim.quantity
    return known("exhausted" if over else "valid", rests)


def licence_state(world: World, claim: AuthorizationRecorded) -> Known:
    """The state of a basis as an answer to a rule that demands a licence.

    A licence is in its own state; a VEU holds inside its conditions only (15 CFR 748.15): `outside_conditions` where one
    on record is due again; any other basis is no licence: `none`.
    """
    if claim.basis not in LICENSING:
        return known("none")
    found = state_of(world, claim.authorization_id)
    if claim.basis == "licence" or found.value != "valid":
        return found
    met, overdue = conditions(world, claim.authorization_id)
    records = tuple(sorted({*found.records, *(noted.index for noted in (*met, *overdue))}))
    return Known("outside_conditions" if overdue else "valid", records)


def conditions(world: World, authorization: str) -> tuple[list[Noted], list[Noted]]:
    """The latest records that its conditions were met: those that hold, and those that are due again."""
    recorded = world.find(authorization, ConditionMet, authorization_id=authorization)
    latest = {claim.condition: (noted, claim) for noted, claim in recorded}
    overdue = [noted for noted, claim in latest.values() if world.ended(claim)]
    return [noted for noted, claim in latest.values() if not world.ended(claim)], overdue


def best_licence(world: World, bases: Iterable[AuthorizationRecorded]) -> Known:
    """The best state of a licence among bases; unknown where none is valid and the state of one is not known."""
    states = [licence_state(world, claim) for claim in bases]
    records = tuple(sorted({record for state in states for record in state.records}))
    if not any(state.value == "valid" for state in states):
        for state in states:
            if state.value is None:
                return Known(None, records, state.reason)
    best = max((str(state.value) for state in states if state.value), key=WORST_FIRST.index, default="none")
    return Known(best, records)


def kinds_in_force(world: World, bases: Iterable[Authorized]) -> Known:
    """Which kinds of basis are in force: a licence, VEU, exception or determination, each as what it is."""
    valid = [
        (noted, claim) for noted, claim in bases if state_of(world, claim.authorization_id).value == "valid"
    ]
    return known(frozenset(claim.basis for _, claim in valid), [noted for noted, _ in valid])
