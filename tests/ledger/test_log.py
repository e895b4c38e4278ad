import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger.ports import Row
from kansa.ledger.stores import sqlite
from kansa.ledger.stores.sqlite import SqliteReader, SqliteWriter
from kansa.ledger.stores.values import ValueWriter
from kansa.ledger.tree import leaf_hash
from logs import ORIGIN, Log, job, jobs


def test_a_reader_has_no_way_to_write(log: Log) -> None:
    """Law: reading and writing are different types, and the connection refuses as well."""
    log.append(job(1))
    with closing(log.reader()) as reader:
        assert not {name for name in dir(reader) if name in ("append", "writing", "put", "erase")}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._connection.execute("DELETE FROM entry")


def test_a_reader_sees_whole_commits_only_and_never_locks_the_writer(log: Log) -> None:
    """Law: under load, every size seen has its checkpoint and all its entries, and the writer is never kept waiting."""
    stop = threading.Event()
    seen: list[int] = []

    def read() -> None:
        with closing(log.reader()) as reader:
            while not stop.is_set():
                size = reader.size()
                assert reader.checkpoint_at(size) is not None
                assert len(list(reader.entries(0, size))) == size
                seen.append(size)

    with closing(log.sequencer()) as sequencer:
        thread = threading.Thread(target=read)
        thread.start()
        for start in range(0, 200, 7):
            sequencer.append(jobs(range(start, start + 7)))
        stop.set()
        thread.join()

    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_entries_come_in_order_from_any_place(log: Log) -> None:
    """Law: `[start, stop)` with indexes, over the limits of what is fetched at once."""
    log.append(*jobs(range(2500)))
    with closing(log.reader()) as reader:
        assert [index for index, _ in reader.entries()] == list(range(2500))
        assert [index for index, _ in reader.entries(1020, 1030)] == list(range(1020, 1030))
        assert list(reader.entries(2500)) == []
        assert reader.entry(7) == dict(reader.entries(7, 8))[7]
        with pytest.raises(IndexError):
            reader.entry(2500)


def test_a_record_is_found_by_source_and_id(log: Log) -> None:
    """Law: the index of what was recorded, None for what was not."""
    log.append(*jobs(range(3)))
    with closing(log.reader()) as reader:
        assert reader.find(job(2).source, job(2).id) == 2
        assert reader.find(job(2).source, job(3).id) is None
        assert reader.find("urn:kansa:other", job(2).id) is None
        assert reader.origin == ORIGIN


def test_a_log_without_a_checkpoint_says_so(log: Log) -> None:
    """Law: a log that nobody opened to write has nothing signed yet."""
    with closing(log.reader()) as reader, pytest.raises(BrokenVault) as refusal:
        reader.latest()

    assert refusal.value.code == "log.unsigned"


def _write_badly(writer: SqliteWriter, source: str) -> None:
    with writer.writing() as writing:
        head = writing.head()
        frontier, hashes = head.frontier.extended([leaf_hash(b"{}")])
        row = Row(1, b"{}", source, "id", b"n")
        writing.append([row], hashes, b"note", replace(head, frontier=frontier))
        assert writing.find(source, "id") == 1
        raise RuntimeError


def test_a_transaction_that_ends_badly_leaves_no_trace(log: Log) -> None:
    """Law: `writing` is all or nothing, sources included."""
    log.append(job(1))
    other = "urn:kansa:example.com:other"
    with closing(SqliteWriter(log.ledger)) as writer:
        with pytest.raises(RuntimeError):
            _write_badly(writer, other)
        with writer.writing() as writing:
            assert writing.find(other, "id") is None
            assert writing.head().frontier.size == 1
    assert log.check() == 1


def test_a_commit_is_on_the_disk_when_it_returns(log: Log) -> None:
    """Law: write-ahead log with a sync at every commit, of the log and of the value store alike."""
    with (
        closing(SqliteWriter(log.ledger)) as writer,
        closing(ValueWriter(log.sealed, log.value_key)) as keeper,
    ):
        for connection in (writer._connection, keeper._connection):
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_log_is_never_made_over_another_file_and_is_its_owners(log: Log) -> None:
    """Law: creating where something stands is refused; the file is 0600, and so is its lock."""
    with pytest.raises(BadInput):
        sqlite.create(log.ledger, ORIGIN)
    log.append(job(1))

    assert {stat.S_IMODE(path.stat().st_mode) for path in log.folder.glob("ledger*")} == {0o600}


def test_a_file_that_is_no_log_is_said_so(log: Log) -> None:
    """Law: another database, a text and nothing at all are told apart from a log."""
    text = log.folder / "text"
    text.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    for path in (log.sealed, text, log.folder / "absent"):
        for kind in (SqliteReader, SqliteWriter):
            with pytest.raises(BrokenVault):
                kind(path)


def test_a_writer_that_is_closed_lets_the_next_one_in(log: Log) -> None:
    """Law: the lock ends with its writer, not before."""
    first = SqliteWriter(log.ledger)
    with pytest.raises(KansaError) as refusal:
        SqliteWriter(log.ledger)
    first.close()

    assert refusal.value.code == "vault.held"
    SqliteWriter(log.ledger).close()


def test_a_path_with_signs_that_mean_something_in_a_uri_is_taken_as_it_is(tmp_path: Path) -> None:
    """Law: `?`, `#`, `%` and Japanese in a vault's path are just characters."""
    log = Log(tmp_path / "保管庫 50%?#").create()
    log.append(job(1))

    assert log.check() == 1
