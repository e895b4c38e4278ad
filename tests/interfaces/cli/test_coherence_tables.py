"""`kansa coherence tables` as a shell sees it: what it writes, says and refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from coherence.files import write_tables
from coherence.test_questions import STORY
from kansa.interfaces.cli.app import run


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


def test_uses_that_could_not_be_judged_are_no_yes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows of one id are set aside and counted, and what was not judged is not evidenced."""
    twice = replace(STORY, use=(STORY.use[0], STORY.use[0]))
    code, told = _told(capsys, write_tables(tmp_path, twice), "--json")

    assert (code, json.loads(told)["uses"], json.loads(told)["quarantined"]) == (
        1,
        0,
        {"duplicate_use_id": 2},
    )


@pytest.mark.parametrize(
    "options", [("--balance-by", "node"), ("--grace", "PT99999999999999999H"), ("--threads", "0")]
)
def test_options_that_cannot_be_followed_are_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    """Exit 2, which no script takes for gaps."""
    assert _told(capsys, write_tables(tmp_path, STORY), *options, "--json")[0] == 2


def test_when_the_log_began_is_told_by_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without it nobody can say what was used before."""
    given = write_tables(tmp_path, STORY), "--late", tmp_path / "late", "--json"
    _, silent = _told(capsys, *given)
    _, told = _told(capsys, *given, "--log-began", "1970-01-01T01:00:00Z")

    assert json.loads(silent)["before_log_seconds"] is None
    assert json.loads(told)["before_log_seconds"] is not None


def test_an_answer_has_the_format_of_its_suffix_and_the_same_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV and JSON hold what Parquet holds; a suffix that names no format is refused before anything is computed."""
    directory = write_tables(tmp_path / "in", STORY)
    files = [tmp_path / f"gap{suffix}" for suffix in (".parquet", ".csv", ".json", ".docx")]

    codes = [_told(capsys, directory, "-o", file)[0] for file in files]

    assert codes == [1, 1, 1, 2]
    parquet = [str(row["use_id"]) for row in pq.read_table(files[0]).to_pylist()]
    written = files[1].read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in written] == parquet
    assert [str(row["use_id"]) for row in json.loads(files[2].read_text(encoding="utf-8"))] == parquet
    assert not files[3].exists()
