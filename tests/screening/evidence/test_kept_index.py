"""An index that is kept answers as one that is made, and nobody can put another in its place."""

from pathlib import Path

import pytest

from kansa.application.screening.engine import LIMIT, THRESHOLD, engine
from kansa.application.screening.lists import add
from kansa.application.screening.screening import ScreeningService
from kansa.screening.entry import Entry, Name, Profile
from kansa.vault.vault import Vault
from screening.worlds_screening import NOW, at_time, entry_line, screening_vault, write_list

PARTY = Profile(names=(Name("Golden Crane Shipping Co."),))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with a list of one entry."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", entry_line("crane", "Golden Crane Shipping Company"))])
    return vault


class Counting(type(engine())):  # type: ignore[misc] # the engine is an extra's
    """The engine, counting how many indexes it makes."""

    made = 0

    def index(self, entries: list[Entry], *, like: object = None) -> object:
        type(self).made += 1
        return super().index(entries, like=like)


def _asked(vault: Vault) -> tuple[list[str], int]:
    Counting.made = 0
    desk = ScreeningService(at_time(vault, NOW), Counting(), threshold=THRESHOLD, limit=LIMIT)
    return [each.hit.entry.id for each in desk.ask(PARTY).candidates], Counting.made


def test_the_second_question_finds_the_index_made(vault: Vault) -> None:
    """The same candidates, and no index is made again."""
    assert _asked(vault) == (["crane"], 1)
    assert _asked(vault) == (["crane"], 0)


def test_another_edition_has_another_index_and_the_old_one_goes(vault: Vault, tmp_path: Path) -> None:
    """What is kept is the latest."""
    _asked(vault)
    other = entry_line("new", "Golden Crane Shipping Holding")
    add(
        vault,
        "jsonl",
        [write_list(tmp_path, "watch", entry_line("crane", "Golden Crane Shipping Company"), other)],
    )

    assert _asked(vault) == (["crane", "new"], 1)
    assert len(list((vault.places.root / "lists" / "index").iterdir())) == 1


@pytest.mark.parametrize("change", [b"", b"\x80", bytes(32)])
def test_an_index_that_someone_else_wrote_is_not_read(vault: Vault, change: bytes) -> None:
    """Cut, or with another byte or tag: made anew, from the editions, which are checked against their hashes."""
    _asked(vault)
    (path,) = (vault.places.root / "lists" / "index").iterdir()
    path.write_bytes(change + path.read_bytes()[len(change) : -1])

    assert _asked(vault) == (["crane"], 1)
    assert _asked(vault) == (["crane"], 0)
