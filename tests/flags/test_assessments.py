"""What was assessed last, as it is kept: believed only as it was written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kansa.facts.assessment import Subject
from kansa.vault.assessment_cache import Assessments, Kept, Position

POSITION = Position(7, 1_000, 2_000, "rules")
TENANT, SITE = Subject("party", "pty_a"), Subject("site", "sit_a")
FOUND = {
    TENANT: Kept(("kansa.us.flag",), {}, frozenset({"pty_a", "pth_a"}), 9_000),
    SITE: Kept((), {"kansa.jp.flag": {"site.power": "unknown"}}, frozenset({"sit_a"}), None),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two subjects, kept in two steps."""
    path = tmp_path / "assessments.db"
    for subject, kept in FOUND.items():
        with closing(Assessments(path, b"key")) as store:
            store.keep([(subject, kept)], [], POSITION)
    return path


def test_what_was_kept_is_there_when_it_is_opened_again(path: Path) -> None:
    """Law: over openings, and with a subject that is gone."""
    with closing(Assessments(path, b"key")) as store:
        assert (store.position(), set(store.found())) == (POSITION, {TENANT, SITE})
        store.keep([], [SITE], POSITION)
    with closing(Assessments(path, b"key")) as store:
        assert (store.position(), set(store.found())) == (POSITION, {TENANT})
        assert store.stale({"pth_a"}, 0) == {TENANT}


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM assessed WHERE id = 'pty_a'",
        "UPDATE assessed SET raised = '[]'",
        "UPDATE assessed SET until = NULL",
        "DELETE FROM looked WHERE topic = 'pth_a'",
        "UPDATE position SET size = 8",
        "UPDATE position SET at = 3000",
        "UPDATE position SET digest = zeroblob(48)",
    ],
)
def test_a_store_that_anything_else_altered_is_thrown_away(path: Path, change: str) -> None:
    """Law: whoever takes a row out hides no flag: everything is assessed anew."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(change).rowcount
        connection.commit()
    with closing(Assessments(path, b"key")) as store:
        assert (store.position(), store.found()) == (None, {})
        store.keep(FOUND.items(), [], POSITION)
    with closing(Assessments(path, b"key")) as store:
        assert set(store.found()) == {TENANT, SITE}


def test_a_store_under_another_key_is_thrown_away(path: Path) -> None:
    """Law: only the vault's own key writes what it believes."""
    with closing(Assessments(path, b"other")) as store:
        assert store.position() is None
