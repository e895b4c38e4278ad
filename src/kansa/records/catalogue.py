"""The kinds that we write, by type, and which of their fields are open, sealed or subjects.

A type that is not listed here is kept as bytes and never written.
"""

import typing
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from kansa.clock import parse_instant
from kansa.errors import BadInput, Problem
from kansa.records.kinds import (
    access_path,
    account,
    authorization,
    case,
    custody,
    end_user,
    evidence,
    flag,
    gate,
    handover,
    intake,
    operation,
    party,
    person,
    rule,
    screening,
    workload,
)
from kansa.records.kinds.claim import Claim
from kansa.records.kinds.signed import Attributable

Struct = type[Claim]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its struct, and how its fields enter the ledger."""

    type: str
    struct: Struct
    sealed: frozenset[str]
    subjects: tuple[str, ...]
    family: str

    def subjects_in(self, data: dict[str, Any]) -> list[str]:
        """Return the ids that a record of this kind is about, sorted."""
        found: set[str] = set()
        for name in self.subjects:
            value = data.get(name)
            found.update(value if isinstance(value, list) else [value] if value else [])
        return sorted(found)

    def keeper_in(self, data: dict[str, Any]) -> str | None:
        """Return the subject under whose key the sealed values are kept; None is the operator."""
        named = self.struct.keeper or self.subjects
        return next((first(data[name]) for name in named if data.get(name)), None)


def first(value: str | list[str]) -> str:
    """Return a subject field's first subject."""
    return value if isinstance(value, str) else value[0]


def kind_named(type_: str) -> Kind | None:
    """Return the kind of this type, or None where we do not know it."""
    return KINDS.get(type_)


def read(type_: str, data: dict[str, Any]) -> Claim:
    """Return the typed claim in a record's (revealed) data. Fields that stay sealed are UNSET, unknown ones are passed over.

    Raises:
        BadInput: `record.kind` if the type is unknown or a field does not fit.
    """
    kind = kind_named(type_)
    if kind is None:
        raise BadInput("record.kind", f"the kind `{type_}` is not known", help="see `kansa records kinds`")
    try:
        claim = msgspec.convert(data, kind.struct)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else None
        problem = Problem("record.field", str(error).partition(" - at")[0].lower(), field=place)
        raise BadInput(
            "record.kind", f"the data do not fit `{type_}`: {error}", problems=[problem]
        ) from error
    problems = [*_impossible("valid_from", claim.valid_from), *_impossible("valid_to", claim.valid_to)]
    if problems:
        raise BadInput("record.kind", f"the data do not fit `{type_}`", problems=problems)
    return claim


def _impossible(name: str, stamp: str | None) -> list[Problem]:
    """Return a stamp has the form of a time, but may name a day that no month has."""
    try:
        if stamp is not None:
            parse_instant(stamp)
    except ValueError as error:
        return [Problem("record.field", f"`{stamp}` is not a time: {error}", field=name)]
    return []


def _kinds() -> dict[str, Kind]:
    modules = (
        party,
        end_user,
        access_path,
        account,
        custody,
        workload,
        evidence,
        authorization,
        person,
        case,
        rule,
        screening,
        flag,
        gate,
        handover,
        operation,
        intake,
    )
    found = (
        _describe(struct, module.__name__.rpartition(".")[2])
        for module in modules
        for struct in vars(module).values()
        if isinstance(struct, type) and issubclass(struct, Claim) and "type" in vars(struct)
    )
    return {kind.type: kind for kind in found}


def _named_last(struct: type[Claim]) -> frozenset[str]:
    """Return the fields that come after the other subjects: the signer of what may be unsigned, which it is not about first."""
    return frozenset({"signer_id"} if issubclass(struct, Attributable) else ())


def _describe(struct: type[Claim], family: str) -> Kind:
    marks = {name: _mark(hint) for name, hint in typing.get_type_hints(struct, include_extras=True).items()}
    fields = struct.__struct_fields__
    return Kind(
        type=struct.type,
        struct=struct,
        sealed=frozenset(name for name in fields if marks[name] is None),
        subjects=tuple(
            sorted((n for n in fields if marks[n] == "subject"), key=_named_last(struct).__contains__)
        ),
        family=family,
    )


@cache
def _mark(hint: Any) -> str | None:
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    for meta in metas:
        if meta.extra and "field" in meta.extra:
            return str(meta.extra["field"])
    return next((mark for part in typing.get_args(hint) if (mark := _mark(part))), None)


KINDS = MappingProxyType(_kinds())
