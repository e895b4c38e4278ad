"""A segment and its ledger entry: what the entry states, and the segment that an entry names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kansa.clock import format_instant
from kansa.errors import BadInput, BrokenVault
from kansa.evidence.files import Segment, SegmentFile, Written, missing
from kansa.evidence.group import Commitment
from kansa.evidence.schema import SCHEMAS
from kansa.records import catalogue
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.evidence import EvidenceSegment

_MS = 1000


class Committed(NamedTuple):
    """A segment that the ledger has: its entry (an index) and when that was recorded (an instant), its number, its files, its source."""

    entry: int
    recorded_at: int
    number: int
    segment: Segment
    system: str = ""


class Report(NamedTuple):
    """What the entry says of the files that were read; `source_files` are their names and SHA-256 in hex."""

    system: str
    source_files: Sequence[Mapping[str, str]]
    quarantined: int
    passed_over: Mapping[str, int]
    connector: str


def natural_key(number: int) -> str:
    """Return the natural key of a segment's entry: its number, so that no two can both take a place in the list."""
    return f"segment {number}"


def draft_of(
    written: Written, schema: str, *, number: int, previous: int | None, source: str, report: Report
) -> Draft:
    """Return the draft of a segment's entry."""
    start, end = written.hull
    data: dict[str, Any] = {
        "valid_from": format_instant(start // _MS * _MS),
        "valid_to": format_instant((end + _MS - 1) // _MS * _MS),
        "known_by": "declared",
        "segment": written.segment.hex(),
        "number": number,
        "previous": previous,
        "schema": schema,
        "rows": written.rows,
        "from_us": start,
        "to_us": end,
        "orders": [
            {"by": each.by, "groups": each.groups, "rows": each.rows, "root": each.root.hex()}
            for each in written.orders
        ],
        "files": [
            {"name": each.name, "sha256": each.sha256.hex(), "bytes": each.bytes} for each in written.files
        ],
        "system": report.system,
        "quarantined": report.quarantined,
        "passed_over": [{"reason": each, "rows": rows} for each, rows in sorted(report.passed_over.items())],
        "connector": report.connector,
        "source_files": [dict(each) for each in report.source_files],
    }
    return Draft(EvidenceSegment.type, source, natural_key(number), start, data)


def claim_in(type_: str, data: Mapping[str, Any]) -> EvidenceSegment:
    """Return what the entry of a segment states, from its data or its draft's.

    Raises:
        BadInput: `record.kind`, if it is not such an entry.
    """
    claim = catalogue.read(type_, dict(data))
    if not isinstance(claim, EvidenceSegment):
        raise BadInput("record.kind", f"`{type_}` is not the entry of a segment")
    return claim


def committed(index: int, record: Record, root: Path) -> Committed:
    """Return the segment that an entry names, its files under `root`.

    Raises:
        BadInput: `record.kind`, if the record is not such an entry.
        BrokenVault: `segment.schema`, if this version does not know its rows.
    """
    claim = claim_in(record.type, record.data)
    return Committed(index, record.recorded_at, claim.number, stated(claim, root), claim.system)


def stated(claim: EvidenceSegment, root: Path) -> Segment:
    """Return the segment that a claim states, its files under `root`.

    Raises:
        BrokenVault: `segment.schema`, if this version does not know its rows.
    """
    schema = SCHEMAS.get(claim.schema)
    if schema is None:
        raise BrokenVault(
            "segment.schema",
            f"segment {claim.number} has rows of schema `{claim.schema}`, which this version does not know",
            help="use a version of Kansa that does",
        )
    orders = tuple(Commitment(o.by, o.groups, o.rows, bytes.fromhex(o.root)) for o in claim.orders)
    files = tuple(SegmentFile(f.name, bytes.fromhex(f.sha256), f.bytes) for f in claim.files)
    hull = (claim.from_us, claim.to_us)
    return Segment(
        root / claim.segment, bytes.fromhex(claim.segment), schema, claim.rows, hull, orders, files
    )


def check_files(segments: Sequence[Committed]) -> None:
    """Check that every committed file is there, and is what its entry names.

    Raises:
        BrokenVault: `vault.behind`, if one is missing; `segment.damaged`, if one was altered.
    """
    for each in segments:
        for found in missing(each.segment):
            place = each.segment.folder / found.where
            gone = not place.is_file()
            raise BrokenVault(
                "vault.behind" if gone else "segment.damaged",
                f"entry {each.entry} names `{place}`, which {found.why}",
                help="put the folder `segments` back from a copy; see `kansa ledger audit`",
            )
