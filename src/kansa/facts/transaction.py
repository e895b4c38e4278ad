"""A transaction: one contract, its parties, the devices supplied under it, what is on file for it."""

from kansa.facts import items, party_headquarters
from kansa.facts.answered_questions import answer
from kansa.facts.context import FactContext, FactValue, Value, age_days, combined, grouped, known, unknown
from kansa.facts.licences import LICENSING, WORST_FIRST, kinds_in_force, licence_state, state_of
from kansa.facts.open_flags import flags_open
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.authorization import (
    AuthorizationDrawn,
    ConditionMet,
    NoticeReceived,
)
from kansa.records.kinds.custody import ContractRecorded, DeviceMoved, DeviceObserved
from kansa.records.kinds.party import CommitmentSigned, PartyDocumentFiled
from kansa.records.validity import validity
from kansa.registers.spans.basis import Basis, in_place_of
from kansa.rules.paragraphs import level_of

_PERMITS = ("none", "expired", "not_needed", "valid")
"""The states of a Japanese permit, the worst first."""


def controlled_items(world: FactContext, contract: str) -> FactValue:
    """Return whether items in scope are in it."""
    return items.in_scope(world, _classes(world, contract))


def paragraphs(world: FactContext, contract: str) -> FactValue:
    """Return the US paragraphs that its items meet."""
    classes = _classes(world, contract)
    if not classes:
        return unknown()
    return combined((items.paragraphs(world, item_class) for item_class in classes), _union)


def upper_level(world: FactContext, contract: str) -> FactValue:
    """Return whether an item at the level of 3A090.a is in it."""
    return items.at_upper_level(world, _classes(world, contract))


def lower_level(world: FactContext, contract: str) -> FactValue:
    """Return whether an item at the level of 3A090.b is in it."""
    return items.at_lower_level(world, _classes(world, contract))


def paragraph_unsaid(world: FactContext, contract: str) -> FactValue:
    """Return whether a sheet of its items names an entry that may be in scope without the paragraph that would tell."""
    found = paragraphs(world, contract)
    if not isinstance(found.value, frozenset):
        return found
    return FactValue(any(level_of(each) == "unsaid" for each in found.value), found.records)


def jp_list_controlled(world: FactContext, contract: str) -> FactValue:
    """Return whether items of the Japanese lists are in it."""
    classes = _classes(world, contract)
    under = [
        (noted, claim)
        for item_class in classes
        for noted, claim in items.classified(world, item_class)
        if claim.jurisdiction == "JP"
    ]
    hit = [noted for noted, claim in under if claim.result == "controlled"]
    if hit:
        return known(True, hit)  # noqa: FBT003 - the value itself
    if not classes or {claim.item_class for _, claim in under} != set(classes):
        return unknown()
    return known(False, [noted for noted, _ in under])  # noqa: FBT003 - the value itself


def accelerators(world: FactContext, contract: str) -> FactValue:
    """Return how many accelerators were received under it."""
    moves = items.supplied(world, contract)
    if not moves:
        return unknown()
    return known(len({move.device_id for _, move in moves}), [noted for noted, _ in moves])


def destination_groups(world: FactContext, contract: str) -> FactValue:
    """Return the country groups of the destination, as answered."""
    return grouped(world, answer(world, contract, "transaction.destination_country"))


def party_hq_groups(world: FactContext, contract: str) -> FactValue:
    """Return the country groups of headquarters and ultimate parents of all its parties but the operator."""
    asked = (party_headquarters.hq_groups, party_headquarters.parent_groups)
    return combined((groups(world, each) for each in _parties(world, contract) for groups in asked), _union)


def hq_determined(world: FactContext, contract: str) -> FactValue:
    """Return whether headquarters are determined for all its parties but the operator."""
    parties = _parties(world, contract)
    if not parties:
        return unknown()
    return combined((party_headquarters.hq_determined(world, each) for each in parties), all)


def new_customer(world: FactContext, contract: str) -> FactValue:
    """Return whether it is the first contract with any of its parties but the operator."""
    here = world.find(contract, ContractRecorded, contract_id=contract)
    others = _parties(world, contract)
    if not here or not others:
        return unknown()
    began = validity(here[0][1]).start
    first, rests = [], [here[0][0]]
    for each in others:
        earlier = [
            noted
            for noted, claim in world.find(each, ContractRecorded)
            if claim.contract_id != contract and validity(claim).start < began
        ]
        rests += earlier[:1]
        first.append(not earlier)
    return known(any(first), rests)


def licence(world: FactContext, contract: str) -> FactValue:
    """Return the worst state of what its devices were supplied under; `none` where none is named, or what is named is no licence.

    A VEU counts inside its conditions; an exception or a determination that none is required is no licence.
    """
    bases = _bases(world, contract, "US")
    if not bases:
        return known("none", [noted for noted, _ in items.supplied(world, contract)])
    states = [licence_state(world, each) if each else unknown() for each in bases.values()]
    return combined(states, lambda values: min(map(str, values), key=WORST_FIRST.index))


def bases(world: FactContext, contract: str) -> FactValue:
    """Return the kinds of US basis in force that its devices were supplied under."""
    found = _bases(world, contract, "US")
    recorded = [each for each in found.values() if each is not None]
    return kinds_in_force(world, recorded) if len(recorded) == len(found) else unknown()


def jp_permit(world: FactContext, contract: str) -> FactValue:
    """Return the state of the Japanese permit that its devices were supplied under; `none` if none is named.

    `not_needed` where an exception or a named person's determination is in force; that the items are on no list is none.
    """
    bases = _bases(world, contract, "JP")
    if not bases:
        return known("none", [noted for noted, _ in items.supplied(world, contract)])
    states = [_permit_state(world, each) if each else unknown() for each in bases.values()]
    return combined(states, lambda values: min(map(str, values), key=_PERMITS.index))


def _permit_state(world: FactContext, basis: Basis) -> FactValue:
    found = state_of(world, basis)
    if found.value != "valid":
        return found._replace(value="expired") if found.value is not None else found
    return found if basis.claim.basis in LICENSING else found._replace(value="not_needed")


def _bases(world: FactContext, contract: str, jurisdiction: str) -> dict[str, Basis | None]:
    """Return the authorizations of a jurisdiction that its devices were supplied under or drawn from.

    None for one that no record tells, which may be of any.
    """
    named = {move.authorization_id for _, move in items.supplied(world, contract)}
    named |= {claim.authorization_id for _, claim in world.find(contract, AuthorizationDrawn)}
    found = {each: _last(world, each) for each in sorted(each for each in named if each is not None)}
    return {
        id_: each for id_, each in found.items() if each is None or each.claim.jurisdiction == jurisdiction
    }


def _last(world: FactContext, authorization: str) -> Basis | None:
    """Return the basis as it stands, or the amendment that took its place."""
    begun = [b for b in in_place_of(authorization, world) if world.reached(b.span.start)]
    return next(reversed(world.holding(begun) or begun), None)


def unseen_days(world: FactContext, contract: str) -> FactValue:
    """Return days since the receipt of the oldest device that was not seen since; 0 if all were."""
    unseen = [(noted, move) for noted, move in items.supplied(world, contract) if not _seen(world, move)]
    if not unseen:
        return known(0, [noted for noted, _ in items.supplied(world, contract)])
    return age_days(world, unseen[0][0])


def documents(world: FactContext, contract: str) -> FactValue:
    """Return the kinds of documents and commitments in force for it: its own commitments, its parties' papers, its items' sheets."""
    found: dict[str, list[IndexedClaim]] = {}
    for noted, claim in world.current(contract, CommitmentSigned, contract_id=contract):
        found.setdefault(claim.commitment, []).append(noted)
    for each in _parties(world, contract):
        for noted, filed in world.current(each, PartyDocumentFiled, party_id=each):
            found.setdefault(filed.document, []).append(noted)
        for noted, signed in world.current(each, CommitmentSigned, party_id=each, contract_id=None):
            found.setdefault(signed.commitment, []).append(noted)
    for item_class in _classes(world, contract):
        for noted, sheet in items.classified(world, item_class):
            found.setdefault(f"classification_{sheet.jurisdiction.lower()}", []).append(noted)
    return known(frozenset(found), [noted for rests in found.values() for noted in rests])


def notices(world: FactContext, contract: str) -> FactValue:
    """Return the kinds of notices in force that match its items, where they name any, and one of its parties or name none.

    One that names no party but destinations matches where the destination is among them or not known; one that names
    no party but sites is asked where the site is.
    """
    classes = set(_classes(world, contract))
    country = answer(world, contract, "transaction.destination_country").value
    at_large = [
        (noted, claim)
        for noted, claim in world.current(NoticeReceived.type, NoticeReceived)
        if not claim.party_ids
        and not claim.site_ids
        and (not claim.destinations or country in {None, *claim.destinations})
    ]
    named = [found for each in _parties(world, contract) for found in world.current(each, NoticeReceived)]
    found = [
        (noted, claim)
        for noted, claim in (*named, *at_large)
        if not claim.item_classes or classes & set(claim.item_classes)
    ]
    return known(frozenset(claim.notice for _, claim in found), [noted for noted, _ in found])


def open_flags(world: FactContext, contract: str) -> FactValue:
    """Return how many flags are open on it or its parties."""
    return flags_open(world, contract, *_parties(world, contract))


def active_allocation(world: FactContext, contract: str) -> FactValue:
    """Return whether a party of it holds accelerators now."""
    for each in _parties(world, contract):
        for use in world.uses(each):
            if world.running(use):
                return known(True, use.evidence)  # noqa: FBT003 - the value itself
    return known(value=False)


def resale_consent(world: FactContext, contract: str) -> FactValue:
    """Return whether the consent to resale that a permit asks for is on file."""
    return _condition(world, contract, "resale_consent")


def nac_notice_age_days(world: FactContext, contract: str) -> FactValue:
    """Return days since the notice for licence exception NAC was filed."""
    met = _met(world, contract, "nac_notice")
    return age_days(world, met[-1] if met else None)


def _parties(world: FactContext, contract: str) -> list[str]:
    recorded = world.find(contract, ContractRecorded, contract_id=contract)
    named = {each for _, claim in recorded for each in claim.party_ids}
    return sorted(named - {world.operator})


def _classes(world: FactContext, contract: str) -> list[str]:
    found = (items.class_of(world, move.device_id).value for _, move in items.supplied(world, contract))
    return sorted({each for each in found if isinstance(each, str)})


def _condition(world: FactContext, contract: str, condition: str) -> FactValue:
    return known(bool(_met(world, contract, condition)), _met(world, contract, condition))


def _met(world: FactContext, contract: str, condition: str) -> list[IndexedClaim]:
    bases = {move.authorization_id for _, move in items.supplied(world, contract)} - {None}
    return [
        noted
        for basis in sorted(bases, key=str)
        for noted, _ in world.current(str(basis), ConditionMet, condition=condition)
    ]


def _union(values: list[Value]) -> frozenset[str]:
    return frozenset[str]().union(*(value for value in values if isinstance(value, frozenset)))


def _seen(world: FactContext, receipt: DeviceMoved) -> bool:
    """Tell whether the device was seen or installed at the site since its receipt."""
    seen: tuple[DeviceObserved | DeviceMoved, ...] = (
        *(claim for _, claim in world.find(receipt.device_id, DeviceObserved)),
        *(claim for _, claim in world.find(receipt.device_id, DeviceMoved, step="installing")),
    )
    return any(claim.site_id == receipt.site_id and claim.valid_from >= receipt.valid_from for claim in seen)
