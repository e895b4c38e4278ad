"""Physical lines of a text file with their numbers; bytes that do not decode spoil their own line only.

No line is longer in memory than `MAX_LINE`: what follows is read past, and the line says so.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

MAX_LINE = 1 << 20
"""Bytes of a line, or characters where a line's end is more than one byte."""

_CHUNK = 1 << 16

# Known to Python and no way in which a table is written; they raise what no other does.
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7"})


@dataclass(frozen=True, slots=True)
class Line:
    """A physical line; `fault` says why its bytes do not decode, or that it was cut."""

    number: int
    text: str
    fault: str | None = None


@cache
def is_encoding(name: str) -> bool:
    """Tell whether files can be read in an encoding of this name."""
    try:
        found = codecs.lookup(name)
        return found.name.replace("_", "-") not in {each.replace("_", "-") for each in _NO_TEXT} and bool(
            "a\n".encode(name)
        )
    except (LookupError, ValueError):  # no such encoding, or none of texts
        return False


def lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """Physical lines with their numbers. Bytes that do not decode are replaced, and the line says so."""
    if "\n".encode(encoding) != b"\n":
        yield from _wide_lines(stream, encoding)
        return
    for number, (raw, cut) in enumerate(_cut(stream), start=1):
        plain = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        fault = f"the line is longer than {MAX_LINE:,} bytes" if cut else None
        try:
            yield Line(number, plain.decode(encoding, "ignore" if cut else "strict"), fault)
        except UnicodeError as error:
            at = (
                f"{error.reason} at byte {error.start} of the line"
                if isinstance(error, UnicodeDecodeError)
                else error
            )
            yield Line(number, plain.decode(encoding, "backslashreplace"), f"not {encoding}: {at}")


def _cut(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield each line, and whether it was cut."""
    while raw := stream.readline(MAX_LINE + 1):
        cut = len(raw) > MAX_LINE
        rest = raw
        while cut and rest and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)
        yield raw, cut


def _wide_lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """Lines of an encoding in which a line's end is not one byte."""
    raw = stream.read(_CHUNK)
    decoder = codecs.getincrementaldecoder(_ordered(encoding, raw))("replace")
    held, cut, number, first = "", False, 0, True
    while True:
        held += decoder.decode(raw, final=not raw)
        if first and held:
            held, first = held.removeprefix("\ufeff"), False
        *whole, held = held.split("\n")
        for text in whole:
            number += 1
            yield _wide(number, text + "\n", encoding, cut=cut)
            cut = False
        if len(held) > MAX_LINE:
            held, cut = held[:MAX_LINE], True
        if not raw:
            break
        raw = stream.read(_CHUNK)
    if held:
        yield _wide(number + 1, held, encoding, cut=cut)


def _ordered(encoding: str, begins: bytes) -> str:
    """Return the encoding with its order of bytes: what the file's mark says, else the common one."""
    name = codecs.lookup(encoding).name
    if name not in {"utf-16", "utf-32"}:
        return encoding
    big = codecs.BOM_UTF16_BE if name == "utf-16" else codecs.BOM_UTF32_BE
    return f"{name}-be" if begins.startswith(big) else f"{name}-le"


def _wide(number: int, text: str, encoding: str, *, cut: bool) -> Line:
    if cut or len(text) > MAX_LINE:
        return Line(number, text[:MAX_LINE], f"the line is longer than {MAX_LINE:,} characters")
    return Line(number, text, f"not {encoding}" if "\ufffd" in text else None)
