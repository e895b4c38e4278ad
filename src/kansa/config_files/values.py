"""Types of values that configuration files share: choices, texts, lists of one, numbers, zones, roles of files."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    InstanceOf,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from kansa.config_files.models import Fault, Located
from kansa.config_files.strict_yaml import known, listing, meant

T = TypeVar("T")

_SCALAR = {"type": ["string", "integer", "boolean"]}
_TEXTS = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text that is one of some: of those given, else of the `Literal` that is annotated.

    All that is allowed is said: a few values in the message, more of them in the advice.
    """

    values: Callable[[], Collection[str]] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        allowed = get_args(source)
        return core_schema.no_info_before_validator_function(
            lambda value: self.check(value, allowed), handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(schema)
        return found if self.values is None else {"type": "string", "enum": sorted(self.values())}

    def check(self, value: Any, literals: Collection[str] = ()) -> Any:
        """Return a value that is allowed.

        Raises:
            Fault: it is not; says all that are.
        """
        allowed = literals if self.values is None else self.values()
        if not isinstance(value, str) or value not in allowed:
            raise _none_of(value, allowed)
        return value


_FEW = 12


def _none_of(value: Any, allowed: Collection[str]) -> Fault:
    if not isinstance(value, str):
        return Fault(f"must be one of {listing(allowed)}", structural=True)
    if len(allowed) <= _FEW:
        return Fault(f"`{value}` is none of {listing(allowed)}", meant(value, allowed), structural=True)
    return Fault(f"the value `{value}` is not known", known(value, allowed), structural=True)


@dataclass(frozen=True, slots=True)
class _Several:
    """JSON Schema of a list that may be written as its one item."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def _listed(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return (Located(value.entry, f"{value.place}[0]"),) if isinstance(value, Located) else (value,)


OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_listed), _Several()]
"""A list of mappings, or one of them."""


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str | int) for item in items):
        raise Fault("must be a text or a list of texts that is not empty", structural=True)
    return tuple(str(item) for item in items)


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), WithJsonSchema(_TEXTS)]
"""One text or several; numbers are read as they are written."""


def _label(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Fault("must be a text", structural=True)
    return str(value)


Label = Annotated[str, BeforeValidator(_label), WithJsonSchema({"type": ["string", "number"]})]
"""A text that may look like a number."""


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Fault("must be a number", structural=True)
    return Decimal(value)


Number = Annotated[InstanceOf[Decimal], BeforeValidator(_number), WithJsonSchema({"type": "number"})]
"""A number, exactly as written."""

Count = Annotated[int, Field(ge=1)]


def plain(value: Any) -> Any:
    """Return a value of a file without its lines."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


Plain = Annotated[Any, BeforeValidator(plain)]
"""Whatever stands there, null included."""


def _zone(value: Any) -> ZoneInfo:
    if not isinstance(value, str):
        raise Fault("must be a text", structural=True)
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        advice = meant(value, available_timezones()) or "for example `Asia/Tokyo` or `UTC`"
        raise Fault(f"`{value}` is not a zone of the IANA database", advice) from error


Zone = Annotated[
    InstanceOf[ZoneInfo],
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "examples": ["Asia/Tokyo", "UTC"]}),
]
"""A time zone by its IANA name."""


def _path(value: Any) -> Path:
    if not isinstance(value, str):
        raise Fault("must be a text", structural=True)
    return Path(value)


FilePath = Annotated[InstanceOf[Path], BeforeValidator(_path), WithJsonSchema({"type": "string"})]
"""A file's name."""
