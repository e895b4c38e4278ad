"""Small worlds as Parquet files, in any of the forms that the contract allows."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.coherence.arrow import arrow_tables
from kansa.coherence.tables import CONTRACTS, TABLES
from kansa.registers.rows import Tables

REQUIRED = (
    "use",
    "identity",
    "access",
    "custody",
    "authorization",
    "authorization_item",
    "authorization_site",
)


def write_tables(
    directory: Path, tables: Tables, change: Callable[[str, pa.Table], pa.Table] | None = None
) -> Path:
    """Write each table as `NAME.parquet`, changed on the way if asked; tables without rows that are optional are left out."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.parquet"):
        old.unlink()
    for name, (table, _) in arrow_tables(tables, (*TABLES, *CONTRACTS)).items():
        if name in REQUIRED or table.num_rows:
            pq.write_table(change(name, table) if change else table, directory / f"{name}.parquet")
    return directory


def read_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a Parquet file in their order, instants as microseconds."""
    table = pq.read_table(path)
    for position, name in enumerate(table.column_names):
        if table[name].type == pa.timestamp("us", "UTC"):
            table = table.set_column(position, name, table[name].cast(pa.int64()))
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def instants_as(kind: pa.DataType) -> Callable[[str, pa.Table], pa.Table]:
    """Rewrite every instant column as a timestamp of this kind."""

    def change(_: str, table: pa.Table) -> pa.Table:
        for position, name in enumerate(table.column_names):
            if name in ("start", "end", "valid_from", "valid_to", "recorded_at", "superseded_at"):
                stamps = table[name].cast(pa.timestamp("us", "UTC")).cast(kind)
                table = table.set_column(position, name, stamps)
        return table

    return change


def ids_as_integers() -> Callable[[str, pa.Table], pa.Table]:
    """Rewrite every id as an integer that keeps the order of the ids seen in one world."""

    def change(_: str, table: pa.Table) -> pa.Table:
        for position, name in enumerate(table.column_names):
            if name.endswith("_id") or name == "item_class":
                numbers = [as_integer(value) for value in table[name].to_pylist()]
                table = table.set_column(position, name, pa.array(numbers, pa.int64()))
        return table

    return change


def as_integer(value: str | None) -> int | None:
    """A text of at most seven bytes as the integer that sorts like it."""
    return None if value is None else int.from_bytes(value.encode().ljust(7, b"\0"), "big")


def without(columns: Mapping[str, Sequence[str]]) -> Callable[[str, pa.Table], pa.Table]:
    """Leave out columns of some tables."""

    def change(name: str, table: pa.Table) -> pa.Table:
        return table.drop_columns(list(columns.get(name, ())))

    return change
