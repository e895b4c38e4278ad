"""Custody: an unbroken chain from a receipt puts the unit at the site (`spans.custody`). One group a unit."""

from collections.abc import Iterable, Iterator

from kansa.clock import parse_instant
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import DeviceIdentified, DeviceMoved, DeviceMoveWithdrawn, DeviceObserved
from kansa.registers.spans.custody import begins_chain
from kansa.registers.spans.evidenced import in_custody
from kansa.registers.spans.inventory import nodes_of
from kansa.registers.tables.line import Line, resting_on, weakest

TABLES = ("custody", "part", "supply")


def affected_keys(noted: IndexedClaim, journal: Journal) -> Iterable[str]:
    if not isinstance(noted.claim, DeviceMoved | DeviceMoveWithdrawn | DeviceObserved | DeviceIdentified):
        return
    for subject in noted.about:
        if subject.startswith("dev_"):
            yield subject
            yield from nodes_of(subject, journal)
        elif subject.startswith("nod_"):
            yield subject


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for site, span, rests in in_custody(key, journal):
        known_by = weakest(noted.claim for noted in rests)
        yield Line("custody", (key, site, *span, known_by, resting_on(rests)))
    if key.startswith("dev_"):
        for receipt in filter(begins_chain, journal.mentioning(key)):
            start = parse_instant(receipt.claim.valid_from)
            yield Line("part", ("provenance", key, start, None, resting_on([receipt])))
        yield from _supplies(key, journal)


def _supplies(device: str, journal: Journal) -> Iterator[Line]:
    """Under which contracts the device was received, whether or not the receipt says enough to begin a chain."""
    for noted in journal.mentioning(device):
        moved = noted.claim
        if isinstance(moved, DeviceMoved) and moved.step == "receiving" and moved.contract_id is not None:
            yield Line("supply", (device, moved.contract_id, parse_instant(moved.valid_from), (noted.index,)))
