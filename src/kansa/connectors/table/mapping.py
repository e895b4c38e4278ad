"""The mapping file: which kind a table's rows are, and from where each field of the kind comes.

Reference: docs/sources/table.md. A mapping says everything; nothing is guessed from the data. What is wrong with it
is said all at once, with file, line and field.
"""

import re
import typing
from collections.abc import Mapping as Table
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kansa import ids
from kansa.clock import format_instant
from kansa.config_files import ProblemCollector, Section, listing, load
from kansa.connectors import zones
from kansa.connectors.formats.lines import is_encoding
from kansa.connectors.table import cells
from kansa.connectors.table.cells import Reading
from kansa.errors import BadInput
from kansa.records import canonical, catalogue
from kansa.records.catalogue import Kind
from kansa.records.kinds.claim import Claim, Time

FORMATS = ("csv", "xlsx", "parquet", "jsonl")
CONTENT = "content"
BOTH_WAYS = "both_ways"

MAX_SOURCE = 100
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*")
_OWN = frozenset({"corrects", "introduces"})  # written by the ingest, never by a mapping


@dataclass(frozen=True, slots=True)
class Column:
    """A field from a column. `required` and `default` say what an empty cell means."""

    column: str
    reading: Reading
    default: Any = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A field that is the same in every row."""

    value: Any


@dataclass(frozen=True, slots=True)
class Subject:
    """A field that names a subject by a key: constant, or the texts of columns joined by `/`.

    `existing` refuses keys that nobody introduced; `split` makes a list of one cell; `many` is whether the kind's
    field is a list.
    """

    kind: str
    system: str
    columns: tuple[str, ...]
    key: str | None = None
    existing: bool = False
    required: bool = False
    split: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """A field that is an object of other fields, or a list of one such object."""

    fields: Table[str, "Field"]
    listed: bool = False


Field = Column | Constant | Subject | Object


@dataclass(frozen=True, slots=True)
class FurtherKey:
    """Another key under which the subject in a field is known, in another system's books."""

    field: str
    system: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """Whether a column's text is one of some; `reason` is what is counted for rows passed over because of it."""

    column: str
    among: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class KindByColumn:
    """The kind of each row, by a table of a column's values."""

    column: str
    values: Table[str, Kind]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a window speaks for: a constant key, or every key seen in a column."""

    system: str
    key: str | None
    column: str | None


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A window's bounds: an instant, or the column whose earliest (latest) time it is."""

    start: int | Column
    end: int | Column
    scope: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a table becomes records."""

    source: str
    kind: Kind | KindByColumn
    fields: Table[str, Field]
    natural_key: tuple[str, ...] | None
    format: str | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    columns: tuple[str, ...] | None = None
    empty: frozenset[str] = frozenset()
    progresses: bool = False
    goes_back: bool = False
    time: Column | None = None
    skip: tuple[Test, ...] = ()
    where: tuple[Test, ...] = ()
    introduce: tuple[FurtherKey, ...] = ()
    window: WindowRule | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that rows may be."""
        return _kinds_in(self.kind)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        BadInput: `mapping`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "mapping")
    reader = _Reader(load(path, sink), sink)
    mapping = reader.mapping()
    sink.settle("the mapping")
    return mapping


class _Reader:
    """Reads one mapping; says what is wrong and goes on."""

    def __init__(self, top: Section, sink: ProblemCollector) -> None:
        self.top = top
        self.sink = sink
        self.zone = self._zone(top)
        self.kind = self._kind()
        self.kinds = _kinds_in(self.kind)

    def mapping(self) -> Mapping:
        top = self.top
        fields = self._fields()
        progresses, goes_back = self._progress()
        mapping = Mapping(
            source=self._source(),
            kind=self.kind,
            fields=fields,
            natural_key=self._natural_key(),
            format=top.choice("format", FORMATS),
            delimiter=self._delimiter(),
            encoding=self._encoding(),
            sheet=top.text("sheet"),
            columns=self._columns(),
            empty=frozenset(text.strip() for text in top.texts("empty")),
            progresses=progresses,
            goes_back=goes_back,
            time=self._time(top.section("time")),
            skip=tuple(self._test(test, "is") for test in top.sections("skip")),
            where=tuple(self._test(test, "is not") for test in top.sections("where")),
            introduce=tuple(self._further(further, fields) for further in top.sections("introduce")),
            window=self._window(top.section("window")),
        )
        top.close()
        return mapping

    def _source(self) -> str:
        source = self.top.text("source", required=True) or ""
        if source and not NAME.fullmatch(source):
            self.top.refuse(f"`{source}` is not lower-case words of letters, digits, `.`, `_`, `-`", "source")
        if len(source) > MAX_SOURCE:
            self.top.refuse(f"is longer than {MAX_SOURCE} characters", "source")
        return source

    def _encoding(self) -> str:
        encoding = self.top.text("encoding") or "utf-8"
        if not is_encoding(encoding):
            self.top.refuse(f"the encoding `{encoding}` is not known", "encoding", "say for example `cp932`")
        return encoding

    def _delimiter(self) -> str:
        delimiter = self.top.text("delimiter") or ","
        if len(delimiter) != 1 or delimiter in '"\r\n\0':
            self.top.refuse("must be one character, and no quote or line break", "delimiter")
        return delimiter

    def _progress(self) -> tuple[bool, bool]:
        entry = self.top.entry("progresses")
        if entry is None or isinstance(entry.value, bool):
            return entry is not None and entry.value, False
        if entry.value != BOTH_WAYS:
            self.top.refuse(f"must be `true`, `false` or `{BOTH_WAYS}`", "progresses")
        return True, True

    def _columns(self) -> tuple[str, ...] | None:
        columns = self.top.texts("columns")
        if len(set(columns)) != len(columns):
            self.top.refuse("a column is named twice", "columns")
        return columns or None

    def _zone(self, section: Section) -> ZoneInfo | None:
        name = section.text("zone")
        try:
            return zones.zone_named(name) if name is not None else None
        except ValueError as error:
            section.refuse(str(error), "zone")
            return None

    def _kind(self) -> Kind | KindByColumn:
        entry = self.top.entry("kind")
        if entry is not None and isinstance(entry.value, str):
            return self._kind_named(entry.value, self.top, "kind") or _NO_KIND
        by = self.top.section("kind")
        if by is None:
            self.top.refuse("`kind` is missing")
            return _NO_KIND
        column, values = by.text("column", required=True), by.section("values")
        by.close()
        table = {
            text: kind
            for text, value in (values.named() if values else ())
            if (kind := self._kind_named(str(value.value), values or by, text))
        }
        return KindByColumn(column or "", table)

    def _kind_named(self, name: str, section: Section, field: str) -> Kind | None:
        found = catalogue.kind_named(name) or catalogue.kind_named(f"kansa.{name}.v0")
        if found is None:
            section.refuse(f"the kind `{name}` is not known", field, f"known are {listing(catalogue.KINDS)}")
        return found

    def _natural_key(self) -> tuple[str, ...] | None:
        columns = self.top.texts("natural_key")
        if not columns and "natural_key" not in self.top:
            self.top.refuse(
                "`natural_key` is missing", advice="list the columns that make a row unique, or `content`"
            )
        return None if columns == (CONTENT,) else columns

    def _fields(self) -> dict[str, Field]:
        section = self.top.section("fields")
        if section is None:
            self.top.refuse("`fields` is missing")
            return {}
        fields = {
            name: self._field(Section(e, section.at(name), self.sink), name) for name, e in section.named()
        }
        for name in fields:
            if self.kinds and (
                name in _OWN or all(name not in kind.struct.__struct_fields__ for kind in self.kinds)
            ):
                section.refuse(
                    f"`{name}` is not a field of {listing([kind.type for kind in self.kinds])}", name
                )
        for kind in self.kinds:
            missing = [
                f.name for f in msgspec.structs.fields(kind.struct) if f.required and f.name not in fields
            ]
            if missing:
                section.refuse(f"`{kind.type}` needs {listing(missing)}")
        return fields

    def _is_required(self, name: str) -> bool:
        """Tell whether every kind that has the field needs it; then an empty cell is a fault."""
        found = [
            f.required for kind in self.kinds for f in msgspec.structs.fields(kind.struct) if f.name == name
        ]
        return bool(found) and all(found)

    def _field(self, section: Section, name: str) -> Field:
        ways = [way for way in ("value", "id", "object") if way in section]
        if "column" in section and "id" not in section:
            ways.append("column")
        if "id" in section:
            field: Field = self._subject(section, name)
        elif "value" in section:
            field = Constant(self._constant(section, name))
        elif "object" in section:
            field = self._object(section)
        else:
            field = self._column(section, name)
        if len(ways) != 1:
            section.refuse("needs exactly one of `column`, `value`, `id` and `object`")
            return field
        if not isinstance(field, Subject) and any(name in kind.subjects for kind in self.kinds):
            section.refuse(f"`{name}` names a subject", advice="say `id` with `system` and `column`")
        section.close()
        return field

    def _constant(self, section: Section, name: str) -> Any:
        entry = section.entry("value")
        value = entry.plain() if entry is not None else None
        if isinstance(value, str) and _form_of(self.kinds, name) == "time":
            return format_instant(instant_in(section, "value", self.zone))
        _check_value(section, "value", value)
        return value

    def _object(self, section: Section) -> Object:
        listed = section.flag("listed")
        inner = section.section("object")
        named = inner.named() if inner is not None else ()
        fields = {
            name: self._field(Section(entry, section.at(f"object.{name}"), self.sink), "")
            for name, entry in named
        }
        return Object(fields, listed)

    def _column(self, section: Section, name: str) -> Column:
        natural = _form_of(self.kinds, name)
        form = section.choice("as", cells.FORMS) or natural
        values = section.section("values")
        default = section.entry("default")
        column = Column(
            column=section.text("column") or "",
            reading=Reading(
                form=form,
                zone=self._zone(section) or self.zone,
                multiply=self._multiply(section, form),
                pattern=section.text("pattern"),
                epoch=section.choice("epoch", cells.EPOCHS),
                since=instant_if(section, "since", self.zone) or 0,
                inclusive=section.flag("inclusive"),
                split=section.text("split"),
                values={text: entry.plain() for text, entry in values.named()} if values else None,
            ),
            default=default.plain() if default is not None else None,
            required=section.flag("required") or (default is None and self._is_required(name)),
        )
        self._check_reading(section, column.reading)
        _check_value(section, "default", column.default)
        for value in (column.reading.values or {}).values():
            _check_value(section, "values", value)
        return column

    def _multiply(self, section: Section, form: str) -> Decimal | None:
        number = section.number("multiply")
        if number is not None and not cells.is_factor(Decimal(number)):
            section.refuse("is not a number of at most 40 digits that has an end", "multiply")
            number = None
        if form == "decimal_scaled" and number is None and "multiply" not in section:
            section.refuse("`decimal_scaled` needs `multiply`", advice="kW to W is 1000")
        return None if number is None else Decimal(number)

    def _check_reading(self, section: Section, how: Reading) -> None:
        allowed = {
            "multiply": how.form in {"integer", "decimal_scaled"},
            "pattern": how.form in {"time", "date"},
            "epoch": how.form == "time",
            "since": how.epoch is not None,
            "inclusive": how.form == "date",
            "split": how.form == "list",
        }
        for option, fits in allowed.items():
            if option in section and not fits:
                section.refuse(f"`{option}` has no meaning for `as: {how.form}`", option)
        if how.form == "date" and how.zone is None:
            section.refuse("a day begins in a zone", advice="say `zone`")

    def _subject(self, section: Section, name: str) -> Subject:
        kind = section.choice("id", sorted(ids.PREFIXES)) or ""
        key, columns = section.text("key"), section.texts("column")
        if (key is None) == (not columns):
            section.refuse("needs either `column` or `key`")
        if key is not None and not 0 < len(key.strip()) <= cells.MAX_KEY:
            section.refuse(f"must have from 1 to {cells.MAX_KEY:,} characters", "key")
        return Subject(
            kind=kind,
            system=section.text("system", required=True) or "",
            columns=columns,
            key=key,
            existing=section.flag("existing"),
            required=section.flag("required") or self._is_required(name),
            split=section.text("split"),
            many=_form_of(self.kinds, name) == "list",
        )

    def _further(self, section: Section, fields: Table[str, Field]) -> FurtherKey:
        field = section.text("field", required=True) or ""
        if field and not isinstance(fields.get(field), Subject):
            section.refuse(f"`{field}` is not a field from an `id`", "field")
        further = FurtherKey(field, section.text("system", required=True) or "", section.texts("column"))
        if not further.columns:
            section.refuse("`column` is missing")
        section.close()
        return further

    def _test(self, section: Section, word: str) -> Test:
        column, among = section.text("column", required=True) or "", section.texts("in")
        if not among:
            section.refuse("`in` is missing", advice="list the values")
        reason = section.text("reason") or f"{column} {word} {' or '.join(among)}"
        section.close()
        return Test(column, frozenset(among), reason)

    def _time(self, section: Section | None) -> Column | None:
        if section is None:
            return None
        column = self._column(section, "valid_from")
        if not column.column:
            section.refuse("`column` is missing")
        section.close()
        return column

    def _window(self, section: Section | None) -> WindowRule | None:
        if section is None:
            return None
        scope = tuple(self._scope(part) for part in section.sections("scope"))
        if not scope:
            section.refuse(
                "`scope` is missing", advice="say for which sites, nodes or devices the source speaks"
            )
        rule = WindowRule(self._bound(section, "from"), self._bound(section, "to"), scope)
        if isinstance(rule.start, int) and isinstance(rule.end, int) and rule.start >= rule.end > 0:
            section.refuse("`to` is not after `from`")
        section.close()
        return rule

    def _bound(self, section: Section, name: str) -> int | Column:
        entry = section.entry(name)
        if entry is None:
            section.refuse(f"`{name}` is missing")
            return 0
        if isinstance(entry.value, dict):
            return self._time(section.section(name)) or 0
        return instant_in(section, name, self.zone)

    def _scope(self, section: Section) -> Scope:
        scope = Scope(
            section.text("system", required=True) or "", section.text("key"), section.text("column")
        )
        if (scope.key is None) == (scope.column is None):
            section.refuse("needs either `column` or `key`")
        section.close()
        return scope


def _check_value(section: Section, name: str, value: Any) -> None:
    """Refuse a value that no record could hold: a decimal, too large a number, another form of key."""
    try:
        canonical.encode(value)
    except BadInput as error:
        for problem in error.problems:
            place = (problem.field or "$").removeprefix("$").removeprefix(".")
            section.refuse(
                f"{f'`{place}` ' if place else ''}{problem.message}",
                name,
                "use an integer, with the unit in the field's name" if isinstance(value, Decimal) else None,
            )


def _kinds_in(kind: Kind | KindByColumn) -> tuple[Kind, ...]:
    if isinstance(kind, KindByColumn):
        return tuple(kind.values.values())
    return () if kind is _NO_KIND else (kind,)


def instant_in(section: Section, name: str, zone: ZoneInfo | None) -> int:
    """Return an instant written in a mapping: a time, or a day that begins in the zone; 0 if it is refused."""
    text = section.text(name, required=True)
    if text is None:
        return 0
    form = "date" if len(text) <= len("2026-04-01") else "time"
    try:
        return cells.instant(text, Reading(form=form, zone=zone))
    except cells.CellFault as fault:
        section.refuse(fault.message, name, fault.advice)
        return 0


def instant_if(section: Section, name: str, zone: ZoneInfo | None) -> int | None:
    """Return an instant that may be left out."""
    return instant_in(section, name, zone) if section.entry(name) is not None else None


def _form_of(kinds: tuple[Kind, ...], name: str) -> str:
    """Return how a field is read unless the mapping says otherwise: as the kind has it."""
    for kind in kinds:
        hint = typing.get_type_hints(kind.struct, include_extras=True).get(name)
        if hint is not None:
            return _natural_form(hint)
    return "text"


def _natural_form(hint: Any) -> str:
    if hint == Time or Time in _flat(hint):
        return "time"
    plain = set(_flat(hint))
    forms = {bool: "flag", int: "integer"}
    found = next((form for kind, form in forms.items() if kind in plain), "text")
    return "list" if any(typing.get_origin(part) is list for part in plain) else found


def _flat(hint: Any) -> list[Any]:
    parts = [part for part in typing.get_args(hint) if not isinstance(part, msgspec.Meta)]
    return [hint, *(inner for part in parts for inner in _flat(part))]


_NO_KIND = Kind(type="", struct=Claim, sealed=frozenset(), subjects=(), family="")
