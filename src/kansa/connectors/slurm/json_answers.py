"""Slurm's JSON answers one after the other, read item by item to the end of the file.

A file holds one answer or several: `sacct --json >> file` appends one, and JSON Lines has one a line. All of each
answer is read, what follows its list as well, so that a file which is cut anywhere is known to be cut.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

CHUNK = 1 << 20

_SPACE = " \t\r\n\x1e"


@dataclass(frozen=True, slots=True)
class Item:
    """One element of the list, the line in which it begins, and the names that stand in it twice with two values."""

    line: int
    value: Any
    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer was read to its end: whether it had the list, and whether it reports errors."""

    line: int
    has_list: bool
    errors: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """From this line on nothing can be read: the file is cut there (`ended`), or what follows is no JSON."""

    line: int
    ended: bool
    inside: bool
    """Whether it breaks off inside an element of the list."""


class _Stop(Exception):
    """Reading cannot go on."""


class Answers:
    """The answers of a stream; `name` is the list whose elements are wanted. The file is not held in memory."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._inside = False
        self._twice: list[str] = []
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)

    def __iter__(self) -> Iterator[Item | Answer | Broken]:
        """Yield every element, then its answer; last what could not be read."""
        try:
            while self._peek():
                yield from self._answer()
        except _Stop:
            yield Broken(self._line, not self._more(), self._inside)

    def _answer(self) -> Iterator[Item | Answer]:
        begun = self._line
        has_list = errors = False
        self._take("{")
        while self._peek() != "}":
            key = self._value()
            if not isinstance(key, str):
                raise _Stop
            self._take(":")
            if key == self._name and self._peek() == "[":
                has_list = True
                yield from self._items()
            else:
                value = self._value()
                errors = errors or (key == "errors" and bool(value))
            if self._peek() != "}":
                self._take(",")
                if self._peek() == "}":
                    raise _Stop
        self._take("}")
        yield Answer(begun, has_list, errors)

    def _items(self) -> Iterator[Item]:
        self._take("[")
        while self._peek() != "]":
            line = self._line
            self._inside = True
            value = self._value()
            self._inside = False
            yield Item(line, value, tuple(dict.fromkeys(self._twice)))
            if self._peek() != "]":
                self._take(",")
                if self._peek() == "]":
                    raise _Stop
        self._take("]")

    def _peek(self) -> str:
        """Return the next character that is no space; empty at the end of the file."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._line += self._buffer[self._at] == "\n"
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _take(self, expected: str) -> None:
        if self._peek() != expected:
            raise _Stop
        self._at += 1

    def _value(self) -> Any:
        """Return the next value; a number is only whole once something follows it."""
        if not self._peek():
            raise _Stop
        while True:
            self._twice.clear()
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                if not self._more():
                    raise _Stop from None
                continue
            if end == len(self._buffer) and self._more():
                continue
            self._line += self._buffer.count("\n", self._at, end)
            self._at = end
            return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object; a name that stands in it twice is noted, unless both values are the same."""
        found = dict(pairs)
        if len(found) != len(pairs):
            self._twice += [name for name, value in pairs if found[name] != value]
        return found

    def _more(self) -> bool:
        """Read on; the part that was used is let go."""
        rest = len(self._buffer) - self._at
        added = "" if self._ended else self._stream.read(max(CHUNK, rest))
        self._ended = not added
        if added:
            self._buffer = self._buffer[self._at :] + added
            self._at = 0
        return bool(added)
