"""Typed claims in ledger order, found by what they mention; what the facts are derived from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kansa.errors import BadInput
from kansa.records import catalogue
from kansa.records.envelope import Record
from kansa.records.kinds.authorization import AuthorizationRecorded
from kansa.records.kinds.claim import Claim
from kansa.records.kinds.custody import ItemClassified
from kansa.records.kinds.workload import SourceReported, WorkloadPlaced, WorkloadShifted


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A claim with its place in the ledger; `root` is the index of the first record that it corrects, or its own."""

    index: int
    root: int
    recorded_at: int
    source: str
    about: tuple[str, ...]
    claim: Claim


class Journal(Protocol):
    """Reads claims noted so far; a corrected claim is no longer found."""

    def mentioning(self, topic: str) -> Sequence[Noted]:
        """The claims that mention a topic, in ledger order."""
        ...

    def at(self, index: int) -> Noted | None:
        """The claim at an index, corrected or not; None if it is not here."""
        ...


def note(index: int, record: Record, roots: dict[int, int]) -> Noted | None:
    """The claim in a record, or None if its kind is not known or its data do not fit it.

    `roots` maps indexes of records to the roots of their corrections; it is read, and the record's own is added.
    """
    if catalogue.kind_named(record.type) is None:
        return None
    try:
        claim = catalogue.read(record.type, dict(record.data))
    except BadInput:
        return None
    root = index
    if corrected := corrects(claim):
        root = roots.get(corrected[0], corrected[0])
    roots[index] = root
    return Noted(index, root, record.recorded_at, record.source, record.about, claim)


def corrects(claim: Claim) -> tuple[int, ...]:
    """The index of the record that a claim takes the place of, if any."""
    return (claim.corrects.index,) if claim.corrects else ()


def topics(noted: Noted) -> set[str]:
    """What a claim can be found by: its subjects, units, item classes and source."""
    claim = noted.claim
    found = set(noted.about)
    if isinstance(claim, WorkloadPlaced | WorkloadShifted):
        found.update(claim.units)
    elif isinstance(claim, ItemClassified):
        found.add(item_topic(claim.item_class))
    elif isinstance(claim, AuthorizationRecorded):
        found.update(map(item_topic, claim.item_classes))
    elif isinstance(claim, SourceReported):
        found.add(noted.source)
    return found


def item_topic(item_class: str) -> str:
    """The topic of an item class."""
    return f"item:{item_class}"


class MemoryJournal:
    """A journal that holds all claims in memory."""

    def __init__(self) -> None:
        self._by_topic: dict[str, list[Noted]] = {}
        self._by_index: dict[int, Noted] = {}
        self._corrected: set[int] = set()

    def add(self, claims: Iterable[Noted]) -> None:
        """Note further claims, in ledger order."""
        for noted in claims:
            self._by_index[noted.index] = noted
            self._corrected.update(corrects(noted.claim))
            for topic in topics(noted):
                self._by_topic.setdefault(topic, []).append(noted)

    def mentioning(self, topic: str) -> Sequence[Noted]:
        return [noted for noted in self._by_topic.get(topic, ()) if noted.index not in self._corrected]

    def at(self, index: int) -> Noted | None:
        return self._by_index.get(index)
