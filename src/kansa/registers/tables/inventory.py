"""Inventory: where each device stands (`spans.inventory`), the balance's denominator. One group a device."""

from collections.abc import Iterable, Iterator

from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import DeviceIdentified
from kansa.registers.spans.inventory import standings
from kansa.registers.tables.line import Line

TABLES = ("installed",)


def affected_keys(noted: IndexedClaim, _journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, DeviceIdentified):
        return [subject for subject in noted.about if subject.startswith("dev_")]
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for span, _, claim in standings(key, journal):
        yield Line("installed", (key, claim.node_id, claim.site_id, *span, claim.item_class))
