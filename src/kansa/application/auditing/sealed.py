"""Sealed values: each is kept and is what its digest was taken of, or a record says that it was erased."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from kansa.application.auditing.part import Findings, Part
from kansa.errors import BadInput, KansaError
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.stores.values import ValueReader
from kansa.records import envelope, sealing
from kansa.records.catalogue import kind_named
from kansa.records.envelope import Record
from kansa.records.kinds.operation import ValueErased

_STEP = 256


@dataclass(frozen=True, slots=True)
class Erasures:
    """What the evidence log says was erased: until when of each subject, and single values by digest."""

    until: Mapping[str, int]
    digests: frozenset[str]

    def cover(self, record: Record) -> bool:
        """Tell whether what was kept sealed of a record was erased after it was recorded."""
        kind = kind_named(record.type)
        keeper = None if kind is None else kind.keeper_in(dict(record.data))
        return keeper is not None and record.recorded_at <= self.until.get(keeper, -1)

    def lost(self, record: Record, kept: Container[str]) -> list[str]:
        """Return the digests of a record whose values are neither kept nor erased on record."""
        if self.cover(record):
            return []
        digests = sealing.digests(dict(record.data))
        return [digest for digest in digests if digest not in kept and digest not in self.digests]


def erasures(evidence: SqliteReader) -> Erasures:
    """Return every erasure on record."""
    until: dict[str, int] = {}
    digests: set[str] = set()
    for _, record in _records(evidence):
        if record.type == ValueErased.type and isinstance(subject := record.data.get("subject_id"), str):
            until[subject] = record.recorded_at
            digests.update(map(str, record.data.get("digests", ())))
    return Erasures(until, frozenset(digests))


def sealed(logs: Iterable[SqliteReader], values: ValueReader, erased: Erasures) -> Part:
    """Look for the value of every digest in these logs: it is there, or erased on record, and never both."""
    found, gone = Findings("sealed values", "values kept"), 0
    for log in logs:
        records = _records(log)
        while part := list(islice(records, _STEP)):
            kept = _kept(found, values, part, log.origin)
            for index, record in part:
                gone += _look(found, record, f"entry {index} of the log `{log.origin}`", kept, erased)
    if gone:
        found.notes.append(f"{gone} are erased, as `{ValueErased.type}` records say")
    return found.part()


def _look(found: Findings, record: Record, place: str, kept: frozenset[str], erased: Erasures) -> int:
    """Look at the digests of one record; returns how many of their values are erased, on record."""
    digests = sealing.digests(dict(record.data))
    covered = erased.cover(record)
    gone = {digest for digest in digests if covered or digest in erased.digests}
    there = [digest for digest in digests if digest in kept]
    lost = erased.lost(record, kept)
    found.total += len(digests)
    found.checked += len(there)
    if lost:
        message = f"{len(lost)} of {len(digests)} sealed values are lost, and no erasure is on record"
        found.fault("values.lost", place, message)
    if back := gone & set(there):
        message = f"{len(back)} of {len(digests)} sealed values are kept, though a record says that they were erased"
        found.fault("values.kept", place, message)
    return len(gone - set(there))


def _kept(
    found: Findings, values: ValueReader, records: list[tuple[int, Record]], log: str
) -> frozenset[str]:
    """Return the digests whose values are kept; where one is damaged, each record is looked at alone."""
    try:
        return frozenset(values.reveal(_digests(records)))
    except KansaError as error:
        if len(records) > 1:
            return frozenset().union(*(_kept(found, values, [each], log) for each in records))
        found.fault(error.code, f"entry {records[0][0]} of the log `{log}`", error.message)
        return frozenset(_digests(records))  # they are there, but damaged: not lost as well


def _digests(records: list[tuple[int, Record]]) -> list[str]:
    return [digest for _, record in records for digest in sealing.digests(dict(record.data))]


def _records(log: SqliteReader) -> Iterator[tuple[int, Record]]:
    for index, entry in log.entries():
        try:
            yield index, envelope.decode(entry)
        except BadInput:  # the audit of the log says so
            continue
