"""Whole documents from untrusted bytes: JSON and XML of bounded size and depth, with what to do if they cannot be read."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kansa.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DOCUMENT = 256 << 20
"""Bytes of one document; a system's answer longer than this is to be exported in parts."""

MAX_DEPTH = 64


def read(path: Path, most: int = MAX_DOCUMENT) -> bytes:
    """Return the bytes of a file, unpacked where it is gzip.

    Raises:
        BadInput: `document.size`, if it has more than `most` bytes; `document.gzip`, if it does not unpack.
    """
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as packed:
                content = packed.read(most + 1)
        except (OSError, EOFError) as error:
            raise BadInput(
                "document.gzip", f"`{path}` is packed and does not unpack: {error}", help="export it again"
            ) from error
    if len(content) > most:
        raise BadInput(
            "document.size", f"`{path}` is longer than {most:,} bytes", help="export a shorter period a file"
        )
    return content


def parse_json(content: bytes, path: Path | str, advice: str | None = None) -> Any:
    """Return the value of a JSON document; numbers with a fraction stay as they are written, as `float`.

    Raises:
        BadInput: `document.json`, with the line; duplicate keys, `NaN`, deeper than `MAX_DEPTH`, no UTF-8.
    """
    text = _text(content, path, advice)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        _check_depth(value)
    except (ValueError, RecursionError) as error:
        raise BadInput("document.json", f"`{path}` cannot be read as JSON: {error}", help=advice) from error
    return value


def parse_json_stream(
    content: bytes, path: Path | str, advice: str | None = None
) -> Iterator[tuple[int, Any | ValueError]]:
    """Yield the JSON values of a text, each with its line: JSON Lines, or documents one after the other.

    A value that cannot be read is yielded as the error; reading goes on at the next line that begins with `{` or `[`.

    Raises:
        BadInput: `document.json`, if it is no UTF-8.
    """
    text = _text(content, path, advice)
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
    position, line, counted = 0, 1, 0
    blank = re.compile(r"[\s,]*")
    begins = re.compile(r"^[ \t]*[{\[]", re.MULTILINE)
    while True:
        position = blank.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing at least
        if position >= len(text):
            return
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decoder.raw_decode(text, position)
            _check_depth(value)
            yield line, value
        except (ValueError, RecursionError) as error:
            yield line, ValueError(f"it is no JSON: {error}")
            following = text.find("\n", position)
            found = begins.search(text, following + 1) if following >= 0 else None
            if found is None:
                return
            position = found.start()


def parse_xml(content: bytes, path: Path | str, advice: str | None = None) -> "Element":
    """Return the root of an XML document; a document type is passed over, entities are refused.

    Raises:
        BadInput: `document.xml`, with line and column; an entity; deeper than `MAX_DEPTH`.
    """
    from defusedxml import ElementTree  # noqa: PLC0415 - what it needs takes long to load
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - as above

    try:
        root: Element = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise BadInput("document.xml", f"`{path}` cannot be read as XML: {error}", help=advice) from error
    _check_elements(root, path)
    return root


def local(tag: str) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2]


def line_of(content: bytes, marker: bytes) -> Callable[[int], int]:
    """Return a function that gives the line on which the n-th occurrence of a marker stands, 1 where there is none."""
    lines = [content.count(b"\n", 0, found.start()) + 1 for found in re.finditer(re.escape(marker), content)]
    return lambda number: lines[number] if number < len(lines) else 1


def _text(content: bytes, path: Path | str, advice: str | None) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("document.encoding", f"`{path}` is not UTF-8: {error}", help=advice) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name `{twice}` stands twice in one object")
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"`{text}` is no number of JSON")


def _check_depth(value: Any) -> None:
    level, waiting = 0, [value]
    while waiting:
        level += 1
        if level > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH}")
        waiting = [
            inner
            for each in waiting
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]


def _check_elements(root: "Element", path: Path | str) -> None:
    level, waiting = 0, [root]
    while waiting:
        level += 1
        if level > MAX_DEPTH:
            raise BadInput("document.xml", f"`{path}` is nested deeper than {MAX_DEPTH}")
        waiting = [inner for each in waiting for inner in each]
