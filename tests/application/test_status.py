"""Where a vault stands: what needs attention, and the one command that is suggested next."""

import json
from pathlib import Path

import pytest

from kansa.application.status import status_of
from kansa.clock import DAY
from kansa.interfaces.cli.app import run
from kansa.interfaces.cli.status import _NEXT
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small world's vault."""
    small_vault(tmp_path / "v")
    return tmp_path / "v"


def test_an_empty_vault_is_told_to_begin_with_templates(tmp_path: Path) -> None:
    """Nothing else needs attention while there is nothing."""
    made = vaults.create(tmp_path / "v", Settings(origin="a.example/kansa", operator={"en": "A", "ja": "あ"}))

    found = status_of(made)

    assert (found.entries, found.last_recorded, found.attention) == (0, None, ("empty",))
    assert "init --template" in _NEXT["empty"]


def test_what_holds_now_is_counted_with_its_denominator(root: Path) -> None:
    """Before the verification ends identity is 1 of 1, afterwards 0 of 1; custody and access go on."""
    before, after = (status_of(Vault(root, at=BEGIN + day * DAY)) for day in (5, 15))

    assert (before.identity, after.identity) == ((type(before.identity)(1, 1)), type(before.identity)(0, 1))
    assert (after.custody.held, after.custody.of) == (2, 2)
    assert (after.access.held, after.access.of) == (1, 1)
    assert "identity" in after.attention
    assert "identity" not in before.attention


def test_the_next_ends_are_shown_with_names_until_they_are_continued(root: Path) -> None:
    """The verification ends on the tenth day; once it is renewed without an end, nothing is due."""
    vault = Vault(root, at=BEGIN + 5 * DAY)

    (due,) = status_of(vault).deadlines
    vault.record(draft("end_user.verified", "2", start=BEGIN + 4 * DAY, end_user_id=cast().tenant))

    assert (due.at, due.what, due.names) == (BEGIN + 10 * DAY, "verification", {"ja": "青葉", "en": "Aoba"})
    assert status_of(vault).deadlines == ()


def test_a_source_is_silent_two_days_after_its_latest_window(root: Path) -> None:
    """Counted from the end of what it reported in full."""
    (end,) = set(status_of(Vault(root)).sources.values())

    soon, late = (status_of(Vault(root, at=end + hours * DAY // 24)) for hours in (47, 49))

    assert (soon.silent, "silent" in soon.attention) == ({}, False)
    assert (list(late.silent.values()), "silent" in late.attention) == ([end], True)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_status_says_it_in_ten_lines_and_checks_only_when_asked(
    root: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """Exit 0 for a person, 1 for a monitor; the suggestion is the same in the text and in JSON."""
    codes = [
        run(["status", "--vault", str(root), "--language", language, *more]) for more in ([], ["--check"])
    ]
    text = capsys.readouterr().out
    run(["status", "--vault", str(root), "--json"])
    value = json.loads(capsys.readouterr().out)

    assert codes == [0, 1]
    assert len(text.splitlines()) == 20
    assert text.splitlines()[9].endswith(value["next"])
