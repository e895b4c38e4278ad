"""What is too large costs its row, is cut where people see it, and never takes the memory of the machine."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.books import book, line, sheet
from kansa.config_files import ProblemCollector, load
from kansa.connectors.formats import lines as physical
from kansa.connectors.formats.lines import MAX_LINE, is_encoding, lines
from kansa.connectors.quarantine import MAX_SHOWN
from kansa.connectors.table.cells import MAX_KEY, MAX_TEXT
from kansa.connectors.table.mapping import read_mapping
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

PARTIES = """
source: crm
kind: party.registered
natural_key: code
zone: Asia/Tokyo
fields:
  party_id: {id: party, system: crm, column: code}
  roles: {column: roles, split: ";"}
  names: {object: {en: {column: name}}}
  country: {column: country}
  valid_from: {column: since, as: date}
  known_by: {value: documented}
"""
COLUMNS = ("code", "roles", "name", "country", "since")
GOOD = {"code": "T1", "roles": "tenant", "name": "N", "country": "JP", "since": "2026-04-01"}
SETTINGS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


def written(world: "World", format_: str, rows: list[dict[str, str]]) -> Path:
    """The rows as a file of a format."""
    path = world.folder / f"t.{format_}"
    if format_ == "csv":
        text = "\n".join(",".join(row[name] for name in COLUMNS) for row in rows)
        path.write_text(f"{','.join(COLUMNS)}\n{text}\n", "utf-8")
    elif format_ == "jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    elif format_ == "xlsx":
        body = [line(at, *(row[name] for name in COLUMNS)) for at, row in enumerate(rows, start=2)]
        book(path, sheet(line(1, *COLUMNS), *body))
    else:
        pq.write_table(pa.table({name: [row[name] for row in rows] for name in COLUMNS}), path)
    return path


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx", "parquet"])
@pytest.mark.parametrize(
    ("column", "length"), [("name", MAX_TEXT + 1), ("code", MAX_KEY + 1), ("name", 3 << 20)]
)
def test_a_cell_that_is_too_long_is_quarantined_and_cut(
    world: "World", format_: str, column: str, length: int
) -> None:
    """Its neighbours are recorded; the quarantine file shows the beginning, and says that it is cut."""
    rows = [{**GOOD, "code": "A"}, {**GOOD, column: "x" * length}, {**GOOD, "code": "B"}]

    result = world.ingest(world.table(PARTIES), written(world, format_, rows))

    assert (result.records, result.quarantined) == (2, 1)
    (kept,) = world.quarantined(result)
    assert len(json.dumps(kept)) < 5 * MAX_SHOWN
    assert kept.get("cut", False) is (length > MAX_SHOWN)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx", "parquet"])
def test_the_longest_cell_that_is_allowed_is_recorded(world: "World", format_: str) -> None:
    """The limit is the one that the page names, and not one less."""
    rows = [{**GOOD, "code": "k" * MAX_KEY, "name": "x" * MAX_TEXT}]

    assert world.ingest(world.table(PARTIES), written(world, format_, rows)).records == 1


@pytest.mark.parametrize(
    "number",
    [
        "1e9999999",
        "1e999999999",
        "-1e-9999999",
        "0e9999999",
        "0e-9999999",
        "1" * 1100,
        "1e99999999999999999999",
    ],
)
@pytest.mark.parametrize("column", ["code", "name", "since"])
def test_a_number_of_a_few_bytes_does_not_become_megabytes(world: "World", number: str, column: str) -> None:
    """An exponent is not written out beyond a thousand digits."""
    row = json.dumps({**GOOD, column: 0}).replace(f'"{column}": 0', f'"{column}": {number}')

    result = world.ingest(
        world.table(PARTIES), world.file("t.jsonl", row + "\n" + json.dumps({**GOOD, "code": "B"}))
    )

    assert (result.records, result.quarantined) == (1, 1)


@pytest.mark.parametrize(
    "row", ["[" * 100_000, '{"code":' * 100_000, '{"code":' + "[" * 900 + "]" * 900 + "}"]
)
def test_json_that_is_nested_without_end_costs_its_row(world: "World", row: str) -> None:
    """No traceback, and the next line is read."""
    result = world.ingest(world.table(PARTIES), world.file("t.jsonl", json.dumps(GOOD) + "\n" + row + "\n"))

    assert (result.records, result.quarantined) == (1, 1)


def test_names_that_stand_twice_among_many_are_found_at_once(world: "World") -> None:
    """A line of the greatest length with as many names as it can have takes no quadratic time."""
    row = "{" + ",".join(f'"k{n}":0' for n in range(80_000)) + ',"z":0,"z":1}'

    result = world.ingest(world.table(PARTIES), world.file("t.jsonl", json.dumps(GOOD) + "\n" + row))

    assert "`z` stands twice" in world.quarantined(result)[0]["message"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32-le", "cp037"])
def test_a_line_without_end_is_cut_and_the_next_is_read(tmp_path: Path, encoding: str) -> None:
    """Also where a line's end is more than one byte, or another one than in ASCII."""
    path = tmp_path / "t"
    path.write_bytes(("a\n" + "x" * (3 * MAX_LINE) + "\nb\n").encode(encoding))

    with path.open("rb") as stream:
        found = list(lines(stream, encoding))

    assert [(each.number, each.fault is None) for each in found] == [(1, True), (2, False), (3, True)]
    assert [each.text.strip()[:2] for each in found] == ["a", "xx", "b"]
    assert max(len(each.text) for each in found) <= MAX_LINE + 1


@pytest.mark.parametrize(
    "encoding", ["undefined", "idna", "punycode", "unicode_escape", "rot13", "hex", "nil", "utf\0", ""]
)
def test_what_is_no_encoding_of_a_table_is_refused_in_the_mapping(world: "World", encoding: str) -> None:
    """Some of Python's raise what no reader expects."""
    assert is_encoding("cp932")
    assert is_encoding("UTF-16")
    if encoding:
        assert not is_encoding(encoding)
        with pytest.raises(BadInput):
            read_mapping(world.file("m.yaml", f"{PARTIES}\nencoding: {json.dumps(encoding)}"))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000 + "]" * 20_000,
        "{a: " * 20_000 + "}" * 20_000,
        "".join(f"{' ' * n}a:\n" for n in range(200)),
        "- " * 5_000 + "a",
        "a: " + "9" * 5_000,
        "a: 0x" + "f" * 100_000,
        'a: "\\UFFFFFFFF"',
        "%YAML 9.9\n---\na: 1",
        "a: !<tag:%FF> 1",
        "? [a, b]\n: 1",
        "a: &x [*x]",
        "a: 1e99999999999999999999",
        "\x00",
        "\ud7ff: \ufffe",
    ],
)
def test_a_settings_file_never_ends_in_a_traceback(world: "World", text: str) -> None:
    """Too deep, too many digits, no character, another version: said as bad input."""
    path = world.folder / "m.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(BadInput) as refusal:
        read_mapping(path)

    assert all(len(problem.message) < 1_000 for problem in refusal.value.problems)


def test_a_settings_file_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    """Only as much is read as may stand in it."""
    path = tmp_path / "m.yaml"
    path.write_bytes(b"# \n" * (3 << 20))

    with pytest.raises(BadInput, match="cannot be used") as refusal:
        load(path, ProblemCollector(str(path), "x"))

    assert "longer than" in refusal.value.problems[0].message


NOISE = st.sampled_from(
    [
        *(".nan", ".inf", "-.inf", "1e999999", "-1", "true", "~", "9" * 400, "0x" + "f" * 300, "2026-99-99"),
        *("[]", "{}", "[[]]", "[{}]", "{column: x}", "{a: [1.5]}"),
        *("''", "'%'", "'%Q'", "'\\t\\n'", "';;'", "'\U0001f600'", "'" + "y" * 70_000 + "'"),
    ]
)
EVERYTHING = (
    PARTIES
    + """
delimiter: ","
encoding: utf-8
format: csv
sheet: S
columns: [code, roles, name, country, since]
empty: ["-"]
progresses: true
time: {column: since, as: time, epoch: seconds, since: 2026-01-01, zone: UTC}
skip: [{column: roles, in: [draft], reason: r}]
where: [{column: roles, in: [tenant]}]
introduce: [{field: party_id, system: x, column: name}]
window: {from: 2026-01-01, to: {column: since, as: date, pattern: "%Y-%m-%d"}, scope: [{system: s, key: k}]}
"""
)


@SETTINGS
@given(data=st.data())
def test_any_value_anywhere_in_a_mapping_is_said_or_works(world: "World", data: Any) -> None:
    """Law: a mapping file gives a mapping or `BadInput`, and a mapping gives an account of all rows, or `BadInput`."""
    places = [n for n, text in enumerate(EVERYTHING.splitlines()) if ":" in text]
    changed = EVERYTHING.splitlines()
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)):
        name, _, rest = changed[place].partition(": ")
        inner = [at for at, mark in enumerate(rest) if mark == ":"]
        cut = data.draw(st.sampled_from([None, *inner]))
        noise = data.draw(NOISE)
        tail = "" if cut is None else rest[cut + 1 :].lstrip(" ").split(",", 1)[-1].split("}", 1)[-1]
        changed[place] = (
            f"{name}: {noise}" if cut is None else f"{name}: {rest[: cut + 1]} {noise}, {tail}".rstrip(", ")
        )
    table = world.file("t.csv", "T1,tenant,N,JP,2026-04-01\nT2,tenant;x,-,JP,1e5\n,,,,\n")
    with suppress(BadInput):
        world.ingest(world.table("\n".join(changed)), table)


_MEASURED = """
import resource, sys
from pathlib import Path
from kansa.connectors.formats import parquet, workbook
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reader = parquet.rows(Path(sys.argv[1]), needed=("a", "b", "c")) if sys.argv[1].endswith("parquet") else workbook.rows(
    Path(sys.argv[1]), sheet=None, columns=None, needed=("a",))
try:
    rows = sum(1 for _ in reader)
except Exception as error:
    rows = type(error).__name__
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def measured(path: Path) -> tuple[str, int]:
    """Rows (or the error) and the MiB that reading a file took, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    rows, took = done.stdout.split()
    return rows, int(took)


@pytest.mark.parametrize("encoding", ["dictionary", "plain", "delta", "nested"])
def test_a_parquet_file_of_kilobytes_takes_no_gigabytes(tmp_path: Path, encoding: str) -> None:
    """However values are shared: in a dictionary, packed, as lengths of a common beginning, inside lists."""
    path, long = tmp_path / "t.parquet", "A" * 4_000_000
    options: dict[str, Any] = {"compression": "zstd"}
    if encoding == "delta":
        options |= {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"}
    elif encoding == "plain":
        options |= {"use_dictionary": False}
    else:
        options |= {"dictionary_pagesize_limit": 1 << 30}
    values: list[Any] = [[long] * 2] * 20 if encoding == "nested" else [long] * 40
    pq.write_table(pa.table(dict.fromkeys("abc", values)), path, **options)
    assert path.stat().st_size < 100_000

    rows, took = measured(path)

    assert int(rows) == len(values)
    assert took < 500


def test_a_row_group_that_would_not_fit_is_said_and_not_read(world: "World") -> None:
    """The description of the file alone says how large it is; no window is closed over it."""
    path = world.folder / "t.parquet"
    long = "A" * 30_000_000
    pq.write_table(
        pa.table({"code": [f"{n}{long}" for n in range(10)], **{name: ["x"] * 10 for name in COLUMNS[1:]}}),
        path,
        compression="zstd",
        use_dictionary=False,
    )

    result = world.ingest(world.table(PARTIES), path)

    assert (result.records, result.quarantined) == (0, 1)
    assert "write smaller row groups" in result.problems[0].message


@pytest.mark.parametrize("kind", ["sparse", "cell", "shared", "deep", "entity", "tag", "rows"])
def test_a_workbook_of_kilobytes_takes_no_gigabytes_and_never_aborts(tmp_path: Path, kind: str) -> None:
    """One cell at the last place, one endless cell, text, tag or depth, an entity: rows or bad input."""
    path, header = tmp_path / "t.xlsx", line(1, "a")
    long, shared = "A" * (40 << 20), ""
    worksheet = sheet(header, line(2, "x"))
    if kind == "sparse":
        worksheet = sheet(header, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    elif kind == "cell":
        worksheet = sheet(header, line(2, long))
    elif kind == "shared":
        shared = f"<si><t>{long}</t></si>"
        worksheet = sheet(header, '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')
    elif kind == "deep":
        worksheet = sheet(header, "<x>" * 100_000 + "</x>" * 100_000)
    elif kind == "entity":
        worksheet = sheet(header, line(2, "&e;"), before='<!DOCTYPE x [<!ENTITY e "b">]>')
    elif kind == "tag":
        worksheet = sheet(header, f'<row r="2" x="{long}"/>')
    else:
        worksheet = sheet(header, "".join(f"<row r='{n}'/>" for n in range(2, 200_000)))
    book(path, worksheet, shared=shared)

    rows, took = measured(path)

    assert rows in {"0", "1", "BadInput"}
    assert took < 150


def test_a_part_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two readers would take two sheets for one; names that differ in case only are the same part."""
    from kansa.connectors.formats import workbook  # noqa: PLC0415 - beside the one test that needs it

    path = book(tmp_path / "t.xlsx", sheet(line(1, "a"), line(2, "x")), twice=True)

    with pytest.raises(BadInput, match="twice"):
        list(workbook.rows(path, sheet=None, columns=None, needed=()))


def test_every_limit_of_a_line_is_the_one_of_the_page() -> None:
    """docs/sources/table.md names them."""
    page = (Path(__file__).parents[2] / "docs" / "sources" / "table.md").read_text("utf-8")

    assert physical.MAX_LINE == 1 << 20
    assert all(text in page for text in ("32,767", "a key 1,000", "1 MiB", "2,000 characters"))
