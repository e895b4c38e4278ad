"""Gaps, late stretches, reasons and changes of a vault as Parquet files, in the columns of the analytic contract."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.coherence.change import Change
from kansa.coherence.outputs import appearing
from kansa.coherence.remedies import Closing
from kansa.coherence.result import Gap, Late

_INSTANT = pa.timestamp("us", tz="UTC")
_GAPS = pa.schema([("use_id", pa.string()), ("start", _INSTANT), ("end", _INSTANT), ("missing", pa.int8())])
_LATE = pa.schema(
    [
        ("use_id", pa.string()),
        ("start", _INSTANT),
        ("end", _INSTANT),
        ("late", pa.int8()),
        ("before_log", pa.int8()),
    ]
)

_STRETCH = [("use_id", pa.string()), ("start", _INSTANT), ("end", _INSTANT), ("fact", pa.string())]
_TEXTS = [(name, pa.string()) for name in ("part", "detail", "closable", "who", "role")]
_WHY = pa.schema([*_STRETCH, *_TEXTS])
_CHANGES = pa.schema([*_STRETCH, ("change", pa.string())])


def write_gaps(gaps: Sequence[Gap], path: Path) -> None:
    """Write `gap(use_id, start, end, missing)`; appears whole or not at all."""
    _write(gaps, _GAPS, path)


def write_late(late: Sequence[Late], path: Path) -> None:
    """Write `late(use_id, start, end, late, before_log)`; appears whole or not at all."""
    _write(late, _LATE, path)


def write_why(reasons: Sequence[Closing], path: Path) -> None:
    """Write `why(use_id, start, end, fact, part, detail, closable, who, role)`; appears whole or not at all."""
    _write(reasons, _WHY, path)


def reasons_table(reasons: Sequence[Closing]) -> pa.Table:
    """Return the same in memory, instants int64 microseconds."""
    instants = ("start", "end")
    schema = pa.schema([pa.field(f.name, pa.int64()) if f.name in instants else f for f in _WHY])
    return _table(reasons, schema)


def write_changes(changes: Sequence[Change], path: Path) -> None:
    """Write `change(use_id, start, end, fact, change)`; appears whole or not at all."""
    _write(changes, _CHANGES, path)


def _write(rows: Sequence[tuple[object, ...]], schema: pa.Schema, path: Path) -> None:
    with appearing(path) as (partial,):
        pq.write_table(_table(rows, schema), partial)


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
