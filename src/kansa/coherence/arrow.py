"""Register rows as Arrow tables, in the columns of the contract."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from kansa.coherence.tables import TABLES, Column, Form, Table, mixed_ids
from kansa.errors import BadInput, Problem
from kansa.registers.rows import Tables
from kansa.registers.use_columns import UseColumns

_DECLARED: Mapping[str, Form] = MappingProxyType(
    {"id": "text", "known_by": "text", "instant": "microseconds", "weight": "integer"}
)
_TYPES = {"text": pa.string(), "integer": pa.int64(), "microseconds": pa.int64(), "nothing": pa.string()}


def arrow_tables(
    tables: Tables, wanted: Iterable[Table] = TABLES
) -> Mapping[str, tuple[pa.Table, Mapping[str, Form]]]:
    """Return the wanted tables of the contract as Arrow, each with the form of each of its columns.

    Raises:
        BadInput: an id column that mixes text and integers, within a table or between tables.
    """
    problems: list[Problem] = []
    converted = {table.name: _table(table, getattr(tables, table.name), problems) for table in wanted}
    problems += mixed_ids((name, forms) for name, (_, forms) in converted.items())
    if problems:
        raise BadInput("tables.contract", "the tables cannot be read", problems=problems)
    return converted


def _table(table: Table, rows: Sequence[Any], problems: list[Problem]) -> tuple[pa.Table, Mapping[str, Form]]:
    if isinstance(rows, UseColumns):
        return rows.columns([column.name for column in table.columns]), {
            column.name: _DECLARED[column.kind] for column in table.columns
        }
    values = {column.name: [getattr(row, column.name) for row in rows] for column in table.columns}
    forms = {column.name: _form(table, column, values[column.name], problems) for column in table.columns}
    if problems:
        return pa.table({}), forms
    arrays = {name: pa.array(values[name], _TYPES[form]) for name, form in forms.items()}
    return pa.table(arrays), forms


def _form(table: Table, column: Column, values: Sequence[object], problems: list[Problem]) -> Form:
    if column.kind in ("instant", "weight"):
        return "microseconds" if column.kind == "instant" else "integer"
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and kinds:
        return "integer"
    if not kinds <= {str}:
        problems.append(
            Problem("tables.id_type", "mixes text and integers", file=table.name, field=column.name)
        )
    return "text" if kinds else "nothing"
