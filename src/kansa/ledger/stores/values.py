"""Sealed values, encrypted, in a SQLite file of their own: what may have to be forgotten is never in the log.

Every subject has a random data key, wrapped by AES-256-GCM under the operator's value key, which is kept outside the
file; each disclosure is AES-256-GCM under its subject's key with its digest as associated data. Keeper None is the
operator. Values are committed *before* the entry that holds their digests: a crash between the two leaves orphans
that nobody can refer to, never an entry whose values are lost; `sweep` removes orphans.

Who must be trusted: whoever holds this file *and* the value key can read everything sealed. Erasing destroys the
subject's key and rows in this file; copies of the file elsewhere have to be destroyed by those who made them.
"""

import base64
import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import sqlite_file
from kansa.ledger.ports import Sealed
from kansa.records import sealing
from kansa.records.sealing import Disclosure

_APPLICATION_ID = 0x4B41_4E56
_VERSION = 1
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
CREATE TABLE vault (one INTEGER PRIMARY KEY CHECK (one = 1), seal BLOB NOT NULL) STRICT;
CREATE TABLE keeper (number INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL) STRICT;
CREATE TABLE value (
  number INTEGER PRIMARY KEY, mark INTEGER NOT NULL, keeper INTEGER NOT NULL REFERENCES keeper,
  digest BLOB NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX value_mark ON value (mark);
CREATE INDEX value_keeper ON value (keeper);
"""
_OPERATOR = ""
_NONCE_BYTES = 12
_KEY_BYTES = 32
_CHUNK = 500
_SEAL = b"kansa values 1"
_BULK = b"kansa values in bulk 1"


def create(path: Path, value_key: bytes, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
    """Make an empty store under this key. The file is 0600.

    Raises:
        BadInput: `values.exists`.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise BadInput("values.exists", f"the value store `{path}` exists") from error
    with closing(sqlite_file.connect(path, write=True)) as connection, sqlite_file.said(path):
        connection.executescript(_SCHEMA)
        seal = _encrypt(AESGCM(value_key), b"", _SEAL, random_bytes)
        connection.execute("INSERT INTO vault VALUES (1, ?)", (seal,))


class ValueReader:
    """Reveals values; has no way to change any."""

    def __init__(self, path: Path, value_key: bytes) -> None:
        self._path = path
        self._connection, self._value_key = _open(path, value_key, write=False)

    def reveal(self, digests: Iterable[str]) -> dict[str, Disclosure]:
        """Return the disclosures that are kept, by digest; what was erased or is not ours is not among them.

        Raises:
            BrokenVault: `values.damaged`, if a value does not decrypt to what its digest was taken of.
        """
        marked: dict[int, list[bytes]] = {}
        for digest in digests:
            raw = _raw(digest)
            if raw is not None:
                marked.setdefault(_mark(raw), []).append(raw)
        keys: dict[str, AESGCM] = {}
        found = {}
        with sqlite_file.said(self._path):
            for subject, wrapped, raw, sealed in self._rows(list(marked)):
                if raw in marked[_mark(raw)]:
                    if subject not in keys:
                        keys[subject] = _unwrap(self._path, self._value_key, subject, wrapped)
                    disclosure = self._disclosure(keys[subject], raw, sealed)
                    found[disclosure.digest] = disclosure
        return found

    def bulk_keys(self) -> dict[str, bytes]:
        """Return the key of every subject under which values in bulk are kept; the operator's name is empty.

        It follows from the subject's key, and is destroyed with it.

        Raises:
            BrokenVault: `values.damaged`.
        """
        with sqlite_file.said(self._path):
            rows = self._connection.execute("SELECT subject, wrapped FROM keeper").fetchall()
        return {
            subject: _bulk_key(_unwrapped(self._path, self._value_key, subject, wrapped))
            for subject, wrapped in rows
        }

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, marks: list[int]) -> Iterator[tuple[str, bytes, bytes, bytes]]:
        for at in range(0, len(marks), _CHUNK):
            part = marks[at : at + _CHUNK]
            yield from self._connection.execute(
                f"""
                SELECT subject, wrapped, digest, sealed
                FROM value JOIN keeper ON keeper.number = keeper WHERE mark IN ({", ".join("?" * len(part))})
                """,  # noqa: S608 - question marks only
                part,
            )

    def _disclosure(self, key: AESGCM, raw: bytes, sealed: bytes) -> Disclosure:
        try:
            disclosure = sealing.parse(_decrypt(key, raw, sealed))
        except (InvalidTag, BadInput) as error:
            raise _damaged(self._path) from error
        if _raw(disclosure.digest) != raw:
            raise _damaged(self._path)
        return disclosure


class ValueWriter:
    """Keeps values, and destroys them."""

    def __init__(
        self, path: Path, value_key: bytes, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._path = path
        self._random_bytes = random_bytes
        self._connection, self._value_key = _open(path, value_key, write=True)
        with sqlite_file.said(path):
            self._connection.execute("PRAGMA secure_delete = ON")

    def put(self, sealed: Iterable[Sealed]) -> None:
        """Keep disclosures; durable on return.

        Raises:
            KansaError: `vault.full`, `vault.busy`; then none of them is kept.
        """
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO value (mark, keeper, digest, sealed) VALUES (?, ?, ?, ?)",
                self._encrypted(sealed),
            )

    def bulk_keys(self, subjects: Iterable[str]) -> dict[str, bytes]:
        """Return the key under which values in bulk are kept of each subject, made if it has none; durable on return."""
        with self._transaction():
            return {name: _bulk_key(self._key_bytes(name)[1]) for name in sorted(set(subjects))}

    def erase(self, subject: str | None) -> int:
        """Destroy a subject's key and values, and every trace of them in the file; returns how many values there were.

        Erasing again is harmless; the copies in the write-ahead log are gone as well on return.

        Raises:
            KansaError: `values.in_use`, if a reader holds the old state: erased for every later reader, but bytes of
                it remain in the file until this is called again.
        """
        name = subject or _OPERATOR
        with self._transaction() as connection:
            found = connection.execute("SELECT number FROM keeper WHERE subject = ?", (name,)).fetchone()
            erased = 0
            if found is not None:
                connection.execute(
                    "UPDATE keeper SET wrapped = zeroblob(length(wrapped)) WHERE number = ?", found
                )
                erased = connection.execute("DELETE FROM value WHERE keeper = ?", found).rowcount
                connection.execute("DELETE FROM keeper WHERE number = ?", found)
        self._scrub()
        return erased

    def forget(self, digests: Iterable[str]) -> int:
        """Destroy single values, whoever's key they are kept under; returns how many there were.

        Raises:
            KansaError: `values.in_use`, as `erase`.
        """
        marked = [(_mark(raw), raw) for digest in digests if (raw := _raw(digest)) is not None]
        if not marked:
            return 0
        with self._transaction() as connection:
            delete = "DELETE FROM value WHERE mark = ? AND digest = ?"
            gone = sum(connection.execute(delete, each).rowcount for each in marked)
        self._scrub()
        return gone

    def sweep(self, referred: Iterable[str]) -> int:
        """Remove values that no entry refers to; returns how many. Only for the process that holds the sequencer."""
        kept = {raw for digest in referred if (raw := _raw(digest)) is not None}
        with self._transaction() as connection:
            rows = connection.execute("SELECT number, digest FROM value").fetchall()
            orphans = [(number,) for number, raw in rows if raw not in kept]
            connection.executemany("DELETE FROM value WHERE number = ?", orphans)
        return len(orphans)

    def close(self) -> None:
        """Let go of the file."""
        sqlite_file.close(self._connection)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with sqlite_file.said(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _encrypted(self, sealed: Iterable[Sealed]) -> Iterator[tuple[int, int, bytes, bytes]]:
        keys: dict[str, tuple[int, AESGCM]] = {}
        for each in sealed:
            name = each.keeper or _OPERATOR
            if name not in keys:
                keys[name] = self._key(name)
            number, key = keys[name]
            for disclosure in each.disclosures:
                raw = base64.urlsafe_b64decode(f"{disclosure.digest}=")
                yield _mark(raw), number, raw, _encrypt(key, raw, disclosure.text, self._random_bytes)

    def _key(self, name: str) -> tuple[int, AESGCM]:
        number, key = self._key_bytes(name)
        return number, AESGCM(key)

    def _key_bytes(self, name: str) -> tuple[int, bytes]:
        query = "SELECT number, wrapped FROM keeper WHERE subject = ?"
        found = self._connection.execute(query, (name,)).fetchone()
        if found is not None:
            return found[0], _unwrapped(self._path, self._value_key, name, found[1])
        key = self._random_bytes(_KEY_BYTES)
        wrapped = _encrypt(self._value_key, name.encode(), key, self._random_bytes)
        made = self._connection.execute(
            "INSERT INTO keeper (subject, wrapped) VALUES (?, ?)", (name, wrapped)
        )
        return made.lastrowid or 0, key

    def _scrub(self) -> None:
        """Rewrite the file without free space and empty the write-ahead log."""
        with sqlite_file.said(self._path):
            self._connection.execute("VACUUM")
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise KansaError(
                "values.in_use",
                f"the values are erased, but a reader of `{self._path}` keeps their bytes in the file",
                help="erase again when it has ended",
            )


def _open(path: Path, value_key: bytes, *, write: bool) -> tuple[sqlite3.Connection, AESGCM]:
    connection = sqlite_file.connect(path, write=write)
    key = AESGCM(value_key)
    try:
        with sqlite_file.said(path):
            _check_format(connection, path)
            (seal,) = connection.execute("SELECT seal FROM vault").fetchone()
            _decrypt(key, b"", seal)
    except InvalidTag as error:
        connection.close()
        raise BrokenVault("values.key", f"the value key does not belong to `{path}`") from error
    except BaseException:
        connection.close()
        raise
    return connection, key


def _unwrap(path: Path, value_key: AESGCM, subject: str, wrapped: bytes) -> AESGCM:
    return AESGCM(_unwrapped(path, value_key, subject, wrapped))


def _unwrapped(path: Path, value_key: AESGCM, subject: str, wrapped: bytes) -> bytes:
    try:
        return _decrypt(value_key, subject.encode(), wrapped)
    except InvalidTag as error:
        raise _damaged(path) from error


def _bulk_key(key: bytes) -> bytes:
    """Return what values in bulk are kept under: another key than the one that encrypts single values."""
    return hmac.digest(key, _BULK, "sha256")


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION_ID, _VERSION):
        raise BrokenVault("vault.damaged", f"`{path}` is not a value store of version {_VERSION}")


def _encrypt(key: AESGCM, associated: bytes, plain: bytes, random_bytes: Callable[[int], bytes]) -> bytes:
    nonce = random_bytes(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, associated)


def _decrypt(key: AESGCM, associated: bytes, sealed: bytes) -> bytes:
    return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)


def _raw(digest: str) -> bytes | None:
    """Return the digest's 32 bytes; None for what is no digest of ours, which has no value here either."""
    try:
        raw = base64.urlsafe_b64decode(f"{digest}=")
    except ValueError:
        return None
    return raw if len(raw) == 32 else None


def _mark(raw: bytes) -> int:
    """Return the digest's first eight bytes as SQLite keeps integers: a small index that finds it."""
    return int.from_bytes(raw[:8], "big", signed=True)


def _damaged(path: Path) -> BrokenVault:
    return BrokenVault("values.damaged", f"a value in `{path}` does not decrypt to what was sealed")
