"""In what state a recorded basis is, and whether it answers a rule that demands a licence."""

from collections.abc import Iterable

from kansa.facts.context import FactContext, FactValue, known
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.authorization import AuthorizationAmended, AuthorizationRecorded, ConditionMet
from kansa.registers.spans.basis import Basis, draws, of_authorization

WORST_FIRST = ("none", "outside_conditions", "expired", "exhausted", "valid")
"""The states of a licence."""

LICENSING = frozenset({"licence", "veu"})
"""The bases that answer a rule that demands a licence.

A licence exception and a determination that no licence is required say that no rule demands one; they do not answer a
rule that does.
"""


def state_of(world: FactContext, basis: Basis) -> FactValue:
    """Return whether a basis that has begun is `valid`, `expired` (ended, revoked, superseded) or `exhausted`.

    Exhausted is a basis on which more devices are drawn, each counted once, than the quantity that limits it now.
    """
    drawn = [draw for draw in world.derive(draws, basis.claim.authorization_id) if world.reached(draw.at)]
    rests = [*basis.rests, *(draw.noted for draw in drawn)]
    if not world.covers(basis.span):
        return known("expired", rests)
    return known("exhausted" if _beyond(world, basis, len(drawn)) else "valid", rests)


def _beyond(world: FactContext, basis: Basis, drawn: int) -> bool:
    """Tell whether so many draws are beyond the quantity of a basis, which a later record of it may have changed."""
    if basis.claim.quantity is None or drawn <= basis.claim.quantity:
        return False
    later = reversed(world.derive(of_authorization, basis.claim.authorization_id))
    quantity = next((each for each in later if world.covers(each.span)), basis).claim.quantity
    return quantity is not None and drawn > quantity


def licence_state(world: FactContext, basis: Basis) -> FactValue:
    """Return the state of a basis as an answer to a rule that demands a licence.

    A licence is in its own state; a VEU holds inside its conditions only (15 CFR 748.15): `outside_conditions` where one
    on record is due again; any other basis is no licence: `none`.
    """
    if basis.claim.basis not in LICENSING:
        return known("none")
    found = state_of(world, basis)
    if basis.claim.basis == "licence" or found.value != "valid":
        return found
    met, overdue = conditions(world, basis.claim.authorization_id)
    records = tuple(sorted({*found.records, *(noted.index for noted in (*met, *overdue))}))
    return FactValue("outside_conditions" if overdue else "valid", records)


def conditions(world: FactContext, authorization: str) -> tuple[list[IndexedClaim], list[IndexedClaim]]:
    """Return the latest records that its conditions were met: those that hold, and those that are due again."""
    recorded = world.find(authorization, ConditionMet, authorization_id=authorization)
    latest = {claim.condition: (noted, claim) for noted, claim in recorded}
    overdue = [noted for noted, claim in latest.values() if world.ended(claim)]
    return [noted for noted, claim in latest.values() if not world.ended(claim)], overdue


def best_licence(world: FactContext, bases: Iterable[Basis]) -> FactValue:
    """Return the best state of a licence among bases; unknown where none is valid and the state of one is not known."""
    states = [licence_state(world, each) for each in bases]
    records = tuple(sorted({record for state in states for record in state.records}))
    if not any(state.value == "valid" for state in states):
        for state in states:
            if state.value is None:
                return FactValue(None, records, state.reason)
    best = max((str(state.value) for state in states if state.value), key=WORST_FIRST.index, default="none")
    return FactValue(best, records)


def kinds_in_force(world: FactContext, bases: Iterable[Basis]) -> FactValue:
    """Return which kinds of basis are in force: a licence, VEU, exception or determination, each as what it is."""
    valid = [each for each in bases if state_of(world, each).value == "valid"]
    return known(frozenset(each.claim.basis for each in valid), [each.noted for each in valid])


def veu_on_record(world: FactContext) -> FactValue:
    """Return whether any authorization of a validated end user (VEU) is on record and in force."""
    named = {
        claim.authorization_id for claim in world.derive(_veu_claims, "veu") if world.since(claim) is not None
    }
    bases = [basis for each in sorted(named) for basis in of_authorization(each, world)]
    lasting = [basis for basis in bases if world.covers(basis.span)]
    return known(bool(lasting), [noted for basis in lasting or bases for noted in basis.rests])


def _veu_claims(_subject: str, journal: Journal) -> list[AuthorizationRecorded | AuthorizationAmended]:
    """Return the claims of VEU authorizations: looked for once among all, not once for every party that asks."""
    return [
        claim
        for kind in (AuthorizationRecorded, AuthorizationAmended)
        for _, claim in journal.of_kind(kind.type, kind)
        if claim.basis == "veu"
    ]
