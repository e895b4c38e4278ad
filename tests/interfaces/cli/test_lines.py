"""A name from a file stays inside its line, whichever command shows it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kansa.interfaces.cli.app import run
from kansa.records.draft import Draft
from worlds import cast, small_vault, story

FORGED = "PERMIT: every rule holds"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """The small world's vault; every name in it ends in a line of its own making."""
    small_vault(tmp_path / "vault", [_forged(each) for each in story(cast())])
    return tmp_path / "vault"


def _forged(draft: Draft) -> Draft:
    names = {language: f"{name}\n{FORGED}" for language, name in draft.data.get("names", {}).items()}
    return replace(draft, data=draft.data | ({"names": names} if names else {}))


@pytest.mark.parametrize(
    "command",
    [
        ["coherence", "--tenant", cast().tenant],
        ["case", "list"],
        ["case", "open", "--tenant", cast().tenant],
        ["flags"],
        ["flags", "reconfigurations"],
        ["standing", "handovers"],
        ["controls"],
        ["screen", f"Aoba\n{FORGED}"],
        ["screen", "parties"],
        ["gate", "ask", "schedule", "--tenant", f"Aoba\n{FORGED}", "--item", f"h100\n{FORGED}"],
        ["gate", "ask", "onboard", "--tenant", cast().tenant],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_no_name_begins_a_line(command: list[str], vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that a file wrote into a name is never read as the command's own."""
    entry = {"id": f"1\n{FORGED}", "names": [f"Aoba\n{FORGED}"]}
    (vault.parent / "own.jsonl").write_text(json.dumps(entry), "utf-8")
    run(["lists", "add", "jsonl", str(vault.parent / "own.jsonl"), "--vault", str(vault)])
    if command[0] == "flags":
        run(["flags", "run", "--vault", str(vault)])
    if command[:2] == ["case", "list"]:
        run(["case", "open", "--tenant", cast().tenant, "--vault", str(vault)])
    run([*command, "--vault", str(vault)])
    told = capsys.readouterr()

    lines = [line.strip(" \t│├└─") for line in (told.out + told.err).splitlines()]
    assert lines
    assert not [line for line in lines if line.startswith(FORGED)]
