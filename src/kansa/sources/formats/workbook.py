"""XLSX workbooks: one sheet, typed cells. Dates are real dates; a whole number has no decimals.

A cell with a formula gives the value that the program stored when it was saved.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from kansa.errors import BadInput
from kansa.sources.cells import is_empty, text_of
from kansa.sources.formats.rows import FormatRow, TableRow, bad_row, require_columns


def rows(
    path: Path, *, sheet: str | None, columns: Sequence[str] | None, needed: Sequence[str]
) -> Iterator[FormatRow]:
    """The rows of a sheet, by default the first; `columns` names them where it has no header.

    Raises:
        BadInput: not a workbook, no such sheet, no header, a column that is missing or stands twice.
    """
    opened = _sheet(path, sheet)
    header = list(columns) if columns is not None else None
    for line, cells in enumerate(opened.iter_rows(), start=1):
        if all(is_empty(cell) for cell in cells):
            continue
        if header is None:
            header = [text_of(cell) if not is_empty(cell) else "" for cell in cells]
            require_columns(needed, header, str(path))
            continue
        yield _row(cells, header, str(path), line)
    if header is None:
        raise BadInput("table.empty", f"the sheet `{opened.name}` of `{path}` is empty")


def _sheet(path: Path, name: str | None) -> CalamineSheet:
    with path.open("rb"):  # a file that is not there is not a broken workbook
        pass
    try:
        book = CalamineWorkbook.from_path(path)
        return book.get_sheet_by_name(name) if name is not None else book.get_sheet_by_index(0)
    except WorksheetNotFound as error:
        listed = ", ".join(f"`{each}`" for each in book.sheet_names)
        raise BadInput("table.sheet", f"`{path}` has no sheet `{name}`", help=f"it has {listed}") from error
    except CalamineError as error:
        raise BadInput("table.workbook", f"`{path}` cannot be read as a workbook: {error}") from error


def _row(cells: Sequence[Any], header: Sequence[str], file: str, line: int) -> FormatRow:
    values = [_with_time(cell) for cell in cells]
    beyond = [value for value in values[len(header) :] if not is_empty(value)]
    if beyond:
        message = f"the row has {len(cells)} cells, the table {len(header)} columns"
        return bad_row("table.width", message, file, line, [str(cell) for cell in cells])
    values += [None] * (len(header) - len(values))
    named = dict(zip(header, values, strict=False))
    return TableRow(line, named, {name: _shown(value) for name, value in named.items()})


def _with_time(cell: Any) -> Any:
    """A date as its midnight: the format does not tell a day from a time at midnight."""
    return (
        datetime.combine(cell, time()) if isinstance(cell, date) and not isinstance(cell, datetime) else cell
    )


def _shown(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
