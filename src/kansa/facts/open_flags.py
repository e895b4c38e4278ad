"""Flags that stand on subjects, those about flags left out."""

from kansa.facts.context import FactContext, FactValue, known
from kansa.records.kinds.flag import FlagRaised, FlagResolved


def flags_open(world: FactContext, *subjects: str) -> FactValue:
    """Return how many flags are open on any of the subjects."""
    raised = {
        claim.flag_id: noted
        for subject in subjects
        for noted, claim in world.find(subject, FlagRaised)
        if not claim.of_flags
    }
    closed = {
        claim.flag_id: noted.index
        for subject in subjects
        for noted, claim in world.find(subject, FlagResolved)
    }
    rests = [noted for flag, noted in raised.items() if closed.get(flag, -1) < noted.index]
    return known(len(rests), rests)
