"""A blank id is no id: empty never meets empty, wherever it stands, and how many there were is said."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coherence.files import read_rows, write_tables
from coherence.instants import worlds
from coherence.test_tables import WORLD
from kansa.coherence.assess import assess, assess_tables
from kansa.coherence.row_quality import is_blank
from kansa.coherence.sweep import sweep
from kansa.coherence.tables import TABLES, may_be_blank, open_tables
from kansa.registers.rows import Tables

BLANK = ["", " ", "\t\n", "\u3000", "\u00a0\u2003", "\u200b", "\ufeff"]
IDS = [(table.name, column.name) for table in TABLES for column in table.columns if column.kind == "id"]
SETTINGS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)


def with_value(tables: Tables, ids: dict[str, Any]) -> Tables:
    """The tables with some values of their ids in place of others."""
    changed = {}
    for each in fields(tables):
        rows = getattr(tables, each.name)
        named = [
            column
            for column in (rows[0]._fields if rows else ())
            if column.endswith("_id") or column == "item_class"
        ]
        changed[each.name] = tuple(
            row._replace(**{column: ids.get(getattr(row, column), getattr(row, column)) for column in named})
            for row in rows
        )
    return replace(tables, **changed)


@SETTINGS
@given(tables=worlds(), blank=st.sampled_from(BLANK), data=st.data())
def test_blank_ids_answer_as_missing_ones_do(
    tmp_path: Path, tables: Tables, blank: str, data: st.DataObject
) -> None:
    """Law: blank in place of an id, in uses and evidence alike, gives what null gives: on rows, files and in the sweep."""
    some = sorted(
        {use.end_user_id for use in tables.use if use.end_user_id}
        | {use.device_id for use in tables.use if use.device_id}
    )
    chosen = data.draw(st.sampled_from(some)) if some else "x"
    blanked, missing = with_value(tables, {chosen: blank}), with_value(tables, {chosen: None})

    for answer in (sweep, assess):
        found, expected = answer(blanked), answer(missing)
        assert replace(found.result, blank_ids={}) == expected.result
        assert (found.gaps, found.late) == (expected.gaps, expected.late)
        assert (found.result.blank_ids == {}) == (blanked == tables)

    result = assess_tables(write_tables(tmp_path / "t", blanked), tmp_path / "gap.out", threads=1)
    assert result.blank_ids == sweep(blanked).result.blank_ids
    assert read_rows(tmp_path / "gap.out") == [tuple(gap) for gap in sweep(missing).gaps]


@pytest.mark.parametrize("blank", ["", "\u3000"])
@pytest.mark.parametrize(("table", "column"), [pair for pair in IDS if pair[0] != "installed"])
def test_a_blank_id_in_any_column_is_said_and_counted(
    tmp_path: Path, table: str, column: str, blank: str
) -> None:
    """Every id column of every table; the row is not used, or the fact not evidenced."""
    rows = getattr(WORLD, table)
    changed = replace(WORLD, **{table: (*rows[:-1], rows[-1]._replace(**{column: blank}))})

    result = assess_tables(write_tables(tmp_path / "t", changed), None, threads=1)

    assert result.blank_ids == {table: {column: 1}}
    assert result.as_json()["blank_ids"] == {table: {column: 1}}
    assert result == replace(
        assess_tables(
            write_tables(
                tmp_path / "n", replace(WORLD, **{table: (*rows[:-1], rows[-1]._replace(**{column: None}))})
            ),
            None,
            threads=1,
        ),
        blank_ids=result.blank_ids,
    )


@pytest.mark.parametrize("blank", BLANK)
def test_what_nobody_sees_is_blank(blank: str) -> None:
    """White space of any script, and characters without width; a code of one character is none."""
    assert is_blank(blank)
    assert not is_blank(f"{blank}x")
    assert not is_blank(0)
    assert not is_blank(None)


def test_files_that_say_what_they_hold_need_no_look_at_their_rows(tmp_path: Path) -> None:
    """Ids that begin with visible ASCII, by the files' own statistics; without these, or with others, they are looked at."""
    folder = write_tables(tmp_path / "t", WORLD)

    assert not any(may_be_blank(one) for one in open_tables(folder).values())

    table = pq.read_table(folder / "custody.parquet")
    pq.write_table(table, folder / "custody.parquet", write_statistics=False)
    place = table.column_names.index("site_id")
    pq.write_table(
        pq.read_table(folder / "authorization_site.parquet").set_column(1, "site_id", pa.array(["é"])),
        folder / "authorization_site.parquet",
    )
    assert place >= 0
    assert may_be_blank(open_tables(folder)["custody"]) == ("device_id", "site_id")
    assert may_be_blank(open_tables(folder)["authorization_site"]) == ("site_id",)


def test_a_table_without_blank_ids_says_nothing_of_them() -> None:
    """The answer of clean tables is what it was."""
    assert "blank_ids" not in assess(WORLD).result.as_json()
