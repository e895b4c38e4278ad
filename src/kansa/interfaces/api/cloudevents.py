"""CloudEvents 1.0 over HTTP: structured, binary and batch mode (HTTP Protocol Binding 1.0.2, JSON Event Format 1.0.2).

Also OTLP/HTTP logs in JSON (`ExportLogsServiceRequest`, opentelemetry-proto 1.x), each record of which is one event.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from kansa.errors import BadInput

REQUIRED = ("id", "source", "specversion", "type")
MOST_EVENTS = 10_000
_NAME = re.compile(r"[a-z0-9]+")
_JSON_TYPE = re.compile(r"(?:application|text)/(?:[\w.+-]+\+)?json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its attributes, and its data: a JSON value, a text, or bytes."""

    attributes: Mapping[str, str]
    data: Any = field(default=None)


def events_in(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[Event]:
    """Return the events of a request, in order.

    Raises:
        BadInput: `push.event`, if the request holds no events or one that lacks what every event has.
    """
    fields = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    kind, _, parameters = fields.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    charset = re.search(r"charset=\"?([\w-]+)", parameters, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise BadInput("push.event", f"the charset `{charset[1]}` is not UTF-8")
    if kind == "application/cloudevents-batch+json":
        found = _parsed(body)
        if not isinstance(found, list) or len(found) > MOST_EVENTS:
            raise BadInput("push.event", f"a batch is a list of at most {MOST_EVENTS:,} events")
        return [_structured(each, f"event {number}") for number, each in enumerate(found, start=1)]
    if kind == "application/cloudevents+json":
        return [_structured(_parsed(body), "the event")]
    if kind.startswith("application/cloudevents"):
        raise BadInput(
            "push.event",
            f"the event format `{kind}` is not known",
            help="send JSON: `application/cloudevents+json`",
        )
    if "ce-specversion" in fields:
        return [_binary(fields, kind, body)]
    raise BadInput(
        "push.event",
        "the request is no CloudEvent",
        help="send `application/cloudevents+json`, `application/cloudevents-batch+json`, or the attributes as `ce-…` headers",
    )


def otlp_logs_in(body: bytes) -> list[Event]:
    """Return one event for each log record of an OTLP request, in the form of an entry of the journal.

    Raises:
        BadInput: `push.event`, if the request is none.
    """
    found = _parsed(body)
    try:
        return [
            Event(
                {"id": "", "source": "otlp", "specversion": "1.0", "type": "otlp.log"},
                _entry(record, _attributes(resource.get("resource"))),
            )
            for resource in found.get("resourceLogs", [])
            for scope in resource.get("scopeLogs", [])
            for record in scope.get("logRecords", [])
        ]
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise BadInput(
            "push.event", f"the request is no `ExportLogsServiceRequest` in JSON: {error}"
        ) from error


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInput("push.event", f"the body is not JSON: {error}") from error


def _structured(told: Any, where: str) -> Event:
    if not isinstance(told, dict):
        raise BadInput("push.event", f"{where} is no JSON object")
    attributes = {
        name: _text(value)
        for name, value in told.items()
        if name not in {"data", "data_base64"} and value is not None
    }
    _check(attributes, where)
    if "data" in told and "data_base64" in told:
        raise BadInput("push.event", f"{where} has `data` and `data_base64`")
    if "data_base64" in told:
        try:
            return Event(attributes, base64.b64decode(str(told["data_base64"]), validate=True))
        except (binascii.Error, ValueError) as error:
            raise BadInput("push.event", f"the `data_base64` of {where} is no base64") from error
    return Event(attributes, told.get("data"))


def _binary(fields: Mapping[str, str], kind: str, body: bytes) -> Event:
    attributes = {name[3:]: unquote(value) for name, value in fields.items() if name.startswith("ce-")}
    if "content-type" in fields:
        attributes["datacontenttype"] = fields["content-type"]
    _check(attributes, "the event")
    if not body:
        return Event(attributes)
    if _JSON_TYPE.fullmatch(kind):
        return Event(attributes, _parsed(body))
    return Event(attributes, body)


def _check(attributes: Mapping[str, str], where: str) -> None:
    missing = [name for name in REQUIRED if not attributes.get(name)]
    if missing:
        raise BadInput("push.event", f"{where} has no `{missing[0]}`")
    if attributes["specversion"] != "1.0":
        raise BadInput("push.event", f"{where} is of version `{attributes['specversion']}`, not 1.0")
    wrong = [name for name in attributes if not _NAME.fullmatch(name)]
    if wrong:
        raise BadInput(
            "push.event",
            f"{where} has an attribute `{wrong[0][:80]}`: names are lower-case letters and digits",
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _entry(record: Mapping[str, Any], resource: Mapping[str, Any]) -> Any:
    """Return a record as the journal would write it; one whose body is an object is that object."""
    body = _value(record.get("body") or {})
    if isinstance(body, dict):
        return body
    attributes = {**resource, **_attributes(record)}
    time = int(record.get("timeUnixNano") or record.get("observedTimeUnixNano") or 0) // 1_000
    program = (
        attributes.get("log.syslog.appname")
        or attributes.get("syslog.appname")
        or attributes.get("process.executable.name")
        or attributes.get("service.name")
        or ""
    )
    return {
        "__REALTIME_TIMESTAMP": str(time),
        "_HOSTNAME": str(attributes.get("host.name", "")),
        "SYSLOG_IDENTIFIER": str(program),
        "_PID": str(attributes.get("process.pid") or attributes.get("syslog.procid") or ""),
        "MESSAGE": str(body),
    }


def _attributes(holder: Any) -> dict[str, Any]:
    listed = holder.get("attributes", []) if isinstance(holder, Mapping) else []
    return {str(each["key"]): _value(each.get("value") or {}) for each in listed}


def _value(told: Mapping[str, Any]) -> Any:
    """Return an `AnyValue`."""
    if "kvlistValue" in told:
        return {
            str(each["key"]): _value(each.get("value") or {})
            for each in told["kvlistValue"].get("values", [])
        }
    if "arrayValue" in told:
        return [_value(each) for each in told["arrayValue"].get("values", [])]
    if "intValue" in told:
        return int(told["intValue"])
    return next(
        (told[name] for name in ("stringValue", "boolValue", "doubleValue", "bytesValue") if name in told), ""
    )
