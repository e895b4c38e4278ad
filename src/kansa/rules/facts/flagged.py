"""Flags that stand on subjects, those about flags left out."""

from collections.abc import Iterable

from kansa.records.kinds.flag import FlagRaised, FlagResolved
from kansa.registers.journal import Noted
from kansa.rules.facts.world import Known, World, known


def flags_open(world: World, *subjects: str) -> Known:
    """How many flags are open on any of the subjects."""
    rests = standing(world, subjects, world.now)
    return known(len(rests), rests)


def standing(world: World, subjects: Iterable[str], at: int) -> list[Noted]:
    """The flags that were open on any of the subjects when an instant was reached, in the order of their ids."""
    found: dict[str, Noted] = {}
    told = {noted.index: noted for subject in subjects for noted in world.mentioning(subject)}
    for _, noted in sorted(told.items()):
        if noted.recorded_at > at:
            continue
        if isinstance(noted.claim, FlagRaised) and not noted.claim.of_flags:
            found[noted.claim.flag_id] = noted
        elif isinstance(noted.claim, FlagResolved):
            found.pop(noted.claim.flag_id, None)
    return [found[flag] for flag in sorted(found)]
