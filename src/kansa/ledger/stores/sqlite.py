"""A log in one SQLite file: entries, tree hashes, all checkpoints and the head change in one transaction.

What is durable when: everything of a commit, when `writing()` has ended; nothing of it before. Who must be trusted:
nobody for integrity (`audit` recomputes all of it, exports carry proofs); whoever can write the file can roll it
back to an older state, which only a checkpoint kept elsewhere shows.

Tree hashes are rows that are only ever appended (`tree.position`), so that a proof is one look-up a hash. Measured
against tiles of 256 at 200,000 entries: 83 bytes an entry against 34 (of 1.3 kB with four sealed fields), some 5 us
more an entry to append (of 250), inclusion proofs seven times as fast. Exports are tiles.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import proof, sqlite_file, tree
from kansa.ledger.ports import Head, Row, Version
from kansa.ledger.tree import Frontier

_APPLICATION_ID = 0x4B41_4E53
_VERSION = 1
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
CREATE TABLE log (
  one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL,
  frontier BLOB NOT NULL, recorded_at INTEGER NOT NULL, wall INTEGER NOT NULL
) STRICT;
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, id TEXT NOT NULL,
  natural BLOB NOT NULL, submitted TEXT, body BLOB NOT NULL, UNIQUE (source, id)
) STRICT;
CREATE INDEX entry_natural ON entry (source, natural);
CREATE INDEX entry_submitted ON entry (source, submitted) WHERE submitted IS NOT NULL;
CREATE TABLE hash (position INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
"""
_CHUNK = 1024
_CACHE = "PRAGMA cache_size = -65536"


def create(path: Path, origin: str) -> None:
    """Make an empty log. The file is 0600.

    Raises:
        BadInput: `log.exists`.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise BadInput("log.exists", f"the log `{path}` exists") from error
    with closing(sqlite_file.connect(path, write=True)) as connection, sqlite_file.said(path):
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO log VALUES (1, ?, ?, 0, 0)", (origin, Frontier().encode()))


class SqliteWriter:
    """The one writer of a log; holds an exclusive lock on `<file>.lock` until it is closed or its process ends.

    Raises:
        KansaError: `vault.held`, if another process or another writer of this one holds the log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sources: dict[str, int] = {}
        self._lock = _lock(path)
        try:
            self._connection = sqlite_file.connect(path, write=True)
            with sqlite_file.said(path):
                self._connection.execute(_CACHE)
                self.origin = _origin(self._connection, path)
        except BaseException:
            _unlock(self._lock)
            raise

    @contextmanager
    def writing(self) -> Iterator["SqliteWriting"]:
        with sqlite_file.said(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
        known = dict(self._sources)
        try:
            with sqlite_file.said(self._path):
                yield SqliteWriting(self._connection, known)
                self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._sources = known

    def latest_note(self) -> bytes | None:
        with sqlite_file.said(self._path):
            return _latest_note(self._connection)

    def hash_at(self, level: int, index: int) -> bytes:
        with sqlite_file.said(self._path):
            return _hash_at(self._connection, level, index)

    def close(self) -> None:
        sqlite_file.close(self._connection)
        _unlock(self._lock)

    def _roll_back(self) -> None:
        """SQLite may have rolled back by itself (a full disk); if it cannot now, closing will."""
        if self._connection.in_transaction:
            with sqlite_file.said(self._path):
                self._connection.execute("ROLLBACK")


class SqliteWriting:
    """One transaction of a log."""

    def __init__(self, connection: sqlite3.Connection, sources: dict[str, int]) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._sources = sources

    def head(self) -> Head:
        return _head(self._connection)

    def latest(self, source: str, natural: bytes) -> Version | None:
        number = self._number(source)
        if number is None:
            return None
        found = self._execute(
            "SELECT seq, coalesce(submitted, id) FROM entry WHERE source = ? AND natural = ? ORDER BY seq DESC LIMIT 1",
            (number, natural),
        ).fetchone()
        return None if found is None else Version(*found)

    def find(self, source: str, event_id: str) -> int | None:
        number = self._number(source)
        return None if number is None else _find(self._connection, number, event_id)

    def body(self, index: int) -> bytes:
        return _body(self._connection, index)

    def append(self, rows: Iterable[Row], hashes: Sequence[bytes], note: bytes, head: Head) -> None:
        self._connection.executemany(
            "INSERT INTO entry (seq, source, id, natural, submitted, body) VALUES (?, ?, ?, ?, ?, ?)",
            ((r.index, self._numbered(r.source), r.id, r.natural, r.submitted, r.body) for r in rows),
        )
        stop = tree.stored_hashes(head.frontier.size)
        self._connection.executemany(
            "INSERT INTO hash VALUES (?, ?)", zip(range(stop - len(hashes), stop), hashes, strict=True)
        )
        self._execute("INSERT INTO checkpoint VALUES (?, ?)", (head.frontier.size, note))
        self._execute(
            "UPDATE log SET frontier = ?, recorded_at = ?, wall = ?",
            (head.frontier.encode(), head.recorded_at, head.wall),
        )

    def _number(self, source: str) -> int | None:
        if source not in self._sources:
            found = self._execute("SELECT number FROM source WHERE name = ?", (source,)).fetchone()
            if found is None:
                return None
            self._sources[source] = found[0]
        return self._sources[source]

    def _numbered(self, source: str) -> int:
        number = self._number(source)
        if number is None:
            number = self._execute("INSERT INTO source (name) VALUES (?)", (source,)).lastrowid or 0
            self._sources[source] = number
        return number


class SqliteReader:
    """A log as anybody may read it, while it is written or not. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite_file.connect(path, write=False)
        with sqlite_file.said(path):
            self.origin = _origin(self._connection, path)

    def size(self) -> int:
        return self.head().frontier.size

    def head(self) -> Head:
        with sqlite_file.said(self._path):
            return _head(self._connection)

    def entry(self, index: int) -> bytes:
        with sqlite_file.said(self._path):
            return _body(self._connection, index)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes]]:
        return self._ranges(
            "SELECT seq, body FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq", start, stop
        )

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        query = """
            SELECT seq, body, name, id, natural, submitted FROM entry LEFT JOIN source ON number = source
            WHERE seq >= ? AND seq < ? ORDER BY seq
        """
        return (Row(*row) for row in self._ranges(query, start, stop))

    def backwards(self, text: str, within: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield the entries that contain a text, newest first; only the last `within` are looked at."""
        size = self.size()
        least = 0 if within is None else max(0, size - within)
        query = "SELECT seq, body FROM entry WHERE seq >= ? AND seq < ? AND instr(body, ?) ORDER BY seq DESC"
        for stop in range(size, least, -_CHUNK):
            with sqlite_file.said(self._path):
                part = (max(least, stop - _CHUNK), stop, text.encode())
                found = self._connection.execute(query, part).fetchall()
            yield from found

    def find(self, source: str, event_id: str) -> int | None:
        with sqlite_file.said(self._path):
            number = self._connection.execute(
                "SELECT number FROM source WHERE name = ?", (source,)
            ).fetchone()
            return None if number is None else _find(self._connection, number[0], event_id)

    def under(self, source: str, natural: bytes) -> int | None:
        """Return the index of the latest record under a natural tag of a source."""
        query = """
            SELECT max(seq) FROM entry JOIN source ON number = source WHERE name = ? AND natural = ?
        """
        with sqlite_file.said(self._path):
            (found,) = self._connection.execute(query, (source, natural)).fetchone()
        return None if found is None else int(found)

    def latest(self) -> bytes:
        with sqlite_file.said(self._path):
            note = _latest_note(self._connection)
        if note is None:
            raise BrokenVault(
                "log.unsigned", f"the log `{self._path}` has no checkpoint yet", help="append to it first"
            )
        return note

    def checkpoint_at(self, size: int) -> bytes | None:
        with sqlite_file.said(self._path):
            found = self._connection.execute("SELECT note FROM checkpoint WHERE size = ?", (size,)).fetchone()
        return None if found is None else bytes(found[0])

    def checkpoints(self) -> Iterator[bytes]:
        query = "SELECT note FROM checkpoint WHERE size >= ? AND size < ? ORDER BY size"
        return (bytes(note) for (note,) in self._ranges(query, 0, self.size() + 1))

    def hashes(self) -> Iterator[tuple[int, bytes]]:
        query = "SELECT position, hash FROM hash WHERE position >= ? AND position < ? ORDER BY position"
        return self._ranges(query, 0, tree.stored_hashes(self.size()))

    def root(self, size: int) -> bytes:
        return proof.root(size, self.hash_at)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return proof.inclusion(index, size, self.hash_at)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return proof.consistency(old, new, self.hash_at)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def hash_at(self, level: int, index: int) -> bytes:
        with sqlite_file.said(self._path):
            return _hash_at(self._connection, level, index)

    def _ranges(self, query: str, start: int, stop: int | None) -> Iterator[tuple[Any, ...]]:
        """Yield rows in short transactions, so that a long reading holds up no checkpoint of the write-ahead log."""
        end = self.size() if stop is None else stop
        return self._fetch(query, start, end)

    def _fetch(self, query: str, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        for at in range(start, stop, _CHUNK):
            with sqlite_file.said(self._path):
                found = self._connection.execute(query, (at, min(at + _CHUNK, stop))).fetchall()
            yield from found


def _lock(path: Path) -> int:
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise KansaError(
            "vault.held", f"another process writes to `{path}`", help="append through it"
        ) from error
    return descriptor


def _unlock(descriptor: int) -> None:
    """Unlock by word, since a forked child may hold the descriptor too."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _origin(connection: sqlite3.Connection, path: Path) -> str:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION_ID, _VERSION):
        raise BrokenVault("vault.damaged", f"`{path}` is not a log of version {_VERSION}")
    (origin,) = connection.execute("SELECT origin FROM log").fetchone()
    return str(origin)


def _head(connection: sqlite3.Connection) -> Head:
    frontier, recorded_at, wall = connection.execute("SELECT frontier, recorded_at, wall FROM log").fetchone()
    try:
        return Head(Frontier.decode(frontier), recorded_at, wall)
    except ValueError as error:
        raise BrokenVault("vault.damaged", f"the log's head cannot be read: {error}") from error


def _find(connection: sqlite3.Connection, source: int, event_id: str) -> int | None:
    found = connection.execute(
        """
        SELECT seq FROM entry WHERE source = ?1 AND id = ?2
        UNION ALL SELECT seq FROM entry WHERE source = ?1 AND submitted = ?2 LIMIT 1
        """,
        (source, event_id),
    ).fetchone()
    return None if found is None else int(found[0])


def _body(connection: sqlite3.Connection, index: int) -> bytes:
    found = connection.execute("SELECT body FROM entry WHERE seq = ?", (index,)).fetchone()
    if found is None:
        raise IndexError(f"there is no entry {index}")
    return bytes(found[0])


def _latest_note(connection: sqlite3.Connection) -> bytes | None:
    found = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    return None if found is None else bytes(found[0])


def _hash_at(connection: sqlite3.Connection, level: int, index: int) -> bytes:
    place = tree.position(level, index)
    found = connection.execute("SELECT hash FROM hash WHERE position = ?", (place,)).fetchone()
    if found is None:
        raise IndexError(f"there is no tree hash {place}")
    return bytes(found[0])
