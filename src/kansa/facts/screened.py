"""What screening found on a party: the latest one, its candidates, and what people made of them."""

from kansa.clock import parse_instant
from kansa.facts.context import FactContext, FactValue, known, unknown
from kansa.facts.listed_as import entries_confirmed, latest_screening, verdicts
from kansa.facts.screening_current import behind, covering, newest_editions
from kansa.records.kinds.screening import PartyScreened


def screened(world: FactContext, party: str) -> FactValue:
    """Return whether it was ever screened."""
    found = world.find(party, PartyScreened, party_id=party)
    return known(bool(found), [noted for noted, _ in found[-1:]])


def screening_age_days(world: FactContext, party: str) -> FactValue:
    """Return days since it was last asked for, by a screening of its own or by a nightly difference."""
    latest = covering(world, party)
    if latest is None:
        return unknown()
    return known(world.days_since(parse_instant(latest[1].valid_from)), [latest[0]])


def screening_hits_open(world: FactContext, party: str) -> FactValue:
    """Return how many candidates of the latest screening nobody has judged, or whose judgement has ended since."""
    latest = latest_screening(world, party)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.outcome == "no_hit":
        return known(0, [noted])
    if not isinstance(claim.candidates, list):
        if claim.outcome != "alert":
            return known(0, [noted])
        return unknown("erased" if world.is_withheld(noted) else "not_recorded", [noted])
    judged = verdicts(world, party, noted, claim)
    # What settled the screening then and still holds is carried; what has ended since is open again.
    still_open = [
        each
        for each in judged
        if each.verdict in {None, "undetermined"}
        and (claim.outcome == "alert" or each.candidate.get("disposition"))
    ]
    return known(len(still_open), [noted, *(n for each in judged for n in each.records)])


def screening_hits_oldest_days(world: FactContext, party: str) -> FactValue:
    """Return the age of the oldest open candidate; unknown where there is none."""
    count = screening_hits_open(world, party)
    if not count.value:
        return unknown(count.reason or "not_recorded")
    return screening_age_days(world, party)


def screening_listed(world: FactContext, party: str) -> FactValue:
    """Return the lists on which people confirmed it; unknown until every candidate is judged."""
    found = entries_confirmed(world, party)
    if isinstance(found, FactValue):
        return found
    noted, entries = found
    return known(frozenset(entry.list for entry in entries), noted)


def screening_confirmed(world: FactContext, party: str) -> FactValue:
    """Return whether people confirmed it on any list."""
    lists = screening_listed(world, party)
    return FactValue(bool(lists.value), lists.records) if lists.value is not None else lists


def screening_behind_days(world: FactContext, party: str) -> FactValue:
    """Return days since the first edition that it was not screened against was recorded; 0 if there is none."""
    asked = covering(world, party)
    if asked is None:
        return unknown()
    since = behind(world, party)
    if not since:
        return known(0, [asked[0], *(noted for noted, _ in newest_editions(world).values())])
    first = min(parse_instant(noted.claim.valid_from) for noted in since)
    return known(world.days_since(first), [asked[0], *since])
