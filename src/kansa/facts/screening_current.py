"""Whether the latest screening of a party is of today's lists: what it asked, and what has come since.

A party is covered by its own latest screening, and by each nightly difference after it, which asks the new and changed
entries of every party that the vault knows by a name (`screening.swept`, method `delta`).
"""

from collections.abc import Iterator

from kansa.facts.context import FactContext
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyRegistered
from kansa.records.kinds.screening import Asked, ListImported, PartyScreened, ScreeningSwept

Covering = tuple[IndexedClaim, Asked]


def covering(world: FactContext, party: str) -> Covering | None:
    """Return the latest record by which a party was asked for, its own or a difference; None if it never was."""
    own = world.find(party, PartyScreened, party_id=party)
    if not own:
        return None
    noted, claim = own[-1]
    swept = _last_difference(world)
    if swept is not None and swept[0].index > noted.index and _is_named(world, party):
        return swept
    return noted, claim


def behind(world: FactContext, party: str) -> tuple[IndexedClaim, ...]:
    """Return what has come since a party was last asked for: the editions that it was not asked of, and what it is registered as now.

    Empty for a party that is up to date, and for one that was never screened.
    """
    found = covering(world, party)
    if found is None:
        return ()
    noted, claim = found
    return (*_editions_since(world, claim), *_registered_since(world, party, noted))


def newest_editions(world: FactContext) -> dict[str, tuple[IndexedClaim, ListImported]]:
    """Return the newest edition of each publication."""
    imported = world.find(ListImported.type, ListImported)
    return {claim.publication: (noted, claim) for noted, claim in imported}


def _editions_since(world: FactContext, asked: Asked) -> Iterator[IndexedClaim]:
    of = {edition.record_set_sha256 for edition in asked.editions}
    yield from (
        noted for noted, claim in newest_editions(world).values() if claim.record_set_sha256 not in of
    )


def _registered_since(world: FactContext, party: str, asked: IndexedClaim) -> Iterator[IndexedClaim]:
    """Yield its registration, where it says another name, country, address or number than at the time of the screening."""
    registered = world.find(party, PartyRegistered, party_id=party)
    before = [claim for noted, claim in registered if noted.index < asked.index]
    if registered and before and _asked_as(registered[-1][1]) != _asked_as(before[-1]):
        yield registered[-1][0]


def _asked_as(claim: PartyRegistered) -> tuple[object, ...]:
    return claim.names, claim.country, claim.address, claim.registration_number


def _is_named(world: FactContext, party: str) -> bool:
    """Tell whether its name is still kept: of others a difference says nothing."""
    registered = world.find(party, PartyRegistered, party_id=party)
    return bool(registered) and isinstance(registered[-1][1].names, dict)


def _last_difference(world: FactContext) -> tuple[IndexedClaim, ScreeningSwept] | None:
    for noted in reversed(world.mentioning(ScreeningSwept.type)):
        claim = noted.claim
        if isinstance(claim, ScreeningSwept) and claim.method == "delta" and world.since(claim) is not None:
            return noted, claim
    return None
