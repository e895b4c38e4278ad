"""What databases write for no end, for before all time, and for nothing: open, refused, or said; never a traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from coherence.files import write_tables
from coherence.test_tables import WORLD
from kansa.coherence.assess import assess_tables
from kansa.errors import BadInput, KansaError

LAST, FIRST = 2**63 - 1, -(2**63) + 1


def with_column(table: str, column: str, values: Callable[[int], Any]) -> Callable[[str, pa.Table], pa.Table]:
    """Put other values into one column."""

    def change(name: str, rows: pa.Table) -> pa.Table:
        if name != table:
            return rows
        return rows.set_column(rows.column_names.index(column), column, values(rows.num_rows))

    return change


def stamps(value: int, unit: str) -> Callable[[int], Any]:
    """A column of one instant."""
    return lambda rows: pa.array([value] * rows, pa.timestamp(unit, "UTC"))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize(
    ("table", "column"), [("identity", "valid_to"), ("use", "end"), ("access", "superseded_at")]
)
def test_infinity_is_an_open_end_and_its_opposite_none(
    tmp_path: Path, unit: str, table: str, column: str
) -> None:
    """An end before all time used to be read as no end at all: evidence for ever."""
    open_end = with_column(table, column, lambda rows: pa.nulls(rows, pa.timestamp(unit, "UTC")))
    expected = assess_tables(write_tables(tmp_path / "open", WORLD, open_end), None, threads=1)

    infinite = write_tables(tmp_path / "last", WORLD, with_column(table, column, stamps(LAST, unit)))
    assert assess_tables(infinite, None, threads=1) == expected

    never = write_tables(tmp_path / "first", WORLD, with_column(table, column, stamps(FIRST, unit)))
    with pytest.raises(BadInput) as refused:
        assess_tables(never, None, threads=1)
    assert [(problem.file, problem.field) for problem in refused.value.problems] == [(table, column)]


@pytest.mark.parametrize("value", [2**62, -(2**62)])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_an_instant_that_no_calendar_has_is_refused(tmp_path: Path, unit: str, value: int) -> None:
    """Whatever its unit: as bad input with the reason."""
    folder = write_tables(tmp_path / "t", WORLD, with_column("identity", "valid_to", stamps(value, unit)))

    with pytest.raises(BadInput):
        assess_tables(folder, None, threads=1)


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    """Some writers put any bytes into a column of texts, and into its statistics."""
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xff\xfe")]
    )
    folder = write_tables(tmp_path / "t", WORLD, with_column("custody", "site_id", lambda _: broken))

    with pytest.raises(KansaError, match="not valid UTF8"):
        assess_tables(folder, None, threads=1)
