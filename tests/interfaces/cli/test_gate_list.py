"""`kansa gate list`: what the gate decided, page by page."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.interfaces.cli.app import run
from worlds import small_vault


@pytest.fixture
def vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The small world's vault, whose gate was asked four times."""
    root = tmp_path / "vault"
    small_vault(root)
    for action, who in (
        ("login", "nobody-1"),
        ("ship", "nobody-2"),
        ("login", "nobody-3"),
        ("shift", "nobody-4"),
    ):
        run(["gate", "ask", action, "--tenant", who, "--vault", str(root), "--json"])
    capsys.readouterr()
    return root


def listed(capsys: pytest.CaptureFixture[str], vault: Path, *options: object) -> Any:
    """The JSON of a list that must succeed."""
    assert run(["gate", "list", "--vault", str(vault), "--json", *map(str, options)]) == 0
    return json.loads(capsys.readouterr().out)


def test_pages_put_together_are_the_whole_list_newest_first(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No decision is told twice or left out, whatever the page."""
    whole = listed(capsys, vault)["decisions"]
    assert [each["action"] for each in whole] == ["shift", "login", "ship", "login"]

    for size in (1, 2, 3):
        paged, before = [], None
        while True:
            page = listed(capsys, vault, "--limit", size, *([] if before is None else ["--before", before]))
            paged += page["decisions"]
            before = page["before"]
            if before is None:
                break
        assert paged == whole


def test_a_filter_leaves_what_it_names_and_says_how_much_it_looked_at(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty list has its denominator."""
    logins = listed(capsys, vault, "--action", "login")
    assert [each["action"] for each in logins["decisions"]] == ["login", "login"]
    assert logins["entries"] == logins["size"] > 0

    none = listed(capsys, vault, "--outcome", "permit")
    assert none["decisions"] == []
    assert none["entries"] == none["size"]

    at = logins["decisions"][0]["at"]
    assert listed(capsys, vault, "--from", "2000-01-01", "--to", at)["decisions"] != logins["decisions"]
    assert listed(capsys, vault, "--to", "2000-01-01")["decisions"] == []


def test_a_gate_that_was_never_asked_lists_nothing_of_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no log yet, which is no error."""
    root = tmp_path / "vault"
    small_vault(root)

    assert listed(capsys, root) == {"decisions": [], "before": None, "entries": 0, "size": 0}


def test_a_subject_that_nobody_is_called_is_refused_and_no_empty_list(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped name is no "none"."""
    assert run(["gate", "list", "--about", "nobody-at-all", "--vault", str(vault)]) == 2

    assert "no party, path or site is called `nobody-at-all`" in capsys.readouterr().err
