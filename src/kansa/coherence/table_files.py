"""A table as a file in the format that its name asks for: Parquet, CSV, XLSX or JSON.

CSV is UTF-8 with a byte order mark, so that spreadsheets read Japanese in it. A text that a spreadsheet would take for a
formula is a text in a workbook, and has an apostrophe before it in CSV. XLSX and CSV are written row by row.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.coherence.outputs import appearing
from kansa.errors import BadInput, Problem

MOST_ROWS = 1_048_575
"""Rows of a worksheet below its header."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 10_000


def suffix_problem(path: Path) -> Problem | None:
    """Return what is wrong with the name of an output; without a suffix it is Parquet."""
    if path.suffix.lower() in WRITERS:
        return None
    known = ", ".join(f"`{suffix}`" for suffix in WRITERS if suffix)
    message = f"the format `{path.suffix}` is not known"
    return Problem("coherence.output", message, file=str(path), help=f"end the name with one of {known}")


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table in the format of the file's suffix; it appears whole or not at all.

    Raises:
        BadInput: `coherence.output`, if a workbook cannot hold so many rows.
        KeyError: a suffix for which `suffix_problem` has a problem.
    """
    if path.suffix.lower() == ".xlsx" and table.num_rows > MOST_ROWS:
        raise _too_long(table.num_rows, path)
    with appearing(path) as (partial,):
        WRITERS[path.suffix.lower()](table, partial)


def _too_long(rows: int, path: Path) -> BadInput:
    """Return the refusal of a workbook of more rows than a worksheet has."""
    problem = Problem(
        "coherence.output",
        f"{rows:,} rows are more than the {MOST_ROWS:,} that a worksheet can hold",
        file=str(path),
        help="end the name with `.parquet` or `.csv`, which hold any number of rows",
    )
    return BadInput("coherence.output", "the answers cannot be written", problems=[problem])


def convert(parquet: Path, path: Path) -> None:
    """Write the rows of a Parquet file in the format of another name's suffix."""
    write_table(pq.read_table(parquet), path)


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        yield from batch.to_pylist()


def _stamp(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path)


def _csv(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        for row in _rows(table):
            writer.writerow([_harmless(_stamp(value)) for value in row.values()])


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        separator = "[\n"
        for row in _rows(table):
            written = json.dumps({name: _stamp(value) for name, value in row.items()}, ensure_ascii=False)
            file.write(f"{separator}{written}")
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")


def _xlsx(table: pa.Table, path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - only who writes a workbook pays for it

    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(table.num_columns - 1, 0), 22)
        sheet.write_row(0, 0, table.column_names, bold)
        for number, row in enumerate(_rows(table), start=1):
            for column, value in enumerate(row.values()):
                if value is not None:
                    sheet.write(number, column, _stamp(value))
    path.write_bytes(written.getvalue())


WRITERS = MappingProxyType[str, Callable[[pa.Table, Path], None]](
    {".parquet": _parquet, ".csv": _csv, ".xlsx": _xlsx, ".json": _json, "": _parquet}
)
