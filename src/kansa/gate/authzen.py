"""What is asked and answered: the OpenID AuthZEN Authorization API 1.0, as JSON.

Fields that are not known are passed over (clause "JSON Serialization"). What is missing or of another type is a
`BadInput` that lists all of it; inside a batch it makes that one item a refusal and leaves the others alone
(clause "Errors"). Where a name stands twice in an object, the last counts, here and in the decision's record.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from kansa.errors import BadInput, Problem

MOST_EVALUATIONS = 256

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]


class Entity(msgspec.Struct, frozen=True):
    """A subject or a resource; `id` is unique within its `type`."""

    type: str
    id: str
    properties: dict[str, Any] = {}


class Action(msgspec.Struct, frozen=True):
    """What is to be done."""

    name: str
    properties: dict[str, Any] = {}


class Evaluation(msgspec.Struct, frozen=True):
    """One question."""

    subject: Entity
    action: Action
    resource: Entity
    context: dict[str, Any] = {}


class Batch(msgspec.Struct, frozen=True):
    """Several questions of one request, and when to stop; what cannot be read is among them as its error."""

    evaluations: tuple[Evaluation | BadInput, ...]
    semantic: Semantic = "execute_all"


class _Item(msgspec.Struct, frozen=True):
    subject: Entity | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    resource: Entity | UnsetType = UNSET
    context: dict[str, Any] | UnsetType = UNSET


class _Options(msgspec.Struct, frozen=True):
    evaluations_semantic: Semantic = "execute_all"


class _Evaluations(_Item, frozen=True):
    evaluations: list[msgspec.Raw] = []
    options: _Options = _Options()


_read_evaluation = msgspec.json.Decoder(Evaluation).decode
_read_evaluations = msgspec.json.Decoder(_Evaluations).decode
_read_item = msgspec.json.Decoder(_Item).decode
_read_any = msgspec.json.Decoder().decode

_ENTITY: Mapping[str, type] = {"type": str, "id": str}
_REQUIRED: Mapping[str, Mapping[str, type]] = {
    "subject": _ENTITY,
    "action": {"name": str},
    "resource": _ENTITY,
}
_WORDS: Mapping[type, str] = {str: "a text", dict: "an object", list: "a list"}


def read_evaluation(body: bytes) -> Evaluation:
    """Read the body of an Access Evaluation request.

    Raises:
        BadInput: `gate.request`, with everything that is missing or of another type.
    """
    try:
        return _read_evaluation(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(body, error) from error


def read_evaluations(body: bytes) -> Evaluation | Batch:
    """Read the body of an Access Evaluations request; without evaluations it is a single one (clause 7.1).

    An evaluation takes what it does not hold from the top level, each entity whole (clause "Default values").

    Raises:
        BadInput: `gate.request`, if the request as a whole cannot be read, or has more than 256 evaluations.
    """
    try:
        found = _read_evaluations(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(body, error, batch=True) from error
    if not found.evaluations:
        return read_evaluation(body)
    if len(found.evaluations) > MOST_EVALUATIONS:
        message = f"{len(found.evaluations)} evaluations are more than the {MOST_EVALUATIONS} of one request"
        raise BadInput("gate.request", message, help="ask in several requests")
    items = tuple(_completed(raw, found) for raw in found.evaluations)
    return Batch(items, found.options.evaluations_semantic)


def _completed(raw: msgspec.Raw, defaults: _Evaluations) -> Evaluation | BadInput:
    try:
        item = _read_item(raw)
    except msgspec.DecodeError as error:
        return BadInput("gate.request", f"the evaluation cannot be read: {error}")
    subject = defaults.subject if item.subject is UNSET else item.subject
    action = defaults.action if item.action is UNSET else item.action
    resource = defaults.resource if item.resource is UNSET else item.resource
    context = defaults.context if item.context is UNSET else item.context
    if subject is UNSET or action is UNSET or resource is UNSET:
        parts = {"subject": subject, "action": action, "resource": resource}
        problems = [_missing(name) for name, part in parts.items() if part is UNSET]
        return BadInput("gate.request", "the evaluation is not complete", problems=problems)
    return Evaluation(subject, action, resource, {} if context is UNSET else context)


def _refused(body: bytes, error: Exception, *, batch: bool = False) -> BadInput:
    """Everything that is wrong, found at leisure: only requests that are refused come here."""
    try:
        value = _read_any(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        reason = "it is empty" if not body else error
        return BadInput("gate.request", f"the body is not JSON: {reason}")
    if not isinstance(value, dict):
        return BadInput("gate.request", "the body is not a JSON object")
    problems = list(_faults(value, required=not batch))
    problems += _batch_faults(value) if batch else ()
    return BadInput("gate.request", "the request cannot be read", problems=problems)


def _faults(value: Mapping[str, Any], *, required: bool) -> Iterator[Problem]:
    for name, fields in _REQUIRED.items():
        if name not in value:
            if required:
                yield _missing(name)
        elif not isinstance(value[name], dict):
            yield _other_type(name, dict)
        else:
            for field, kind in fields.items():
                if field not in value[name]:
                    yield _missing(f"{name}.{field}")
                elif not isinstance(value[name][field], kind):
                    yield _other_type(f"{name}.{field}", kind)
            if not isinstance(value[name].get("properties", {}), dict):
                yield _other_type(f"{name}.properties", dict)
    if not isinstance(value.get("context", {}), dict):
        yield _other_type("context", dict)


def _batch_faults(value: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(value.get("evaluations", []), list):
        yield _other_type("evaluations", list)
    options = value.get("options", {})
    if not isinstance(options, dict):
        yield _other_type("options", dict)
    elif options.get("evaluations_semantic", "execute_all") not in get_args(Semantic):
        message = f"must be one of {', '.join(f'`{each}`' for each in get_args(Semantic))}"
        yield Problem("gate.request", message, field="options.evaluations_semantic")


def _missing(field: str) -> Problem:
    return Problem("gate.request", "is missing", field=field)


def _other_type(field: str, kind: type) -> Problem:
    return Problem("gate.request", f"must be {_WORDS[kind]}", field=field)
