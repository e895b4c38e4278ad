"""Nova's versioned notifications, as the message bus carries them, or as saved without the envelope.

Source: OpenStack Nova, notification samples and `nova/notifications/objects`. `$ref` stands only in the samples of Nova's
documentation, and is resolved against the files beside.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from kansa.clock import to_instant
from kansa.connectors.formats import document, json_values
from kansa.errors import BadInput

FORM_ADVICE = "save the bus's messages as JSON Lines, each with `event_type`, `timestamp` and `payload`"
MAX_REFERENCES = 32
_FOLLOWED = frozenset({"nova_object.data", "flavor", "extra_specs"})


class Notification(NamedTuple):
    """One notification; `at` is when it was sent, None where it does not say; `payload` is the object's data."""

    line: int
    event: str
    at: int | None
    id: str | None
    payload: Mapping[str, Any]


class Unreadable(NamedTuple):
    """What is no notification, and why."""

    line: int
    message: str
    raw: Any


def notifications(path: Path, wanted: Collection[str]) -> Iterator[Notification | Unreadable]:
    """Yield the notifications of a file; those that are not wanted without their payload.

    Raises:
        BadInput: nothing in it is JSON.
    """
    for each in json_values.values(path, ("notifications",)):
        if each.fault is not None:
            yield Unreadable(each.line, f"it is no JSON: {each.fault}", each.value)
            continue
        try:
            yield _notification(each.line, each.value, path, wanted)
        except ValueError as error:
            yield Unreadable(each.line, str(error), each.value)


def _notification(line: int, value: Any, path: Path, wanted: Collection[str]) -> Notification:
    inner = value.get("oslo.message") if isinstance(value, Mapping) else None
    if isinstance(inner, str):
        try:
            value = json.loads(inner)
        except ValueError as error:
            raise ValueError(f"`oslo.message` is no JSON: {error}") from error
    told = value if isinstance(value, Mapping) else {}
    event = told.get("event_type")
    if not event or not isinstance(event, str):
        raise ValueError("it has no `event_type`")
    payload = data_of(resolved(told.get("payload"), path.parent)) if event in wanted else {}
    stamp, message = told.get("timestamp"), told.get("message_id")
    return Notification(
        line,
        event,
        instant(stamp) if stamp is not None else None,
        message if isinstance(message, str) else None,
        payload,
    )


def resolved(value: Any, folder: Path, left: int = MAX_REFERENCES) -> Any:
    """Return a value with the `$ref`s of what is read resolved, what stands beside a reference on top of what it names.

    Raises:
        ValueError: a reference leads out of the folder, to nothing, or around.
    """
    if not isinstance(value, Mapping):
        return value
    reference = value.get("$ref")
    own = {
        name: resolved(each, folder, left) if name in _FOLLOWED else each
        for name, each in value.items()
        if name != "$ref"
    }
    if not isinstance(reference, str):
        return own
    if left <= 0:
        raise ValueError(f"`$ref` of `{reference}` leads around")
    target = (folder / reference.partition("#")[0]).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ValueError(f"`$ref` of `{reference}` leads out of the folder")
    try:
        found = document.parse_json(document.read(target), target)
    except (BadInput, OSError) as error:
        raise ValueError(f"`$ref` of `{reference}` names no file that can be read") from error
    return _merged(resolved(found, target.parent, left - 1), own)


def _merged(below: Any, above: Mapping[str, Any]) -> Any:
    if not isinstance(below, Mapping):
        return dict(above)
    found = dict(below)
    for name, value in above.items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = _merged(found[name], value) if both else value
    return found


def data_of(value: Any) -> Mapping[str, Any]:
    """Return the data of a versioned object; an object without version as it is."""
    if not isinstance(value, Mapping):
        return {}
    data = value.get("nova_object.data")
    return data if isinstance(data, Mapping) else value


def instant(stamp: Any) -> int:
    """Return the instant of a stamp of OpenStack, which is in UTC where it has no offset.

    Raises:
        ValueError: it is no time.
    """
    try:
        moment = datetime.fromisoformat(str(stamp))
    except ValueError as error:
        raise ValueError(f"`{stamp}` is no time") from error
    return to_instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
