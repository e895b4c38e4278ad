# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""What must be known of the rows before they are asked anything: are they readable, and which are ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kansa.coherence.facts import FIRST_INSTANT, LAST_INSTANT, OPEN
from kansa.coherence.tables import Table


@dataclass(frozen=True, slots=True)
class Profile:
    """What one look at a table's rows gives.

    `ignored` counts evidence rows that cover nothing by reason; `latest` is the greatest instant of each column;
    `outside` names the columns with instants outside the years 1 to 9999; `unnamed` says that some row is known in a
    way that has no name.
    """

    rows: int
    ignored: dict[str, int]
    latest: dict[str, int | None]
    outside: tuple[str, ...]
    unnamed: bool


def survey_sql(table: Table) -> str:
    """Return `(reason, rows, least known, least and greatest of each instant column)`, for evidence one row per reason.

    Reasons are those of `reading`, in the same order; null for the rows that are used.
    """
    instants = _instants(table)
    known = "MIN(known)" if any(column.kind == "known_by" for column in table.columns) else "NULL"
    ends = [f"MIN({column}), MAX({column})" for column in instants]
    told = ", ".join(["COUNT(*) AS tally", known, *ends])
    if table.name == "use":
        return f"SELECT NULL AS reason, {told} FROM use_row"
    return f"SELECT reason, {told} FROM (SELECT *, CASE {_reasons(table)} END AS reason FROM {table.name}_row) AS r GROUP BY reason"


def read_survey(table: Table, rows: Sequence[Sequence[Any]]) -> Profile:
    """Put the rows of `survey_sql` together."""
    columns = [column.name for column in table.columns if column.kind == "instant"]
    latest: dict[str, int | None] = {}
    outside = []
    for position, column in enumerate(columns):
        lows = [row[3 + 2 * position] for row in rows if row[3 + 2 * position] is not None]
        highs = [row[4 + 2 * position] for row in rows if row[4 + 2 * position] is not None]
        latest[column] = max(highs, default=None)
        # A part may hold since ever, which the registers write as an instant before all others.
        first = -OPEN if table.name == "part" else FIRST_INSTANT
        if min(lows, default=0) < first or max(highs, default=0) > LAST_INSTANT:
            outside.append(column)
    return Profile(
        rows=sum(row[1] for row in rows),
        ignored={reason: tally for reason, tally, *_ in sorted(rows, key=str) if reason is not None},
        latest=latest,
        outside=tuple(outside),
        unnamed=any(row[2] is not None and row[2] < 0 for row in rows),
    )


def _reasons(table: Table) -> str:
    key = [
        column.name
        for column in table.columns
        if column.kind in ("id", "text") and column.required and column.name not in _silent(table)
    ]
    whens = [f"WHEN {' OR '.join(f'{column} IS NULL' for column in key)} THEN 'no_key'"]
    if _instants(table):
        whens += ["WHEN valid_from IS NULL THEN 'no_valid_from'"]
        # A window that nobody closed shows nothing; other ends may be open.
        whens += ["WHEN valid_to IS NULL THEN 'no_valid_to'"] if table.name == "window" else []
        whens += [
            "WHEN valid_to = valid_from THEN 'empty_interval'",
            "WHEN valid_to < valid_from THEN 'inverted_interval'",
        ]
    return " ".join(whens)


def _silent(table: Table) -> tuple[str, ...]:
    """Id columns whose null is a statement: a device may stand in no node and at no known site, a duty in no contract."""
    return {"installed": ("node_id", "site_id"), "responsibility": ("contract_id",)}.get(table.name, ())


def _instants(table: Table) -> list[str]:
    """`start` and `end` are words of SQL; the row views call them `start_at` and `end_at`."""
    suffix = "_at" if table.name == "use" else ""
    return [f"{column.name}{suffix}" for column in table.columns if column.kind == "instant"]
