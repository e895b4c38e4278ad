"""JSON as systems write it: one object a line, one after the other over several lines, or a list in a wrapper.

Lines are read one by one; anything else is read whole, up to `MAX_DOCUMENT`.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.connectors.formats import json_lines
from kansa.connectors.formats.lines import lines
from kansa.connectors.formats.opened import opened
from kansa.errors import BadInput

MAX_DOCUMENT = 256 << 20
"""Bytes of a file that is not one object a line."""


@dataclass(frozen=True, slots=True)
class JsonValue:
    """One value with the line at which it begins; `fault` says why it cannot be read, then `value` is its text."""

    line: int
    value: Any
    fault: str | None = None


def values(path: Path, wrappers: Collection[str] = ()) -> Iterator[JsonValue]:
    """Yield the values of a file. A list stands for its items, and so does a list under one of the `wrappers`.

    A line that is not JSON spoils itself alone; in a file of other form all after it is lost, and the last value says so.

    Raises:
        BadInput: `json.none`, if nothing in the file is JSON; `json.large`; `file.packed`.
    """
    read = 0
    fault: JsonValue | None = None
    found = _by_line(path) if _is_by_line(path) else _whole(path)
    for each in found:
        if each.fault is None:
            read += 1
            yield from _unfolded(each, wrappers)
        elif read or fault is not None:
            yield each
        else:
            fault = each
            yield each
    if not read and fault is not None:
        raise BadInput("json.none", f"nothing in `{path}` is JSON: {fault.fault}")


def _is_by_line(path: Path) -> bool:
    """Tell whether the first line with anything in it is a whole value."""
    with opened(path) as stream:
        for line in lines(stream, "utf-8"):
            text = line.text.strip()
            if text:
                return line.fault is not None or _is_whole(text)
    return True


def _is_whole(text: str) -> bool:
    try:
        json_lines.parse(text)
    except (ValueError, RecursionError):
        return not text.startswith(("{", "["))
    return True


def _by_line(path: Path) -> Iterator[JsonValue]:
    with opened(path) as stream:
        for line in lines(stream, "utf-8"):
            if not line.text.strip():
                continue
            raw = line.text.rstrip("\r\n")
            if line.fault:
                yield JsonValue(line.number, raw, line.fault)
                continue
            try:
                yield JsonValue(line.number, json_lines.parse(raw))
            except (ValueError, RecursionError) as error:
                yield JsonValue(line.number, raw, str(error))


def _whole(path: Path) -> Iterator[JsonValue]:
    with opened(path) as stream:
        data = stream.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise BadInput(
            "json.large",
            f"`{path}` is longer than {MAX_DOCUMENT:,} bytes and not one object a line",
            help="export it with one object a line",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield JsonValue(1, None, f"not UTF-8: {error.reason} at byte {error.start}")
        return
    at, line = 0, 1
    while (begin := _next(text, at)) is not None:
        line += text.count("\n", at, begin)
        try:
            value, at = _DECODER.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            yield JsonValue(line, text[begin : begin + 2_000], str(error))
            return
        yield JsonValue(line, value)
        line += text.count("\n", begin, at)


_DECODER = json.JSONDecoder(
    parse_float=json_lines.decimal_of,
    parse_constant=json_lines.refuse_constant,
    object_pairs_hook=json_lines.unique_object,
)


def _next(text: str, at: int) -> int | None:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at if at < len(text) else None


def _unfolded(found: JsonValue, wrappers: Collection[str]) -> Iterator[JsonValue]:
    value = found.value
    if isinstance(value, dict):
        inner = next((value[name] for name in wrappers if isinstance(value.get(name), list)), None)
        value = value if inner is None else inner
    if isinstance(value, list):
        for each in value:
            yield JsonValue(found.line, each)
    else:
        yield found
