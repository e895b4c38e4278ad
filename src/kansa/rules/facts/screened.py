"""What screening found on a party: the latest one, its candidates, and what people made of them."""

from kansa.clock import parse_instant
from kansa.records.kinds.screening import PartyScreened, ScreeningDisposed
from kansa.registers.journal import Noted
from kansa.rules.facts.screening_current import behind, covering, newest_editions
from kansa.rules.facts.world import Known, World, known, unknown

_SETTLED = {"no_hit", "dismissed"}
Screening = tuple[Noted, PartyScreened]


def screened(world: World, party: str) -> Known:
    """Whether it was ever screened."""
    found = world.find(party, PartyScreened, party_id=party)
    return known(bool(found), [noted for noted, _ in found[-1:]])


def screening_age_days(world: World, party: str) -> Known:
    """Days since it was last asked for, by a screening of its own or by a nightly difference."""
    latest = covering(world, party)
    if latest is None:
        return unknown()
    return known(world.days_since(parse_instant(latest[1].valid_from)), [latest[0]])


def screening_hits_open(world: World, party: str) -> Known:
    """How many candidates of the latest screening nobody has judged."""
    latest = _latest(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome != "alert":
        return known(0, [noted])
    if not isinstance(claim.candidates, list):
        return unknown("erased" if world.is_withheld(noted) else "not_recorded", [noted])
    judged = _judged(world, party, noted)
    settled = [n for n, disposed in judged if disposed.disposition != "undetermined"]
    return known(max(0, len(claim.candidates) - len(settled)), [noted, *settled])


def screening_hits_oldest_days(world: World, party: str) -> Known:
    """The age of the oldest open candidate; unknown where there is none."""
    count = screening_hits_open(world, party)
    if not count.value:
        return unknown(count.reason or "not_recorded")
    return screening_age_days(world, party)


def screening_listed(world: World, party: str) -> Known:
    """The lists on which people confirmed it; unknown until every candidate is judged."""
    latest = _latest(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome in _SETTLED:
        return known(frozenset(), [noted])
    matched = [each for each in _judged(world, party, noted) if each[1].disposition == "true_match"]
    if not matched:
        return unknown("incomplete", [noted])
    if world.is_withheld(noted) or not isinstance(claim.candidates, list):
        return unknown("erased", [noted])
    entries = {disposed.entry_id for _, disposed in matched}
    lists = {
        str(name) for each in claim.candidates if each.get("entry_id") in entries for name in _lists(each)
    }
    return known(frozenset(lists or {"unnamed"}), [noted, *(each for each, _ in matched)])


def screening_confirmed(world: World, party: str) -> Known:
    """Whether people confirmed it on any list."""
    lists = screening_listed(world, party)
    return Known(bool(lists.value), lists.records) if lists.value is not None else lists


def screening_behind_days(world: World, party: str) -> Known:
    """Days since the first edition that it was not screened against was recorded; 0 if there is none."""
    asked = covering(world, party)
    if asked is None:
        return unknown()
    since = behind(world, party)
    if not since:
        return known(0, [asked[0], *(noted for noted, _ in newest_editions(world).values())])
    first = min(parse_instant(noted.claim.valid_from) for noted in since)
    return known(world.days_since(first), [asked[0], *since])


def _lists(candidate: dict[str, object]) -> list[object]:
    named = candidate.get("lists")
    return named if isinstance(named, list) else []


def _latest(world: World, party: str) -> Screening | None:
    found = world.find(party, PartyScreened, party_id=party)
    return found[-1] if found else None


def _judged(world: World, party: str, screening: Noted) -> list[tuple[Noted, ScreeningDisposed]]:
    return [
        (noted, claim)
        for noted, claim in world.current(party, ScreeningDisposed, party_id=party)
        if claim.screening.index == screening.index
    ]
