"""The entries of lists as which people confirmed a party, in its latest screening."""

from typing import NamedTuple

from kansa.records.kinds.screening import PartyScreened, ScreeningDisposed
from kansa.registers.journal import Noted
from kansa.rules.facts.world import Known, World, unknown

SETTLED = frozenset({"no_hit", "dismissed"})
"""Outcomes of a screening that leave no candidate."""
UNNAMED = "unnamed"
"""What stands for a list that the screening does not name."""
Screening = tuple[Noted, PartyScreened]


class ListedAs(NamedTuple):
    """One entry as which a party was confirmed: its list, and the programmes under which it is there, if told."""

    list: str
    programmes: frozenset[str]


def entries_confirmed(world: World, party: str) -> tuple[list[Noted], tuple[ListedAs, ...]] | Known:
    """The entries as which people confirmed it, with the records; a fact where that is not known."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome in SETTLED:
        return [noted], ()
    matched = [each for each in judged(world, party, noted) if each[1].disposition == "true_match"]
    if not matched:
        return unknown("incomplete", [noted])
    if world.is_withheld(noted) or not isinstance(claim.candidates, list):
        return unknown("erased", [noted])
    entries = {disposed.entry_id for _, disposed in matched}
    found = [_listed_as(each) for each in claim.candidates if each.get("entry_id") in entries]
    listed = tuple(sorted({each for several in found for each in several}, key=str))
    return [noted, *(each for each, _ in matched)], listed or (ListedAs(UNNAMED, frozenset()),)


def latest_screening(world: World, party: str) -> Screening | None:
    """Return the latest screening of a party with its record."""
    found = world.find(party, PartyScreened, party_id=party)
    return found[-1] if found else None


def judged(world: World, party: str, screening: Noted) -> list[tuple[Noted, ScreeningDisposed]]:
    """Return what people said of the candidates of a screening."""
    return [
        (noted, claim)
        for noted, claim in world.current(party, ScreeningDisposed, party_id=party)
        if claim.screening.index == screening.index
    ]


def _listed_as(candidate: dict[str, object]) -> list[ListedAs]:
    """The lists that a candidate names, in either form that it had."""
    several = candidate.get("lists")
    named = several if isinstance(several, list) else [candidate.get("list")]
    told = candidate.get("programs")
    programmes = frozenset(map(str, told)) if isinstance(told, list) else frozenset[str]()
    return [ListedAs(str(name), programmes) for name in named if isinstance(name, str) and name]
