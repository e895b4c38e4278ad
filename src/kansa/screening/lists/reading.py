"""What reading a list gives, and how a reader builds it."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import msgspec

from kansa.errors import BadInput, Problem
from kansa.screening.entry import Entry, Name, Place, Tier

MAX_CELL = 65_536
"""Characters. A longer cell is no name, address or remark that any publisher writes."""

_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ZERO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Document:
    """One file as published: its name (for messages) and its bytes."""

    name: str
    data: bytes

    def sha256(self) -> str:
        """Hex SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def text(self, encoding: str = "utf-8-sig") -> str:
        """Return the decoded text, without the 0x1A (end of file in CP/M) that some publishers still write last.

        Raises:
            BadInput: `list.encoding`, with the offset of the first byte that does not decode.
        """
        try:
            return self.data.removesuffix(b"\x1a").decode(encoding)
        except UnicodeDecodeError as error:
            raise BadInput(
                "list.encoding",
                f"`{self.name}` is not {encoding.removesuffix('-sig').upper()} at byte {error.start}",
                help="take the file as its publisher gives it, without opening it in a spreadsheet",
            ) from error


class Shortfall(NamedTuple):
    """How a file says itself that it is not all of its publication.

    `end_mark`: its publisher's last byte is missing; `cut`: its last row breaks off; `numbers`: running numbers are
    missing, and how many.
    """

    file: str
    what: Literal["end_mark", "cut", "numbers"]
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as read.

    `rows` counts all rows of the files; `rejected` those that gave nothing; `problems` says why, and which fields
    were set aside; `passed_over` counts rows that are no entries, by reason. `date` is the edition's, ISO 8601,
    where the file states it. An edition with a shortfall is partial: nobody can say that someone is not on it.
    """

    publication: str
    entries: tuple[Entry, ...]
    rows: int
    rejected: int
    problems: tuple[Problem, ...]
    passed_over: Counter[str]
    date: str | None
    shortfalls: tuple[Shortfall, ...] = ()

    def lists(self) -> dict[str, int]:
        """Return how many entries each list has, by the list's short name."""
        return dict(sorted(Counter(entry.list for entry in self.entries).items()))


@dataclass(slots=True)
class Gathering:
    """A reading in the making."""

    publication: str
    rows: int = 0
    rejected: int = 0
    date: str | None = None
    passed_over: Counter[str] = field(default_factory=Counter)
    shortfalls: list[Shortfall] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Take an entry.

        One without a name is rejected. A second with the id of another is the same row twice if it says the same,
        otherwise it is kept under the id with `#2`, since no one may be lost because a publisher repeated a number.
        """
        if not entry.names:
            self.reject(entry.place, "names", "the row names nobody")
            return
        number, id_ = 1, entry.id
        while (other := self._entries.get(id_)) is not None:
            if other.record_hash() == _called(entry, id_).record_hash():
                self.passed_over["the same row again"] += 1
                return
            number += 1
            id_ = f"{entry.id}#{number}"
        self._entries[id_] = _called(entry, id_)

    def reject(self, place: Place | None, field_: str | None, message: str) -> None:
        """A row that gives nothing."""
        self.rejected += 1
        self._problems.append(_problem("list.row", place, field_, message))

    def set_aside(self, place: Place | None, field_: str, message: str) -> None:
        """A field that cannot be read, of a row that is screened all the same."""
        self._problems.append(_problem("list.field", place, field_, message))

    def problems(self) -> tuple[Problem, ...]:
        """Return what could not be read so far."""
        return tuple(self._problems)

    def done(self) -> Reading:
        """Return the reading.

        Raises:
            BadInput: `list.empty`, if no entry could be read: an empty list must not pass for one without hits.
        """
        if not self._entries:
            raise BadInput(
                "list.empty",
                f"no entry of {self.rows} rows could be read as `{self.publication}`",
                problems=self._problems[:20],
                help="see `kansa lists formats` for the form of each file",
            )
        return Reading(
            publication=self.publication,
            entries=tuple(self._entries.values()),
            rows=self.rows,
            rejected=self.rejected,
            problems=tuple(self._problems),
            passed_over=self.passed_over,
            date=self.date,
            shortfalls=tuple(self.shortfalls),
        )


def clean(text: str | None) -> str:
    """NFC, one space where any white space stood, no control or zero-width characters, trimmed."""
    if not text:
        return ""
    plain = text if text.isascii() else unicodedata.normalize("NFC", text).translate(_ZERO_WIDTH)
    return _SPACES.sub(" ", _CONTROLS.sub(" ", plain)).strip()


def names(*given: tuple[Iterable[str | None], Tier]) -> tuple[Name, ...]:
    """Return names of descending tier, cleaned, each once; blanks are left out."""
    found: dict[str, Name] = {}
    for texts, tier in given:
        for text in map(clean, texts):
            if text and text not in found:
                found[text] = Name(text, tier)
    return tuple(found.values())


def once(values: Iterable[str]) -> tuple[str, ...]:
    """Return each cleaned value once, in order; blanks are left out."""
    return tuple(dict.fromkeys(value for value in map(clean, values) if value))


def made_id(*parts: str) -> str:
    """Return an id for a row whose publisher gives none: 80 bits of what it says, the same for as long as it says it."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def _called(entry: Entry, id_: str) -> Entry:
    return entry if entry.id == id_ else msgspec.structs.replace(entry, id=id_)


def _problem(code: str, place: Place | None, field_: str | None, message: str) -> Problem:
    return Problem(code, message, place.file if place else None, place.row if place else None, field_)
