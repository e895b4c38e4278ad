"""Whole documents from untrusted bytes: JSON and XML of bounded size and depth, with what to do if they cannot be read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kansa.connectors.formats import json_lines
from kansa.connectors.formats.opened import opened
from kansa.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DOCUMENT = 256 << 20
"""Bytes of one document; a system's answer longer than this is to be exported in parts."""

MAX_DEPTH = 64


def read(path: Path, most: int = MAX_DOCUMENT) -> bytes:
    """Return the bytes of a file, unpacked where it is packed.

    Raises:
        BadInput: `document.size`, if it has more than `most` bytes; `file.packed`, if it does not unpack.
    """
    with opened(path) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise BadInput(
            "document.size", f"`{path}` is longer than {most:,} bytes", help="export a shorter period a file"
        )
    return content


def parse_json(content: bytes, path: Path | str, advice: str | None = None) -> Any:
    """Return the value of a JSON document; a number with a fraction is a `Decimal`.

    Raises:
        BadInput: `document.json`, with the line; duplicate keys, `NaN`, deeper than `MAX_DEPTH`, no UTF-8.
    """
    text = _text(content, path, advice)
    try:
        value = json_lines.parse(text)
        _check_depth(value)
    except (ValueError, RecursionError) as error:
        raise BadInput("document.json", f"`{path}` cannot be read as JSON: {error}", help=advice) from error
    return value


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
