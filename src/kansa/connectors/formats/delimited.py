"""Delimited text (RFC 4180 and its relatives), read line by line; one bad row never takes its neighbours with it."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kansa.connectors.formats.lines import MAX_LINE, Line, lines
from kansa.connectors.formats.opened import opened
from kansa.connectors.formats.rows import FormatRow, TableRow, bad_row, require_columns
from kansa.errors import BadInput

MAX_LINES = 1_000
"""A quoted cell that goes on for longer is taken for one whose quote was never closed."""


@dataclass(frozen=True, slots=True)
class _Record:
    """One row's fields, or why there are none; `lines` are what it took."""

    lines: tuple[Line, ...]
    fields: Sequence[str] = ()
    fault: str | None = None

    @property
    def raw(self) -> str:
        return "".join(line.text for line in self.lines).rstrip("\r\n")


def rows(
    path: Path, *, delimiter: str, encoding: str, columns: Sequence[str] | None, needed: Sequence[str]
) -> Iterator[FormatRow]:
    """Yield the rows of a file; `columns` names them where the file has no header.

    Raises:
        BadInput: no header, a column that is missing or stands twice, no line that decodes.
    """
    with opened(path) as stream:
        records = _records(lines(stream, encoding), delimiter)
        header = list(columns) if columns is not None else _header(records, path, encoding)
        require_columns(needed, header, str(path))
        for record in records:
            yield _row(record, header, str(path))


def _records(source: Iterator[Line], delimiter: str) -> Iterator[_Record]:
    waiting: deque[Line] = deque()
    while True:
        taken: list[Line] = []
        reader = csv.reader(_feed(source, waiting, taken), delimiter=delimiter, strict=True)
        try:
            fields = next(reader, None)
        except csv.Error as error:
            waiting.extendleft(reversed(taken[1:]))
            yield _Record((taken[0],), fault=str(error))
            continue
        if fields is None:
            return
        fault = next((line.fault for line in taken if line.fault), None)
        if fields or fault:
            yield _Record(tuple(taken), fields, fault)


def _feed(source: Iterator[Line], waiting: deque[Line], taken: list[Line]) -> Iterator[str]:
    length = 0
    while len(taken) < MAX_LINES and length <= MAX_LINE:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        length += len(line.text)
        taken.append(line)
        yield line.text


def _header(records: Iterator[_Record], path: Path, encoding: str) -> list[str]:
    first = next(records, None)
    if first is None:
        raise BadInput(
            "table.empty", f"`{path}` is empty", help="say `columns` in the mapping if it has no header"
        )
    if first.fault:
        raise BadInput(
            "table.encoding",
            f"the header of `{path}` cannot be read as {encoding}: {first.fault}",
            help="say its `encoding` in the mapping, such as `cp932`",
        )
    return [name.strip() for name in first.fields]


def _row(record: _Record, header: Sequence[str], file: str) -> FormatRow:
    line = record.lines[0].number
    fields = list(record.fields)
    if record.fault:
        return bad_row("table.unreadable", f"the row cannot be read: {record.fault}", file, line, record.raw)
    if len(fields) == len(header) + 1 and not fields[-1]:
        fields.pop()
    if len(fields) != len(header):
        return bad_row(
            "table.width",
            f"the row has {len(fields)} fields, the table {len(header)} columns",
            file,
            line,
            record.raw,
        )
    return TableRow(line, dict(zip(header, fields, strict=True)), record.raw)
