"""Delimited text as publishers write it; one bad row never takes its neighbours with it."""

import csv
import io
from collections.abc import Iterator, Sequence

from kansa.errors import BadInput
from kansa.screening.entry import Place
from kansa.screening.lists.reading import MAX_CELL, Document, Gathering, Shortfall, clean

MAX_LINES = 100
"""A quoted cell that goes on for longer is taken for one whose quote was never closed."""


def rows(
    document: Document, gathering: Gathering, *, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> Iterator[tuple[Place, list[str]]]:
    """Yield the rows of a document and the lines on which they begin; blank lines are none.

    A row that cannot be split, or has a cell of more than `MAX_CELL` characters, is rejected.

    Raises:
        BadInput: `list.encoding`.
    """
    lines = list(io.StringIO(document.text(encoding), newline=""))
    at = 0
    while at < len(lines):
        place = Place(document.name, at + 1)
        reader = csv.reader(lines[at : at + MAX_LINES], delimiter=delimiter, strict=True)
        try:
            row = next(reader)
        except csv.Error as error:
            gathering.rows += 1
            gathering.reject(place, None, f"the row cannot be read: {error}")
            if at + MAX_LINES >= len(lines) and "unexpected end" in str(error) and not _ended(lines[-1]):
                gathering.shortfalls.append(Shortfall(document.name, "cut"))
            at += 1
            continue
        at += reader.line_num
        if not row or row == ["\x1a"]:
            continue
        gathering.rows += 1
        if any(len(cell) > MAX_CELL for cell in row):
            gathering.reject(place, None, f"a cell has more than {MAX_CELL} characters")
            continue
        yield place, row


def ends_in_a_line(document: Document, gathering: Gathering) -> None:
    """Call the edition partial whose file breaks off, where the publisher ends every line."""
    if not _ended(document.data[-1:].decode("ascii", "replace")) and not gathering.shortfalls:
        gathering.shortfalls.append(Shortfall(document.name, "end_mark"))


def _ended(line: str) -> bool:
    return line.endswith(("\n", "\r"))


def table(
    document: Document,
    gathering: Gathering,
    *,
    needed: Sequence[str],
    delimiter: str = ",",
) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows below a header, by column name in lower case. A row of another width is rejected.

    Raises:
        BadInput: `list.columns`, if the header lacks a needed column or has one twice; `list.encoding`.
    """
    read = rows(document, gathering, delimiter=delimiter)
    _, first = next(read, (None, []))
    header = [clean(name).casefold() for name in first]
    gathering.rows -= bool(first)  # the header is no row of the list
    missing = [name for name in needed if name.casefold() not in header]
    if missing or len(set(header)) != len(header):
        wrong = f"lacks {', '.join(f'`{name}`' for name in missing)}" if missing else "has a column twice"
        raise BadInput(
            "list.columns",
            f"the header of `{document.name}` {wrong}",
            help="see `kansa lists formats` for the form of each file",
        )
    last = document.data.count(b"\n") + 1
    for place, row in read:
        if len(row) != len(header):
            if place.row == last and len(row) < len(header):  # no line break after it: the file was cut here
                gathering.shortfalls.append(Shortfall(document.name, "cut"))
            gathering.reject(place, None, f"the row has {len(row)} cells, the header {len(header)}")
            continue
        yield place, dict(zip(header, row, strict=True))
