"""Gaps and late stretches of a vault as Parquet files, in the columns of the analytic contract."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

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


def write_gaps(gaps: Sequence[Gap], path: Path) -> None:
    """`gap(use_id, start, end, missing)`; appears whole or not at all."""
    _write(gaps, _GAPS, path)


def write_late(late: Sequence[Late], path: Path) -> None:
    """`late(use_id, start, end, late, before_log)`; appears whole or not at all."""
    _write(late, _LATE, path)


def _write(rows: Sequence[Gap] | Sequence[Late], schema: pa.Schema, path: Path) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    partial = path.with_name(f".{path.name}.partial")
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), partial)
    partial.replace(path)
