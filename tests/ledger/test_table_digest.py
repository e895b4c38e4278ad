"""The digest of tables: kept as rows change, it is what counting them anew gives, and nothing else gives it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.ledger.table_digest import TableDigest

TABLES = {"a": ("x", "y"), "b": ("x",)}
KEY = b"k" * 32
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "update", "many"]),
        st.sampled_from(["a", "b"]),
        st.integers(0, 5),
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text("abc\"'\\é監", max_size=4)),
    ),
    max_size=20,
)


def _open() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript("CREATE TABLE a (x, y); CREATE TABLE b (x);")
    return connection


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Two empty tables."""
    with closing(_open()) as opened:
        yield opened


def _do(connection: sqlite3.Connection, step: str, table: str, key: int, value: object) -> None:
    row = (key, value)[: len(TABLES[table])]
    if step in {"insert", "many"}:
        insert = {"a": "INSERT INTO a VALUES (?, ?)", "b": "INSERT INTO b VALUES (?)"}[table]
        connection.executemany(insert, [row] * (3 if step == "many" else 1))
    elif step == "delete":
        connection.execute(
            {"a": "DELETE FROM a WHERE x = ?", "b": "DELETE FROM b WHERE x = ?"}[table], (key,)
        )
    else:
        update = {"a": "UPDATE a SET x = ? WHERE x = ?", "b": "UPDATE b SET x = ? WHERE x = ?"}[table]
        connection.execute(update, (value, key))


@given(before=STEPS, after=STEPS)
def test_what_is_kept_as_rows_change_is_what_counting_gives(before: list, after: list) -> None:  # type: ignore[type-arg]
    """Law: counted after = counted before + changed, whatever is inserted, updated and deleted."""
    with closing(_open()) as connection:
        digest = TableDigest(connection, TABLES, KEY)
        for step in before:
            _do(connection, *step)
        start = digest.counted()
        digest.watch()
        for step in after:
            _do(connection, *step)

        assert (start + digest.changed() - digest.counted()) % 2**256 == 0


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM a WHERE x = 1",
        "UPDATE a SET y = 'two' WHERE x = 1",
        "UPDATE a SET y = '2' WHERE x = 1",
        "UPDATE a SET y = NULL WHERE x = 1",
        "INSERT INTO a VALUES (1, 2)",
        "INSERT INTO b VALUES (1)",
        "UPDATE b SET x = 4",
        "DELETE FROM b",
    ],
)
def test_whatever_else_changes_the_rows_is_told(connection: sqlite3.Connection, change: str) -> None:
    """Law: another row, another value, another type, another table: each gives another digest."""
    connection.executescript("INSERT INTO a VALUES (1, 2), (2, 3); INSERT INTO b VALUES (3)")
    digest = TableDigest(connection, TABLES, KEY)
    before = digest.counted()
    connection.execute(change)

    assert digest.counted() != before


def test_a_digest_is_read_only_with_its_key_and_its_text(connection: sqlite3.Connection) -> None:
    """Law: it is masked anew each time; another text or key gives something else, and rubbish gives nothing."""
    connection.executescript("INSERT INTO a VALUES (1, 2)")
    digest = TableDigest(connection, TABLES, KEY)
    stored = digest.masked(digest.counted(), b"size 7")

    assert digest.unmasked(stored, b"size 7") == digest.counted()
    assert stored != digest.masked(digest.counted(), b"size 7")
    assert digest.unmasked(stored, b"size 8") != digest.counted()
    assert TableDigest(connection, TABLES, b"other").unmasked(stored, b"size 7") != digest.counted()
    assert digest.unmasked(stored[:-1], b"size 7") is None
