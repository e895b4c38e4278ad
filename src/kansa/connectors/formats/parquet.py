"""Parquet, batch by batch. A timestamp with a zone is an instant; one without takes the mapping's zone.

Nanoseconds are cut to microseconds. The line of a row is its number. A few bytes of Parquet can stand for gigabytes:
how much a batch of rows may take is reckoned from the file's description before any of it is unpacked.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.connectors.formats.nested import flattened
from kansa.connectors.formats.parquet_cells import cells
from kansa.connectors.formats.rows import FormatRow, TableRow, bad_row, require_columns
from kansa.errors import BadInput

MAX_ROWS = 100_000_000
MAX_CHUNK = 256 << 20
"""Bytes of one column in a row group, unpacked."""

MAX_GROUP = 512 << 20
"""Bytes of all columns that are read of a row group, unpacked."""

MAX_REPEATED = 20_000_000
"""Values of a column of lists in a row group."""

BUDGET = 64 << 20
"""Bytes that a batch may grow to, where one value of a file can stand for many rows."""

BATCH = 4_096

_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)
_SHAREABLE = frozenset({"PLAIN", "RLE", "BIT_PACKED", "PLAIN_DICTIONARY", "RLE_DICTIONARY"})


def rows(path: Path, *, needed: Sequence[str]) -> Iterator[FormatRow]:
    """Yield the rows of a file.

    Raises:
        BadInput: not Parquet or cut short, too many rows, or a column is missing or stands twice.
    """
    with _opened(path) as opened:
        names = list(opened.schema_arrow.names)
        tops = list(dict.fromkeys(name if name in names else name.partition(".")[0] for name in needed))
        require_columns(tops, names, str(path))
        if opened.metadata.num_rows > MAX_ROWS:
            message = f"`{path}` has {opened.metadata.num_rows:,} rows"
            raise BadInput("table.rows", message, help=f"split it into files of at most {MAX_ROWS:,}")
    plan = _plan(path, tops)
    with _opened(path, plan.shared) as opened:
        line = 1
        for group in range(opened.num_row_groups):
            count = opened.metadata.row_group(group).num_rows
            try:
                yield from _group(opened, plan, group, needed, line)
            except _BROKEN as error:
                message = f"the row group of rows {line} to {line + count - 1} cannot be read: {error}"
                yield bad_row("table.unreadable", message, str(path), line, None, cut=True)
            line += count


class _Plan(NamedTuple):
    """The columns to read, those of them that stay dictionaries, and each row group's rows a batch."""

    tops: list[str]
    shared: list[str]
    batches: list[int]


def _opened(path: Path, shared: Sequence[str] = ()) -> Any:
    with path.open("rb"):  # a file that is not there is not a broken one
        pass
    try:
        return pq.ParquetFile(path, read_dictionary=list(shared), buffer_size=1 << 20, pre_buffer=False)
    except _BROKEN as error:
        raise BadInput(
            "table.parquet", f"`{path}` cannot be read as Parquet: {error}", help="it may have been cut short"
        ) from error


def _plan(path: Path, tops: list[str]) -> _Plan:
    with _opened(path) as opened:
        metadata, schema = opened.metadata, opened.schema
        leaves = [schema.column(number) for number in range(len(schema))]
        wanted = [number for number, leaf in enumerate(leaves) if _top(leaf.path, tops)]
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        shared = [
            leaves[number].path
            for number in wanted
            if leaves[number].physical_type == "BYTE_ARRAY"
            and leaves[number].logical_type.type == "STRING"
            and all(set(group.column(number).encodings) <= _SHAREABLE for group in groups)
        ]
        batches = [
            _rows_a_batch([(leaves[number], group.column(number)) for number in wanted], shared)
            for group in groups
        ]
        return _Plan(tops, shared, batches)


def _top(path: str, tops: list[str]) -> bool:
    return path in tops or any(path.startswith(f"{top}.") for top in tops)


def _rows_a_batch(chunks: Sequence[tuple[Any, Any]], shared: Sequence[str]) -> int:
    """Return how many rows of a row group may be unpacked together; 0 if not even one.

    No value is longer than its column's bytes. A column of a dictionary that stays one takes no more than these; of
    others each value may be as long, and where values repeat one row may hold them all.
    """
    sizes = [chunk.total_uncompressed_size for _, chunk in chunks]
    if any(not 0 <= size <= MAX_CHUNK for size in sizes) or sum(sizes) > MAX_GROUP:
        return 0
    worst = 0
    for (leaf, chunk), size in zip(chunks, sizes, strict=True):
        repeats = leaf.max_repetition_level > 0
        if repeats and chunk.num_values > MAX_REPEATED:
            return 0
        if leaf.physical_type in {"BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"} and leaf.path not in shared:
            worst += size * (max(1, chunk.num_values) if repeats else 1)
    if worst > MAX_GROUP:
        return 0
    return max(1, min(BATCH, BUDGET // worst)) if worst else BATCH


def _group(opened: Any, plan: _Plan, group: int, needed: Sequence[str], first: int) -> Iterator[FormatRow]:
    if not plan.batches[group]:
        raise ValueError("it may take more memory than there is to spare; write smaller row groups")
    line = first
    for batch in opened.iter_batches(
        row_groups=[group], columns=plan.tops, batch_size=plan.batches[group], use_threads=False
    ):
        columns = {
            name: cells(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        for position in range(batch.num_rows):
            row = {name: column[position] for name, column in columns.items()}
            found = flattened(row, needed)
            yield TableRow(line, found, found)
            line += 1
