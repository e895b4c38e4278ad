"""What items are: which class a device has, which paragraphs control it, which devices came under a contract."""

from collections.abc import Iterable

from kansa.records.kinds.custody import DeviceIdentified, DeviceMoved, ItemClassified
from kansa.registers.journal import Noted
from kansa.registers.spans import classification
from kansa.rules.facts.world import Known, World, known, unknown

IN_SCOPE = ("3A090", "4A090", "3A001.z", "4A003.z", "5A992.z")
"""How the US paragraphs of advanced computing items begin."""


def class_of(world: World, device: str) -> Known:
    """The item class that the inventory has for a device."""
    found = world.current(device, DeviceIdentified, device_id=device)
    return known(found[-1][1].item_class, [found[-1][0]]) if found else unknown()


def classified(world: World, item_class: str) -> list[tuple[Noted, ItemClassified]]:
    """The classification of an item class that rules under each jurisdiction now (`spans.classification`)."""
    ruling = world.holding(classification.classified(item_class, world))
    return [(each.noted, each.claim) for each in ruling]


def paragraphs(world: World, item_class: str) -> Known:
    """The US paragraphs that control an item class; unknown until it is classified there."""
    under = [(noted, claim) for noted, claim in classified(world, item_class) if claim.jurisdiction == "US"]
    if not under:
        return unknown()
    found = {claim.control for _, claim in under if claim.result == "controlled"}
    return known(frozenset(found), [noted for noted, _ in under])


def in_scope(world: World, item_classes: Iterable[str]) -> Known:
    """Whether any of the classes is an advanced computing item; unknown if none is known to be and one is not known."""
    found = [paragraphs(world, item_class) for item_class in sorted(set(item_classes))]
    hit = [part for part in found if isinstance(part.value, frozenset) and _advanced(part.value)]
    if hit:
        return Known(value=True, records=hit[0].records)
    if not found or any(part.value is None for part in found):
        return unknown()
    return Known(value=False, records=tuple(sorted({r for part in found for r in part.records})))


def supplied(world: World, contract: str) -> list[tuple[Noted, DeviceMoved]]:
    """The receipts of devices that name the contract."""
    return world.find(contract, DeviceMoved, contract_id=contract, step="receiving")


def _advanced(controls: Iterable[str]) -> bool:
    return any(control.startswith(IN_SCOPE) for control in controls)
