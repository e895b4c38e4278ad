"""What was assessed last, kept so that only what may have changed is assessed again.

Nothing sealed is kept: of each subject the rules that were true or could not be assessed, the facts that were
missing (by name), the topics looked at, and until when the answer holds. It can be thrown away at any time; then
everything is assessed anew, with the same result. All rows are under a keyed digest: where anything else changed one,
the whole is thrown away, since whoever could take a row out could hide a flag.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kansa.facts.assessment import Subject
from kansa.ledger import file_seal
from kansa.ledger.table_digest import TableDigest

_VERSION = 3
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA user_version = {_VERSION};
CREATE TABLE IF NOT EXISTS position (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
  at INTEGER NOT NULL, basis TEXT NOT NULL, pending INTEGER NOT NULL, digest BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS assessed (
  kind TEXT, id TEXT, until INTEGER, raised TEXT NOT NULL, missing TEXT NOT NULL, waiting INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS looked (
  topic TEXT, kind TEXT, id TEXT, PRIMARY KEY (topic, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS looked_by ON looked (kind, id);
CREATE INDEX IF NOT EXISTS assessed_until ON assessed (until);
CREATE INDEX IF NOT EXISTS assessed_waiting ON assessed (kind, id) WHERE waiting;
"""


_TABLES = {
    "assessed": ("kind", "id", "until", "raised", "missing", "waiting"),
    "looked": ("topic", "kind", "id"),
}


class Position(NamedTuple):
    """How far the assessment is: entries, when the last was recorded, the instant asked for, on which rules, and how many records are still to be made of it."""

    size: int
    recorded_at: int
    at: int
    basis: str
    pending: int = 0


class Kept(NamedTuple):
    """What was found of a subject. `missing` holds, by rule that could not be assessed, facts with the reason.

    `waiting`: records are still to be made of it, which needs what was found in full: it is assessed again for that.
    """

    raised: tuple[str, ...]
    missing: dict[str, dict[str, str]]
    topics: frozenset[str]
    until: int | None
    waiting: bool = False


class Assessments:
    """The store, a SQLite file of its own; made anew if it is of another version, or was altered by anything else.

    `key` is the secret under which that is found.
    """

    def __init__(self, path: Path, key: bytes = b"") -> None:
        if not path.exists():  # touching it would break its seal
            path.touch(0o600)
        self._path, self._key = path, key
        self._connection = sqlite3.connect(path, isolation_level=None)
        if self._pragma("user_version") not in {0, _VERSION}:
            self._connection.close()
            path.unlink()
            path.touch(0o600)
            self._connection = sqlite3.connect(path, isolation_level=None)
        if self._pragma("user_version") == 0:
            self._connection.executescript(_SCHEMA)
        self._digest = TableDigest(self._connection, _TABLES, key)
        self._data_version = self._pragma("data_version")
        self._rows = self._as_written()

    def position(self) -> Position | None:
        """Return how far it is; None while nothing was assessed."""
        row = self._connection.execute(
            "SELECT size, recorded_at, at, basis, pending FROM position"
        ).fetchone()
        return None if row is None else Position(*row)

    def found(self) -> dict[Subject, Kept]:
        """Return what was found of every subject; topics are left out."""
        rows = self._connection.execute("SELECT kind, id, until, raised, missing, waiting FROM assessed")
        return {
            Subject(kind, id_): Kept(
                tuple(json.loads(raised)), json.loads(missing), frozenset(), until, bool(waiting)
            )
            for kind, id_, until, raised, missing, waiting in rows
        }

    def has_ended(self, now: int) -> bool:
        """Tell whether the answer on any subject no longer holds."""
        query = "SELECT EXISTS (SELECT 1 FROM assessed WHERE until <= ?)"
        (ended,) = self._connection.execute(query, (now,)).fetchone()
        return bool(ended)

    def stale(self, topics: Collection[str], now: int) -> set[Subject]:
        """Return those that looked at one of the topics, whose answer no longer holds, or of which records are to be made."""
        rows = self._connection.execute("SELECT kind, id FROM assessed WHERE until <= ? OR waiting", (now,))
        found = {Subject(*row) for row in rows}
        for topic in topics:
            rows = self._connection.execute("SELECT kind, id FROM looked WHERE topic = ?", (topic,))
            found.update(Subject(*row) for row in rows)
        return found

    def keep(
        self, found: Iterable[tuple[Subject, Kept]], gone: Iterable[Subject], position: Position
    ) -> None:
        """Take the place of what was found of these subjects, forget those that are gone, and say how far it is."""
        with self._transaction() as connection:
            self._digest.watch()
            for subject, kept in found:
                self._forget(subject)
                connection.execute(
                    "INSERT INTO assessed VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        *subject,
                        kept.until,
                        json.dumps(kept.raised),
                        json.dumps(kept.missing),
                        int(kept.waiting),
                    ),
                )
                connection.executemany(
                    "INSERT INTO looked VALUES (?, ?, ?)", [(topic, *subject) for topic in kept.topics]
                )
            for subject in gone:
                self._forget(subject)
            rows = self._rows + self._digest.changed()
            stored = self._digest.masked(rows, repr(position).encode())
            connection.execute(
                "INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?, ?, ?, ?)", (*position, stored)
            )
        self._rows = rows

    def close(self) -> None:
        """Let go of the file, sealed if nobody else wrote to it since its rows were known."""
        alone = self._pragma("data_version") == self._data_version
        self._connection.close()
        text = _sealed(self._rows)
        if alone and not file_seal.is_sealed(self._path, self._key, text):
            file_seal.seal(self._path, self._key, text)

    def _pragma(self, name: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)

    def _as_written(self) -> int:
        """Return the digest of the rows if they are as they were kept; if not, there are none from here on."""
        position = self.position()
        if position is not None:
            (stored,) = self._connection.execute("SELECT digest FROM position").fetchone()
            rows = self._digest.unmasked(stored, repr(position).encode())
            sealed = rows is not None and file_seal.is_sealed(self._path, self._key, _sealed(rows))
            if rows is not None and (sealed or rows == self._digest.counted()):
                return rows
        with self._transaction() as connection:
            for table in ("position", *_TABLES):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        return 0

    def _forget(self, subject: Subject) -> None:
        self._connection.execute("DELETE FROM assessed WHERE kind = ? AND id = ?", subject)
        self._connection.execute("DELETE FROM looked WHERE kind = ? AND id = ?", subject)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _sealed(rows: int) -> bytes:
    return b"rows %d" % rows
