"""The page on people and cases, run as it stands, in both languages."""

from pathlib import Path

import pytest

from walkthroughs.console import SMALL, perform

ROOT = Path(__file__).parents[2]


def test_the_page_shows_what_a_run_prints(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """English and Japanese, one session; `pytest tests/cases --write` refreshes them."""
    files = [ROOT / "docs" / name for name in ("cases.md", "cases.ja.md")]
    pages = {file.name: file.read_text(encoding="utf-8") for file in files}
    (tmp_path / "examples").symlink_to(ROOT / "examples")

    printed, _ = perform(pages, SMALL, tmp_path, {})

    if request.config.getoption("--write", default=False):
        for file in files:
            file.write_text(printed[file.name], encoding="utf-8")
    assert {name: text.splitlines() for name, text in printed.items()} == {
        file.name: file.read_text(encoding="utf-8").splitlines() for file in files
    }
