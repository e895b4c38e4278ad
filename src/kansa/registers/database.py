"""The registers' SQLite file as it is opened: transactions that see one state, under the digest of all rows.

Plain `sqlite3`, so that a command that only asks starts in the time that SQLite takes (docs/adr/0032).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from kansa.ledger import file_seal
from kansa.ledger.table_digest import TableDigest
from kansa.records.sealing import Disclosure
from kansa.registers.tags import Tags

Find = Callable[[Iterable[str]], Mapping[str, Disclosure]]
"""The sealed values that are still kept, by digest."""
Parameters = Sequence[Any] | Mapping[str, Any]


class Connection:
    """One connection, inside a transaction for as long as it is lent."""

    def __init__(self, path: Path, key: bytes, tables: Mapping[str, Sequence[str]]) -> None:
        raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=NORMAL")  # without a disk flush a commit, since it can be rebuilt
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("PRAGMA busy_timeout=30000")
        self._raw = raw
        self._path, self._key = path, key
        self.digest = TableDigest(raw, tables, key)
        self._seen: tuple[int, int] | None = None

    def execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._raw.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Iterable[Parameters]) -> None:
        """Run one statement for each of many parameters."""
        self._raw.executemany(statement, parameters)

    def rows_are(self, digest: int, *, recount: bool = False) -> bool:
        """Tell whether the rows have this digest.

        They are counted once, and again after anybody else wrote to the file; a file that nothing touched since they were last counted
        is not counted again, unless `recount` says so.
        """
        version = self._version()
        if not recount and (self._seen == (version, digest) or self._sealed(digest)):
            self._seen = (version, digest)
            return True
        try:
            same = self.digest.counted() == digest
        except sqlite3.Error:  # they cannot even be read
            return False
        if same:
            self._seen = (version, digest)
        return same

    def rows_written(self, digest: int) -> None:
        """Say that the rows have this digest, having written them."""
        self._seen = (self._version(), digest)

    def known(self) -> int | None:
        """Return the digest that the rows are known to have, if nobody else wrote since it was known."""
        if self._seen is None or self._seen[0] != self._version():
            return None
        return self._seen[1]

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def _sealed(self, digest: int) -> bool:
        return self._seen is None and file_seal.is_sealed(self._path, self._key, _sealed_text(digest))

    def _version(self) -> int:
        """Return a number that another one's commit changes, and our own does not."""
        (version,) = self._raw.execute("PRAGMA data_version").fetchone()
        return int(version)


class Registers:
    """The file, for as long as it is held. `key` is the secret under which rows that anything else altered are found.

    `tags` and `find` are by what names are kept and found again: their tags, and the sealed values that are still kept.
    """

    def __init__(
        self,
        path: Path,
        key: bytes,
        tables: Mapping[str, Sequence[str]],
        prepare: Callable[[Connection], None],
        is_prepared: Callable[[Connection], bool],
        *,
        find: Find = lambda _digests: {},
    ) -> None:
        if not path.exists():  # touching it would break its seal
            path.touch(0o600)
        self._path, self._key, self._tables = path, key, tables
        self.tags, self.find = Tags(key), find
        self._file = path.stat().st_ino
        self._idle: list[Connection] = []
        self._lock = Lock()
        with self.connect() as connection:
            there = is_prepared(connection)
        if not there:
            with self.writing() as connection:
                if not is_prepared(connection):
                    prepare(connection)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Lend a connection that sees one state throughout; whatever it writes is undone."""
        with self._lent() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection that may write, and waits for whoever writes; all is kept when the block ends, or nothing."""
        with self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def scrub(self) -> None:
        """Empty the write-ahead log, so that no deleted row is left in it; deleted rows are overwritten in the file."""
        with self._lent() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def is_there(self) -> bool:
        """Tell whether the file that was opened still stands in its place."""
        return self._path.exists() and self._path.stat().st_ino == self._file

    def dispose(self) -> None:
        """Let go of the file, sealed if its rows are known to be as they were written."""
        with self._lock:
            idle, self._idle = self._idle, []
        known = {each.known() for each in idle}
        for each in idle:
            each.close()
        if len(known) == 1 and (digest := known.pop()) is not None:
            text = _sealed_text(digest)
            if not file_seal.is_sealed(self._path, self._key, text):
                file_seal.seal(self._path, self._key, text)

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or Connection(self._path, self._key, self._tables)
        try:
            yield connection
        finally:
            with self._lock:
                self._idle.append(connection)


def _sealed_text(digest: int) -> bytes:
    return b"rows %d" % digest
