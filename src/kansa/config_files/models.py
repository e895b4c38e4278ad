"""Configuration files as pydantic models: small frozen classes with a description of each field in both languages.

A file is read whole before anything is refused. A field that cannot be used is said with file, line and place, and then
counts as not given, so that what else is wrong is found in the same reading; `ConfigModel.has` tells code that checks
fields against each other which of them are there. Messages are this product's; pydantic's are never shown.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from kansa.config_files.strict_yaml import Entry, ProblemCollector, known, load_entry

Model = TypeVar("Model", bound="ConfigModel")

NOT_A_MAPPING = "must be a mapping of names to values"


class Fault(ValueError):
    """What is wrong with one value. `structural` is what the JSON Schema of the file refuses as well."""

    def __init__(self, message: str, advice: str | None = None, *, structural: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.structural = structural


class Located(dict[str, Any]):
    """A mapping of a file that knows its place and the lines of its fields; mappings in it are located as well."""

    __slots__ = ("entry", "place")

    def __init__(self, entry: Entry, place: str) -> None:
        super().__init__((name, _located(each, _at(place, name))) for name, each in entry.value.items())
        self.entry = entry
        self.place = place

    def find(self, name: str, path: Sequence[str | int] = ()) -> tuple[int, str]:
        """Return line and place of a field, or of what stands in it under a path as pydantic has it."""
        entry, place = self.entry.value.get(name), _at(self.place, name)
        if entry is None:
            return self.entry.line, self.place
        for step in path:
            if isinstance(entry.value, dict) and step in entry.value:
                entry, place = entry.value[step], _at(place, str(step))
            elif isinstance(entry.value, list) and isinstance(step, int):
                entry, place = entry.value[step], f"{place}[{step}]"
        return entry.line, place


class ModelReader:
    """Reads one file and collects what is wrong with it; pydantic hands it to every validator as the context."""

    def __init__(self, sink: ProblemCollector) -> None:
        self.sink = sink
        self.structural = 0
        """How many of the problems the JSON Schema of the file finds as well."""
        self._reading: list[tuple[Located, dict[str, Any], set[str]]] = []
        self._muted = False

    @contextmanager
    def within(self, located: Located, fields: dict[str, Any]) -> Iterator[set[str]]:
        """Read the known fields of a mapping; gives the names of those that turn out to be of no use."""
        unusable: set[str] = set()
        self._reading.append((located, fields, unusable))
        try:
            yield unusable
        finally:
            self._reading.pop()

    def is_reading(self, fields: Any) -> bool:
        """Tell whether these are the fields of the mapping that is being read."""
        return bool(self._reading) and self._reading[-1][1] is fields

    def refuse_value(self, name: str, fault: Fault, path: Sequence[str | int] = ()) -> None:
        """Say what is wrong with a field of the mapping that is being read."""
        line, place = self._reading[-1][0].find(name, path)
        self.refuse(fault, line, place)

    def give_up(self, name: str) -> None:
        """Note that a field of the mapping that is being read is of no use."""
        self._reading[-1][2].add(name)

    def refuse(self, fault: Fault, line: int, place: str) -> None:
        """Say what is wrong in a place."""
        if not self._muted:
            self.structural += fault.structural
            self.sink.say(fault.message, line, place or None, fault.advice)

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Read again what was read before: what is wrong with it was said."""
        before, self._muted = self._muted, True
        try:
            yield
        finally:
            self._muted = before


class ConfigModel(BaseModel):
    """A mapping of a configuration file. Fields are named as there, with `_` after a name that Python keeps."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=lambda name: name.removesuffix("_"),
        arbitrary_types_allowed=True,
    )

    _located: Located = PrivateAttr()
    _reader: ModelReader = PrivateAttr()
    _unusable: set[str] = PrivateAttr()

    def check(self) -> None:
        """Refuse what is wrong between fields; called once all of them were read, also if some are of no use."""

    def has(self, *names: str) -> bool:
        """Tell whether the file gives all of these fields, in a form that can be used."""
        return all(name in self._located and name not in self._unusable for name in names)

    def given(self, name: str) -> bool:
        """Tell whether the file has the field, usable or not."""
        return name in self._located

    def has_nothing_wrong(self, *names: str) -> bool:
        """Tell whether each of these fields is left out or can be used."""
        return self._unusable.isdisjoint(names)

    def names_in(self, name: str) -> list[str]:
        """Return the names in a field that is a mapping, usable or not; none if it is something else."""
        found = self._located.get(name)
        return list(found) if isinstance(found, dict) else []

    def refuse(
        self,
        message: str,
        name: str | tuple[str, ...] = (),
        advice: str | None = None,
        *,
        structural: bool = False,
    ) -> None:
        """Say what is wrong with the mapping, with a field, or with what stands under a path in it."""
        path = (name,) if isinstance(name, str) else name
        line, place = self._located.find(path[0], path[1:]) if path else self._here
        self._reader.refuse(Fault(message, advice, structural=structural), line, place)

    @property
    def _here(self) -> tuple[int, str]:
        return self._located.entry.line, self._located.place

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        reader: ModelReader = info.context  # type: ignore[assignment] # only `read_model` validates
        if reader.is_reading(data):  # pydantic validates a model that contains itself by way of itself
            return handler(data)
        if not isinstance(data, Located):
            raise Fault(NOT_A_MAPPING, structural=True)
        fields = {str(field.alias): field for field in cls.model_fields.values()}
        for name in data.keys() - fields.keys():
            line, place = data.find(name)
            reader.refuse(
                Fault(f"`{name}` is not known here", known(name, fields), structural=True), line, place
            )
        usable = {name: value for name, value in data.items() if name in fields}
        for name, field in fields.items():
            if field.is_required() and name not in data:
                usable[name] = _ABSENT
                fault = Fault(f"`{name}` is missing", _example(name, field), structural=True)
                reader.refuse(fault, data.entry.line, data.place)
        with reader.within(data, usable) as unusable:
            model: ConfigModel = handler(usable)
        model._located, model._reader, model._unusable = data, reader, unusable
        model.check()
        return model

    @field_validator("*", mode="wrap")
    @classmethod
    def _read_field(cls, value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        field = cls.model_fields[str(info.field_name)]
        reader: ModelReader = info.context  # type: ignore[assignment] # only `read_model` validates
        name = str(field.alias)
        if isinstance(value, _Absent):
            return None
        if value is None and field.annotation is not Any:
            reader.refuse_value(name, _EMPTY)
        else:
            try:
                return handler(value)
            except ValidationError as error:
                details = error.errors(include_url=False)
            for detail in details:
                reader.refuse_value(name, _fault(detail), detail["loc"])
            rest = _without(value, {detail["loc"][0] for detail in details if detail["loc"]})
            if rest:
                with reader.muted():
                    return handler(rest)
        reader.give_up(name)
        return None if field.is_required() else field.get_default(call_default_factory=True)


def read_model(path: Path, model: type[Model], sink: ProblemCollector) -> Model:
    """Read a file as a model. What is wrong is in `sink`; settle it before the model is used for anything but checks.

    Raises:
        BadInput: the file cannot be read at all, is no strict YAML, or holds no mapping.
    """
    return read_entry(load_entry(path, sink), model, ModelReader(sink))


def read_entry(entry: Entry, model: type[Model], reader: ModelReader) -> Model:
    """Read what a file holds as a model.

    Raises:
        BadInput: it is no mapping.
    """
    if not isinstance(entry.value, dict):
        reader.refuse(Fault(NOT_A_MAPPING, structural=True), entry.line, "")
        reader.sink.settle("the file")
    return model.model_validate(Located(entry, ""), context=reader)


def doc(
    en: str, ja: str, default: Any = ..., *, example: str | None = None, min_length: int | None = None
) -> Any:
    """Describe a field in both languages, for editors and for messages; without a default it is required."""
    examples = None if example is None else [example]
    found: Any = Field(default, description=f"{en} / {ja}", examples=examples, min_length=min_length)
    return found


def title(en: str, ja: str, rule: dict[str, Any] | None = None) -> ConfigDict:
    """Name a model in both languages, for editors; `rule` is what else its JSON Schema says, as its `check` does."""
    return ConfigDict(title=f"{en} / {ja}", json_schema_extra=rule)


def one_of(*names: str, how: str = "oneOf") -> dict[str, Any]:
    """Return the rule that exactly one of some fields is there; with `anyOf` at least one."""
    return {how: [{"required": [name]} for name in names]}


class _Absent:
    """Stands for a required field that is missing, once that was said."""


_ABSENT = _Absent()
_EMPTY = Fault("is empty", "give a value, or leave the field out", structural=True)


def _located(entry: Entry, place: str) -> Any:
    if isinstance(entry.value, dict):
        return Located(entry, place)
    if isinstance(entry.value, list):
        return [_located(each, f"{place}[{n}]") for n, each in enumerate(entry.value)]
    return entry.value


def _without(value: Any, bad: set[str | int]) -> Any:
    """Return the parts of a mapping or list that can be used; nothing if the value is of no use as a whole."""
    kept: Any = None
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key not in bad}
    elif isinstance(value, list):
        kept = [each for at, each in enumerate(value) if at not in bad]
    return kept if kept and len(kept) < len(value) else None


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _example(name: str, field: FieldInfo) -> str | None:
    return f"for example `{name}: {field.examples[0]}`" if field.examples else None


_TEXT = Fault("must be a text", structural=True)
_QUOTES = Fault("must be a text", "put it in quotes", structural=True)
_PLAIN = {
    "bool_type": Fault("must be `true` or `false`", structural=True),
    "int_type": Fault("must be a whole number", "write it in digits, without quotes", structural=True),
    "tuple_type": Fault("must be a list", structural=True),
    "dict_type": Fault(NOT_A_MAPPING, structural=True),
    "string_too_short": Fault("must not be empty", structural=True),
    "too_short": Fault("must not be empty", structural=True),
}
_OTHER = Fault("cannot stand here", structural=True)


def _fault(detail: ErrorDetails) -> Fault:
    """Return what is wrong in this product's words."""
    kind, context = detail["type"], detail.get("ctx", {})
    if isinstance(context.get("error"), Fault):
        found: Fault = context["error"]
        empty = detail["input"] == ""
        return Fault("must not be empty", found.advice, structural=found.structural) if empty else found
    if kind == "string_type":
        return _TEXT if isinstance(detail["input"], dict | list) else _QUOTES
    if kind == "string_too_long":
        return Fault(f"is longer than {context['max_length']} characters", structural=True)
    if kind == "greater_than_equal":
        return Fault(f"must be a whole number from {context['ge']} on", structural=True)
    return _PLAIN.get(kind, _OTHER)
