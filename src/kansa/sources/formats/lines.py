"""Physical lines of a text file with their numbers; bytes that do not decode spoil their own line only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_SPANS_LINES = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32"})


@dataclass(frozen=True, slots=True)
class Line:
    """A physical line; `fault` says why its bytes do not decode."""

    number: int
    text: str
    fault: str | None = None


def lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """Physical lines with their numbers. Bytes that do not decode are replaced, and the line says so."""
    if encoding.lower().replace("_", "-") in _SPANS_LINES:
        yield from _wide_lines(stream, encoding)
        return
    for number, raw in enumerate(stream, start=1):
        plain = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        try:
            yield Line(number, plain.decode(encoding))
        except UnicodeDecodeError as error:
            fault = f"not {encoding}: {error.reason} at byte {error.start} of the line"
            yield Line(number, plain.decode(encoding, "backslashreplace"), fault)


def _wide_lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    text = stream.read().decode(encoding, "replace").removeprefix("\ufeff")
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        yield Line(number, line, f"not {encoding}" if "\ufffd" in line else None)
