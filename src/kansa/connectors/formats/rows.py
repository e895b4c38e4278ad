"""What every table format gives: rows of named cells, and rows that it could not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kansa.connectors.base import Quarantined
from kansa.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells by column, its line (in a workbook its row, in Parquet its number), and how it was read."""

    line: int
    cells: Mapping[str, Any]
    raw: Any


FormatRow = TableRow | Quarantined


def bad_row(
    code: str,
    message: str,
    file: str,
    line: int | None,
    row: Any,
    *,
    advice: str | None = None,
    cut: bool = False,
) -> Quarantined:
    """Return a row that the format cannot read."""
    return Quarantined((Problem(code, message, file, line, help=advice),), row, cut)


def require_columns(needed: Sequence[str], found: Sequence[str], file: str) -> None:
    """Refuse a file in which a column that the mapping uses is missing or stands twice.

    Raises:
        BadInput: `table.columns`, naming all of them.
    """
    wrong = {name: found.count(name) for name in needed if found.count(name) != 1}
    if wrong:
        listed = ", ".join(f"`{name}`" for name in found) or "none"
        problems = [
            Problem(
                "table.columns",
                "the column stands twice" if count else "the column is missing",
                file,
                1,
                name,
            )
            for name, count in wrong.items()
        ]
        raise BadInput(
            "table.columns",
            f"`{file}` has not the columns that the mapping names",
            problems=problems,
            help=f"the file has {listed}",
        )
