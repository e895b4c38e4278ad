"""The stored registers against the pure fold."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims import ledger
from kansa.clock import DAY
from kansa.registers import store
from kansa.registers.derive import derive, tables
from kansa.registers.follow import follow, rebuild
from worlds import BEGIN


class ListLog:
    """A ledger in a list."""

    def __init__(self, entries: list[bytes]) -> None:
        self._entries = entries

    def size(self) -> int:
        return len(self._entries)

    def entry(self, index: int) -> bytes:
        return self._entries[index]

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        return iter(list(enumerate(self._entries))[start:stop])


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
            follow(engine, ListLog(entries[:cut]))
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
    follow(engine, ListLog(entries))
    follow(engine, ListLog(entries[:10]))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))

    assert stored == derive(enumerate(entries[:10]))
    engine.dispose()


def test_a_rebuild_gives_the_same_rows(tmp_path: Path) -> None:
    """The registers hold nothing that is not in the ledger."""
    entries = ledger(4, 30)
    engine = store.engine_at(tmp_path / "registers.db")
    follow(engine, ListLog(entries[:20]))
    follow(engine, ListLog(entries))
    rebuild(engine, ListLog(entries))
    with engine.connect() as connection:
        stored = tables(store.versions(connection))

    assert stored == derive(enumerate(entries))
    engine.dispose()
