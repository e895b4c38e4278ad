"""The documentation as a site, and the fragments of the changelog: what is there is reached, in both languages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SECTIONS = {"security", "removed", "deprecated", "added", "changed", "fixed", "outcome"}
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)\s]*)?\)")
PAGES = sorted(path for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")] if path.is_file())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    """A link to a page, a picture or a file of the repository names one that is there."""
    targets = LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_there_are_pages_in_both_languages() -> None:
    """The first page lists the same pages in English and Japanese."""
    english, japanese = (
        LINK.findall((DOCS / name).read_text("utf-8")) for name in ("index.md", "index.ja.md")
    )
    assert len(english) > 10
    assert english == japanese


def test_every_fragment_of_the_changelog_names_a_section() -> None:
    """`<topic>.<section>.md`, so that no change is lost when a release is made."""
    found = [path.name.split(".") for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md"]
    assert len(found) > 10
    assert [parts for parts in found if len(parts) != 3 or parts[1] not in SECTIONS] == []
