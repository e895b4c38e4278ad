"""`kansa coherence tables` as a shell sees it: what it writes, says and refuses."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from coherence.files import write_tables
from coherence.test_questions import STORY
from kansa.surfaces.cli.app import run


def _told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = run(["coherence", "tables", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_every_file_that_is_asked_for_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gaps, reasons and changes in one call; the exit code says that there are gaps."""
    directory = write_tables(tmp_path / "in", STORY)
    files = {"-o": tmp_path / "gap", "--why": tmp_path / "why", "--changes": tmp_path / "change"}
    options = [each for pair in files.items() for each in pair]
    code, told = _told(capsys, directory, *options, "--since", "1969-01-01T00:00:00Z", "--json")

    assert (code, json.loads(told)["uses"]) == (1, 5)
    assert pq.read_schema(files["--why"]).names == [
        "use_id", "start", "end", "fact", "part", "detail", "closable", "who", "role",
    ]  # fmt: skip
    assert set(pq.read_table(files["--changes"])["change"].to_pylist()) == {"became"}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "closes: nothing; a later grant"), ("ja", "補完不可：後日の付与は")]
)
def test_the_reasons_are_told_in_a_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    """What is missing the longest, what would close it and who can."""
    directory = write_tables(tmp_path / "in", STORY)
    _, told = _told(capsys, directory, "--why", tmp_path / "why", "--language", language)

    assert words in told


def test_options_that_go_together_are_asked_for_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A time of knowledge to compare with and a place for the comparison; a balance and an inventory."""
    directory = write_tables(tmp_path / "in", STORY)
    code, told = _told(capsys, directory, "--since", "2026-01-01", "--balance", tmp_path / "b", "--json")

    assert code == 2
    assert [problem["code"] for problem in json.loads(told)["error"]["problems"]] == [
        "coherence.balance",
        "coherence.changes",
    ]
