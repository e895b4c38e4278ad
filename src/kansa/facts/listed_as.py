"""The entries of lists as which people confirmed a party, in its latest screening."""

from typing import NamedTuple

from kansa.facts.context import FactContext, FactValue, unknown
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.screening import PartyScreened, ScreeningDisposed

SETTLED = frozenset({"no_hit", "dismissed"})
"""Outcomes of a screening that leave no candidate."""
UNNAMED = "unnamed"
"""What stands for a list that the screening does not name."""
Screening = tuple[IndexedClaim, PartyScreened]
Disposed = tuple[IndexedClaim, ScreeningDisposed]


class ListedAs(NamedTuple):
    """One entry as which a party was confirmed: its list, and the programmes under which it is there, if told."""

    list: str
    programmes: frozenset[str]


def entries_confirmed(
    world: FactContext, party: str
) -> tuple[list[IndexedClaim], tuple[ListedAs, ...]] | FactValue:
    """Return the entries as which people confirmed it, with the records; a fact where that is not known."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome in SETTLED:
        return [noted], ()
    if not isinstance(claim.candidates, list):
        told = any(each.disposition == "true_match" for _, each in judged(world, party, noted))
        return unknown("erased" if told else "incomplete", [noted])
    matched = [each for each in verdicts(world, party, noted, claim) if each.verdict == "true_match"]
    if not matched:
        return unknown("incomplete", [noted])
    if world.is_withheld(noted):
        return unknown("erased", [noted])
    found = [_listed_as(each.candidate) for each in matched]
    listed = tuple(sorted({each for several in found for each in several}, key=str))
    records = [noted, *(record for each in matched for record in each.records)]
    return records, listed or (ListedAs(UNNAMED, frozenset()),)


def latest_screening(world: FactContext, party: str) -> Screening | None:
    """Return the latest screening of a party with its record."""
    found = world.find(party, PartyScreened, party_id=party)
    return found[-1] if found else None


def judged(
    world: FactContext, party: str, screening: IndexedClaim
) -> list[tuple[IndexedClaim, ScreeningDisposed]]:
    """Return what people said of the candidates of a screening."""
    return [
        (noted, claim)
        for noted, claim in world.current(party, ScreeningDisposed, party_id=party)
        if claim.screening.index == screening.index
    ]


class Judged(NamedTuple):
    """A candidate of a screening with what people's judgements of it come to, and their records; None: nobody judged."""

    candidate: dict[str, object]
    verdict: str | None
    records: tuple[IndexedClaim, ...]


def verdicts(world: FactContext, party: str, noted: IndexedClaim, claim: PartyScreened) -> list[Judged]:
    """Return what holds now for each candidate of a screening: judged on it, or on an earlier one that it found to bind.

    A judgement binds one candidate, however often it was given. A true match that is in force stands until one that names
    it in `replaces`.
    """
    told = sorted(judged(world, party, noted), key=lambda each: each[0].index)
    found = []
    for candidate in claim.candidates if isinstance(claim.candidates, list) else ():
        ruling = _carried(world, candidate)
        for record, disposed in told:
            if disposed.entry_id == candidate.get("entry_id") and _takes_its_place(ruling, disposed):
                ruling = record, disposed
        verdict = None if ruling is None else ruling[1].disposition
        found.append(Judged(candidate, verdict, () if ruling is None else (ruling[0],)))
    return found


def _carried(world: FactContext, candidate: dict[str, object]) -> Disposed | None:
    """Return the judgement of an earlier screening that bound this candidate already, while it is in force."""
    index = candidate.get("disposition_record")
    noted = world.at(index) if isinstance(index, int) and candidate.get("disposition") else None
    if noted is None or not isinstance(noted.claim, ScreeningDisposed) or world.ended(noted.claim):
        return None
    return noted, noted.claim


def _takes_its_place(ruling: Disposed | None, later: ScreeningDisposed) -> bool:
    """Tell whether a later judgement counts: a true match falls only to one that names it."""
    if ruling is None or ruling[1].disposition != "true_match" or later.disposition == "true_match":
        return True
    return later.replaces is not None and later.replaces.index == ruling[0].index


def _listed_as(candidate: dict[str, object]) -> list[ListedAs]:
    """Return the lists that a candidate names, in either form that it had."""
    several = candidate.get("lists")
    named = several if isinstance(several, list) else [candidate.get("list")]
    told = candidate.get("programs")
    programmes = frozenset(map(str, told)) if isinstance(told, list) else frozenset[str]()
    return [ListedAs(str(name), programmes) for name in named if isinstance(name, str) and name]
