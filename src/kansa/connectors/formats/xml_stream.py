"""XML read as a stream of events from untrusted bytes, in bounded memory: no entities, no depth, no endless token."""

from collections.abc import Iterator, Mapping
from typing import IO, Protocol
from xml.parsers import expat

CHUNK = 1 << 16
MAX_TOKEN = 4 << 20
"""Bytes after which at least one event must have been seen: no tag of a workbook is that long."""

MAX_DEPTH = 64


class Handler(Protocol):
    """Takes the events of one document; names are local, without their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        ...

    def end(self, name: str) -> None:
        """Take the end of an element."""
        ...

    def text(self, text: str) -> None:
        """Take a part of the text of the element that began last."""
        ...


class _Guard:
    """Hands events on, and refuses what a document of data does not have."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.depth = 0
        self.alive = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.alive = True
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"its elements are nested deeper than {MAX_DEPTH}")
        self.handler.start(_local(name), attributes)

    def end(self, name: str) -> None:
        self.alive = True
        self.depth -= 1
        self.handler.end(_local(name))

    def text(self, text: str) -> None:
        self.alive = True
        self.handler.text(text)

    def refuse(self, *_: object) -> None:
        raise ValueError("it declares a document type or an entity")


def events(stream: IO[bytes], handler: Handler, most: int) -> Iterator[None]:
    """Feed a document to its handler, and yield after every chunk, so that the caller may take what has come.

    Raises:
        ValueError: not well-formed, an entity or document type, more than `most` bytes, nested too deeply.
    """
    guard = _Guard(handler)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.CharacterDataHandler = guard.text
    parser.EntityDeclHandler = guard.refuse
    parser.StartDoctypeDeclHandler = guard.refuse
    total = quiet = 0
    while True:
        data = stream.read(CHUNK)
        total += len(data)
        if total > most:
            raise ValueError(f"a part of it is longer than {most:,} bytes")
        guard.alive = False
        try:
            parser.Parse(data, not data)
        except expat.ExpatError as error:
            raise ValueError(f"its XML is not well-formed: {error}") from error
        quiet = 0 if guard.alive else quiet + len(data)
        if quiet > MAX_TOKEN:
            raise ValueError(f"a tag or comment in it is longer than {MAX_TOKEN:,} bytes")
        yield
        if not data:
            return


def parse(stream: IO[bytes], handler: Handler, most: int) -> None:
    """Feed a whole document to its handler.

    Raises:
        ValueError: as `events`.
    """
    for _ in events(stream, handler, most):
        pass


def _local(name: str) -> str:
    return name.rpartition("}")[2]
