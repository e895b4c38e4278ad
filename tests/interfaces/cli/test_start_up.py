"""How little a command imports before it does its work: held by what is imported, not by a clock."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kansa.application.screening.lists import add
from kansa.interfaces.cli.app import run
from screening.worlds_screening import entry_line, screening_vault, write_list
from worlds import small_vault

HEAVY = {"sqlalchemy", "duckdb", "pyarrow", "numpy", "scipy", "ruamel", "cryptography", "starlette", "uvicorn", "jinja2", "openpyxl", "pygments", "markdown_it"}  # fmt: skip
WORK = ("kansa.application", "kansa.vault", "kansa.gate", "kansa.dossier", "kansa.coherence", "kansa.registers", "kansa.ledger", "kansa.screening.lists", "kansa.demo")  # fmt: skip
_ASKED = """
import json, sys
from kansa.__main__ import main
sys.argv = ["kansa", *{words!r}]
try:
    main()
except SystemExit:
    pass
finally:
    sys.stdout.flush()
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported_by(*words: str) -> set[str]:
    """The modules that a process has imported once it has run one command."""
    done = subprocess.run(
        [sys.executable, "-c", _ASKED.format(words=words)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_version_is_said_without_the_command_line() -> None:
    """Scripts ask for it before each use."""
    modules = imported_by("--version")

    assert not {name for name in modules if name.startswith(("cyclopts", "rich", "attr"))}
    assert {name for name in modules if name.startswith("kansa")} == {"kansa", "kansa.__main__"}


@pytest.mark.parametrize(
    "command",
    ["", "init", "demo", "ingest", "erase", "records", "flags", "coherence", "dossier build", "gate ask", "lists add", "rules list", "screen batch", "person enroll", "serve", "verify", "completion"],
)  # fmt: skip
def test_help_imports_signatures_alone(command: str) -> None:
    """What a command would do its work with is imported when it does it."""
    modules = imported_by(*command.split(), "--help")

    assert not modules & HEAVY
    assert not [name for name in modules if name.startswith(WORK) and name not in _CONSTANTS]


_CONSTANTS = {"kansa.application", "kansa.application.screening", "kansa.application.screening.engine"}


def test_verify_needs_no_database_no_tables_and_no_template_engine() -> None:
    """A reader's machine verifies with what the small wheel has."""
    modules = imported_by("verify", "none.zip")

    assert not modules & (HEAVY - {"cryptography"})


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small vault, asked once, so that what is kept of it is kept."""
    root = tmp_path_factory.mktemp("start") / "vault"
    small_vault(root)
    imported_by("flags", "--vault", str(root))
    return root


@pytest.mark.parametrize("command", ["status", "flags", "case list", "parties", "devices", "paths", "sites"])
def test_what_only_asks_a_vault_imports_neither_engines_nor_web_frameworks(vault: Path, command: str) -> None:
    """SQLite answers; keys and sealed values need cryptography, packs their reader."""
    modules = imported_by(*command.split(), "--vault", str(vault))

    assert "kansa.vault.vault" in modules
    assert not modules & (HEAVY - {"cryptography", "ruamel"})


def test_verify_of_a_dossier_imports_neither_database_nor_engine(vault: Path, tmp_path: Path) -> None:
    """Law: a verdict rests on entries and plain Python, in the whole product as in the small wheel."""
    dossier = tmp_path / "dossier.zip"
    assert run(["dossier", "build", "-o", str(dossier), "--vault", str(vault)]) in {0, 1}
    modules = imported_by("verify", str(dossier))

    assert "kansa.dossier.verify" in modules
    assert not modules & (HEAVY - {"cryptography"})


def test_one_name_is_screened_without_what_many_or_other_writings_need(tmp_path: Path) -> None:
    """With a kept index: no scipy, no Arrow, no readings of Chinese, no page."""
    pytest.importorskip("icu")
    root = tmp_path / "vault"
    screening = screening_vault(tmp_path)
    add(
        screening,
        "jsonl",
        [write_list(tmp_path, "watch", entry_line("crane", "Golden Crane Shipping Company"))],
    )
    root = screening.places.root
    imported_by("screen", "Golden Crane", "--vault", str(root))
    modules = imported_by("screen", "Golden Crane", "--vault", str(root))

    assert "kansa.screening.matching.index" in modules
    assert not modules & {
        "scipy",
        "pyarrow",
        "duckdb",
        "sqlalchemy",
        "pypinyin",
        "jinja2",
        "rigour.addresses",
    }
