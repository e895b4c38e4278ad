"""Inventory: where each device stands (`spans.inventory`), the balance's denominator. One group a device."""

from collections.abc import Iterable, Iterator

from kansa.records.kinds.custody import DeviceIdentified
from kansa.registers.facts.line import Line
from kansa.registers.journal import Journal, Noted
from kansa.registers.spans.inventory import standings

TABLES = ("installed",)


def touched(noted: Noted, _journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, DeviceIdentified):
        return [subject for subject in noted.about if subject.startswith("dev_")]
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for span, _, claim in standings(key, journal):
        yield Line("installed", (key, claim.node_id, claim.site_id, *span))
