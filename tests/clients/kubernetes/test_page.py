"""The pages on callers: their example runs and prints what it says, and what they name exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = ("enforcement-points.md", "enforcement-points.ja.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_example_prints_what_the_page_says(page: str) -> None:
    """A reader who copies the example sees the same."""
    text = (ROOT / "docs" / page).read_text()
    found = re.search(r"```python\n(.*?)```\n+```\n(.*?)```", text, re.DOTALL)
    assert found is not None
    run = subprocess.run([sys.executable, "-c", found[1]], capture_output=True, text=True, check=True)
    assert run.stdout == found[2]


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page: str) -> None:
    """Everything that an operator is told to install lies in integrations/."""
    text = (ROOT / "docs" / page).read_text()
    named = set(re.findall(r"`(\w+\.(?:lua|yaml))`", text)) - {"enforcement-point.yaml"}
    shipped = {path.name for path in (ROOT / "integrations").rglob("*") if path.is_file()}
    assert named
    assert named <= shipped
