"""Sealed values: each is kept and is what its digest was taken of, or a record says that it was erased."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from kansa.assembly.auditing.part import Findings, Part
from kansa.errors import BadInput, KansaError
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.stores.values import ValueReader
from kansa.records import envelope, sealing
from kansa.records.catalogue import kind_named
from kansa.records.envelope import Record
from kansa.records.kinds.operation import ValueErased

_STEP = 256


def erasures(evidence: SqliteReader) -> dict[str, int]:
    """When the values of each subject were last erased, as the evidence log has it: an instant by subject."""
    found: dict[str, int] = {}
    for _, record in _records(evidence):
        if record.type == ValueErased.type and isinstance(subject := record.data.get("subject_id"), str):
            found[subject] = record.recorded_at
    return found


def sealed(logs: Iterable[SqliteReader], values: ValueReader, erased: Mapping[str, int]) -> Part:
    """Look for the value of every digest in these logs.

    A value that is not there must have been kept under a subject whose values were erased after it was recorded.
    """
    found, gone = Findings("sealed values", "values kept"), 0
    for log in logs:
        records = _records(log)
        while part := list(islice(records, _STEP)):
            kept = _kept(found, values, part, log.origin)
            for index, record in part:
                digests = sealing.digests(dict(record.data))
                missing = [digest for digest in digests if digest not in kept]
                found.total += len(digests)
                found.checked += len(digests) - len(missing)
                if missing and _is_explained(record, erased):
                    gone += len(missing)
                elif missing:
                    place = f"entry {index} of the log `{log.origin}`"
                    message = f"{len(missing)} of {len(digests)} sealed values are lost, and no erasure is on record"
                    found.fault("values.lost", place, message)
    if gone:
        found.notes.append(f"{gone} are erased, as `{ValueErased.type}` records say")
    return found.part()


def _kept(
    found: Findings, values: ValueReader, records: list[tuple[int, Record]], log: str
) -> frozenset[str]:
    """The digests whose values are kept; where one is damaged, each record is looked at alone."""
    try:
        return frozenset(values.reveal(_digests(records)))
    except KansaError as error:
        if len(records) > 1:
            return frozenset().union(*(_kept(found, values, [each], log) for each in records))
        found.fault(error.code, f"entry {records[0][0]} of the log `{log}`", error.message)
        return frozenset(_digests(records))  # they are there, but damaged: not lost as well


def _digests(records: list[tuple[int, Record]]) -> list[str]:
    return [digest for _, record in records for digest in sealing.digests(dict(record.data))]


def _is_explained(record: Record, erased: Mapping[str, int]) -> bool:
    kind = kind_named(record.type)
    keeper = None if kind is None else kind.keeper_in(dict(record.data))
    return keeper is not None and record.recorded_at <= erased.get(keeper, -1)


def _records(log: SqliteReader) -> Iterator[tuple[int, Record]]:
    for index, entry in log.entries():
        try:
            yield index, envelope.decode(entry)
        except BadInput:  # the audit of the log says so
            continue
