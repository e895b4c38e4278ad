"""Answers as files that people open: the same rows in every format, and nothing in them runs."""

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.coherence.table_files import MOST_ROWS, suffix_problem, write_table
from kansa.errors import BadInput

SCHEMA = pa.schema([("id", pa.string()), ("who", pa.string()), ("seconds", pa.int64())])
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    max_size=20,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": TEXT.filter(bool), "who": st.none() | TEXT, "seconds": st.none() | st.integers(0, 2**53 - 1)}
    ),
    max_size=5,
)


def read_back(path: Path) -> list[dict[str, object]]:
    """The rows of a file, as another program reads them; what is empty is None."""
    if path.suffix == ".json":
        found: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
        return found
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    header, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
@given(rows=ROWS)
def test_every_format_holds_the_same_rows(suffix: str, rows: list[dict[str, object]]) -> None:
    """What was written is what is read: texts in any script, numbers, nothing where there is nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"out{suffix}"
        write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
        found = read_back(path)

    def plain(value: object) -> str:
        return "" if value is None else str(value).removeprefix("'") if suffix == ".csv" else str(value)

    expected = [{name: plain(value) for name, value in row.items()} for row in rows]
    assert [{name: plain(value) for name, value in row.items()} for row in found] == expected


@pytest.mark.parametrize("text", ["=1+1", "+81", "-2", "@SUM(A1)", "=HYPERLINK(1)", "http://x.example"])
def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path, text: str) -> None:
    """A party may be called anything; a spreadsheet must not run its name."""
    table = pa.Table.from_pylist([{"id": "a", "who": text, "seconds": 1}], schema=SCHEMA)
    for suffix in (".csv", ".xlsx", ".parquet"):
        write_table(table, tmp_path / f"out{suffix}")

    cell = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]["B2"]
    (row,) = read_back(tmp_path / "out.csv")

    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    assert not str(row["who"]).startswith(("=", "+", "-", "@"))
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == table.to_pylist()


def test_a_suffix_that_names_no_format_is_refused_with_those_that_do() -> None:
    """Nothing is guessed; a name without a suffix is Parquet, as ever."""
    problem = suffix_problem(Path("gaps.docx"))

    assert problem is not None
    assert all(f"`{each}`" in str(problem.help) for each in (".csv", ".xlsx", ".parquet", ".json"))
    assert [suffix_problem(Path(name)) for name in ("gaps", "g.XLSX", "g.csv")] == [None] * 3


def test_more_rows_than_a_worksheet_holds_are_refused_with_the_formats_that_hold_them(tmp_path: Path) -> None:
    """Nothing is cut, nothing half-written stays, and the same rows can be written as CSV or Parquet."""
    rows = MOST_ROWS + 1
    table = pa.table(
        {"id": pa.repeat("a", rows), "who": pa.nulls(rows, pa.string()), "seconds": pa.repeat(1, rows)}
    )

    with pytest.raises(BadInput) as refused:
        write_table(table, tmp_path / "gaps.XLSX")

    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == ("coherence.output", str(tmp_path / "gaps.XLSX"))
    assert f"{rows:,}" in problem.message
    assert all(f"`{suffix}`" in str(problem.help) for suffix in (".parquet", ".csv"))
    assert not list(tmp_path.iterdir())

    write_table(table, tmp_path / "gaps.parquet")
    assert pq.read_metadata(tmp_path / "gaps.parquet").num_rows == rows
