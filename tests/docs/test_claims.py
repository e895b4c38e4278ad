"""Claims of the documentation that were not true when they were run, each held by a run."""

import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from kansa.application.gate import GateSyncWorker, open_gate
from kansa.facts import registry
from kansa.interfaces.cli.app import run
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.kinds.gate import GateDecided, GateRefused, LogAnchored
from kansa.rules import untold
from kansa.rules.loading.library import read_library
from kansa.vault.vault import Vault
from worlds import small_vault

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "verifier" / "README.md"]


def told(vault: Vault, kind: str) -> int:
    """How many records of a kind the evidence log holds."""
    return sum(record.type == kind for _, record in vault.records())


def test_a_refusal_without_serve_is_in_the_gates_log_and_then_in_the_evidence_log(tmp_path: Path) -> None:
    """docs/gate.md: at once in the one, from the next serving in the other; serving anchors each log in the other."""
    small_vault(tmp_path / "v")
    assert run(["gate", "ask", "schedule", "--tenant", "nobody known", "--vault", str(tmp_path / "v")]) == 1
    vault = Vault(tmp_path / "v")
    gate = SqliteReader(vault.places.gate)
    decided = [envelope.decode(entry).type for _, entry in gate.entries()]
    assert GateDecided.type in decided
    assert (told(vault, GateRefused.type), told(vault, LogAnchored.type)) == (0, 0)

    with vault.appending() as way, open_gate(vault) as house:
        rounds = GateSyncWorker(house, Vault(vault.places.root), way, lambda error: pytest.fail(str(error)))
        rounds.start()
        rounds.close()

    assert (told(vault, GateRefused.type), told(vault, LogAnchored.type)) == (1, 1)
    assert LogAnchored.type in [envelope.decode(entry).type for _, entry in gate.entries()]


def test_no_page_and_no_readme_installs_what_no_registry_has() -> None:
    """`pip install` of a name of ours is told nowhere; a wheel is a file."""
    texts = {page: page.read_text("utf-8") for page in PAGES}
    texts[Path("readme.txt")] = resources.files("kansa.dossier").joinpath("readme.txt").read_text("utf-8")

    found = {
        str(page): names
        for page, text in texts.items()
        if (names := re.findall(r"(?:pip|pipx|uv tool|uv pip) install (?:-\S+ )*(kansa\S*)", text))
    }
    assert found == {}


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_command_lies_where_the_readme_says(page: str) -> None:
    """`make` puts it beside the interpreter of the environment; the readme says so before it uses it."""
    text = (ROOT / page).read_text("utf-8")

    assert text.index('export PATH="$PWD/.venv/bin:$PATH"') < text.index("$ kansa")
    command = Path(sys.executable).parent / "kansa"
    assert subprocess.run([command, "--version"], check=True, capture_output=True).stdout


def test_every_fact_of_records_has_one_producer_or_a_reason_why_it_has_none() -> None:
    """The first sentence of `kansa.facts.registry`; a fact with both would be told and called unknown."""
    facts = read_library().catalogue.facts
    subjects = {name.partition(".")[0] for name in registry.PRODUCERS}
    asked = {
        name
        for name, fact in facts.items()
        if name.partition(".")[0] in subjects and fact.source in {"registers", "records", "screening"}
    }

    assert all(untold.NOT_TOLD.values())
    assert not untold.NOT_TOLD.keys() & registry.PRODUCERS.keys()
    assert untold.NOT_TOLD.keys() <= facts.keys()
    assert asked - untold.NOT_TOLD.keys() - registry.PRODUCERS.keys() == set()
