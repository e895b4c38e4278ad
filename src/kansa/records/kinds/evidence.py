"""Evidence in bulk: one entry for a whole segment of rows (`kansa.evidence`)."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim

Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
Hex64 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class SegmentOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order of a segment's rows: how many groups and rows it has, and the root of the trie of its groups."""

    by: Annotated[str, msgspec.Meta(min_length=1)]
    groups: Count
    rows: Count
    root: Hex64


class SegmentFileDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that holds rows or groups of a segment."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z]+[.]parquet$")]
    sha256: Hex64
    bytes: Count


class PassedOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of a source that are no evidence of their own, and why."""

    reason: Annotated[str, msgspec.Meta(min_length=1)]
    rows: Count


class EvidenceSegment(Claim, frozen=True, kw_only=True):
    """A segment: rows of one source, each provable alone, committed as a whole.

    `segment` is random, `number` counts the segments of the log from 0, and `previous` is the index of the entry of the
    one before. All instants of its rows lie in `[from_us, to_us)`, microseconds since 1970 UTC; `valid_from` and
    `valid_to` are the milliseconds around. `schema` names what a row holds, `orders` commits to the rows by tenant
    and by unit. Sealed values lie in a file that is not named, so that they can be erased. Whom the rows concern does
    not stand in `about`: the tries say so. `source_files` are the files that were read.
    """

    type: ClassVar[str] = "kansa.evidence.segment.v0"

    segment: Annotated[Hex32, OPEN]
    number: Annotated[Count, OPEN]
    previous: Annotated[Count | None, OPEN]
    schema: Annotated[str, OPEN]
    rows: Annotated[Count, OPEN]
    from_us: Annotated[int, OPEN]
    to_us: Annotated[int, OPEN]
    orders: Annotated[list[SegmentOrder], OPEN]
    files: Annotated[list[SegmentFileDigest], OPEN]
    system: Annotated[str, OPEN]
    quarantined: Annotated[Count, OPEN] = 0
    passed_over: Annotated[list[PassedOver], OPEN] = field(default_factory=list)
    connector: Annotated[str, OPEN]
    source_files: list[dict[str, str]] | UnsetType = UNSET
