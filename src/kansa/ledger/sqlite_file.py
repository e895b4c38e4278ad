"""How every SQLite file of a vault is opened, and what its errors mean to whoever uses the vault."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from kansa.errors import BrokenVault, KansaError

BUSY_SECONDS = 30.0
_CLOSING_MILLISECONDS = 1_000


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open a file that exists, in WAL mode with `synchronous=FULL`: a commit is on the disk when it returns.

    A reader cannot write either (`query_only`), but opens the file so that SQLite, when it is the last to close,
    empties and removes the write-ahead log.
    """
    with said(path):
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
            cached_statements=64,
        )
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA query_only = OFF" if write else "PRAGMA query_only = ON")
        connection.execute("PRAGMA schema_version").fetchone()
    return connection


def close(connection: sqlite3.Connection) -> None:
    """Let go of a file that was written, with everything in the file itself and nothing in its write-ahead log.

    So a copy of the file alone is whole. A reader in the middle of a reading holds that up: then the log stays, and
    whoever closes next empties it.
    """
    with suppress(sqlite3.Error):
        if not connection.in_transaction:
            connection.execute(f"PRAGMA busy_timeout = {_CLOSING_MILLISECONDS}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.close()


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say an error of SQLite in the vault's words.

    Raises:
        KansaError: `vault.full`, `vault.busy`.
        BrokenVault: `vault.missing`, `vault.damaged`, `vault.unwritable`, `vault.store`.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(path, error) from error


def _translate(path: Path, error: sqlite3.Error) -> KansaError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_FULL or code in _WRITE_FAILED:
        return KansaError(
            "vault.full",
            f"the disk that holds `{path}` is full or cannot be written: {error}",
            help="free space and try again; nothing that was acknowledged is lost",
        )
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return KansaError("vault.busy", f"`{path}` is in use: {error}", help="try again")
        case sqlite3.SQLITE_CANTOPEN:
            return BrokenVault("vault.missing", f"`{path}` cannot be opened: {error}")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return BrokenVault(
                "vault.damaged", f"`{path}` is damaged: {error}", help="restore it from a copy"
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return BrokenVault("vault.unwritable", f"`{path}` cannot be written: {error}")
        case _:
            return BrokenVault("vault.store", f"`{path}` cannot be used: {error}")


_WRITE_FAILED = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
