"""How little a command imports before it does its work: held by what is imported, not by a clock."""

import json
import os
import subprocess
import sys

import pytest

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
