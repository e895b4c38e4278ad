# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""What must be known of the rows before they are asked anything: are they readable, and which are ignored."""

from collections.abc import Iterator

from kansa.coherence.facts import FIRST_INSTANT, LAST_INSTANT
from kansa.coherence.tables import TABLES, Table

_CLOSED = ("window",)  # a window that nobody closed shows nothing


def ignored(table: Table) -> str:
    """`(reason, rows)` of the rows of an evidence table, reason null for those that are used.

    Reasons are those of `reading`, in the same order.
    """
    instants = {column.name for column in table.columns if column.kind == "instant"}
    key = [
        column.name
        for column in table.columns
        if column.kind == "id" and column.name not in _optional(table.name)
    ]
    whens = [f"WHEN {' OR '.join(f'{column} IS NULL' for column in key)} THEN 'no_key'"]
    if "valid_from" in instants:
        whens += ["WHEN valid_from IS NULL THEN 'no_valid_from'"]
        whens += ["WHEN valid_to IS NULL THEN 'no_valid_to'"] if table.name in _CLOSED else []
        whens += [
            "WHEN valid_to = valid_from THEN 'empty_interval'",
            "WHEN valid_to < valid_from THEN 'inverted_interval'",
        ]
    return f"""
        SELECT reason, COUNT(*) AS tally FROM (SELECT CASE {" ".join(whens)} END AS reason FROM {table.name}_row) AS r
        GROUP BY reason"""


def _optional(table: str) -> tuple[str, ...]:
    """Id columns whose null is a statement: a device may stand in no node and at no known site."""
    return ("node_id", "site_id") if table == "installed" else ()


def out_of_range(table: Table) -> str | None:
    """One row with the number of instants outside the years 1 to 9999 per instant column, or None if it has none."""
    columns = [_renamed(table.name, column.name) for column in table.columns if column.kind == "instant"]
    if not columns:
        return None
    counts = ", ".join(
        f"MIN({column}) < {FIRST_INSTANT} OR MAX({column}) > {LAST_INSTANT}" for column in columns
    )
    return f"SELECT {counts} FROM {table.name}_row"


def unknown_words(table: Table) -> str | None:
    """Whether some row is known in a way that has no name here, or None if the table cannot say how it is known."""
    if all(column.kind != "known_by" for column in table.columns):
        return None
    return f"SELECT MIN(known) < 0 FROM {table.name}_row"


def _renamed(table: str, column: str) -> str:
    """`start` and `end` are words of SQL; the stages call them `start_at` and `end_at`."""
    return f"{column}_at" if table == "use" else column


def evidence_tables() -> Iterator[Table]:
    """All tables but the uses."""
    return (table for table in TABLES if table.name != "use")
