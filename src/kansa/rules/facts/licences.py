"""In what state a licence is."""

from kansa.records.kinds.authorization import (
    AuthorizationAmended,
    AuthorizationDrawn,
    AuthorizationRecorded,
    AuthorizationRevoked,
)
from kansa.rules.facts.world import Known, World, known, unknown

WORST_FIRST = ("none", "expired", "exhausted", "valid")
"""The states of a licence."""


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


def veu_on_record(world: World) -> Known:
    """Whether any authorization of a validated end user (VEU) is on record and in force."""
    found = [
        (noted, claim)
        for kind in (AuthorizationRecorded, AuthorizationAmended)
        for noted, claim in world.current(kind.type, kind, basis="veu")
    ]
    lasting = [noted for noted, claim in found if state_of(world, claim.authorization_id).value != "expired"]
    return known(bool(lasting), lasting or [noted for noted, _ in found])
