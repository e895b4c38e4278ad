"""The rows of one worksheet as a stream: typed cells, and those that hold something which cannot be read.

A cell of an error, of a formula that no program has computed, of a merged area beside its first column is not empty:
it is `Unreadable`, and costs its row if the mapping asks for it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from kansa.connectors.formats import xml_stream
from kansa.connectors.formats.merged import MAX_ROWS, Area, Areas, place
from kansa.connectors.formats.xlsx_package import MAX_SHEET, Package, Style, Text, unescaped
from kansa.connectors.table.cells import MAX_TEXT, TOO_LONG, Unreadable, is_empty

MAX_CELLS = 1 << 20
"""Characters of all cells of a row together."""

_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - the caller knows the zone
_LAST_SERIAL = 2_958_465  # 9999-12-31
_NO_VALUE = Unreadable(
    "cell.formula", "holds a formula whose value was never stored", "=…", "open the workbook and save it"
)
_TWICE = Unreadable("cell.twice", "stands twice in its row", "…")
_BESIDE = Unreadable(
    "cell.merged",
    "is merged with the cell to its left",
    "…",
    "unmerge it, and write the value of each column",
)
_HEADER = Unreadable("cell.merged", "is merged with the header", "…", "unmerge it")
_COVERED = Unreadable(
    "cell.merged", "is merged with the cell above, which says something else", "…", "unmerge it"
)


@dataclass(slots=True)
class SheetRow:
    """One row: its number in the sheet and its cells by column, from 1."""

    number: int
    cells: dict[int, Any]


@dataclass(slots=True)
class _Cell:
    """A cell on its way."""

    column: int
    kind: str
    style: Style
    value: str | None = None
    formula: bool = False


class _Reader:
    """Turns the events of a sheet into rows."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.rows: list[SheetRow] = []
        self._row: SheetRow | None = None
        self._last = self._column = self._size = 0
        self._cell: _Cell | None = None
        self._rich: Text | None = None
        self._value: list[str] | None = None
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "c" and self._row is not None:
            self._begin_cell(attributes)
        elif self._rich is not None:
            self._rich.start(name)
        elif self._cell is None:
            return
        elif name == "v":
            self._value, self._length = [], 0
        elif name == "is":
            self._rich = Text()
        elif name == "f":
            self._cell.formula = True

    def end(self, name: str) -> None:
        if name == "is" and self._cell is not None and self._rich is not None:
            self._cell.value, self._rich = self._rich.value(), None
        elif self._rich is not None:
            self._rich.end(name)
        elif name == "v" and self._cell is not None and self._value is not None:
            self._cell.value, self._value = "".join(self._value), None
        elif name == "c" and self._cell is not None and self._row is not None:
            self._end_cell(self._row, self._cell)
        elif name == "row" and self._row is not None:
            self.rows.append(self._row)
            self._row = None

    def text(self, text: str) -> None:
        if self._rich is not None:
            self._rich.text(text)
        elif self._value is not None and self._length <= MAX_TEXT:
            self._value.append(text[: MAX_TEXT + 1 - self._length])
            self._length += len(self._value[-1])

    def _begin_row(self, number: str | None) -> None:
        row = int(number) if number is not None else self._last + 1
        if not self._last < row <= MAX_ROWS:
            raise ValueError(f"row {row} stands after row {self._last}")
        self._row, self._last, self._column, self._size = SheetRow(row, {}), row, 0, 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        ref, style = attributes.get("r"), attributes.get("s", "0")
        column = self._column + 1 if ref is None else place(ref)[1]
        styles = self.package.styles
        position = int(style) if style.isdecimal() else 0
        self._cell = _Cell(
            column, attributes.get("t", "n"), styles[position] if position < len(styles) else "number"
        )
        self._column = column

    def _end_cell(self, row: SheetRow, cell: _Cell) -> None:
        value = _value(cell, self.package)
        self._cell = self._value = self._rich = None
        self._size += len(value) if isinstance(value, str) else 8
        if self._size > MAX_CELLS:
            value = Unreadable(TOO_LONG, f"stands in a row of more than {MAX_CELLS:,} characters", "…")
        if cell.column in row.cells and not is_empty(row.cells[cell.column]):
            value = _TWICE
        row.cells[cell.column] = value


def rows(package: Package, part: str) -> Iterator[SheetRow]:
    """Yield the rows of a sheet that have a cell of their own which is not empty, with merged areas filled downwards.

    Raises:
        BROKEN (of `xlsx_package`): the sheet cannot be read on.
    """
    areas = _areas(package, part)
    reader, firsts = _Reader(package), dict[tuple[int, int], Any]()
    header: int | None = None
    with package.sheet(part) as stream:
        for _ in xml_stream.events(stream, reader, MAX_SHEET):
            for row in reader.rows:
                reaching = areas.reaching(row.number)
                firsts.update(
                    {
                        (area.top, area.left): row.cells.get(area.left)
                        for area in reaching
                        if area.top == row.number
                    }
                )
                if all(is_empty(cell) for cell in row.cells.values()):
                    continue
                header = row.number if header is None else header
                for area in reaching:
                    if area.top >= header or row.number > header:
                        _fill(row, area, firsts.get((area.top, area.left)), header)
                yield row
            reader.rows.clear()


def _fill(row: SheetRow, area: Area, first: Any, header: int) -> None:
    """Give the cells of a merged area what its first cell says; what lies beside its first column has no value."""
    if is_empty(first):
        return
    under_header = area.top <= header < row.number
    if row.number > area.top:
        own = row.cells.get(area.left)
        filled = first if is_empty(own) or own == first else _COVERED
        row.cells[area.left] = _HEADER if under_header else filled
    for column in range(area.left + 1, min(area.right, area.left + _NEAR) + 1):
        row.cells[column] = _HEADER if under_header else _BESIDE


_NEAR = 256
"""Columns up to which a merged area is followed sideways; a title may reach to the last of 16,384."""


def _areas(package: Package, part: str) -> Areas:
    """Return the merged areas, which stand after all rows; a sheet that does not speak of any is not parsed for them."""
    areas = Areas()
    if _speaks_of_areas(package, part):
        with package.sheet(part) as stream:
            xml_stream.parse(stream, areas, MAX_SHEET)
    areas.begin()
    return areas


def _speaks_of_areas(package: Package, part: str) -> bool:
    word, before, total = b"mergeCell", b"", 0
    with package.sheet(part) as stream:
        while data := stream.read(xml_stream.CHUNK):
            total += len(data)
            if word in before + data or b"\0" in data:  # zeros: two bytes a character
                return True
            if total > MAX_SHEET:
                return False
            before = data[-len(word) :]
    return False


def _value(cell: _Cell, package: Package) -> Any:
    """Return the value of a cell as its type and style say."""
    text = cell.value
    if text is not None and len(text) > MAX_TEXT:
        return _too_long(text)
    if text is not None and cell.kind in {"inlineStr", "str"}:
        return unescaped(text) if cell.kind == "str" else text
    if text is None or not text.strip():
        return _NO_VALUE if cell.formula else None
    return _typed(cell, text.strip(), package)


def _typed(cell: _Cell, text: str, package: Package) -> Any:
    if cell.kind == "e":
        return Unreadable("cell.error", f"holds the error `{text[:20]}`", text[:20])
    if cell.kind == "s":
        return _shared(text, package)
    if cell.kind == "b":
        return text in {"1", "true"}
    try:
        if cell.kind == "d":
            return datetime.fromisoformat(text)
        return _number(text, cell.style, package.since_1904)
    except (ValueError, OverflowError):
        return Unreadable("cell.number", f"holds `{text[:40]}`, which is no value of a sheet", text[:40])


def _too_long(text: str) -> Unreadable:
    return Unreadable(TOO_LONG, f"holds more than {MAX_TEXT:,} characters", f"{text[:80]}… (cut)")


def _shared(text: str, package: Package) -> Any:
    texts = package.shared.texts
    if text.isdecimal() and len(text) < 10 and int(text) < len(texts):
        found = texts[int(text)]
        return _too_long(found) if len(found) > MAX_TEXT else found
    return Unreadable("cell.shared", "refers to a text that the workbook does not have", text[:20])


def _number(text: str, style: Style, since_1904: bool) -> Any:  # noqa: FBT001 - the workbook's own flag
    if style == "number" and len(text) <= 20 and text.removeprefix("-").isdecimal():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no number")
    if style == "number":
        return number
    if style == "duration":
        return timedelta(milliseconds=round(number * 86_400_000))
    return _moment(number, since_1904)


def _moment(serial: float, since_1904: bool) -> datetime | time:  # noqa: FBT001 - the workbook's own flag
    """Return a date of the sheet, to the millisecond. Days before 1900-03-01 are one off, since 1900 had no 29 February."""
    days, millis = divmod(round(serial * 86_400_000), 86_400_000)
    if not 0 <= serial < _LAST_SERIAL + 1:
        raise ValueError("no date")
    if days == 0 and not since_1904:
        return (_EPOCH_1904 + timedelta(milliseconds=millis)).time()
    if since_1904:
        first = _EPOCH_1904
    elif days == 60:
        raise ValueError("1900-02-29 never came")
    else:
        first = datetime(1899, 12, 30 if days > 60 else 31)  # noqa: DTZ001 - the caller knows the zone
    return first + timedelta(days=days, milliseconds=millis)
