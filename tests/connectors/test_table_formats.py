"""Table formats: each row once, with its line; a bad one never takes its neighbours with it."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kansa.connectors.base import Quarantined
from kansa.connectors.formats import delimited, json_lines, parquet, workbook
from kansa.connectors.formats.rows import FormatRow, TableRow
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World


def text_rows(path: Path, needed: tuple[str, ...] = ("a",), **options: Any) -> list[FormatRow]:
    """The rows of delimited text."""
    settled = {"delimiter": ",", "encoding": "utf-8", "columns": None, **options}
    return list(delimited.rows(path, needed=needed, **settled))


def shown(rows: list[FormatRow]) -> list[tuple[Any, ...]]:
    """Line and cells of what was read, line and code of what was not."""
    return [
        (row.line, *row.cells.values())
        if isinstance(row, TableRow)
        else (row.problems[0].line, row.problems[0].code)
        for row in rows
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=6)
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    delimiter=st.sampled_from(",;\t|☃"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_what_was_written_as_csv_is_read_again(
    tmp_path: Path, rows: list[tuple[str, ...]], delimiter: str, encoding: str
) -> None:
    """Quotes, delimiters and line breaks in cells, any delimiter, any declared encoding: the cells come back."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().replace("\ufffd", "?").encode(encoding))

    found = text_rows(path, delimiter=delimiter, encoding=encoding)

    expected = [tuple(cell.replace("\ufffd", "?") for cell in row) for row in rows]
    assert [tuple(row.cells.values()) for row in found if isinstance(row, TableRow)] == expected
    assert len(found) == len(rows)


def test_a_line_is_the_physical_one_where_the_row_begins(world: "World") -> None:
    """Line breaks in quoted cells count, blank lines count, and neither is a row."""
    path = world.file("t.csv", 'a,b\n1,"x\ny"\n\n2,z\n')

    assert shown(text_rows(path)) == [(2, "1", "x\ny"), (5, "2", "z")]


def test_bytes_that_do_not_decode_spoil_their_row_only(world: "World") -> None:
    """The rows around it are read; the quarantined row shows the bytes."""
    rows = text_rows(world.file("t.csv", b"a,b\n1,x\n2,\xff\xfe\n3,z\n"))

    assert shown(rows) == [(2, "1", "x"), (3, "table.unreadable"), (4, "3", "z")]
    assert isinstance(rows[1], Quarantined)
    assert rows[1].row == "2,\\xff\\xfe"


def test_a_quote_that_is_never_closed_spoils_its_row_only(world: "World") -> None:
    """The rest of the file is not swallowed by one cell."""
    path = world.file("t.csv", 'a,b\n1,"x\n2,y\n3,z\n')

    assert shown(text_rows(path)) == [(2, "table.unreadable"), (3, "2", "y"), (4, "3", "z")]


def test_rows_of_another_width_are_quarantined(world: "World") -> None:
    """Too few and too many fields; one empty field at the end is a trailing delimiter."""
    path = world.file("t.csv", "a,b\n1\n1,2,3\n1,2,\n")

    assert shown(text_rows(path)) == [(2, "table.width"), (3, "table.width"), (4, "1", "2")]


def test_japanese_text_is_read_by_its_declared_encoding(world: "World") -> None:
    """cp932 as spreadsheets write it; read as UTF-8 the header already says what is wrong."""
    path = world.file("t.csv", "コード,名称\r\n1,東雲①\r\n".encode("cp932"))

    assert shown(text_rows(path, ("名称",), encoding="cp932")) == [(2, "1", "東雲①")]
    with pytest.raises(BadInput, match=r"the header of .* cannot be read as utf-8"):
        text_rows(path, ("名称",))


def test_columns_that_are_missing_or_stand_twice_are_all_named(world: "World") -> None:
    """Before any row is read."""
    with pytest.raises(BadInput) as caught:
        text_rows(world.file("t.csv", "a,b,b\n"), ("a", "b", "c", "d"))

    assert [(problem.field, problem.message) for problem in caught.value.problems] == [
        ("b", "the column stands twice"),
        ("c", "the column is missing"),
        ("d", "the column is missing"),
    ]


def test_an_empty_file_and_one_without_header(world: "World") -> None:
    """Nothing at all is bad input; without a header the mapping names the columns."""
    with pytest.raises(BadInput, match="is empty"):
        text_rows(world.file("empty.csv", ""))

    assert shown(text_rows(world.file("bare.csv", "1,2\n"), columns=("a", "b"))) == [(1, "1", "2")]


def test_a_workbook_gives_typed_cells_and_real_dates(world: "World") -> None:
    """Leading zeros survive as text, dates are dates, blank rows are no rows, rows are numbered as in the sheet."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("機器")
    sheet.append([])
    sheet.append([None, None])
    sheet.append(["a", "n", "at", "day"])
    sheet.append(["007", 5, datetime(2026, 4, 1, 9, 30), date(2026, 4, 1)])  # noqa: DTZ001 - a workbook knows no zones
    sheet.append([])
    sheet.append(["x", 1.5, None, None])
    book.save(world.folder / "t.xlsx")

    rows = list(workbook.rows(world.folder / "t.xlsx", sheet="機器", columns=None, needed=("a", "day")))

    assert shown(rows) == [
        (4, "007", 5.0, datetime(2026, 4, 1, 9, 30), datetime(2026, 4, 1)),  # noqa: DTZ001 - a workbook knows no zones
        (6, "x", 1.5, None, None),
    ]
    with pytest.raises(BadInput, match="has no sheet `Devices`"):
        list(workbook.rows(world.folder / "t.xlsx", sheet="Devices", columns=None, needed=()))


def test_a_workbook_cut_short_is_bad_input(world: "World") -> None:
    """Nothing in it can be read."""
    book = openpyxl.Workbook()
    book.save(world.folder / "t.xlsx")
    whole = (world.folder / "t.xlsx").read_bytes()

    with pytest.raises(BadInput, match="cannot be read as a workbook"):
        list(
            workbook.rows(
                world.file("cut.xlsx", whole[: len(whole) // 2]), sheet=None, columns=None, needed=()
            )
        )


def test_parquet_keeps_instants_and_nested_values(world: "World") -> None:
    """A zone makes an instant, whatever the unit; a path names a nested column."""
    table = pa.table(
        {
            "at": pa.array([1_775_001_600_123_456_789, None], pa.timestamp("ns", "Asia/Tokyo")),
            "naive": pa.array([0, 1], pa.timestamp("ms")),
            "node": pa.array([{"name": "n1"}, None]),
        }
    )
    pq.write_table(table, world.folder / "t.parquet")

    rows = list(parquet.rows(world.folder / "t.parquet", needed=("at", "naive", "node.name")))

    assert shown(rows) == [
        (1, datetime(2026, 4, 1, 0, 0, 0, 123456, UTC), datetime(1970, 1, 1), "n1"),  # noqa: DTZ001 - the mapping's zone
        (2, None, datetime(1970, 1, 1, 0, 0, 0, 1000), None),  # noqa: DTZ001 - the mapping's zone
    ]


def test_a_broken_row_group_leaves_the_others(world: "World") -> None:
    """What can be read is read; the rest is said once, and no window is closed over it."""
    path = world.folder / "t.parquet"
    pq.write_table(
        pa.table({"a": ["x" * 50, "y", "z"]}),
        path,
        row_group_size=1,
        use_dictionary=False,
        compression="none",
    )
    whole = bytearray(path.read_bytes())
    whole[4:40] = b"\xff" * 36
    path.write_bytes(whole)

    rows = list(parquet.rows(path, needed=("a",)))

    assert [row.cells["a"] for row in rows if isinstance(row, TableRow)] == ["y", "z"]
    assert [row.cut for row in rows if isinstance(row, Quarantined)] == [True]


def test_parquet_cut_short_is_bad_input(world: "World") -> None:
    """Its index stands at the end, so nothing in it can be read."""
    pq.write_table(pa.table({"a": ["x"]}), world.folder / "t.parquet")
    whole = (world.folder / "t.parquet").read_bytes()

    with pytest.raises(BadInput, match="cannot be read as Parquet"):
        list(parquet.rows(world.file("cut.parquet", whole[:-9]), needed=("a",)))


def test_json_lines_are_read_one_by_one(world: "World") -> None:
    """A cut last line, a name twice, bytes that are no UTF-8, a list: each spoils itself; decimals stay exact."""
    good = json.dumps({"a": {"b": 0.1}, "c.d": "dotted"})
    lines = [good.encode(), b'{"a": 1, "a": 2}', b'{"a": "\xff"}', b"[1]", b'{"a": NaN}', good.encode()[:-5]]

    rows = list(
        json_lines.rows(world.file("t.jsonl", b"\n".join(lines)), encoding="utf-8", needed=("a.b", "c.d"))
    )

    assert [line for line, *_ in shown(rows)] == [1, 2, 3, 4, 5, 6]
    (read,) = (row for row in rows if isinstance(row, TableRow))
    assert {name: str(cell) for name, cell in read.cells.items()} == {"a.b": "0.1", "c.d": "dotted"}


def test_a_file_without_one_json_object_is_bad_input(world: "World") -> None:
    """A JSON document over several lines is not JSON Lines."""
    with pytest.raises(BadInput, match=r"no line of .* is a JSON object"):
        list(json_lines.rows(world.file("t.jsonl", '[\n{"a":\n1}]'), encoding="utf-8", needed=("a",)))
