"""What the documentation says is what the code does."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from claims import ledger
from kansa.records import envelope
from kansa.records.catalogue import KINDS
from kansa.records.schema import schemas

ROOT = Path(__file__).parents[2]
_NOT_OURS = {".venv", ".venv-peers", "node_modules"}
PAGES = sorted(path for path in ROOT.rglob("*.md") if _NOT_OURS.isdisjoint(path.relative_to(ROOT).parts))
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


def test_generated_pages_are_as_the_code_says() -> None:
    """Commands, kinds and schemas are written by the code; `tools/generate-docs` refreshes them."""
    check = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate-docs", "--check"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert check.returncode == 0, check.stdout


def test_the_readmes_examples_say_what_a_run_says() -> None:
    """Both READMEs and the auditor's questions are run in the demo that `make demo` makes; `tools/run-examples` refreshes them."""
    counts = {"README.md": 2, "README.ja.md": 2, "docs/questions.md": 10, "docs/questions.ja.md": 10}
    pages = [ROOT / name for name in counts]
    check = subprocess.run(
        [sys.executable, ROOT / "tools" / "run-examples", "--check", *pages],
        capture_output=True,
        check=False,
        text=True,
    )

    assert check.returncode == 0, check.stdout + check.stderr
    assert {name: (ROOT / name).read_text("utf-8").count("<!-- run: demo -->") for name in counts} == counts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links within the repository resolve."""
    broken = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]

    assert broken == []


def test_the_readmes_have_the_same_sections_and_commands() -> None:
    """English and Japanese, equally."""
    english, japanese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ja.md"))
    commands = re.compile(r"^(?:kansa|make|\$) .*?(?=  #|$)", re.MULTILINE)

    def spoken(text: str) -> list[str]:
        return [re.sub(r" --lang(?:uage)? ja", "", line).strip() for line in commands.findall(text)]

    assert english.count("\n## ") == japanese.count("\n## ")
    assert spoken(english) == spoken(japanese)


def test_every_kind_has_a_schema_and_entries_fit_it() -> None:
    """The published schema names what an entry holds: no field of an entry is missing from it."""
    published = schemas()
    seen = set()
    for number in range(40):
        for entry in ledger(number, 30):
            record = envelope.decode(entry)
            properties = published[record.type]["properties"]
            seen.add(record.type)
            assert set(msgspec.json.decode(entry)) <= set(properties)
            assert set(record.data) <= set(properties["data"]["properties"])
            assert set(properties["data"]["required"]) <= set(record.data)

    assert set(published) == set(KINDS)
    assert len(seen) >= 18
