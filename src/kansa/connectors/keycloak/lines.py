"""Keycloak's events in its server log: JSON after a prefix, or `name="value"` pairs, beside events as plain JSON."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kansa.connectors.formats.json_lines import parse
from kansa.connectors.formats.json_values import JsonValue, values
from kansa.connectors.formats.lines import Line, lines
from kansa.connectors.formats.opened import opened

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)")
_EVENT = re.compile(r"\[org\.keycloak\.events\]")
_PAIR = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"|(\w+)=([^,\s]+)')
_OTHER = {"type": "OTHER"}


def events_in(path: Path) -> Iterator[JsonValue]:
    """Yield the events of a file: of JSON, or of a server log; other lines of a log are events of no kind.

    Raises:
        BadInput: as `json_values.values`.
    """
    with opened(path) as stream:
        begin = stream.read(4096).lstrip()
    if begin.startswith((b"{", b"[", b"\xef\xbb\xbf")):
        yield from values(path)
        return
    with opened(path) as stream:
        for line in lines(stream, "utf-8"):
            if line.text.strip():
                yield _event(line)


def _event(line: Line) -> JsonValue:
    text = line.text.rstrip("\r\n")
    marked = _EVENT.search(text)
    if marked is None:
        return JsonValue(line.number, _OTHER)
    begin = text.find("{")
    if begin < 0:
        return _stamped(line.number, _pairs(text[marked.end() :]), text)
    try:
        found = parse(text[begin:])
    except (ValueError, RecursionError) as error:
        return JsonValue(line.number, text, str(error))
    return (
        _stamped(line.number, found, text)
        if isinstance(found, dict)
        else JsonValue(line.number, text, "no object")
    )


def _pairs(text: str) -> dict[str, Any]:
    return {match[1] or match[3]: match[2] if match[1] else match[4] for match in _PAIR.finditer(text)}


def _stamped(number: int, event: dict[str, Any], text: str) -> JsonValue:
    """Give an event that tells no time that of its line."""
    stamp = _STAMP.search(text)
    if "time" in event or "timestamp" in event:
        return JsonValue(number, event)
    if stamp is None:
        return JsonValue(number, text, "its line has no date: log with dates, or take events from REST")
    return JsonValue(number, {**event, "time": stamp[1].replace(",", ".")})
