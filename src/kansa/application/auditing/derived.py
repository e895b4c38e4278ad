"""Registers: row by row as a fresh derivation from the ledger gives them."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from kansa.application.auditing.part import Findings, Part
from kansa.errors import KansaError
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.database import Find
from kansa.registers.incremental import rebuild

_MOST_SHOWN = 5


class Prefix:
    """The ledger's first entries, as somebody saw it who came earlier."""

    def __init__(self, log: SqliteReader, size: int) -> None:
        self._log = log
        self._size = size

    def size(self) -> int:
        """Return how many entries there are."""
        return self._size

    def entry(self, index: int) -> bytes:
        """Return one entry."""
        return self._log.entry(index)

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Yield entries in order."""
        return self._log.entries(start, min(stop, self._size))

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        return self._log.root(size)


class _Kept:
    """The sealed values that are kept, for as long as they can be read."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self.damaged = False

    def __call__(self, digests: Iterable[str]) -> Mapping[str, Disclosure]:
        try:
            return self._find(digests)
        except KansaError:
            self.damaged = True
            return {}


def registers(log: SqliteReader, path: Path, key: bytes, find: Find) -> Part:
    """Compare the stored registers with what the entries that they reflect give.

    `key` is that of the registers; `find` gives the sealed values that are kept. Where these cannot be read, what subjects
    are called is not compared.
    """
    found = Findings("registers", "rows as the ledger gives them")
    if not path.exists():
        found.notes.append("there are none yet")
        return found.part()
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as stored:
            _compare(found, log, stored, key, find)
    except sqlite3.Error as error:
        found.fault("audit.registers", str(path), f"they cannot be read: {error}")
    return found.part()


def _compare(found: Findings, log: SqliteReader, stored: sqlite3.Connection, key: bytes, find: Find) -> None:
    position = stored.execute("SELECT schema_version, size FROM position").fetchone()
    if position is None or position[0] != store.SCHEMA_VERSION:
        found.notes.append("they are of another release, and made anew when they are asked next")
        return
    size = position[1]
    if size > log.size():
        found.fault(
            "audit.registers", "position", f"they reflect {size} entries, the ledger has {log.size()}"
        )
        return
    kept = _Kept(find)
    with tempfile.TemporaryDirectory(prefix="kansa-audit-") as folder:
        fresh = Path(folder) / "registers.db"
        engine = store.engine_at(fresh, key, kept)
        try:
            with found.attempt("the ledger"):
                rebuild(engine, Prefix(log, size))
        finally:
            engine.dispose()
        stored.execute("ATTACH ? AS fresh", (str(fresh),))
        for name in store.TABLES.keys() - {"called"} if kept.damaged else store.TABLES:
            _compare_table(found, stored, name)
        stored.execute("DETACH fresh")
    if kept.damaged:
        found.notes.append("not assessed: what subjects are called, since sealed values cannot be read")
    found.notes.append(f"they reflect {size} of {log.size()} entries")


def _compare_table(found: Findings, stored: sqlite3.Connection, name: str) -> None:
    columns = ", ".join(f'"{column}"' for column in store.TABLES[name] if column != "row")
    counted = f'SELECT {columns}, count(*) FROM {{}}."{name}" GROUP BY {columns}'  # noqa: S608 - our own names
    of_ours, of_theirs = counted.format("main"), counted.format("fresh")
    (rows,) = stored.execute(f'SELECT count(*) FROM fresh."{name}"').fetchone()  # noqa: S608 - as above
    added = stored.execute(f"{of_ours} EXCEPT {of_theirs}").fetchall()
    missing = stored.execute(f"{of_theirs} EXCEPT {of_ours}").fetchall()
    found.total += rows
    found.checked += rows - sum(row[-1] for row in missing)
    for rows_, what in ((missing, "is missing or altered"), (added, "is not what the ledger gives")):
        for row in rows_:
            found.fault("audit.registers", f"table `{name}`", f"a row {what}: {row[:_MOST_SHOWN]}")
