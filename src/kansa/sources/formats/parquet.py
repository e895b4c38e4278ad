"""Parquet, row group by row group. A timestamp with a zone is an instant; one without takes the mapping's zone.

Nanoseconds are cut to microseconds. The line of a row is its number.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.errors import BadInput
from kansa.sources.formats.nested import flattened
from kansa.sources.formats.rows import FormatRow, TableRow, bad_row, require_columns

_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)


def rows(path: Path, *, needed: Sequence[str]) -> Iterator[FormatRow]:
    """The rows of a file.

    Raises:
        BadInput: not Parquet or cut short, or a column is missing or stands twice.
    """
    opened = _opened(path)
    with opened:
        names = list(opened.schema_arrow.names)
        tops = dict.fromkeys(name if name in names else name.partition(".")[0] for name in needed)
        require_columns(list(tops), names, str(path))
        line = 1
        for group in range(opened.num_row_groups):
            count = opened.metadata.row_group(group).num_rows
            try:
                yield from _group(opened, group, list(tops), needed, line)
            except _BROKEN as error:
                message = f"the row group of rows {line} to {line + count - 1} cannot be read: {error}"
                yield bad_row("table.unreadable", message, str(path), line, None, cut=True)
            line += count


def _opened(path: Path) -> Any:
    with path.open("rb"):  # a file that is not there is not a broken one
        pass
    try:
        return pq.ParquetFile(path)
    except _BROKEN as error:
        raise BadInput(
            "table.parquet", f"`{path}` cannot be read as Parquet: {error}", help="it may have been cut short"
        ) from error


def _group(
    opened: Any, group: int, tops: list[str], needed: Sequence[str], first: int
) -> Iterator[FormatRow]:
    line = first
    for batch in opened.iter_batches(row_groups=[group], columns=tops, batch_size=8_192):
        for row in _plain(batch).to_pylist():
            cells = flattened(row, needed)
            yield TableRow(line, cells, cells)
            line += 1


def _plain(batch: Any) -> Any:
    """The batch with timestamps that Python can hold: microseconds, in UTC if they have a zone."""
    columns = [_in_microseconds(column) for column in batch.columns]
    return pa.record_batch(columns, names=batch.schema.names)


def _in_microseconds(column: Any) -> Any:
    if not pa.types.is_timestamp(column.type):
        return column
    zone = "UTC" if column.type.tz is not None else None
    return column.cast(pa.timestamp("us", zone), safe=False)
