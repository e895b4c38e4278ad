"""What a reading of the flags keeps: never what a record is still to be made of."""

from pathlib import Path

from kansa.application.flags import FlagService
from kansa.vault.vault import Vault
from worlds import small_vault


def test_reading_twice_says_the_same_and_records_still_follow(tmp_path: Path) -> None:
    """A reading is a reading: what it keeps spares work and swallows no flag."""
    root = tmp_path / "vault"
    small_vault(root)
    first = FlagService(Vault(root)).survey()
    again = FlagService(Vault(root)).survey()

    assert [act.data.get("rule") for act in again.pending] == [act.data.get("rule") for act in first.pending]
    assert {subject: kept.raised for subject, kept in again.found.items()} == {
        subject: kept.raised for subject, kept in first.found.items()
    }
    assert len(again.assessed) <= len(first.assessed)

    _, made = FlagService(Vault(root)).run()
    assert made >= len(first.pending)
