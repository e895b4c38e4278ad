"""Whether a database file was touched since its rows were last checked."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kansa.ledger.file_seal import is_sealed, seal

KEY, TEXT = b"k" * 32, b"rows 7"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file with a row, let go of by whoever wrote it."""
    path = tmp_path / "registers.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE row (value INTEGER)")
        connection.execute("INSERT INTO row VALUES (7)")
    return path


def test_a_file_that_nothing_touched_is_sealed(database: Path) -> None:
    """Reading is no touch, also by SQLite, which makes files of its own beside it."""
    seal(database, KEY, TEXT)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT value FROM row").fetchall() == [(7,)]

    assert is_sealed(database, KEY, TEXT)
    assert not is_sealed(database, KEY, b"rows 8")
    assert not is_sealed(database, b"another", TEXT)


def test_a_file_without_a_seal_is_not_sealed(database: Path) -> None:
    """Nobody vouched for it."""
    assert not is_sealed(database, KEY, TEXT)


def test_a_write_breaks_the_seal_however_soon_it_comes_and_whatever_times_are_put_back(
    database: Path,
) -> None:
    """Size and time of modification can be put back by whoever owns the file; the time of change cannot."""
    for value in range(20):
        seal(database, KEY, TEXT)
        before = database.stat()
        content = bytearray(database.read_bytes())
        content[-1] ^= value + 1
        database.write_bytes(content)
        os.utime(database, ns=(before.st_atime_ns, before.st_mtime_ns))

        assert database.stat().st_mtime_ns == before.st_mtime_ns
        assert not is_sealed(database, KEY, TEXT)


def test_a_commit_that_is_in_the_write_ahead_log_alone_breaks_the_seal(database: Path) -> None:
    """The file itself is touched when the log is emptied, which may be days later."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("SELECT * FROM row").fetchall()
        seal(database, KEY, TEXT)
        before = database.stat()
        connection.execute("UPDATE row SET value = 8")

        assert database.stat() == before
        assert not is_sealed(database, KEY, TEXT)


def test_a_copy_is_not_sealed(database: Path, tmp_path: Path) -> None:
    """Whoever puts an older copy back, seal and all, has another inode or another time of change."""
    seal(database, KEY, TEXT)
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy2(database, kept / database.name)
    shutil.copy2(f"{database}.seal", kept / f"{database.name}.seal")

    assert not is_sealed(kept / database.name, KEY, TEXT)
