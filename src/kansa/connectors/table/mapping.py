"""The mapping file: which kind a table's rows are, and from where each field of the kind comes.

Reference: docs/sources/table.md. A mapping says everything; nothing is guessed from the data. What is wrong with it
is said all at once, with file, line and field.
"""

import typing
from collections.abc import Mapping as Table
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kansa.clock import format_instant
from kansa.config_files import ProblemCollector, known, listing
from kansa.config_files.models import ConfigModel, read_model
from kansa.connectors.table import cells
from kansa.connectors.table.cells import Reading
from kansa.connectors.table.mapping_file import (
    CONTENT,
    ColumnField,
    ConstantField,
    FieldModel,
    FurtherKeyModel,
    MappingFile,
    ObjectField,
    RowTest,
    SubjectField,
    WindowModel,
    kind_named,
)
from kansa.errors import BadInput
from kansa.records import canonical
from kansa.records.catalogue import Kind
from kansa.records.kinds.claim import Claim, Time

BOTH_WAYS = "both_ways"

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
    mapping = _Reader(read_model(path, MappingFile, sink)).mapping()
    sink.settle("the mapping")
    return mapping


class _Reader:
    """Makes a mapping of what its file says; checks what depends on the kind of record and the zone, and goes on."""

    def __init__(self, file: MappingFile) -> None:
        self.file = file
        self.zone = file.zone
        self.kind = _kind_of(file)
        self.kinds = _kinds_in(self.kind)

    def mapping(self) -> Mapping:
        file = self.file
        fields = {name: self._field(model, name) for name, model in (file.fields or {}).items()}
        self._check_fields()
        return Mapping(
            source=file.source,
            kind=self.kind,
            fields=fields,
            natural_key=None if file.natural_key == (CONTENT,) else file.natural_key,
            format=file.format,
            delimiter=file.delimiter or ",",
            encoding=file.encoding,
            sheet=file.sheet,
            columns=file.columns,
            empty=frozenset(text.strip() for text in file.empty),
            progresses=bool(file.progresses),
            goes_back=file.progresses == BOTH_WAYS,
            time=None if file.time is None else self._column(file.time, "valid_from"),
            skip=tuple(_test(test, "is") for test in file.skip),
            where=tuple(_test(test, "is not") for test in file.where),
            introduce=tuple(_further(further, fields) for further in file.introduce),
            window=None if file.window is None else self._window(file.window),
        )

    def _check_fields(self) -> None:
        if not self.kinds or not self.file.has("fields"):
            return
        wanted = [msgspec.structs.fields(kind.struct) for kind in self.kinds]
        allowed = {field.name for fields in wanted for field in fields} - _OWN
        types = listing([kind.type for kind in self.kinds])
        for name in self.file.names_in("fields"):
            if name not in allowed:
                self.file.refuse(
                    f"`{name}` is not a field of {types}", ("fields", name), known(name, allowed)
                )
        for kind, fields in zip(self.kinds, wanted, strict=True):
            missing = [f.name for f in fields if f.required and f.name not in self.file.names_in("fields")]
            if missing:
                self.file.refuse(f"`{kind.type}` needs {listing(missing)}", "fields")

    def _is_required(self, name: str) -> bool:
        """Tell whether every kind that has the field needs it; then an empty cell is a fault."""
        found = [
            f.required for kind in self.kinds for f in msgspec.structs.fields(kind.struct) if f.name == name
        ]
        return bool(found) and all(found)

    def _field(self, model: FieldModel, name: str) -> Field:
        if isinstance(model, SubjectField):
            return self._subject(model, name)
        if any(name in kind.subjects for kind in self.kinds):
            model.refuse(f"`{name}` names a subject", advice="say `id` with `system` and `column`")
        if isinstance(model, ConstantField):
            return Constant(self._constant(model, name))
        if isinstance(model, ObjectField):
            inner = {key: self._field(each, "") for key, each in (model.object_ or {}).items()}
            return Object(inner, model.listed)
        return self._column(model, name)

    def _constant(self, model: ConstantField, name: str) -> Any:
        if isinstance(model.value, str) and _form_of(self.kinds, name) == "time":
            return format_instant(instant_in(model, "value", model.value, self.zone))
        _check_value(model, "value", model.value)
        return model.value

    def _column(self, model: ColumnField, name: str) -> Column:
        form = model.as_ or _form_of(self.kinds, name)
        reading = Reading(
            form=form,
            zone=model.zone or self.zone,
            multiply=_multiply(model, form),
            pattern=model.pattern,
            epoch=model.epoch,
            since=0 if model.since is None else instant_in(model, "since", model.since, self.zone),
            inclusive=model.inclusive,
            split=model.split,
            values=model.values,
        )
        _check_reading(model, reading)
        _check_value(model, "default", model.default)
        for value in (model.values or {}).values():
            _check_value(model, "values", value)
        required = model.required or (model.default is None and self._is_required(name))
        return Column(column=model.column, reading=reading, default=model.default, required=required)

    def _subject(self, model: SubjectField, name: str) -> Subject:
        return Subject(
            kind=model.id,
            system=model.system,
            columns=model.column or (),
            key=model.key,
            existing=model.existing,
            required=model.required or self._is_required(name),
            split=model.split,
            many=_form_of(self.kinds, name) == "list",
        )

    def _window(self, model: WindowModel) -> WindowRule:
        start, end = self._bound(model, "from", model.from_), self._bound(model, "to", model.to)
        if isinstance(start, int) and isinstance(end, int) and start >= end > 0:
            model.refuse("`to` is not after `from`")
        scope = tuple(Scope(each.system, each.key, each.column) for each in model.scope or ())
        return WindowRule(start, end, scope)

    def _bound(self, model: WindowModel, name: str, bound: str | ColumnField) -> int | Column:
        if isinstance(bound, ColumnField):
            return self._column(bound, "valid_from")
        return instant_in(model, name, bound, self.zone) if model.has(name) else 0


def _kind_of(file: MappingFile) -> Kind | KindByColumn:
    if not file.has("kind"):
        return _NO_KIND
    if isinstance(file.kind, str):
        return kind_named(file.kind) or _NO_KIND
    named = {text: kind_named(name) for text, name in (file.kind.values or {}).items()}
    return KindByColumn(file.kind.column, {text: kind for text, kind in named.items() if kind is not None})


def _multiply(model: ColumnField, form: str) -> Decimal | None:
    number = model.multiply
    if number is not None and not cells.is_factor(number):
        model.refuse("is not a number of at most 40 digits that has an end", "multiply")
        return None
    if form == "decimal_scaled" and not model.given("multiply"):
        model.refuse("`decimal_scaled` needs `multiply`", advice="kW to W is 1000")
    return number


def _check_reading(model: ColumnField, how: Reading) -> None:
    allowed = {
        "multiply": how.form in {"integer", "decimal_scaled"},
        "pattern": how.form in {"time", "date"},
        "epoch": how.form == "time",
        "since": how.epoch is not None,
        "inclusive": how.form == "date",
        "split": how.form == "list",
    }
    for option, fits in allowed.items():
        if model.given(option) and not fits:
            model.refuse(f"`{option}` has no meaning for `as: {how.form}`", option)
    if how.form == "date" and how.zone is None:
        model.refuse("a day begins in a zone", advice="say `zone`")


def _test(model: RowTest, word: str) -> Test:
    among = model.in_ or ()
    return Test(model.column, frozenset(among), model.reason or f"{model.column} {word} {' or '.join(among)}")


def _further(model: FurtherKeyModel, fields: Table[str, Field]) -> FurtherKey:
    if model.has("field") and not isinstance(fields.get(model.field), Subject):
        subjects = [name for name, field in fields.items() if isinstance(field, Subject)]
        model.refuse(f"`{model.field}` is not a field from an `id`", "field", known(model.field, subjects))
    return FurtherKey(model.field, model.system, model.column or ())


def _check_value(model: ConfigModel, name: str, value: Any) -> None:
    """Refuse a value that no record could hold: a decimal, too large a number, another form of key."""
    try:
        canonical.encode(value)
    except BadInput as error:
        for problem in error.problems:
            place = (problem.field or "$").removeprefix("$").removeprefix(".")
            model.refuse(
                f"{f'`{place}` ' if place else ''}{problem.message}",
                name,
                "use an integer, with the unit in the field's name" if isinstance(value, Decimal) else None,
            )


def _kinds_in(kind: Kind | KindByColumn) -> tuple[Kind, ...]:
    if isinstance(kind, KindByColumn):
        return tuple(kind.values.values())
    return () if kind is _NO_KIND else (kind,)


def instant_in(model: ConfigModel, name: str, text: str, zone: ZoneInfo | None) -> int:
    """Return the instant that a field says: a time, or a day that begins in the zone; 0 if it is refused."""
    form = "date" if len(text) <= len("2026-04-01") else "time"
    try:
        return cells.instant(text, Reading(form=form, zone=zone))
    except cells.CellFault as fault:
        model.refuse(fault.message, name, fault.advice)
        return 0


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
