"""XLSX workbooks: one sheet, row by row, in bounded memory. Dates are real dates; a whole number has no decimals.

A cell with a formula gives the value that the program stored when it was saved; what a cell holds that cannot be read
(an error, a formula without a value) is never an empty cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kansa.connectors.formats import sheet as sheets
from kansa.connectors.formats.rows import FormatRow, TableRow, bad_row, require_columns
from kansa.connectors.formats.sheet import SheetRow
from kansa.connectors.formats.xlsx_package import BROKEN, Package, opened
from kansa.connectors.table.cells import Unreadable, is_empty, text_of
from kansa.errors import BadInput


def rows(
    path: Path, *, sheet: str | None, columns: Sequence[str] | None, needed: Sequence[str]
) -> Iterator[FormatRow]:
    """Yield the rows of a sheet, by default the first; `columns` names them where it has no header.

    Raises:
        BadInput: not a workbook, no such sheet, no header, a column that is missing or stands twice.
    """
    with path.open("rb"):  # a file that is not there is not a broken workbook
        pass
    header = list(columns) if columns is not None else None
    line, name = 0, sheet
    try:
        with opened(path) as package:
            name = _sheet(package, path, sheet)
            for row in sheets.rows(package, package.sheets[name]):
                line = row.number
                if header is None:
                    header = _header(row)
                    require_columns(needed, header, str(path))
                    continue
                yield _row(row, header, str(path))
    except BROKEN as error:
        message = f"`{path}` cannot be read as a workbook: {_cause(error)}"
        if header is None or line == 0:
            raise BadInput(
                "table.workbook", message, help="save it as .xlsx; it may have been cut short"
            ) from error
        yield bad_row(
            "table.unreadable", f"what follows row {line} of {message}", str(path), line, None, cut=True
        )
    if header is None:
        raise BadInput("table.empty", f"the sheet `{name}` of `{path}` is empty")


def _sheet(package: Package, path: Path, name: str | None) -> str:
    listed = ", ".join(f"`{each}`" for each in package.sheets)
    if name is not None and name not in package.sheets:
        raise BadInput("table.sheet", f"`{path}` has no sheet `{name}`", help=f"it has {listed or 'none'}")
    if not package.sheets:
        raise BadInput("table.sheet", f"`{path}` has no sheet with cells")
    return name if name is not None else next(iter(package.sheets))


def _header(row: SheetRow) -> list[str]:
    last = max(column for column, cell in row.cells.items() if not is_empty(cell))
    cells = [row.cells.get(column) for column in range(1, last + 1)]
    return ["" if is_empty(cell) else _shown_text(cell) for cell in cells]


def _row(row: SheetRow, header: Sequence[str], file: str) -> FormatRow:
    beyond = [column for column, cell in row.cells.items() if column > len(header) and not is_empty(cell)]
    shown = {
        (header[column - 1] if column <= len(header) else f"column {column}"): _shown(cell)
        for column, cell in sorted(row.cells.items())
    }
    if beyond:
        message = f"the row has a cell in column {max(beyond)}, the table {len(header)} columns"
        return bad_row("table.width", message, file, row.number, shown)
    named: Mapping[str, Any] = {name: row.cells.get(place) for place, name in enumerate(header, start=1)}
    return TableRow(row.number, named, shown)


def _shown_text(cell: Any) -> str:
    return (
        cell.shown if isinstance(cell, Unreadable) else str(_shown(cell)) if _is_odd(cell) else text_of(cell)
    )


def _is_odd(cell: Any) -> bool:
    return not isinstance(cell, str | int | float | bool)


def _shown(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float | bool | Unreadable) else str(cell)


def _cause(error: BaseException) -> str:
    return str(error).strip("'\"") or type(error).__name__
