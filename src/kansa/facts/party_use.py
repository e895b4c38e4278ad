"""What a party uses: items in scope, accelerators held, training, and the end users that it serves."""

from kansa.clock import DAY
from kansa.facts import items
from kansa.facts.context import FactContext, FactValue, known, unknown
from kansa.facts.licences import state_of
from kansa.facts.party_headquarters import hq_country, parent_country
from kansa.facts.served import coverage_bp, end_users, held_time, of_concern
from kansa.records.kinds.custody import ContractRecorded
from kansa.records.kinds.party import EndUseStated
from kansa.registers.spans.basis import bases
from kansa.rules.countries import CONCERN

TRAINING = frozenset({"train", "fine_tune"})
_YEAR = 365 * DAY


def controlled_items(world: FactContext, party: str) -> FactValue:
    """Return whether it orders, receives or uses items in scope."""
    classes = {use.item_class for use in world.uses(party) if use.item_class is not None}
    for noted, _ in world.find(party, ContractRecorded):
        for contract in (subject for subject in noted.about if subject.startswith("ctr_")):
            found = [items.class_of(world, move.device_id) for _, move in items.supplied(world, contract)]
            classes |= {part.value for part in found if isinstance(part.value, str)}
    return items.in_scope(world, classes)


def licence_ruled_out(world: FactContext, party: str) -> FactValue:
    """Return whether a determination in force says that no US licence is required for items in scope that it is to use."""
    determined = [
        each
        for each in world.holding(bases(party, world))
        if (each.claim.jurisdiction, each.claim.basis) == ("US", "no_licence_required")
        if state_of(world, each).value == "valid"
    ]
    scoped = [(each.noted, items.in_scope(world, each.claim.item_classes)) for each in determined]
    about = [(noted, found) for noted, found in scoped if found.value is not False]
    records = tuple(sorted({r for noted, found in about for r in (noted.index, *found.records)}))
    if any(found.value for _, found in about):
        return FactValue(value=True, records=records)
    return FactValue(None, records, "incomplete") if about else known(value=False)


def active_allocation(world: FactContext, party: str) -> FactValue:
    """Return whether it holds accelerators now."""
    held = [use for use in world.uses(party) if world.running(use)]
    return known(bool(held), [index for use in held[:1] for index in use.evidence])


def growth_percent(world: FactContext, party: str) -> FactValue:
    """Return accelerators supplied under its contracts in the last 365 days, in per cent of those before (at least one)."""
    moves = [
        (noted, move)
        for noted, _ in world.find(party, ContractRecorded)
        for contract in (subject for subject in noted.about if subject.startswith("ctr_"))
        for noted, move in items.supplied(world, contract)
    ]
    if not moves:
        return unknown()
    recent = {move.device_id for _, move in moves if not world.reached((world.since(move) or 0) + _YEAR)}
    before = {move.device_id for _, move in moves} - recent
    return known(100 * len(recent) // max(len(before), 1), [noted for noted, _ in moves])


def compute_share_percent(world: FactContext, party: str) -> FactValue:
    """Return its part of the operator's accelerator time in the last 90 days."""
    total = held_time(world, world.all_uses())
    if total == 0:
        return unknown()
    own = held_time(world, world.uses(party))
    return known(100 * own // total)


def user_hq_coverage_bp(world: FactContext, party: str) -> FactValue:
    """Return the part of its accelerator time whose end users have determined headquarters, in basis points."""
    return coverage_bp(world, party)


def users_of_concern(world: FactContext, party: str) -> FactValue:
    """Return how many end users it serves have headquarters or parent in mainland China, Hong Kong or Macau."""
    return of_concern(world, party)


def trains_for_concern(world: FactContext, party: str) -> FactValue:
    """Return whether it states or runs training for a party with headquarters or parent in D:5 or Macau."""
    stated = world.current(party, EndUseStated, end_user_id=party)
    trains = [noted for noted, claim in stated if claim.purpose in TRAINING]
    if not stated:
        return unknown()
    served = end_users(world, party) | {party}
    places = [place(world, user) for user in sorted(served) for place in (hq_country, parent_country)]
    records = tuple(
        sorted({noted.index for noted in trains} | {r for place in places for r in place.records})
    )
    embargoed = [_embargoed(world, place) for place in places]
    if not trains:
        return known(False, [noted for noted, _ in stated])  # noqa: FBT003 - the value itself
    if True in embargoed:
        return FactValue(value=True, records=records)
    return unknown("incomplete") if None in embargoed else FactValue(value=False, records=records)


def _embargoed(world: FactContext, place: FactValue) -> bool | None:
    groups = world.groups(place.value) if isinstance(place.value, str) else None
    return None if groups is None else CONCERN in groups
