# ruff: noqa: S608 - the SQL is put together from names of the schema and numbers of ours
"""What of some rows is new: identity, versions and tombstones, against the segments that a vault has.

A row is the same thing as another if workload and start agree. Equal rows add nothing, also if they equal an earlier
version: a file read again never turns time back. A changed row names in `corrects` the segment whose row it replaces.
One that comes under another subject leaves a tombstone in the group that it leaves, and enters the new one without
saying whose it was.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kansa.evidence import bulk_sql
from kansa.evidence.entry import Committed
from kansa.evidence.reader import FindKey, groups, read_rows, sealed_runs
from kansa.evidence.schema import Schema
from kansa.evidence.writer import LOCAL, sync

ERASED = 0
"""The fingerprint of sealed values that are gone: what they were is not known, so no row differs from them."""

_VERSIONED = ("corrects", "withdrawn")


class Entering(NamedTuple):
    """Rows to be written, in the columns that the writer takes, and what became of all that were given.

    `new` + `superseding` + `moved` + `duplicates` + `repeated` are the rows given; `repeated` were replaced by a later
    row of the same files. Of each that `moved`, a tombstone is among `rows` as well.
    """

    rows: pa.Table
    new: int
    superseding: int
    moved: int
    duplicates: int
    repeated: int


def overlapping(rows: pa.Table, segments: Iterable[Committed]) -> list[Committed]:
    """Return the segments that may hold a version of one of these rows: those whose hull holds some start."""
    with duckdb.connect() as connection:
        connection.register("given", rows)
        ((low, high),) = connection.execute('SELECT min("start"), max("start") FROM given').fetchall()
    if low is None:
        return []
    return [each for each in segments if each.segment.hull[0] <= high and low < each.segment.hull[1]]


def enter(rows: pa.Table, schema: Schema, segments: Sequence[Committed], key: bytes) -> Entering:
    """Return which of the rows are to be written, each with what it corrects.

    `rows` has the schema's columns but for `corrects` and `withdrawn`, `subject`, and the sealed fields as texts; later
    rows prevail over earlier ones. `key` is the secret of the fingerprints.

    Raises:
        BrokenVault: `segment.damaged`, if the rows of a segment cannot be read.
    """
    with duckdb.connect() as connection:
        given, repeated, same = _choose(connection, rows, schema, key)
        _collect(connection, schema, overlapping(rows, segments))
        _decide(connection, schema)
        counts = dict(connection.execute("SELECT fate, count(*) FROM fate GROUP BY fate").fetchall())
        table = connection.sql(_entering(schema)).to_arrow_table()
    moved, corrected = counts.get("moved", 0), counts.get("corrects", 0)
    duplicates = counts.get("same", 0)
    new = given - duplicates - moved - corrected
    return Entering(table, new, corrected, moved, duplicates + same, repeated)


def fingerprint(schema: Schema, key: bytes) -> str:
    """Return the SQL text of a row's fingerprint, over the sealed fields: int64, never `ERASED`."""
    parts = " || ".join(
        f"coalesce(length(\"{name}\") || ':' || \"{name}\", '-') || ','" for name in schema.sealed
    )
    digest = f"('0x' || substr(sha256('{key.hex()}' || {parts}), 1, 15))::BIGINT"
    return f"greatest({digest}, {ERASED + 1})"


def fingerprints(segment: Committed) -> pa.Table | None:
    """Return the fingerprints of a segment's rows, in their order; None where there are none, or of other rows."""
    path = segment.segment.folder / LOCAL
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None
    return table if table.num_rows == segment.segment.rows and table.column_names == ["fingerprint"] else None


def rebuild(segment: Committed, key: bytes, keeper_key: FindKey) -> None:
    """Make the fingerprints of a segment's rows anew, from the sealed values that are kept; `ERASED` where they are not.

    Raises:
        BrokenVault: `segment.damaged` or `segment.values`, if the segment cannot be read.
    """
    each, schema = segment.segment, segment.segment.schema
    values: list[Sequence[str | None] | None] = []
    for found in groups(each):
        for run in sealed_runs(each, found, keeper_key):
            values += [None] * run.rows if run.values is None else run.values
    columns = {
        name: pa.array([row[place] if row is not None else None for row in values], pa.string())
        for place, name in enumerate(schema.sealed)
    }
    kept = pa.array([row is not None for row in values], pa.bool_())
    with duckdb.connect() as connection:
        connection.register("given", pa.table({**columns, "kept": kept}))
        marks = connection.sql(
            f"SELECT CASE WHEN kept THEN {fingerprint(schema, key)} ELSE {ERASED} END AS fingerprint FROM given"
        ).to_arrow_table()
    store(segment, marks)


def store(segment: Committed, marks: pa.Table) -> None:
    """Replace the fingerprints of a segment's rows; the file is the old one or the new one, whole."""
    path = segment.segment.folder / LOCAL
    beside = path.with_name(f"{path.name}.new")
    pq.write_table(marks, beside, compression="zstd")
    beside.chmod(0o600)
    sync(beside)
    beside.replace(path)
    sync(path.parent)


def _choose(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, schema: Schema, key: bytes
) -> tuple[int, int, int]:
    """Make `chosen`: the last row of each identity. Returns how many, and how many others differ and are equal."""
    connection.register("given", rows.append_column("ordinal", pa.array(range(rows.num_rows), pa.int64())))
    columns = ", ".join(f'"{name}"' for name in ("subject", *_open(schema), *schema.sealed))
    connection.execute(
        f"CREATE TEMP TABLE read AS SELECT {columns}, ordinal, {fingerprint(schema, key)} AS fingerprint FROM given"
    )
    connection.execute(
        'CREATE TEMP TABLE twice AS SELECT workload, "start" FROM read GROUP BY ALL HAVING count(*) > 1'
    )
    connection.execute(
        """
        CREATE TEMP TABLE chosen AS SELECT * FROM read ANTI JOIN twice USING (workload, "start")
        UNION ALL SELECT * FROM read SEMI JOIN twice USING (workload, "start")
        QUALIFY row_number() OVER (PARTITION BY workload, "start" ORDER BY ordinal DESC) = 1
        """
    )
    ((chosen,),) = connection.execute("SELECT count(*) FROM chosen").fetchall()
    if chosen == rows.num_rows:
        return chosen, 0, 0
    ((same,),) = connection.execute(
        f"""
        SELECT count(*) FROM read r JOIN chosen c USING (workload, "start")
        WHERE r.ordinal <> c.ordinal AND r.subject = c.subject AND r.fingerprint = c.fingerprint
          AND {_body(schema, "r")} = {_body(schema, "c")}
        """
    ).fetchall()
    return chosen, rows.num_rows - chosen - same, same


def _collect(connection: duckdb.DuckDBPyConnection, schema: Schema, segments: Sequence[Committed]) -> None:
    """Make `kept`: every version of a chosen row that a segment has; one segment at a time is in memory."""
    columns = ", ".join(f'"{name}"' for name in ("subject", *_open(schema), "withdrawn"))
    empty = ", ".join(f'"{name}"' for name in ("subject", *_open(schema)))
    connection.execute(
        f"CREATE TEMP TABLE kept AS SELECT 0::BIGINT AS number, {empty}, false AS withdrawn, fingerprint"
        " FROM read LIMIT 0"
    )
    for each in segments:
        rows, marks = read_rows(each.segment), fingerprints(each)
        known = (
            marks.column("fingerprint")
            if marks is not None
            else pa.array([ERASED] * rows.num_rows, pa.int64())
        )
        connection.register("segment", rows.append_column("fingerprint", known))
        connection.execute(
            f"INSERT INTO kept SELECT {each.number}, {columns}, fingerprint FROM segment"
            ' SEMI JOIN chosen USING (workload, "start")'
        )
        connection.unregister("segment")


def _decide(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Make `fate`: of every chosen row that has versions, what it is and the number of the latest one."""
    connection.execute(
        f"""
        CREATE TEMP TABLE fate AS
        SELECT ordinal, latest, CASE WHEN same THEN 'same' WHEN own THEN 'corrects' ELSE 'moved' END AS fate
        FROM (
          SELECT ordinal, max(number) AS latest, arg_max(own, number) AS own, bool_or(own AND equal) AS same
          FROM (
            SELECT c.ordinal, k.number, k.subject = c.subject AS own,
              k.fingerprint IN ({ERASED}, c.fingerprint) AND {_body(schema, "k")} = {_body(schema, "c")} AS equal
            FROM chosen c JOIN kept k USING (workload, "start") WHERE NOT k.withdrawn
          ) GROUP BY ordinal
        )
        """
    )


def _entering(schema: Schema) -> str:
    names = ("subject", *(column.name for column in schema.columns), *schema.sealed, "fingerprint")
    own = {
        "corrects": "CASE WHEN fate = 'corrects' THEN latest END AS corrects",
        "withdrawn": "false AS withdrawn",
    }
    left = {
        **{name: f'NULL AS "{name}"' for name in schema.sealed},
        "corrects": "k.number AS corrects",
        "withdrawn": "true AS withdrawn",
        "fingerprint": f"{ERASED} AS fingerprint",
    }
    entering = ", ".join(own.get(name, f'c."{name}"') for name in names)
    leaving = ", ".join(left.get(name, f'k."{name}"') for name in names)
    return f"""
    SELECT {entering} FROM chosen c LEFT JOIN fate USING (ordinal) WHERE fate IS DISTINCT FROM 'same'
    UNION ALL
    SELECT {leaving} FROM chosen c JOIN fate USING (ordinal)
    JOIN kept k ON k.workload = c.workload AND k."start" = c."start" AND k.number = latest AND NOT k.withdrawn
    WHERE fate = 'moved'
    ORDER BY "start", workload, withdrawn DESC
    """


def _open(schema: Schema) -> list[str]:
    return [column.name for column in schema.columns if column.name not in _VERSIONED]


def _body(schema: Schema, of: str) -> str:
    """Return the SQL text of what a row says, whatever it corrects."""
    return bulk_sql.values_expression(
        [column for column in schema.columns if column.name not in _VERSIONED], of
    )
