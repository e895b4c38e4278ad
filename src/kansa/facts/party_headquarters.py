"""Where a party and its ultimate parent are headquartered, who owns it, and how complete that is."""

from functools import partial
from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.facts import affiliates, ownership
from kansa.facts.context import FactContext, FactValue, combined, grouped, known, sealed, unknown
from kansa.facts.listed_as import entries_confirmed
from kansa.facts.ownership import WHOLE_BP, Bounds, Owners, Parent, Share
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyHeadquartersDetermined, PartyOwnershipDeclared

_PLACES = ("registered_seat", "place_of_management", "main_revenue", "main_staff")
Determined = tuple[IndexedClaim, PartyHeadquartersDetermined]


def hq_country(world: FactContext, party: str) -> FactValue:
    """Return the country that was determined, a later determination taking over from an earlier one."""
    latest = _determined(world, party)
    return sealed(world, latest[0], latest[1].country) if latest else unknown()


def hq_groups(world: FactContext, party: str) -> FactValue:
    """Return the country groups of the headquarters."""
    return grouped(world, hq_country(world, party))


def parent_country(world: FactContext, party: str) -> FactValue:
    """Return where the ultimate parent is headquartered; a party that is its own parent is where it is itself."""
    parent = _parent(world, party)
    if not isinstance(parent.value, str):
        return parent
    place = hq_country(world, parent.value)
    return combined((place, parent), lambda values: values[0])


def parent_groups(world: FactContext, party: str) -> FactValue:
    """Return the country groups of the ultimate parent's headquarters."""
    return grouped(world, parent_country(world, party))


def hq_determined(world: FactContext, party: str) -> FactValue:
    """Return whether headquarters of the party and of its ultimate parent were determined."""
    latest = _determined(world, party)
    if latest is None:
        return known(value=False)
    parent = _parent(world, party)
    if not isinstance(parent.value, str):
        return FactValue(value=False, records=(latest[0].index,))
    above = _determined(world, parent.value)
    return known(above is not None, [latest[0], *([above[0]] if above else [])])


def hq_determination_age_days(world: FactContext, party: str) -> FactValue:
    """Return days since the determination."""
    latest = _determined(world, party)
    if latest is None:
        return unknown()
    return known(world.days_since(parse_instant(latest[1].valid_from)), [latest[0]])


def hq_facts(world: FactContext, party: str) -> FactValue:
    """Return the facts on which the determination rests."""
    latest = _determined(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if world.is_withheld(noted):
        return unknown("erased", [noted])
    return known(frozenset(name for name in _PLACES if isinstance(getattr(claim, name), str)), [noted])


def ownership_complete(world: FactContext, party: str) -> FactValue:
    """Return whether the chain of control is known up to the ultimate parent."""
    if _erased(world, party):
        return unknown("erased", _erased(world, party))
    found = _ultimate(world, party)
    return FactValue(found.party is not None, found.records)


def ownership_age_days(world: FactContext, party: str) -> FactValue:
    """Return the age of the oldest link in the chain of owners."""
    found = _ultimate(world, party)
    links = [
        noted
        for name in found.chain
        for noted, _ in world.current(name, PartyOwnershipDeclared, party_id=name)
        if noted.index in found.records
    ]
    if not links:
        return unknown()
    oldest = min(parse_instant(noted.claim.valid_from) for noted in links)
    return known(world.days_since(oldest), links)


def listed_owner_bp(world: FactContext, party: str) -> FactValue:
    """Return what owners on the lists of the Affiliates Rule hold together, in whole basis points, if that is known exactly.

    Of the two readings of ownership the higher.
    """
    listed, share = _listed_share(world, party)
    if listed.value is None or share is None:
        return listed
    records = tuple(sorted({*listed.records, *share.records}))
    bounds = (share.multiplied, share.cascaded)
    if any(bound.least != bound.most for bound in bounds):
        return FactValue(None, records, "incomplete")
    return FactValue(int(max(bound.least for bound in bounds) * WHOLE_BP), records)


def listed_owner_share_unknown(world: FactContext, party: str) -> FactValue:
    """Return whether somebody listed is above it and the share cannot be determined."""
    listed, share = _listed_share(world, party)
    if listed.value is None or share is None:
        return listed
    records = tuple(sorted({*listed.records, *share.records}))
    names = listed.value if isinstance(listed.value, frozenset) else frozenset[str]()
    undecided = any(bound.least != bound.most for bound in (share.multiplied, share.cascaded))
    return FactValue(bool(names) and undecided, records)


def _chart(world: FactContext) -> ownership.Chart:
    return partial(_owners, world)


def _owners(world: FactContext, party: str) -> Owners:
    return ownership.owners_at(party, _declared(world, party), world.now)


def _declared(world: FactContext, party: str) -> list[IndexedClaim]:
    claims = [noted for noted, _ in world.find(party, PartyOwnershipDeclared, party_id=party)]
    for noted in claims:
        world.ended(noted.claim)
    return claims


def _ultimate(world: FactContext, party: str) -> Parent:
    return ownership.ultimate_parent(party, _chart(world))


def _erased(world: FactContext, party: str) -> list[IndexedClaim]:
    return [noted for noted in _declared(world, party) if world.is_withheld(noted)]


def _determined(world: FactContext, party: str) -> Determined | None:
    found = world.current(party, PartyHeadquartersDetermined, party_id=party)
    return found[-1] if found else None


def _parent(world: FactContext, party: str) -> FactValue:
    """Return the ultimate parent as determined, or as the chain of owners shows; contested where the two differ."""
    latest, chain = _determined(world, party), _ultimate(world, party)
    named = latest[1].ultimate_parent_id if latest else None
    records = tuple(sorted({*chain.records, *([latest[0].index] if latest else [])}))
    if named is not None and chain.party not in {None, named}:
        return FactValue(None, records, "contested")
    found = named or chain.party
    if found is not None:
        return FactValue(found, records)
    if _erased(world, party):
        return FactValue(None, records, "erased")
    return FactValue(None, records, "incomplete" if chain.records else "not_recorded")


class _Listed(NamedTuple):
    """The owners above a party that count as listed under the Affiliates Rule, for certain and perhaps."""

    surely: frozenset[str]
    perhaps: frozenset[str]


def _listed_share(world: FactContext, party: str) -> tuple[FactValue, Share | None]:
    """Return who of those above the party counts, and between which bounds they hold it; unknown where nobody screened one.

    Entity List and Military End User List count, and of the Specially Designated Nationals those under 744.8(a)(1):
    where the programmes do not tell, they hold nothing in the lower bound and all that is theirs in the upper one.
    """
    above, links = _above(world, party)
    if not links:
        return unknown(), None
    answers = {name: entries_confirmed(world, name) for name in above}
    records = set(links)
    for answer in answers.values():
        records.update(
            answer.records if isinstance(answer, FactValue) else (each.index for each in answer[0])
        )
    for answer in answers.values():
        if isinstance(answer, FactValue):
            return FactValue(None, tuple(sorted(records)), answer.reason), None
    entries = {name: answer[1] for name, answer in answers.items() if not isinstance(answer, FactValue)}
    counted = {name: affiliates.counts(each) for name, each in entries.items()}
    listed = _Listed(
        frozenset(name for name, counts in counted.items() if counts is True),
        frozenset(name for name, counts in counted.items() if counts is not False),
    )
    named = FactValue(listed.perhaps, tuple(sorted(records)))
    least, most = (ownership.held_by(party, each, _chart(world)) for each in listed)
    share = Share(
        Bounds(least.multiplied.least, most.multiplied.most),
        Bounds(least.cascaded.least, most.cascaded.most),
        tuple(sorted({*least.records, *most.records})),
    )
    return named, share


def _above(world: FactContext, party: str) -> tuple[frozenset[str], tuple[int, ...]]:
    """Return the owners above a party, direct or not, and the records that name them."""
    seen, frontier, records = set[str](), [party], set[int]()
    look = _chart(world)
    while frontier:
        held = look(frontier.pop())
        records.update(held.records)
        further = {stake.owner for stake in held.stakes} - seen - {party}
        seen |= further
        frontier += sorted(further)
    return frozenset(seen), tuple(sorted(records))
