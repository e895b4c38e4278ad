"""What a decision on a case would rest on, party by party, and what is still open in it.

Read before anybody decides: documents and their records, verification, ownership, screening with the hits that nobody has
judged, open flags. What was never done is said as such and is no "none".
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from kansa.facts.context import FactContext
from kansa.facts.party import documents
from kansa.facts.screened import screening_hits_open
from kansa.flags.lifecycle import Flag, flags_in
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.flag import FlagAssigned, FlagRaised, FlagResolved
from kansa.records.kinds.party import PartyOwnershipDeclared
from kansa.records.kinds.screening import PartyScreened
from kansa.registers.spans.verification import verified

Obstacle = Literal["hits", "flags"]
"""What a permit may not be decided over: hits that nobody has judged, flags of high severity that are open."""

OBSTACLES: tuple[Obstacle, ...] = ("hits", "flags")


class PartyFindings(NamedTuple):
    """What is on record of one party now.

    `documents` are kinds with their entries. `verified` are the verifications that hold, `owners` the declarations of
    ownership in force, both as entries. `screened` is the entry of the latest screening, None if it never was, and
    `hits_open` how many of its candidates nobody has judged, None if that cannot be told. `flags` are open.
    """

    party: str
    documents: tuple[str, ...]
    document_records: tuple[int, ...]
    verified: tuple[int, ...]
    owners: tuple[int, ...]
    screened: int | None
    lists: tuple[str, ...]
    hits_open: int | None
    flags: tuple[Flag, ...]

    @property
    def high(self) -> tuple[Flag, ...]:
        """The open flags of high severity."""
        return tuple(flag for flag in self.flags if flag.claim.severity == "high")

    def as_json(self) -> dict[str, Any]:
        """Return it as `kansa case show --json` gives it."""
        return {
            "party": self.party,
            "documents": list(self.documents),
            "document_records": list(self.document_records),
            "verifications": list(self.verified),
            "ownership": list(self.owners),
            "screening": self.screened,
            "lists": list(self.lists),
            "hits_open": self.hits_open,
            "flags": [
                {"flag": flag.id, "rule": flag.claim.rule, "severity": flag.claim.severity}
                for flag in self.flags
            ],
        }


def findings(world: FactContext, parties: Iterable[str]) -> tuple[PartyFindings, ...]:
    """Return what is on record of each party now, in the order given."""
    return tuple(_of(world, party) for party in dict.fromkeys(parties))


def obstacles(found: Iterable[PartyFindings]) -> frozenset[Obstacle]:
    """Return what is open in the findings that a permit may not be decided over; hits that cannot be told are open."""
    return frozenset(_obstacles(found))


def _obstacles(found: Iterable[PartyFindings]) -> Iterator[Obstacle]:
    for each in found:
        if each.screened is not None and each.hits_open != 0:
            yield "hits"
        if each.high:
            yield "flags"


def _of(world: FactContext, party: str) -> PartyFindings:
    filed = documents(world, party)
    kinds = filed.value if isinstance(filed.value, frozenset) else frozenset[str]()
    screenings = world.find(party, PartyScreened, party_id=party)
    latest = screenings[-1] if screenings else None
    hits = screening_hits_open(world, party).value
    return PartyFindings(
        party=party,
        documents=tuple(sorted(map(str, kinds))),
        document_records=filed.records,
        verified=tuple(each.noted.index for each in world.holding(verified(party, world))),
        owners=tuple(n.index for n, _ in world.current(party, PartyOwnershipDeclared, party_id=party)),
        screened=None if latest is None else latest[0].index,
        lists=()
        if latest is None
        else tuple(sorted({edition.publication for edition in latest[1].editions})),
        hits_open=hits if isinstance(hits, int) else None,
        flags=tuple(flag for flag in flags_in(_flag_records(world, party)) if flag.state == "open"),
    )


def _flag_records(world: FactContext, party: str) -> list[IndexedClaim]:
    """Return what was said of the flags that concern a party, in ledger order."""
    raised = [
        (noted, claim)
        for noted, claim in world.find(party, FlagRaised)
        if party in {claim.subject_id, claim.party_id}
    ]
    said = [noted for noted, _ in raised]
    for flag in {claim.flag_id for _, claim in raised}:
        said += [noted for noted, _ in world.find(flag, FlagAssigned)]
        said += [noted for noted, _ in world.find(flag, FlagResolved)]
    return sorted({noted.index: noted for noted in said}.values(), key=lambda noted: noted.index)
