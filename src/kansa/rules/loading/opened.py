"""A pack's file, opened: what every pack says of itself, whatever it holds. Loaders of each kind take it from there."""

import re
from dataclasses import dataclass
from pathlib import Path

from kansa.config_files import ProblemCollector, Section, load
from kansa.i18n import read_words
from kansa.rules import pack
from kansa.rules.pack import Header

CODE = "pack.content"

ID = re.compile(r"kansa(\.[a-z][a-z0-9-]*)+")
NUMBERED = re.compile(r"(^|[.-])(rf|dd|flag|no|para|rule)?-?\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of one pack. `header` is None where something is wrong with it, which `said` raises."""

    path: Path
    section: Section
    kind: str
    header: Header | None

    def id(self, section: Section) -> str | None:
        """Return the `id` of a part of the pack: the pack's own, a dot, and a name that says what it is about."""
        id_ = section.text("id", required=True)
        if id_ is None or self.header is None:
            return id_
        if ID.fullmatch(id_) is None or id_.rpartition(".")[0] != self.header.id:
            section.refuse(f"`{id_}` is not `{self.header.id}.` and a name", "id")
        elif NUMBERED.search(id_):
            section.refuse(f"`{id_}` looks like a regulator's own number", "id", "say what it is about")
        return id_

    def said(self) -> Header:
        """Return the header.

        Raises:
            BadInput: `pack.content`, with everything that was found wrong in the file.
        """
        self.section.sink.settle("the pack")
        assert self.header is not None  # noqa: S101 - what is missing in it was said
        return self.header

    def settled(self) -> Header:
        """Return the header, when everything in the file has been read.

        Raises:
            BadInput: `pack.content`, with everything that was found wrong in the file, fields that nobody read included.
        """
        self.section.close()
        return self.said()


def open_pack(path: Path) -> Opened:
    """Open a pack's file and read its header: `pack`, `version`, `kind`, `jurisdiction`, `words`.

    Raises:
        BadInput: `pack.content`, it is no strict YAML, or it does not say of which kind it is.
    """
    section = load(path, ProblemCollector(str(path), CODE))
    id_, version = section.text("pack", required=True), section.text("version", required=True)
    kind = section.choice("kind", pack.KINDS, required=True)
    jurisdiction, words = section.text("jurisdiction", required=True), read_words(section)
    if id_ is not None and ID.fullmatch(id_) is None:
        section.refuse(f"`{id_}` is not `kansa.` and names in lower case", "pack")
    if kind is None:
        section.sink.settle("the pack")
        raise AssertionError(path)  # a kind that is missing was said
    header = None
    if id_ is not None and version is not None and jurisdiction is not None and words is not None:
        header = Header(id_, version, kind, jurisdiction, words)  # type: ignore[arg-type] # by choice
    return Opened(path, section, kind, header)
