"""Row schemas: which columns a row of a segment has, in which order; immutable once published.

A new column is a new schema id. A reader refuses ids that it does not know for verdicts and keeps their rows as bytes;
there are no defaults at read time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.evidence.columns import Column

Row = list[Any]
"""The values of one row in schema order."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Any]).decode


@dataclass(frozen=True, slots=True)
class Schema:
    """One row schema. `subject` names the group key, which stands in the group's header and not in the row."""

    id: str
    subject: str
    prefix: str
    columns: tuple[Column, ...]
    sealed: tuple[str, ...]
    """The fields whose values are sealed, in the order in which they are hashed."""
    order: tuple[str, ...]
    """The columns by which rows stand inside a group, nulls first."""

    def index(self, name: str) -> int:
        """Return the position of a column."""
        return next(i for i, column in enumerate(self.columns) if column.name == name)

    def encode(self, row: Sequence[Any]) -> bytes:
        """Return the canonical bytes of a row: a JSON array in profile `kansa-c14n-1`."""
        return _encode(row)

    def decode(self, data: bytes, hull: tuple[int, int]) -> Row:
        """Read a row, accepting exactly what `encode` writes of values that the schema allows.

        `hull` is the half-open interval of instants that the entry states, in microseconds.

        Raises:
            ValueError: says which column is wrong and why.
        """
        try:
            row = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(f"is no JSON array: {error}") from error
        if len(row) != len(self.columns):
            raise ValueError(f"has {len(row)} columns instead of {len(self.columns)}")
        for column, value in zip(self.columns, row, strict=True):
            fault = column.fault(value, hull)
            if fault is not None:
                raise ValueError(f"column `{column.name}` {fault}")
        if _encode(row) != data:
            raise ValueError("is not in its canonical form")
        return row

    def sort_key(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return what rows of a group are ordered by: nulls first, then by value."""
        return tuple((row[i] is not None, row[i]) for i in map(self.index, self.order))


KNOWN_BY = frozenset({"attested", "measured", "documented", "declared", "inferred"})
PURPOSES = frozenset({"train", "fine_tune", "infer", "other"})
MAX_ACCELERATORS = 1024
MAX_SEGMENT_NUMBER = 2**40
MAX_TEXT = 200
"""No open text of a row is longer; see `columns.PLAIN`."""


def most_listed(rows: int) -> int:
    """Return how many units all rows of a segment together may list: 64 a row, or 65,536 where they are few.

    A file of a few kilobytes can claim to unpack to any number; whoever reads a stranger's stops at this one.
    """
    return max(64 * rows, 1 << 16)


USE = Schema(
    id="kansa.use.v0",
    subject="tenant",
    prefix="pty",
    columns=(
        Column("workload", "subject", required=True, prefixes=("wkl",)),
        Column("start", "instant", required=True),
        Column("end", "instant"),
        Column("units", "subjects", required=True, prefixes=("dev", "nod")),
        Column("accelerators", "integer", low=1, high=MAX_ACCELERATORS),
        Column("end_user", "subject", prefixes=("pty",)),
        Column("path", "subject", prefixes=("pth",)),
        Column("site", "subject", prefixes=("sit",)),
        Column("item_class", "text"),
        Column("purpose", "text", values=PURPOSES),
        Column("known_by", "text", required=True, values=KNOWN_BY),
        Column("inferred_from", "text"),
        Column("corrects", "integer", high=MAX_SEGMENT_NUMBER),
        Column("withdrawn", "flag", required=True),
    ),
    sealed=("account", "user", "job_name", "job_id"),
    order=("end_user", "start", "workload"),
)

USE_BY_UNIT = Schema(
    id="kansa.use_by_unit.v0",
    subject="unit",
    prefix="",
    columns=(
        Column("start", "instant", required=True),
        Column("end", "instant"),
        Column("accelerators", "integer", low=1, high=MAX_ACCELERATORS),
        Column("site", "subject", prefixes=("sit",)),
        Column("withdrawn", "flag", required=True),
        Column("blind", "text", required=True),
    ),
    sealed=(),
    order=("start", "blind", "withdrawn"),
)
"""What an exporter sees of a unit: when it was held and where, and nobody's name."""

SCHEMAS = {schema.id: schema for schema in (USE,)}
"""Every schema that this version reads, by id."""
