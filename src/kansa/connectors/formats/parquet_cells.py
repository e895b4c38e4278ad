"""The cells of a Parquet column in Python, one fault a cell: infinite times, texts too long or not UTF-8, bytes.

What stands once in a dictionary stands once in memory, however many rows name it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kansa.connectors.table.cells import MAX_TEXT, TOO_LONG, Unreadable

_MAX_BYTES = 4 * MAX_TEXT
_MICROSECONDS = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
_BROKEN = (pa.ArrowException, ValueError, OverflowError, OSError)
_ENDLESS = Unreadable(
    "cell.time",
    "holds a time outside the years 1 to 9999, as databases write infinity",
    "infinity",
    "write null where there is no end",
)
_BYTES = Unreadable("cell.text", "holds bytes, not a text", "bytes")


def cells(column: pa.Array) -> list[Any]:
    """Return the values of a column: None, a plain value, or `Unreadable`; nested values as Python has them."""
    read = next((read for fits, read in _READERS if any(fit(column.type) for fit in fits)), _plain)
    return read(column)


def _plain(column: pa.Array) -> list[Any]:
    try:
        found: list[Any] = column.to_pylist()
    except _BROKEN:
        return [_one(item) for item in column]
    return found


def _bytes(column: pa.Array) -> list[Any]:
    return [_BYTES if valid else None for valid in column.is_valid().to_pylist()]


def _objects(column: pa.StructArray) -> list[Any]:
    names = [field.name for field in column.type]
    children = [cells(column.field(place)) for place in range(len(names))]
    rows = zip(*children, strict=True) if children else ((),) * len(column)
    return [
        dict(zip(names, row, strict=True)) if valid else None
        for valid, row in zip(column.is_valid().to_pylist(), rows, strict=True)
    ]


def _lists(column: pa.ListArray) -> list[Any]:
    offsets = column.offsets.to_pylist()
    first = offsets[0]
    values = cells(column.values.slice(first, offsets[-1] - first))
    return [
        values[start - first : end - first] if valid else None
        for valid, (start, end) in zip(column.is_valid().to_pylist(), pairwise(offsets), strict=True)
    ]


def _shared(column: pa.DictionaryArray) -> list[Any]:
    codes = column.indices.to_pylist()
    used = sorted({code for code in codes if code is not None})
    values = dict(zip(used, cells(column.dictionary.take(pa.array(used, pa.int64()))), strict=True))
    return [None if code is None else values[code] for code in codes]


def _texts(column: pa.Array) -> list[Any]:
    lengths = pc.binary_length(column)
    long = [
        position for position, is_long in enumerate(pc.greater(lengths, _MAX_BYTES).to_pylist()) if is_long
    ]
    kept = pc.if_else(pc.greater(lengths, _MAX_BYTES), None, column) if long else column
    try:
        found: list[Any] = kept.to_pylist()
    except UnicodeDecodeError:
        found = [_decoded(raw) for raw in kept.cast(pa.large_binary()).to_pylist()]
    for position in long:
        start = column[position].as_buffer()[:80].to_pybytes().decode("utf-8", "replace")
        message = (
            f"holds a text of {lengths[position].as_py():,} bytes; a cell may hold {MAX_TEXT:,} characters"
        )
        found[position] = Unreadable(TOO_LONG, message, f"{start}… (cut)")
    return found


def _decoded(raw: bytes | None) -> Any:
    try:
        return raw if raw is None else raw.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable("cell.text", "holds bytes that are not UTF-8", repr(raw[:80]) if raw else "")


def _moments(column: pa.Array) -> list[Any]:
    """Return instants in UTC if the column has a zone, else as a clock showed them; nanoseconds are cut to microseconds."""
    times, over = _MICROSECONDS[column.type.unit]
    first = datetime(1970, 1, 1, tzinfo=UTC if column.type.tz is not None else None)
    return [
        _within(value, lambda value: first + timedelta(microseconds=value * times // over))
        for value in column.cast(pa.int64()).to_pylist()
    ]


def _days(column: pa.Array) -> list[Any]:
    whole = pa.types.is_date32(column.type)
    numbers = column.cast(pa.int32() if whole else pa.int64()).to_pylist()
    return [
        _within(
            value, lambda value: date(1970, 1, 1) + timedelta(days=value if whole else value // 86_400_000)
        )
        for value in numbers
    ]


def _within(value: int | None, make: Callable[[int], date]) -> Any:
    try:
        return None if value is None else make(value)
    except OverflowError:
        return _ENDLESS


def _one(item: Any) -> Any:
    try:
        return item.as_py()
    except _BROKEN as error:
        return Unreadable("cell.unreadable", f"cannot be read: {error}", "?")


_READERS: Sequence[tuple[Sequence[Callable[[pa.DataType], bool]], Callable[[pa.Array], list[Any]]]] = (
    ((pa.types.is_dictionary,), _shared),
    ((pa.types.is_struct,), _objects),
    ((pa.types.is_list, pa.types.is_large_list), _lists),
    ((pa.types.is_string, pa.types.is_large_string), _texts),
    ((pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary), _bytes),
    ((pa.types.is_timestamp,), _moments),
    ((pa.types.is_date,), _days),
)
