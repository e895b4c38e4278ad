"""Canonical rows in SQL: the bytes of `Schema.encode`, for a whole table at once (DuckDB).

Open columns hold only what needs no escape between quotes, so putting texts together gives canonical JSON. `faults`
finds values that would not; nothing may be encoded before it has found none.
"""

from collections.abc import Iterator, Sequence

import duckdb

from kansa.evidence.columns import PLAIN, SUBJECT, Column
from kansa.evidence.schema import Schema


def row_expression(schema: Schema) -> str:
    """Return the SQL text of a row's canonical bytes, over the schema's columns."""
    return values_expression(schema.columns)


def values_expression(columns: Sequence[Column], of: str = "") -> str:
    """Return the SQL text of some columns' canonical bytes, over the relation `of` where several have such columns."""
    return "'[' || " + " || ',' || ".join(_value(column, of) for column in columns) + " || ']'"


def faults(connection: duckdb.DuckDBPyConnection, table: str, schema: Schema) -> Iterator[str]:
    """Yield a sentence for every column that holds what the schema does not allow; hulls are not looked at."""
    for column in schema.columns:
        wrong = _wrong(column)
        if wrong is None:
            continue
        (count,) = connection.execute(f"SELECT count(*) FROM {table} WHERE {wrong}").fetchall()[0]  # noqa: S608
        if count:
            yield f"{count} rows hold in `{column.name}` what {schema.id} does not allow"


def _value(column: Column, of: str = "") -> str:
    name = f'{of}."{column.name}"' if of else f'"{column.name}"'
    match column.kind:
        case "subject" | "text":
            return f"""coalesce('"' || {name} || '"', 'null')"""
        case "instant" | "integer":
            return f"coalesce({name}::VARCHAR, 'null')"
        case "subjects":
            return f"""('["' || array_to_string({name}, '","') || '"]')"""
        case "flag":
            return f"CASE WHEN {name} THEN 'true' ELSE 'false' END"


def _wrong(column: Column) -> str | None:
    name = f'"{column.name}"'
    missing = f"{name} IS NULL" if column.required else "false"
    match column.kind:
        case "subject":
            wrong = f"NOT {_is_subject(name, column)}"
        case "subjects":
            each = _is_subject("x", column)
            wrong = f"len({name}) = 0 OR len(list_filter({name}, lambda x: NOT {each})) > 0 OR {name} <> list_sort(list_distinct({name}))"
        case "text" if column.values:
            quoted = ", ".join("'" + value + "'" for value in sorted(column.values))
            wrong = f"{name} NOT IN ({quoted})"
        case "text":
            wrong = f"NOT regexp_full_match({name}, '{PLAIN.pattern}')"
        case "integer":
            wrong = f"NOT {name} BETWEEN {column.low} AND {column.high}"
        case _:
            wrong = "false"
    return f"{missing} OR ({wrong})" if (missing, wrong) != ("false", "false") else None


def _is_subject(name: str, column: Column) -> str:
    prefixes = "|".join(column.prefixes)
    return f"regexp_full_match({name}, '{SUBJECT.pattern.replace('[a-z]{3}', f'({prefixes})', 1)}')"
