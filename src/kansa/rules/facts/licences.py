"""In what state a licence is."""

from collections.abc import Sequence

from kansa.registers.spans.basis import Basis, draws, of_authorization, overdrawn
from kansa.rules.facts.world import Known, World, known, unknown

WORST_FIRST = ("none", "expired", "exhausted", "valid")
"""The states of a licence."""


def state_of(world: World, authorization: str) -> Known:
    """Whether a basis is `valid`, `expired` (ended, revoked, superseded) or `exhausted` (more units drawn than it allows)."""
    return state_among(world, of_authorization(authorization, world))


def state_among(world: World, recorded: Sequence[Basis]) -> Known:
    """The state of one basis, as it was recorded once or more often; unknown until the first has begun."""
    begun = [each for each in recorded if world.reached(each.span.start)]
    if not begun:
        return unknown()
    in_force = world.holding(begun)
    basis = (in_force or begun)[-1]
    drawn = [draw for draw in draws(basis.claim.authorization_id, world) if world.reached(draw.at)]
    rests = [*basis.rests, *(draw.noted for draw in drawn)]
    if not in_force:
        return known("expired", rests)
    return known("exhausted" if overdrawn(basis, drawn) else "valid", rests)
