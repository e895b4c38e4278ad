"""What screening found on a party: the latest one, its candidates, and what people made of them."""

from kansa.clock import parse_instant
from kansa.records.kinds.screening import ListImported, PartyScreened
from kansa.rules.facts.listed_as import entries_confirmed, judged, latest_screening
from kansa.rules.facts.world import Known, World, known, unknown


def screened(world: World, party: str) -> Known:
    """Whether it was ever screened."""
    found = world.find(party, PartyScreened, party_id=party)
    return known(bool(found), [noted for noted, _ in found[-1:]])


def screening_age_days(world: World, party: str) -> Known:
    """Days since the latest screening."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    return known(world.days_since(parse_instant(latest[1].valid_from)), [latest[0]])


def screening_hits_open(world: World, party: str) -> Known:
    """How many candidates of the latest screening nobody has judged."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome != "alert":
        return known(0, [noted])
    if not isinstance(claim.candidates, list):
        return unknown("erased" if world.is_withheld(noted) else "not_recorded", [noted])
    told = judged(world, party, noted)
    settled = [n for n, disposed in told if disposed.disposition != "undetermined"]
    return known(max(0, len(claim.candidates) - len(settled)), [noted, *settled])


def screening_hits_oldest_days(world: World, party: str) -> Known:
    """The age of the oldest open candidate; unknown where there is none."""
    count = screening_hits_open(world, party)
    if not count.value:
        return unknown(count.reason or "not_recorded")
    return screening_age_days(world, party)


def screening_listed(world: World, party: str) -> Known:
    """The lists on which people confirmed it; unknown until every candidate is judged."""
    found = entries_confirmed(world, party)
    if isinstance(found, Known):
        return found
    noted, entries = found
    return known(frozenset(entry.list for entry in entries), noted)


def screening_confirmed(world: World, party: str) -> Known:
    """Whether people confirmed it on any list."""
    lists = screening_listed(world, party)
    return Known(bool(lists.value), lists.records) if lists.value is not None else lists


def screening_behind_days(world: World, party: str) -> Known:
    """Days since the first edition that it was not screened against was recorded; 0 if there is none."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    asked = {edition.record_set_sha256 for edition in latest[1].editions}
    newest = {
        claim.publication: (noted, claim) for noted, claim in world.find(ListImported.type, ListImported)
    }
    behind = [(noted, claim) for noted, claim in newest.values() if claim.record_set_sha256 not in asked]
    if not behind:
        return known(0, [latest[0], *(noted for noted, _ in newest.values())])
    first = min(parse_instant(claim.valid_from) for _, claim in behind)
    return known(world.days_since(first), [latest[0], *(noted for noted, _ in behind)])
