"""A vault's subject index as it is kept: `subjects.db`, a read model that follows the log and can be thrown away.

It holds counts and chain heads alone, no entry. What is in it is bound by the root that `kansa.subject.index` records
state; whoever alters it makes a root that nobody else can rebuild, and `kansa doctor` builds it anew to compare.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kansa.evidence.subject_index import Chain, SubjectIndex, Tag
from kansa.ledger import sqlite_file
from kansa.ledger.stores.sqlite import SqliteReader

_SCHEMA = """
CREATE TABLE IF NOT EXISTS chain (
  subject TEXT NOT NULL, bucket TEXT NOT NULL, together BLOB NOT NULL, count INTEGER NOT NULL, head BLOB NOT NULL,
  PRIMARY KEY (subject, bucket, together)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, records INTEGER NOT NULL, root BLOB NOT NULL
) STRICT;
"""


def followed(path: Path, log: SqliteReader, size: int) -> SubjectIndex:
    """Return the index of the first `size` entries of a log, brought up from what is kept.

    What is kept of another history, or of more entries, is thrown away.

    Raises:
        KansaError: as stores do.
    """
    with sqlite_file.said(path), closing(_open(path)) as database:
        index = _kept(database, log, size)
        before = index.size
        changed = index.fold((entry for _, entry in log.entries(before, size)), log.entry)
        if size > before:
            _keep(database, index, changed, log.root(size))
    return index


def built(log: SqliteReader, size: int) -> SubjectIndex:
    """Return the index of the first `size` entries, from the entries alone."""
    index = SubjectIndex()
    index.fold((entry for _, entry in log.entries(0, size)), log.entry)
    return index


def _open(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600, exist_ok=True)
    database = sqlite_file.connect(path, write=True)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(_SCHEMA)
    return database


def _kept(database: sqlite3.Connection, log: SqliteReader, size: int) -> SubjectIndex:
    state = database.execute("SELECT size, records, root FROM state").fetchone()
    if state is None or state[0] > size or log.root(state[0]) != state[2]:
        return SubjectIndex()
    index = SubjectIndex(state[0], state[1])
    for subject, bucket, together, count, head in database.execute("SELECT * FROM chain"):
        index.tags.setdefault(Tag(subject, bucket), {})[together] = Chain(count, head)
    return index


def _keep(database: sqlite3.Connection, index: SubjectIndex, changed: set[Tag], root: bytes) -> None:
    database.execute("BEGIN IMMEDIATE")
    if index.size and len(changed) == len(index.tags):
        database.execute("DELETE FROM chain")
    database.executemany("INSERT OR REPLACE INTO chain VALUES (?, ?, ?, ?, ?)", _rows(index, changed))
    database.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)", (index.size, index.records, root))
    database.execute("COMMIT")


def _rows(index: SubjectIndex, changed: set[Tag]) -> Iterator[tuple[str, str, bytes, int, bytes]]:
    for tag in changed:
        for together, chain in index.tags[tag].items():
            yield tag.subject, tag.bucket, together, chain.length, chain.head
