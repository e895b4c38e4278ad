"""Rows of uses as values, read and checked many at a time.

A verifier reads rows that a stranger gives it. One call decodes them, one encodes them again, and what is equal is
canonical; ranges are looked at by column. Only if something is wrong are the rows read one by one, to say which.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Annotated, Literal

import msgspec

from kansa.evidence.columns import PLAIN, SUBJECT
from kansa.evidence.schema import MAX_ACCELERATORS, MAX_SEGMENT_NUMBER, USE, Row

Hull = tuple[int, int]
"""The half-open interval of instants that an entry states, in microseconds."""


class UseRow(msgspec.Struct, array_like=True, frozen=True, gc=False, forbid_unknown_fields=True):
    """One row of `kansa.use.v0`; see `schema.USE` for what each column may hold."""

    workload: str
    start: int
    end: int | None
    units: list[str]
    accelerators: Annotated[int, msgspec.Meta(ge=1, le=MAX_ACCELERATORS)] | None
    end_user: str | None
    path: str | None
    site: str | None
    item_class: str | None
    purpose: Literal["train", "fine_tune", "infer", "other"] | None
    known_by: Literal["attested", "measured", "documented", "declared", "inferred"]
    inferred_from: str | None
    corrects: Annotated[int, msgspec.Meta(ge=0, le=MAX_SEGMENT_NUMBER)] | None
    withdrawn: bool


_encode = msgspec.json.Encoder().encode_lines
_decode = msgspec.json.Decoder(UseRow).decode_lines


def read(lines: bytes, hull: Hull) -> list[UseRow]:
    """Return rows, one canonical JSON array a line, each line ended, after checking all that the schema says of each.

    Raises:
        ValueError: says which row is wrong, counted from 0, and why.
    """
    try:
        rows = _decode(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        rows = []
    if _encode(rows) == lines and _sound(rows, hull):
        return rows
    raise ValueError(_first_fault(lines, hull))


def in_order(rows: Sequence[UseRow]) -> bool:
    """Tell whether rows of a group follow each other as the schema orders them, none twice."""
    keys = [(row.end_user or "", row.start, row.workload) for row in rows]
    return all(before < after for before, after in pairwise(keys))


def _sound(rows: Sequence[UseRow], hull: Hull) -> bool:
    """Tell whether every value is one that its column allows; what decoding has checked is not looked at again."""
    low, high = hull
    if not all(low <= row.start < high for row in rows):
        return False
    if not all(row.end is None or row.start <= row.end < high for row in rows):
        return False
    named = {
        ("wkl",): [row.workload for row in rows],
        ("pty",): {row.end_user for row in rows},
        ("pth",): {row.path for row in rows},
        ("sit",): {row.site for row in rows},
        ("dev", "nod"): set(chain.from_iterable(row.units for row in rows)),
    }
    is_id = SUBJECT.fullmatch
    return (
        all(
            id_ is None or (id_[:3] in prefixes and is_id(id_))
            for prefixes, ids in named.items()
            for id_ in ids
        )
        and all(len(row.units) == 1 or _increasing(row.units) for row in rows)
        and all(
            text is None or PLAIN.fullmatch(text)
            for text in {*(row.item_class for row in rows), *(row.inferred_from for row in rows)}
        )
    )


def _increasing(units: Sequence[str]) -> bool:
    return len(units) > 0 and all(a < b for a, b in pairwise(units))


def _first_fault(lines: bytes, hull: Hull) -> str:
    if lines and not lines.endswith(b"\n"):
        return "the last row does not end"
    start, end = USE.index("start"), USE.index("end")
    for number, line in enumerate(lines.split(b"\n")[:-1]):
        try:
            row: Row = USE.decode(line, hull)
        except ValueError as error:
            return f"row {number} {error}"
        if row[end] is not None and row[end] < row[start]:
            return f"row {number} ends before it starts"
    return "the rows are not in their canonical form"
