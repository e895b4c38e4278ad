"""The commands that README shows for one's own files run as they are printed, one after the other."""

import re
from pathlib import Path

import pytest

from walkthroughs.console import session

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_commands_for_ones_own_files_run_as_printed(tmp_path: Path, page: str) -> None:
    """With the tables filled in after the first of them; none is refused (2) or finds a broken vault (3)."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (own,) = [block.splitlines() for block in blocks if block.startswith("kansa init")]
    filled_in = f"cp {ROOT / 'examples' / 'first-hour'}/* evidence/"

    ran = session([own[0], filled_in, *own[1:]], tmp_path, {"KANSA_LANGUAGE": "en"})

    assert [each.command for each in ran if each.code not in (0, 1)] == []
    assert all((tmp_path / name).stat().st_size for name in ("report.html", "reasons.xlsx", "dossier.zip"))
