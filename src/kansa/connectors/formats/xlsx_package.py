"""What stands around the sheets of a workbook (ECMA-376): which there are, shared texts, styles, the calendar.

Only parts that are asked for are unpacked, as streams, each up to a length; the package may be hostile.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from kansa.connectors.formats import xml_stream
from kansa.connectors.table.cells import MAX_TEXT

MAX_PART = 16 << 20
MAX_SHEET = 1 << 30
MAX_SHARED = 2_000_000
MAX_SHARED_TEXT = 64 << 20
"""Characters of all shared texts together."""

BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,  # packed bytes that do not unpack
    ValueError,  # also bytes that are not text
    EOFError,
    KeyError,
    NotImplementedError,  # a way of packing that nobody uses
    RuntimeError,  # encrypted
    OSError,
)

Style = Literal["number", "date", "duration"]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATES = {*range(14, 23), *range(27, 37), *range(50, 59)}
_DURATIONS = {45, 46, 47}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")
_SCIENTIFIC = re.compile(r"E[+-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Package:
    """An opened workbook: its worksheets by name in order, with their parts, and what cells refer to."""

    archive: zipfile.ZipFile
    sheets: Mapping[str, str]
    shared: "SharedTexts"
    styles: tuple[Style, ...]
    since_1904: bool

    def sheet(self, part: str) -> IO[bytes]:
        """Return the bytes of a worksheet."""
        return self.archive.open(part)


@dataclass(slots=True)
class SharedTexts:
    """The shared texts in order; one that is longer than a cell may be is cut one character after that."""

    texts: list[str] = field(default_factory=list)
    total: int = 0
    _taken: "Text | None" = None
    _skip: int = 0

    def start(self, name: str, _: Mapping[str, str]) -> None:
        if name == "si":
            self._taken = Text()
        elif self._taken is not None:
            self._taken.start(name)

    def end(self, name: str) -> None:
        if name == "si" and self._taken is not None:
            text = self._taken.value()
            self.total += len(text)
            self.texts.append(text)
            self._taken = None
            if len(self.texts) > MAX_SHARED or self.total > MAX_SHARED_TEXT:
                raise ValueError("it has more shared text than can be held")
        elif self._taken is not None:
            self._taken.end(name)

    def text(self, text: str) -> None:
        if self._taken is not None:
            self._taken.text(text)


class Text:
    """The text of a rich string: its runs without the readings (furigana) that stand beside them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._inside = self._reading = 0

    def start(self, name: str) -> None:
        """Take the beginning of an element."""
        self._reading += name == "rPh"
        self._inside += name == "t"

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._reading -= name == "rPh"
        self._inside -= name == "t"

    def text(self, text: str) -> None:
        """Take text; what is beyond the most that a cell may have is dropped."""
        if self._inside and not self._reading and self._length <= MAX_TEXT:
            self._parts.append(text[: MAX_TEXT + 1 - self._length])
            self._length += len(self._parts[-1])

    def value(self) -> str:
        """Return the text so far, at most one character longer than a cell may be."""
        return unescaped("".join(self._parts))


def unescaped(text: str) -> str:
    """Text with `_xHHHH_` as the character that it stands for (ECMA-376, 22.4.2.4)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _Workbook:
    """Names and relations of the sheets, and the calendar."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0").lower() in {"1", "true", "on"}

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Relations:
    """Targets and types of a part's relations."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Styles:
    """What the number format of each cell style makes of a number."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.used: list[int] = []
        self._cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._cells = True
        elif name == "xf" and self._cells:
            self.used.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        self._cells = self._cells and name != "cellXfs"

    def text(self, text: str) -> None: ...

    def styles(self) -> tuple[Style, ...]:
        """Return the style of each cell format, in order."""
        return tuple(
            style_of(self.codes[number]) if number in self.codes else _builtin(number) for number in self.used
        )


def style_of(code: str) -> Style:
    """Return what a number format shows: a date or time, a length of time (`[h]:mm`), or a number."""
    plain = _LITERAL.sub("", code).partition(";")[0]
    if _ELAPSED.search(plain):
        return "duration"
    plain = _BRACKET.sub("", plain)
    if "general" in plain.lower():
        return "number"
    plain = _SCIENTIFIC.sub("", plain)
    return "date" if set(plain.lower()) & set("ymdhse") else "number"


def _builtin(number: int) -> Style:
    if number in _DURATIONS:
        return "duration" if number == 46 else "date"
    return "date" if number in _DATES else "number"


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """A workbook, open for reading.

    Raises:
        BROKEN: it is no workbook, or one that cannot be read.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len({name.lower() for name in names}) != len(names):
            raise ValueError("a part stands in it twice")
        book = _book(archive)
        workbook, relations = _Workbook(), _relations(archive, book)
        _read(archive, book, workbook)
        shared, styles = SharedTexts(), _Styles()
        for kind, target in relations.values():
            part = _resolved(archive, book, target)
            if kind == "sharedStrings" and part is not None:
                _read(archive, part, shared, MAX_SHEET)
            elif kind == "styles" and part is not None:
                _read(archive, part, styles)
        sheets = {
            name: part
            for name, relation in workbook.sheets
            if relations.get(relation, ("", ""))[0] in {"worksheet", ""}
            and (part := _resolved(archive, book, relations.get(relation, ("", ""))[1])) is not None
        }
        yield Package(archive, sheets, shared, styles.styles(), workbook.since_1904)


def _book(archive: zipfile.ZipFile) -> str:
    found = _relations(archive, "")
    target = next((target for kind, target in found.values() if kind == "officeDocument"), "xl/workbook.xml")
    part = _resolved(archive, "", target)
    if part is None:
        raise ValueError("it has no workbook part; the file may be of another kind")
    return part


def _relations(archive: zipfile.ZipFile, part: str) -> Mapping[str, tuple[str, str]]:
    folder, _, name = part.rpartition("/")
    place = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    relations = _Relations()
    if place in archive.namelist():
        _read(archive, place, relations)
    return relations.found


def _resolved(archive: zipfile.ZipFile, part: str, target: str) -> str | None:
    """Return the part that a relation of another part points to, or None if there is none."""
    place = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
    return next((name for name in archive.namelist() if name.lower() == place.lower()), None)


def _read(archive: zipfile.ZipFile, part: str, handler: xml_stream.Handler, most: int = MAX_PART) -> None:
    with archive.open(part) as stream:
        xml_stream.parse(stream, handler, most)
