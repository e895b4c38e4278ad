"""Everything that folders of packs say: their rules, tables and citations, read together and held against each other.

Strict YAML takes seconds to read. The shipped packs therefore come with their compiled form, `shipped.json`, which
`tools/generate-docs` writes; it counts only as long as it was made from the very bytes that the files have.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from kansa.errors import BadInput, Problem
from kansa.rules import cases
from kansa.rules.catalogue import SHIPPED as CATALOGUE
from kansa.rules.catalogue import TERMS, Catalogue, read_catalogue
from kansa.rules.citations import Citation, read_citations
from kansa.rules.loading import opened
from kansa.rules.loading.case_file import SUFFIX
from kansa.rules.loading.pack_file import read_pack
from kansa.rules.pack import Header, Pack
from kansa.rules.rulebook import Rulebook
from kansa.rules.tables import Table, TablePack, read_tables

SHIPPED = Path(__file__).parents[1] / "packs"
COMPILED = Path(__file__).parents[1] / "shipped.json"
CITATIONS = "citations.yaml"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Library:
    """Packs in the order of their ids. `others` are of kinds that other parts read: controls and routes."""

    catalogue: Catalogue
    citations: Mapping[str, Citation]
    packs: tuple[Pack, ...]
    tables: tuple[TablePack, ...]
    others: tuple[Header, ...]

    @property
    def asked(self) -> tuple[Pack | TablePack, ...]:
        """The packs that have cases."""
        return (*self.packs, *self.tables)

    def rulebook(self) -> Rulebook:
        """Return the packs of rules, to be asked together."""
        return Rulebook(self.packs, self.catalogue)

    def table(self, id_: str) -> Table:
        """Return a table by its id.

        Raises:
            BadInput: `pack.table`, there is none.
        """
        for table in (table for pack in self.tables for table in pack.tables):
            if table.id == id_:
                return table
        raise BadInput("pack.table", f"there is no table `{id_}`")


class Compiled(msgspec.Struct, frozen=True):
    """The shipped packs as they were read, and the SHA-256 of each file that they were read from."""

    files: dict[str, str]
    library: Library


def read_library(folders: Iterable[Path] = (), *, check: bool = True) -> Library:
    """Read the shipped packs and those of more folders; a pack takes the place of an earlier one with the same id.

    With `check`, every pack that is read is asked its cases, and one that answers a case otherwise is refused.

    Raises:
        BadInput: `pack.library`, with everything wrong in all of them.
    """
    return _read(_compiled(), tuple(folders), check=check)


def read_shipped() -> Compiled:
    """Return the shipped packs as their files say; `msgspec.json.encode` of it, sorted, is what `shipped.json` must hold.

    Raises:
        BadInput: `pack.library`, with everything wrong in them.
    """
    return Compiled(_hashes(), _read(None, (), check=True))


def _compiled() -> Library | None:
    """Return the shipped packs, if their compiled form is of the files that are there."""
    try:
        found = msgspec.json.decode(COMPILED.read_bytes(), type=Compiled)
    except (OSError, msgspec.DecodeError):
        return None
    return found.library if found.files == _hashes() else None


def _hashes() -> dict[str, str]:
    files = [CATALOGUE, TERMS, *sorted(SHIPPED.glob("*.yaml"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _read(shipped: Library | None, folders: tuple[Path, ...], *, check: bool) -> Library:
    shelf = _Shelf(shipped.catalogue if shipped else read_catalogue(), check)
    if shipped is None:
        folders = (SHIPPED, *folders)
    else:
        shelf.citations.update(shipped.citations)
        shelf.found.update({pack.id: pack for pack in (*shipped.asked, *shipped.others)})
    for folder in folders:
        shelf.read_citations(folder)
    for folder in folders:
        shelf.read_packs(folder)
    if shelf.problems:
        raise BadInput("pack.library", "the packs cannot be used", problems=shelf.problems)
    return shelf.library()


@dataclass(slots=True)
class _Shelf:
    """Packs on their way in, and what is wrong with any of their files."""

    catalogue: Catalogue
    check: bool
    citations: dict[str, Citation] = field(default_factory=dict)
    found: dict[str, Pack | TablePack | Header] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read_citations(self, folder: Path) -> None:
        if not folder.is_dir():
            self.problems.append(Problem("pack.folder", f"`{folder}` is no folder"))
        path = folder / CITATIONS
        if path.exists():
            self.citations.update(self.attempt(read_citations, path) or {})

    def read_packs(self, folder: Path) -> None:
        within: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yaml")):
            if path.name == CITATIONS or path.name.endswith(SUFFIX):
                continue
            pack = self.attempt(self.read, path)
            if pack is None:
                continue
            if pack.id in within:
                message = f"`{pack.id}` is also the pack of `{within[pack.id]}`"
                self.problems.append(Problem("pack.twice", message, str(path), field="pack"))
            within[pack.id] = path
            self.found[pack.id] = pack

    def read(self, path: Path) -> Pack | TablePack | Header:
        file = opened.open_pack(path)
        if file.kind not in {"flags", "gate", "groups"}:
            return file.said()
        read = read_tables if file.kind == "groups" else read_pack
        pack = read(file, self.catalogue, self.citations)
        failed = cases.failures(pack, self.catalogue) if self.check else ()
        self.problems += [Problem("pack.case", str(failure), str(path), field="cases") for failure in failed]
        return pack

    def attempt(self, read: Callable[[Path], _T], path: Path) -> _T | None:
        try:
            return read(path)
        except BadInput as error:
            self.problems += error.problems
            return None

    def library(self) -> Library:
        found = [self.found[id_] for id_ in sorted(self.found)]
        return Library(
            catalogue=self.catalogue,
            citations=self.citations,
            packs=tuple(pack for pack in found if isinstance(pack, Pack)),
            tables=tuple(pack for pack in found if isinstance(pack, TablePack)),
            others=tuple(pack for pack in found if isinstance(pack, Header)),
        )
