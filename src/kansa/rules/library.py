"""Everything that folders of packs say: their rules, tables and citations, read together and held against each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kansa.errors import BadInput, Problem
from kansa.rules import cases, opened
from kansa.rules.case_file import SUFFIX
from kansa.rules.catalogue import Catalogue, read_catalogue
from kansa.rules.citations import Citation, read_citations
from kansa.rules.edition import Rulebook
from kansa.rules.pack import Header, Pack
from kansa.rules.pack_file import read_pack
from kansa.rules.tables import Table, TablePack, read_tables

SHIPPED = Path(__file__).with_name("packs")
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
        """The packs of rules, to be asked together."""
        return Rulebook(self.packs, self.catalogue)

    def table(self, id_: str) -> Table:
        """A table by its id.

        Raises:
            BadInput: `pack.table`, there is none.
        """
        for table in (table for pack in self.tables for table in pack.tables):
            if table.id == id_:
                return table
        raise BadInput("pack.table", f"there is no table `{id_}`")


def read_library(folders: Iterable[Path] = (SHIPPED,), *, check: bool = True) -> Library:
    """Read all packs of some folders; one in a later folder takes the place of one with the same id in an earlier.

    With `check`, every pack is asked its cases, and one that answers a case otherwise is refused.

    Raises:
        BadInput: `pack.library`, with everything wrong in all of them.
    """
    folders = tuple(folders)
    shelf = _Shelf(read_catalogue())
    for folder in folders:
        shelf.read_citations(folder)
    for folder in folders:
        shelf.read_packs(folder)
    library = shelf.library()
    if check and not shelf.problems:
        shelf.problems += _failed(library)
    if shelf.problems:
        raise BadInput("pack.library", "the packs cannot be used", problems=shelf.problems)
    return library


def _failed(library: Library) -> Iterator[Problem]:
    for pack in library.asked:
        for failure in cases.failures(pack, library.catalogue):
            yield Problem("pack.case", str(failure))


@dataclass(slots=True)
class _Shelf:
    """Folders on their way in, and what is wrong with any of their files."""

    catalogue: Catalogue
    citations: dict[str, Citation] = field(default_factory=dict)
    found: dict[str, Pack | TablePack | Header] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read_citations(self, folder: Path) -> None:
        if not folder.is_dir():
            self.problems.append(Problem("pack.folder", f"`{folder}` is no folder"))
        path = folder / CITATIONS
        if path.exists():
            self.citations.update(self.attempt(lambda: read_citations(path)) or {})

    def read_packs(self, folder: Path) -> None:
        within: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yaml")):
            found = None
            if path.name != CITATIONS and not path.name.endswith(SUFFIX):
                found = self.attempt(lambda path=path: self.read(path))  # type: ignore[misc] # bound now
            if found is None:
                continue
            id_ = found.id
            if id_ in within:
                self.problems.append(
                    Problem(
                        "pack.twice", f"`{id_}` is also the pack of `{within[id_]}`", str(path), field="pack"
                    )
                )
            within[id_] = path
            self.found[id_] = found

    def read(self, path: Path) -> Pack | TablePack | Header | None:
        file = opened.open_pack(path)
        if file.kind in {"flags", "gate"}:
            return read_pack(file, self.catalogue, self.citations)
        return read_tables(file, self.catalogue, self.citations) if file.kind == "groups" else file.header

    def attempt(self, act: Callable[[], _T]) -> _T | None:
        try:
            return act()
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
