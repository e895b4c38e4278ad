"""What items are: which class a device has, which paragraphs control it, which devices came under a contract."""

from collections.abc import Callable, Iterable

from kansa.facts.context import FactContext, FactValue, known, unknown
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.custody import DeviceIdentified, DeviceMoved, ItemClassified
from kansa.registers.spans import classification
from kansa.rules.paragraphs import Level, level_of, paragraphs_in

_SCOPE: dict[Level, bool | None] = {
    "upper": True,
    "lower": True,
    "either": True,
    "unsaid": None,
    "outside": False,
}
_UPPER: dict[Level, bool | None] = {
    **_SCOPE,
    "lower": False,
}  # a sheet that says no level is read as the stricter one
_LOWER: dict[Level, bool | None] = {**_SCOPE, "upper": False, "either": None}


def class_of(world: FactContext, device: str) -> FactValue:
    """Return the item class that the inventory has for a device."""
    found = world.current(device, DeviceIdentified, device_id=device)
    return known(found[-1][1].item_class, [found[-1][0]]) if found else unknown()


def classified(world: FactContext, item_class: str) -> list[tuple[IndexedClaim, ItemClassified]]:
    """Return the classification of an item class that rules under each jurisdiction now (`spans.classification`)."""
    ruling = world.holding(classification.classified(item_class, world))
    return [(each.noted, each.claim) for each in ruling]


def paragraphs(world: FactContext, item_class: str) -> FactValue:
    """Return the US paragraphs that control an item class; unknown until it is classified there."""
    under = [(noted, claim) for noted, claim in classified(world, item_class) if claim.jurisdiction == "US"]
    if not under:
        return unknown()
    found = {
        each for _, claim in under if claim.result == "controlled" for each in paragraphs_in(claim.control)
    }
    return known(frozenset(found), [noted for noted, _ in under])


def in_scope(world: FactContext, item_classes: Iterable[str]) -> FactValue:
    """Return whether any of the classes is an advanced computing item; unknown if none is known to be and one is not known."""
    return _any(world, item_classes, _SCOPE.__getitem__)


def at_upper_level(world: FactContext, item_classes: Iterable[str]) -> FactValue:
    """Return whether any is at the level of 3A090.a; a `.z` paragraph whose level no sheet says is read so."""
    return _any(world, item_classes, _UPPER.__getitem__)


def at_lower_level(world: FactContext, item_classes: Iterable[str]) -> FactValue:
    """Return whether any is at the level of 3A090.b."""
    return _any(world, item_classes, _LOWER.__getitem__)


def supplied(world: FactContext, contract: str) -> list[tuple[IndexedClaim, DeviceMoved]]:
    """Return the receipts of devices that name the contract."""
    return world.find(contract, DeviceMoved, contract_id=contract, step="receiving")


def _any(world: FactContext, item_classes: Iterable[str], asked: Callable[[Level], bool | None]) -> FactValue:
    """Return whether what is asked of a level holds for any paragraph; what is not known hides nothing beside it."""
    found = [paragraphs(world, item_class) for item_class in sorted(set(item_classes))]
    open_ = not found
    for part in found:
        names = part.value if isinstance(part.value, frozenset) else None
        answers = {asked(level_of(name)) for name in names} if names is not None else {None}
        if True in answers:
            return FactValue(value=True, records=part.records)
        open_ |= None in answers
    records = tuple(sorted({record for part in found for record in part.records}))
    if open_:
        return FactValue(None, records, "incomplete" if records else "not_recorded")
    return FactValue(value=False, records=records)
