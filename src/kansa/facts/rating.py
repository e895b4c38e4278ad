"""The risk tiers that people gave a party, now and when something was decided on it."""

from collections.abc import Iterable, Iterator

from kansa.facts.context import FactContext
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyRiskRated
from kansa.rules.tiers import TIERS

Rated = tuple[IndexedClaim, PartyRiskRated]
_UNRATED = "low"


def gravest(world: FactContext, parties: Iterable[str]) -> Rated | None:
    """Return the gravest rating in force of any of the parties, as end user or for its end use; None where nobody rated."""
    found = [each for party in dict.fromkeys(parties) for each in _current(world, party).values()]
    return max(found, key=lambda each: (TIERS.index(each[1].tier), each[0].index), default=None)


def rerated(world: FactContext, party: str, since: int) -> Iterator[IndexedClaim]:
    """Yield the ratings in force whose tier is another than it was at a ledger index; nobody having rated, it was low."""
    for of, (noted, claim) in _current(world, party).items():
        rated = world.find(party, PartyRiskRated, party_id=party, of=of)
        before = [earlier.tier for each, earlier in rated if each.index <= since]
        if noted.index > since and claim.tier != (before[-1] if before else _UNRATED):
            yield noted


def _current(world: FactContext, party: str) -> dict[str, Rated]:
    return {claim.of: (noted, claim) for noted, claim in world.current(party, PartyRiskRated, party_id=party)}
