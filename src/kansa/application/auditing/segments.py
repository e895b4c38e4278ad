"""Segments: their files, both orders, their versions across segments, and their sealed values."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb

from kansa.application.auditing.part import Findings, Part
from kansa.application.auditing.sealed import Erasures
from kansa.evidence import folder, group, reader
from kansa.evidence.entry import Committed, claim_in, committed
from kansa.evidence.uses import inventory, provide
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.stores.values import ValueReader
from kansa.records import envelope
from kansa.records.kinds.evidence import EvidenceSegment
from kansa.records.kinds.operation import ValueErased


def segments(log: SqliteReader, root: Path) -> tuple[Part, list[Committed]]:
    """Look at every segment that the log names: each row is under its root and stands once. Returns those that are sound."""
    found = Findings("segments", "rows of segments, as the ledger commits to them")
    sound: list[Committed] = []
    named: set[str] = set()
    for index, record in _listed(found, log):
        place = f"entry {index}"
        found.total += int(record.data.get("rows", 0))
        named.add(str(record.data.get("segment")))
        faults = len(found.faults) + found.unlisted
        with found.attempt(place):
            each = committed(index, record, root)
            for wrong in reader.audit(each.segment):
                gone = wrong.where and not (each.segment.folder / wrong.where).exists()
                code = "vault.behind" if gone and "missing" in wrong.why else "segment.damaged"
                found.fault(code, place, f"`{wrong.where or 'rows of nobody known'}` {wrong.why}")
            if len(found.faults) + found.unlisted == faults:
                sound.append(each)
                found.checked += each.segment.rows
    if sound:
        _across(found, sound, set(range(len(named))) - {each.number for each in sound})
    left = [*folder.unfinished(root), *folder.orphans(root, named)]
    if left:
        found.notes.append(
            f"{len(left)} folders in `{root.name}` have no entry: the next intake completes or removes them"
        )
    return found.part(), sound


def values(sound: list[Committed], kept: ValueReader | None, erased: Erasures) -> Part:
    """Look at the sealed values of these segments: kept and as they were sealed, or erased on record."""
    found = Findings("sealed values of segments", "rows whose sealed values are kept")
    found.total = sum(each.segment.rows for each in sound)
    if kept is None:
        found.notes.append("not assessed: the value store cannot be opened")
        return found.part()
    bulk_keys: Mapping[str, bytes] = {}
    with found.attempt("the value store"):
        bulk_keys = kept.bulk_keys()
    gone = 0
    for each in sound:
        with found.attempt(f"entry {each.entry}"):
            gone += _values_of(found, each, bulk_keys.get, erased)
    if gone:
        found.notes.append(f"those of {gone} rows are erased, as `{ValueErased.type}` records say")
    return found.part()


def _listed(found: Findings, log: SqliteReader) -> Iterator[tuple[int, envelope.Record]]:
    """Yield the entries of segments, in order; their numbers and links are as they must be, or that is a fault."""
    records = [
        (index, record)
        for index, entry in log.backwards(EvidenceSegment.type)
        if (record := envelope.decode(entry)).type == EvidenceSegment.type
    ][::-1]
    before: int | None = None
    for number, (index, record) in enumerate(records):
        with found.attempt(f"entry {index}"):
            claim = claim_in(record.type, record.data)
            if (claim.number, claim.previous) != (number, before):
                found.fault(
                    "segment.list",
                    f"entry {index}",
                    f"it says that it is segment {claim.number} after entry {claim.previous}, and it is segment"
                    f" {number} after entry {before}",
                )
            yield index, record
        before = index


def _across(found: Findings, sound: list[Committed], unsound: set[int]) -> None:
    """Look at what only all segments together show: a row that stands twice, a correction of nothing.

    What corrects a row of an unsound segment cannot be judged; that one has a fault of its own.
    """
    with found.attempt("the segments together"), duckdb.connect() as connection:
        provide(connection, sound, inventory(()))
        twice = 'SELECT workload, "start" FROM segment_live GROUP BY ALL HAVING count(*) > 1'
        for workload, start in connection.execute(twice).fetchmany(_MOST):
            found.fault(
                "segment.twice", f"workload {workload}", f"its row that starts at {start} stands twice"
            )
        judged = f"corrects NOT IN ({', '.join(map(str, unsound))})" if unsound else "corrects IS NOT NULL"
        dangling = f"""
            SELECT number, row FROM segment_row r WHERE {judged} AND NOT EXISTS (
              SELECT 1 FROM segment_row k WHERE k.number = r.corrects AND k.number < r.number
                AND k.workload = r.workload AND k."start" = r."start" AND k.subject = r.subject AND NOT k.withdrawn
            )
        """  # noqa: S608 - numbers of ours
        for number, row in connection.execute(dangling).fetchmany(_MOST):
            found.fault(
                "segment.corrects",
                f"segment {number}, row {row}",
                "it corrects a row that its group does not have",
            )


_MOST = 50


def _values_of(
    found: Findings, each: Committed, keeper_key: Callable[[str], bytes | None], erased: Erasures
) -> int:
    """Look at the values of one segment; returns of how many rows they are erased, on record."""
    withheld, gone = Counter[str](), 0
    for kept in reader.groups(each.segment):
        shown = reader.sealed_runs(each.segment, kept, keeper_key)
        for run, values_ in zip(kept.runs, shown, strict=True):
            withheld[run.keeper] += run.rows if values_.values is None else 0
        if all(run.values is not None for run in shown):
            try:
                group.open_sealed(kept.header, shown)
            except group.RefusedGroupError as error:
                found.fault("segment.values", f"entry {each.entry}", f"`{kept.header.subject}`: {error}")
    for keeper, rows in withheld.items():
        if rows and each.recorded_at <= erased.until.get(keeper, -1):
            gone += rows
        elif rows:
            message = f"the sealed values of {rows} rows kept under `{keeper}` are lost, and no erasure is on record"
            found.fault("values.lost", f"entry {each.entry}", message)
    found.checked += each.segment.rows - withheld.total()
    return gone
