"""The stored registers against the pure fold."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims import ledger
from kansa.clock import DAY
from kansa.ledger.table_digest import TableDigest
from kansa.registers import store
from kansa.registers.derive import derive, tables
from kansa.registers.incremental import ALTERED, catch_up, rebuild
from logs import ListLog
from worlds import BEGIN


@settings(max_examples=60, deadline=None)
@example(seed=69464, count=36, cuts=[1])  # a correction of a correction inside one moment
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40), cuts=st.lists(st.integers(0, 60), max_size=5))
def test_following_in_any_steps_gives_what_the_pure_fold_gives(
    seed: int, count: int, cuts: list[int]
) -> None:
    """Whatever the ledger holds and wherever the steps are cut, also inside one moment, the tables are equal."""
    entries = ledger(seed, count)
    with TemporaryDirectory() as directory:
        engine = store.engine_at(Path(directory) / "registers.db")
        for cut in sorted({*cuts, len(entries)}):
            catch_up(engine, ListLog(entries[:cut]))
        with engine.connect() as connection:
            stored = tables(store.versions(connection))
            middle = BEGIN + 2 * DAY
            earlier = tables(store.versions(connection, middle))
        engine.dispose()

    assert stored == derive(enumerate(entries))
    assert earlier == derive(enumerate(entries), middle)


def test_registers_that_are_ahead_of_the_ledger_are_rebuilt(tmp_path: Path) -> None:
    """A vault restored from an older copy must not keep rows of entries that it no longer has."""
    entries = ledger(3, 30)
    engine = store.engine_at(tmp_path / "registers.db")
    catch_up(engine, ListLog(entries))
    catch_up(engine, ListLog(entries[:10]))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))

    assert stored == derive(enumerate(entries[:10]))
    engine.dispose()


def test_a_rebuild_gives_the_same_rows(tmp_path: Path) -> None:
    """The registers hold nothing that is not in the ledger."""
    entries = ledger(4, 30)
    engine = store.engine_at(tmp_path / "registers.db")
    catch_up(engine, ListLog(entries[:20]))
    catch_up(engine, ListLog(entries))
    rebuild(engine, ListLog(entries))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))

    assert stored == derive(enumerate(entries))
    engine.dispose()


@pytest.mark.parametrize("table", ["position", *store.TABLES])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {} WHERE rowid = (SELECT max(rowid) FROM {})", "DELETE FROM {}"]
)
def test_a_row_that_anything_else_deleted_is_found_before_it_can_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, table: str, change: str
) -> None:
    """Whichever table it was in: the registers are derived anew, and that is said."""
    entries = ledger(4, 40)
    path = tmp_path / "registers.db"
    engine = store.engine_at(path, b"key")
    catch_up(engine, ListLog(entries))
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        if table in {"mention", "subject"}:  # they have no row ids
            change = "DELETE FROM {} WHERE entry = (SELECT max(entry) FROM {})"
        gone = connection.execute(change.format(table, table)).rowcount
        connection.commit()
    engine = store.engine_at(path, b"key")
    catch_up(engine, ListLog(entries))
    with engine.connect() as connection_:
        stored = tables(store.versions(connection_))
        state = store.reflected(connection_)
    engine.dispose()

    assert stored == derive(enumerate(entries))
    if gone and table != "position":
        assert ALTERED in caplog.text
        assert state.altered == 1


def test_a_row_that_another_process_alters_while_this_one_runs_is_found(tmp_path: Path) -> None:
    """Rows are counted again after any commit that was not ours."""
    entries = ledger(4, 40)
    engine = store.engine_at(tmp_path / "registers.db", b"key")
    catch_up(engine, ListLog(entries))
    with closing(sqlite3.connect(tmp_path / "registers.db")) as connection:
        connection.execute("UPDATE identity SET valid_to = NULL, valid_from = 0")
        connection.commit()
    catch_up(engine, ListLog(entries))
    with engine.connect() as connection_:
        stored = tables(store.versions(connection_))
    engine.dispose()

    assert stored == derive(enumerate(entries))


def test_registers_under_another_key_are_not_believed(tmp_path: Path) -> None:
    """Whoever can write the file but has not the key cannot make a digest that fits."""
    entries, altered = ledger(4, 40), 0
    for key in (b"attacker", b"key", b"key"):
        engine = store.engine_at(tmp_path / "registers.db", key)
        catch_up(engine, ListLog(entries))
        with engine.connect() as connection:
            altered = store.reflected(connection).altered
        engine.dispose()

    assert altered == 1


def test_registers_of_another_history_are_derived_anew(tmp_path: Path) -> None:
    """They are bound to the ledger's root, not to its length."""
    engine = store.engine_at(tmp_path / "registers.db")
    catch_up(engine, ListLog(ledger(4, 30)))
    other = ledger(5, 30)
    catch_up(engine, ListLog(other))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))
    engine.dispose()

    assert stored == derive(enumerate(other))


def test_rows_that_nothing_touched_are_counted_once_and_not_by_each_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening costs the same whatever the registers hold; who asks for it has them counted all the same."""
    entries, path = ledger(4, 40), tmp_path / "registers.db"
    counts: list[int] = []
    count = TableDigest.counted

    def counted(self: TableDigest) -> int:
        counts.append(found := count(self))
        return found

    monkeypatch.setattr(TableDigest, "counted", counted)

    for cut in (20, 40):
        engine = store.engine_at(path, b"key")
        catch_up(engine, ListLog(entries[:cut]))
        engine.dispose()
    assert not counts
    engine = store.engine_at(path, b"key")
    catch_up(engine, ListLog(entries), recount=True)
    engine.dispose()

    assert len(counts) == 1


@pytest.mark.parametrize("closes", [True, False])
def test_a_row_altered_between_two_processes_is_found_though_its_times_were_put_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, closes: bool
) -> None:
    """Whether the one who altered it lets SQLite move it from the log into the file, or not."""
    entries, path = ledger(4, 40), tmp_path / "registers.db"
    engine = store.engine_at(path, b"key")
    catch_up(engine, ListLog(entries))
    engine.dispose()
    before = path.stat()
    other = sqlite3.connect(path)
    other.execute("UPDATE mention SET entry = entry + 1000 WHERE entry = (SELECT max(entry) FROM mention)")
    other.commit()
    if closes:
        other.close()
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    engine = store.engine_at(path, b"key")
    catch_up(engine, ListLog(entries))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))
    engine.dispose()
    other.close()

    assert stored == derive(enumerate(entries))
    assert ALTERED in caplog.text
