"""Answers appear whole or not at all, and never in the place of what was read."""

from pathlib import Path

import pytest

from coherence.files import write_tables
from coherence.test_tables import WORLD
from kansa.coherence.assess import assess_tables
from kansa.coherence.outputs import appearing, misplaced
from kansa.errors import BadInput


@pytest.mark.parametrize(
    "place", ["use.parquet", "use-2.parquet", "use/gaps.parquet", "window.parquet", "responsibility.parquet"]
)
def test_an_answer_never_takes_the_place_of_a_table(tmp_path: Path, place: str) -> None:
    """Neither of one that was read nor of one that would be read the next time."""
    directory = write_tables(tmp_path / "world", WORLD)
    (directory / "use").mkdir()
    before = (directory / "use.parquet").read_bytes()

    with pytest.raises(BadInput) as refused:
        assess_tables(directory, directory / place)
    assert [problem.code for problem in refused.value.problems] == ["coherence.output"]
    assert (directory / "use.parquet").read_bytes() == before


def test_a_place_is_the_same_however_it_is_spelt(tmp_path: Path) -> None:
    """Two ways to write one path would lose one of two answers."""
    (tmp_path / "a").mkdir()
    one, other = tmp_path / "x.parquet", tmp_path / "a" / ".." / "x.parquet"

    assert [problem.message for problem in misplaced({"output": one, "late": other})] == [
        "`output` and `late` would be the same file"
    ]


def test_all_that_cannot_be_written_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    """A directory, a place in no directory and a place where nothing can be made."""
    directory = write_tables(tmp_path / "world", WORLD)

    with pytest.raises(BadInput) as refused:
        assess_tables(
            directory,
            tmp_path / "gaps.parquet",
            late=tmp_path,
            why=tmp_path / "nowhere" / "x",
            changes=Path("/proc/x.parquet"),
            earlier=0,
        )
    told = [problem.message for problem in refused.value.problems]
    assert told[0] == "is a directory"
    assert told[1] == f"`{tmp_path / 'nowhere'}` is not a directory"
    assert told[2].startswith("cannot be written: ")
    assert not (tmp_path / "gaps.parquet").exists()


def test_what_fails_half_way_leaves_the_old_files(tmp_path: Path) -> None:
    """Nothing is renamed until everything is written."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")

    def write() -> None:
        with appearing(one, other) as (first, second):
            first.write_text("new")
            second.write_text("new")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write()
    assert one.read_text() == "old"
    assert list(tmp_path.iterdir()) == [one]
