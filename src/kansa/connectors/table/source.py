"""Tables under a mapping: the way in for any system not known yet, and for evidence that people declare."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from kansa.clock import parse_instant
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped, Window
from kansa.connectors.formats import delimited, json_lines, parquet, workbook
from kansa.connectors.formats.opened import PACKED_AS
from kansa.connectors.formats.rows import FormatRow, TableRow
from kansa.connectors.table import cells
from kansa.connectors.table.cells import CellFault, Unreadable
from kansa.connectors.table.mapping import (
    Column,
    Constant,
    Field,
    FurtherKey,
    KindByColumn,
    Mapping,
    Object,
    Subject,
    Test,
)
from kansa.connectors.window import Span
from kansa.errors import BadInput, Problem
from kansa.records import canonical
from kansa.records.catalogue import Kind
from kansa.records.draft import Draft

_T = TypeVar("_T")
_ABSENT = object()
_EXTENSIONS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


class TableSource:
    """Reads tables by one mapping; `urn` is the prefix of the operator's sources, `urn:kansa:<operator>`."""

    edited = True
    """A person mends a row where it stands."""

    def __init__(self, mapping: Mapping, urn: str) -> None:
        self.mapping = mapping
        self._name = f"{urn}:{mapping.source}"
        self._needed = columns_in(mapping)
        self._span = Span(mapping.window) if mapping.window is not None else None

    @property
    def name(self) -> str:
        return self._name

    @property
    def goes_back(self) -> bool:
        return self.mapping.goes_back

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        for row in read_table(path, self.mapping, self._needed):
            yield row if isinstance(row, Quarantined) else self._say(self._emptied(row), str(path), names)

    def survey(self, paths: Sequence[Path]) -> None:
        """Nothing: a row of a table means the same whatever the other rows say."""

    def remarks(self, _names: Names) -> tuple[Problem, ...]:
        return ()

    def window(self, names: Names) -> Window | None:
        return self._span.window(names) if self._span is not None else None

    def _emptied(self, row: TableRow) -> TableRow:
        """Return the row without the texts of which the mapping says that they mean nothing."""
        nothing = self.mapping.empty
        if not nothing:
            return row
        found = {
            name: None if isinstance(cell, str | Unreadable) and str(cell).strip() in nothing else cell
            for name, cell in row.cells.items()
        }
        return replace(row, cells=found)

    def _say(self, row: TableRow, file: str, names: Names) -> Row:
        reading = _Reading(row, file, self.mapping, names)
        reason = _passed_over(row, self.mapping, reading)
        if reason is not None:
            return Skipped(reason)
        draft = reading.draft(self._name)
        if self._span is not None:
            reading.attempt("window", lambda: self._follow(row))
        if draft is None or reading.problems:
            return Quarantined(tuple(reading.problems), row.raw)
        return Parsed(draft, file, row.line, row.raw)

    def _follow(self, row: TableRow) -> bool:
        if self._span is not None:
            self._span.follow(row.cells)
        return True


def read_table(path: Path, mapping: Mapping, needed: tuple[str, ...]) -> Iterator[FormatRow]:
    """Yield the rows of a file in the mapping's format, else in that of its extension.

    Raises:
        BadInput: the format is not known, or nothing in the file can be read.
    """
    suffix = (path.with_suffix("") if path.suffix.lower() in PACKED_AS else path).suffix.lower()
    format_ = mapping.format or _EXTENSIONS.get(suffix)
    if format_ == "csv":
        delimiter = "\t" if suffix == ".tsv" and mapping.delimiter == "," else mapping.delimiter
        return delimited.rows(
            path, delimiter=delimiter, encoding=mapping.encoding, columns=mapping.columns, needed=needed
        )
    if format_ == "xlsx":
        return workbook.rows(path, sheet=mapping.sheet, columns=mapping.columns, needed=needed)
    if format_ == "parquet":
        return parquet.rows(path, needed=needed)
    if format_ == "jsonl":
        return json_lines.rows(path, encoding=mapping.encoding, needed=needed)
    raise BadInput(
        "table.format",
        f"the format of `{path}` is not known by its extension",
        help="say `format: csv`, `xlsx`, `parquet` or `jsonl` in the mapping",
    )


def columns_in(mapping: Mapping) -> tuple[str, ...]:
    """Return every column that the mapping names, once, in order."""
    named = [column for field in mapping.fields.values() for column in _columns_of(field)]
    named += [test.column for test in (*mapping.skip, *mapping.where)]
    named += [column for further in mapping.introduce for column in further.columns]
    named += mapping.natural_key or ()
    named += [mapping.kind.column] if isinstance(mapping.kind, KindByColumn) else []
    named += [mapping.time.column] if mapping.time is not None else []
    if mapping.window is not None:
        bounds = (mapping.window.start, mapping.window.end)
        named += [bound.column for bound in bounds if isinstance(bound, Column)]
        named += [part.column for part in mapping.window.scope if part.column is not None]
    return tuple(dict.fromkeys(named))


def _columns_of(field: Field) -> tuple[str, ...]:
    if isinstance(field, Column):
        return (field.column,)
    if isinstance(field, Subject):
        return field.columns
    if isinstance(field, Object):
        return tuple(column for inner in field.fields.values() for column in _columns_of(inner))
    return ()


def _passed_over(row: TableRow, mapping: Mapping, reading: "_Reading") -> str | None:
    """Why a row is passed over. A cell that cannot be read decides nothing: it is a fault of its row."""
    for tests, over in ((mapping.skip, True), (mapping.where, False)):
        for test in tests:
            holds = reading.attempt(test.column, partial(_holds, test, row))
            if holds is over:
                return test.reason
    return None


def _holds(test: Test, row: TableRow) -> bool:
    cell = row.cells.get(test.column)
    if cells.is_empty(cell):
        return "" in test.among
    listed = isinstance(cell, str | Unreadable) and str(cell).strip() in test.among
    return listed or cells.text_of(cell) in test.among


class _Reading:
    """One row on its way to a draft; collects all that is wrong with it."""

    def __init__(self, row: TableRow, file: str, mapping: Mapping, names: Names) -> None:
        self.row = row
        self.file = file
        self.mapping = mapping
        self.names = names
        self.problems: list[Problem] = []

    def draft(self, source: str) -> Draft | None:
        kind = self.attempt("kind", self._kind)
        if kind is None:
            return None
        fields = kind.struct.__struct_fields__
        data = {}
        for name, field in self.mapping.fields.items():
            value = self._value(name, field) if name in fields else _ABSENT
            if value is not _ABSENT:
                data[name] = value
        further = self._further_keys(data)
        if further:
            data["introduces"] = further
        natural_key = self.attempt("natural_key", lambda: self._natural_key(kind.type, data))
        time = self._time(data)
        if self.problems or natural_key is None or time is None:
            return None
        return Draft(
            type=kind.type,
            source=source,
            natural_key=natural_key,
            time=time,
            data=data,
            progresses=self.mapping.progresses,
        )

    def attempt(self, field: str, act: Callable[[], _T]) -> _T | None:
        try:
            return act()
        except CellFault as fault:
            self.problems.append(
                Problem(fault.code, fault.message, self.file, self.row.line, field, fault.advice)
            )
            return None

    def _kind(self) -> Kind:
        rule = self.mapping.kind
        if isinstance(rule, Kind):
            return rule
        found: Kind = cells.translated(self._text(rule.column), rule.values)
        return found

    def _text(self, column: str) -> str:
        cell = self.row.cells.get(column)
        if cells.is_empty(cell):
            raise CellFault("cell.empty", f"the column `{column}` is empty")
        return cells.text_of(cell)

    def _value(self, name: str, field: Field) -> Any:
        if isinstance(field, Constant):
            return field.value
        if isinstance(field, Object):
            return self._object(name, field)
        read = partial(self._cell, field) if isinstance(field, Column) else partial(self._subject, field)
        found = self.attempt(name, read)
        return _ABSENT if found is None else found

    def _cell(self, field: Column) -> Any:
        cell = self.row.cells.get(field.column)
        if not cells.is_empty(cell):
            return cells.read(cell, field.reading)
        if field.required:
            raise CellFault("cell.empty", f"the column `{field.column}` is empty")
        return _ABSENT if field.default is None else field.default

    def _object(self, name: str, field: Object) -> Any:
        found = {inner: self._value(f"{name}.{inner}", part) for inner, part in field.fields.items()}
        held = {inner: value for inner, value in found.items() if value is not _ABSENT}
        if not held:
            return _ABSENT
        return [held] if field.listed else held

    def _subject(self, field: Subject) -> Any:
        keys = self._keys(field)
        if not keys:
            if field.required:
                raise CellFault("cell.empty", f"the column `{'/'.join(field.columns)}` is empty")
            return _ABSENT
        found = [self._identify(field, key) for key in keys]
        return found if field.many else found[0]

    def _keys(self, field: Subject) -> list[str]:
        if field.key is not None:
            return [field.key]
        found = [self.row.cells.get(column) for column in field.columns]
        if any(cells.is_empty(cell) for cell in found):
            return []
        if len(found) > 1:
            return ["/".join(cells.key_of(cell) for cell in found)]
        keys = [cells.key_of(item) for item in cells.parts(found[0], field.split) if not cells.is_empty(item)]
        if len(keys) > 1 and not field.many:
            raise CellFault("cell.list", f"{len(keys)} keys stand where one is expected")
        return keys

    def _identify(self, field: Subject, key: str) -> str:
        if not field.existing:
            return self.names.introduce(field.kind, field.system, key)
        found = self.names.find(field.system, key)
        if found is None:
            raise CellFault(
                "id.unknown",
                f"nobody introduced the {field.kind} `{key}` of `{field.system}`",
                "ingest the file that introduces it first",
            )
        return found

    def _further_keys(self, data: dict[str, Any]) -> list[dict[str, str]]:
        found = [
            self.attempt(further.field, partial(self._further, data, further))
            for further in self.mapping.introduce
            if isinstance(data.get(further.field), str)
        ]
        return [introduction for introduction in found if introduction is not None]

    def _further(self, data: dict[str, Any], further: FurtherKey) -> dict[str, str] | None:
        found = [self.row.cells.get(column) for column in further.columns]
        if any(cells.is_empty(cell) for cell in found):
            return None
        subject, key = data[further.field], "/".join(cells.key_of(cell) for cell in found)
        other = self.names.find(further.system, key)
        if other not in {None, subject}:
            raise CellFault(
                "id.taken", f"the key `{key}` of `{further.system}` means another subject already"
            )
        self.names.also(subject, further.system, key)
        return {"id": subject, "system": further.system, "key": key}

    def _natural_key(self, type_: str, data: dict[str, Any]) -> str:
        if self.mapping.natural_key is None:
            try:
                return hashlib.sha256(canonical.encode([type_, data])).hexdigest()
            except BadInput as error:
                raise CellFault(error.code, error.message) from error
        return json.dumps(
            [type_, *(self._text(column) for column in self.mapping.natural_key)], ensure_ascii=False
        )

    def _time(self, data: dict[str, Any]) -> int | None:
        rule = self.mapping.time
        if rule is not None:
            return self.attempt("time", lambda: self._instant(rule))
        if any(problem.field == "valid_from" for problem in self.problems):
            return None
        return self.attempt("valid_from", lambda: _instant_in(data.get("valid_from")))

    def _instant(self, rule: Column) -> int:
        cell = self.row.cells.get(rule.column)
        if cells.is_empty(cell):
            raise CellFault("cell.empty", f"the column `{rule.column}` is empty")
        return cells.instant(cell, rule.reading)


def _instant_in(stamp: Any) -> int:
    try:
        return parse_instant(stamp)
    except (TypeError, ValueError) as error:
        raise CellFault("cell.time", "no `valid_from`, which is when it happened") from error
