"""What is not empty is never read as empty, in any format."""

import json
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.books import book, inline, line, sheet
from kansa.connectors.formats import parquet, workbook
from kansa.connectors.formats.rows import FormatRow, TableRow
from kansa.connectors.formats.xlsx_package import style_of
from kansa.connectors.table import cells
from kansa.connectors.table.cells import CellFault, Unreadable
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

PATHS = """
source: portal
kind: access_path.approved
natural_key: path
zone: Asia/Tokyo
fields:
  path_id: {id: path, system: portal, column: path}
  tenant_id: {id: party, system: crm, column: tenant}
  end_user_id: {id: party, system: crm, column: end_user}
  method: {value: direct}
  valid_from: {column: from}
  valid_to: {column: to}
  known_by: {value: documented}
"""
HEADER = ("path", "tenant", "end_user", "from", "to")
FROM, TO = "2026-05-01T00:00:00", "2026-06-01T00:00:00"
GOOD = ("p-1", "T1", "E1", FROM, TO)


def cells_of(rows: list[FormatRow]) -> list[tuple[Any, ...]]:
    """Cells of what was read, codes in place of what cannot be; codes of what was not."""
    return [
        tuple(cell.code if isinstance(cell, Unreadable) else cell for cell in row.cells.values())
        if isinstance(row, TableRow)
        else (row.problems[0].code,)
        for row in rows
    ]


def read(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a workbook."""
    return cells_of(list(workbook.rows(path, sheet=None, columns=None, needed=())))


ERRORS = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"]
SHOWN = [*ERRORS, "#NV", "#BEZUG!", "#¡VALOR!", "#ССЫЛКА!", "Err:502", "#########", "#N/A N/A", "#ERROR!"]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("place", range(len(HEADER)))
def test_a_workbook_row_with_an_error_in_any_column_that_is_used_is_quarantined(
    world: "World", error: str, place: int
) -> None:
    """Key, end user, beginning, end: none of them is read as left empty; the rows beside it are recorded."""
    ref = f"{chr(65 + place)}3"
    broken = [
        f'<c r="{ref}" t="e"><v>{error}</v></c>' if at == place else cell for at, cell in enumerate(GOOD)
    ]
    path = book(world.folder / "t.xlsx", sheet(line(1, *HEADER), line(2, *GOOD), line(3, *broken)))

    result = world.ingest(world.table(PATHS), path)

    assert (result.records, result.quarantined) == (1, 1)
    assert {problem.code for problem in result.problems} == {"cell.error"}
    assert result.problems[0].line == 3


@pytest.mark.parametrize("error", SHOWN)
@pytest.mark.parametrize("place", range(len(HEADER)))
@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_the_text_of_an_error_is_neither_a_key_nor_an_empty_cell(
    world: "World", format_: str, error: str, place: int
) -> None:
    """As spreadsheets save it in text, in any language."""
    row = [error if at == place else cell for at, cell in enumerate(GOOD)]
    path = world.folder / f"t.{format_}"
    if format_ == "csv":
        path.write_text(f"{','.join(HEADER)}\n{','.join(row)}\n", "utf-8")
    elif format_ == "jsonl":
        path.write_text(json.dumps(dict(zip(HEADER, row, strict=True))), "utf-8")
    else:
        pq.write_table(pa.table({name: [cell] for name, cell in zip(HEADER, row, strict=True)}), path)

    result = world.ingest(world.table(PATHS), path)

    assert (result.records, result.quarantined) == (0, 1)


def test_a_text_that_the_mapping_calls_empty_is_empty(world: "World") -> None:
    """`empty` is how an operator says that `#N/A` means nothing: said once, and not guessed."""
    path = world.file("t.csv", f"path,tenant,end_user,from,to\np-1,T1, #N/A,{FROM},infinity\n")

    result = world.ingest(world.table(f"{PATHS}\nempty: ['#N/A', infinity]"), path)

    (said,) = world.said()
    assert result.records == 1
    assert "end_user_id" not in said
    assert "valid_to" not in said


@pytest.mark.parametrize(
    "nothing",
    [
        "NULL",
        "null",
        "(null)",
        r"\N",
        "nan",
        "NaN",
        "NaT",
        "None",
        "<NA>",
        "a\u200bb",
        "a\x00",
        "-",
        "—",
        "?",
        "...",
        "／",
    ],
)
def test_how_a_program_writes_nothing_is_no_key(world: "World", nothing: str) -> None:
    """Two tenants of whom nobody knows the end user must not share one that is called NULL."""
    path = world.file("t.csv", f"path,tenant,end_user,from,to\np-1,T1,{nothing},{FROM},{TO}\n")

    assert world.ingest(world.table(PATHS), path).quarantined == 1


@pytest.mark.parametrize("among", ["skip", "where"])
def test_a_row_is_not_passed_over_or_kept_by_a_cell_that_cannot_be_read(world: "World", among: str) -> None:
    """Whether it is a draft is not known, so it waits; listed by name the error decides."""
    path = world.file("t.csv", f"path,tenant,end_user,from,to,state\np-1,T1,E1,{FROM},{TO},#REF!\n")
    test = f"\n{among}: [{{column: state, in: [draft], reason: r}}]"
    named = f"\n{among}: [{{column: state, in: ['#REF!'], reason: r}}]"

    assert world.ingest(world.table(PATHS + test), path).quarantined == 1
    assert world.ingest(world.table(PATHS + named), path).passed_over == ({"r": 1} if among == "skip" else {})


def test_a_nested_value_in_a_column_that_decides_is_a_fault_of_its_row(world: "World") -> None:
    """It used to end the ingest with a traceback."""
    path = world.file("t.jsonl", json.dumps({"path": "p", "tenant": "T", "from": FROM, "state": {"a": 1}}))

    result = world.ingest(world.table(PATHS + "\nskip: [{column: state, in: [draft], reason: r}]"), path)

    assert result.quarantined == 1


def test_a_formula_is_its_stored_value_and_without_one_it_cannot_be_read(tmp_path: Path) -> None:
    """A program that has not computed it leaves no value; an empty text is a value, and is empty."""
    path = book(
        tmp_path / "t.xlsx",
        sheet(
            line(1, "a", "b", "c", "d"),
            line(
                2,
                '<c r="A2"><f>1+1</f><v>2</v></c>',
                '<c r="B2"><f>1+1</f></c>',
                '<c r="C2"><f>1+1</f><v></v></c>',
                '<c r="D2" t="str"><f>IF(A2,"","x")</f><v></v></c>',
            ),
        ),
    )

    assert read(path) == [(2, "cell.formula", "cell.formula", "")]


def test_a_merged_area_says_the_same_in_all_its_rows(tmp_path: Path) -> None:
    """Below its first cell; a cell of the area that says something else, or stands beside it, cannot be read."""
    path = book(
        tmp_path / "t.xlsx",
        sheet(
            line(1, "a", "b", "c"),
            line(2, "x", "1", "2"),
            line(3, "", "3", "4"),
            line(4, "other", "5", "6"),
            line(5, "y", "wide", "9"),
            line(6, "z", "7", "8"),
            after='<mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="B5:C5"/></mergeCells>',
        ),
    )

    assert read(path) == [
        ("x", "1", "2"),
        ("x", "3", "4"),
        ("cell.merged", "5", "6"),
        ("y", "wide", "cell.merged"),
        ("z", "7", "8"),
    ]


def test_a_merged_error_is_an_error_in_all_its_rows_and_a_merged_header_no_value(tmp_path: Path) -> None:
    """Nothing is read out of the area but what its first cell holds, and a header is no value of a row."""
    error = '<c r="A2" t="e"><v>#N/A</v></c>'
    path = book(
        tmp_path / "t.xlsx",
        sheet(
            line(1, "a", "b"),
            line(2, error, "1"),
            line(3, "", "2"),
            after='<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B1:B2"/></mergeCells>',
        ),
    )

    assert read(path) == [("cell.error", "cell.merged"), ("cell.error", "2")]


def test_readings_beside_a_text_are_no_part_of_it(tmp_path: Path) -> None:
    """Japanese sheets keep furigana with the text; runs of a rich text are one text; `_x000D_` is a character."""
    shared = (
        "<si><r><t>東京</t></r><r><t>電力</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
        "<si><t>a_x0041_</t></si>"
    )
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>7</v></c></row>'
    path = book(tmp_path / "t.xlsx", sheet(line(1, "a", "b", "c"), row), shared=shared)

    assert read(path) == [("東京電力", "aA", "cell.shared")]


@pytest.mark.parametrize(
    ("number", "since_1904", "expected"),
    [
        ("46143.416666666664", False, datetime(2026, 5, 1, 10)),  # noqa: DTZ001 - a workbook knows no zones
        ("44681.416666666664", True, datetime(2026, 5, 1, 10)),  # noqa: DTZ001 - a workbook knows no zones
        ("59", False, datetime(1900, 2, 28)),  # noqa: DTZ001 - a workbook knows no zones
        ("61", False, datetime(1900, 3, 1)),  # noqa: DTZ001 - a workbook knows no zones
        ("0.5", False, time(12)),
        ("60", False, "cell.number"),
        ("-1", False, "cell.number"),
        ("2958466", False, "cell.number"),
        ("1e999", False, "cell.number"),
        ("NaN", False, "cell.number"),
    ],
)
def test_a_date_of_a_sheet_is_the_one_that_it_shows(
    tmp_path: Path, number: str, *, since_1904: bool, expected: object
) -> None:
    """Both calendars, to the millisecond; what the sheet shows as hashes cannot be read."""
    styles = '<numFmts><numFmt numFmtId="164" formatCode="yyyy/m/d h:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    path = book(
        tmp_path / "t.xlsx",
        sheet(line(1, "a"), f'<row r="2"><c r="A2" s="1"><v>{number}</v></c></row>'),
        styles=styles,
        since_1904=since_1904,
    )

    assert read(path) == [(expected,)]


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("General", "number"),
        ("0.00", "number"),
        ("0.00E+00", "number"),
        ('#,##0 "days"', "number"),
        ("[Red]0", "number"),
        ("[$-411]ge.m.d", "date"),
        ('yyyy"年"m"月"d"日"', "date"),
        ("h:mm AM/PM", "date"),
        ("[h]:mm", "duration"),
        (r"0\d", "number"),
    ],
)
def test_a_number_format_is_read_as_a_spreadsheet_does(code: str, style: str) -> None:
    """Letters in quotes, colours and exponents make no date."""
    assert style_of(code) == style


def test_times_and_numbers_without_an_end_cost_their_row_and_no_other(world: "World") -> None:
    """Infinity of a database is a cell that cannot be read, where the whole row group was given up before."""
    table = pa.table(
        {
            "path": ["p-1", "p-2", "p-3"],
            "tenant": ["T1"] * 3,
            "end_user": ["E1"] * 3,
            "from": pa.array([1_800_000_000_000_000] * 3, pa.timestamp("us", "UTC")),
            "to": pa.array([None, 2**63 - 1, -(2**63) + 1], pa.timestamp("us", "UTC")),
        }
    )
    path = world.folder / "t.parquet"
    pq.write_table(table, path)

    result = world.ingest(world.table(PATHS), path)

    assert (result.records, result.quarantined) == (1, 2)
    assert {(problem.code, problem.line) for problem in result.problems} == {
        ("cell.time", 2),
        ("cell.time", 3),
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_has_no_end_is_neither_text_nor_key(value: float) -> None:
    """NaN as text would be a key that all rows without a value share."""
    with pytest.raises(CellFault):
        cells.text_of(value)


def test_every_type_of_parquet_gives_its_values(tmp_path: Path) -> None:
    """Nested columns by their path; bytes are no text; what is not UTF-8 spoils its own cell."""
    broken = pa.Array.from_buffers(
        pa.string(),
        2,
        [None, pa.py_buffer(b"\x00\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00"), pa.py_buffer(b"a\xff\xfe")],
    )
    table = pa.table(
        {
            "spec": pa.array([{"node": {"name": "n1"}}, None]),
            "labels": pa.array([["a", "b"], None]),
            "raw": pa.array([b"x", None]),
            "text": broken,
            "day": pa.array([0, 2**31 - 1], pa.date32()),
            "word": pa.array(["x", "x"]).dictionary_encode(),
        }
    )
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)

    rows = list(parquet.rows(path, needed=("spec.node.name", "labels", "raw", "text", "day", "word")))

    first, second = cells_of(rows)
    assert first[:4] == ("n1", ["a", "b"], "cell.text", "a")
    assert second == (None, None, None, "cell.text", "cell.time", "x")


def test_a_workbook_of_another_kind_says_what_to_do(world: "World") -> None:
    """An old .xls, a page saved as .xlsx, a document: said at once."""
    for content in (b"\xd0\xcf\x11\xe0 old", b"<html><table/></html>", b"PK\x03\x04"):
        with pytest.raises(BadInput, match="cannot be read as a workbook"):
            list(workbook.rows(world.file("t.xlsx", content), sheet=None, columns=None, needed=()))


def test_cells_without_references_follow_each_other(tmp_path: Path) -> None:
    """References are optional in the standard; rows must stand in order."""
    rows = "<row>" + inline("A1", "a").replace(' r="A1"', "") + "</row><row><c><v>1</v></c></row>"

    assert read(book(tmp_path / "t.xlsx", sheet(rows))) == [(1,)]
