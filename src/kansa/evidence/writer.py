"""Write a segment: rows sorted into groups, hashed, sealed, and put on disk whole before anything refers to them.

Order against crashes: files are written and synced in a folder with a name of its own, the folder is renamed to the
segment's, its parent is synced; only then may the ledger entry be appended. A folder without an entry is an orphan.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kansa.evidence import bulk_sql, group, seal, tree, trie
from kansa.evidence.files import SegmentFile, Written
from kansa.evidence.group import Header
from kansa.evidence.schema import USE_BY_UNIT, Schema, most_listed

ROWS = "rows.parquet"
GROUPS = "groups.parquet"
VALUES = "values.bin"
LOCAL = "local.parquet"
"""Fingerprints of sealed values, by which a row that was read before is known again; never committed."""
DRAFT = "draft.json"
"""The draft of the entry, so that a segment whose entry was not appended can still be committed as it is."""
UNFINISHED = ".new-"
COMMITTED = (ROWS, GROUPS)
"""The files whose hashes stand in the entry; values are left out, so that they can be erased."""

MAX_ROWS = 1_000_000
_ROW_GROUP = 1_000_000
_DICTIONARY_BYTES = 32 << 20
"""Raised together with the row group: at the default of 1 MB, pyarrow silently stores `units` plain."""

KeeperKey = Callable[[str], bytes]
"""Returns the 32-byte key of a keeper; the empty name is the operator."""


class Run(NamedTuple):
    """Consecutive rows of a group whose values one keeper keeps, and where their blob lies in `values.bin`."""

    keeper: str
    key: bytes
    """Which key of the keeper's it is (`seal.key_mark`)."""
    rows: int
    offset: int
    length: int


def write(
    folder: Path,
    schema: Schema,
    rows: pa.Table,
    *,
    segment: bytes,
    keeper_key: KeeperKey,
    by_unit: bool = True,
    draft: Callable[[Written], bytes] | None = None,
) -> Written:
    """Write rows as a segment under `folder`; durable on return, and seen by nobody until an entry names it.

    `rows` has the schema's columns, its sealed fields as texts, and `subject`, the group key (empty: nobody known); a
    column `fingerprint` (int64), if it is there, is kept beside them. `segment` is 16 random bytes, new for every
    attempt. `draft` returns what is kept as the draft of the entry.

    Raises:
        ValueError: a value is outside the schema, or there are no rows or too many.
        DuplicateKeyError: a subject would stand in two groups.
        OSError: the disk is full or cannot be written; nothing stays.
    """
    if not 0 < rows.num_rows <= MAX_ROWS:
        raise ValueError(f"a segment holds 1 to {MAX_ROWS} rows, not {rows.num_rows}")
    if (listed := pc.sum(pc.list_value_length(rows.column("units"))).as_py() or 0) > most_listed(
        rows.num_rows
    ):
        raise ValueError(f"{rows.num_rows} rows list {listed} units, more than {most_listed(rows.num_rows)}")
    with duckdb.connect() as connection:
        ordered = _ordered(connection, schema, rows)
        headers, runs, values = _tenant_groups(connection, schema, segment, keeper_key)
        orders = [group.commit(group.TENANT, headers)]
        units = _unit_groups(connection) if by_unit else []
        if units:
            orders.append(group.commit(group.UNIT, units))
        hull = connection.execute(
            'SELECT min("start"), max(greatest("start", coalesce("end", "start"))) + 1 FROM ordered'
        ).fetchall()[0]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = folder / f"{UNFINISHED}{segment.hex()}"
    made.mkdir(mode=0o700)
    try:
        local = [name for name in ordered.column_names if name == "fingerprint"]
        _write_parquet(made / ROWS, ordered.drop_columns(local))
        _write_parquet(made / GROUPS, _groups_table([*headers, *units], runs))
        (made / VALUES).write_bytes(values)
        if local:
            _write_parquet(made / LOCAL, ordered.select(local))
        files = tuple(_file(made / name) for name in COMMITTED)
        written = Written(segment, rows.num_rows, hull, tuple(orders), files)
        if draft is not None:
            (made / DRAFT).write_bytes(draft(written))
        _settle(made)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    made.rename(folder / segment.hex())
    sync(folder)
    return written


def _settle(folder: Path) -> None:
    """Wait until every file of a folder is on the disk, readable by its owner alone."""
    for path in sorted(folder.iterdir()):
        path.chmod(0o600)
        sync(path)
    sync(folder)


def _ordered(connection: duckdb.DuckDBPyConnection, schema: Schema, rows: pa.Table) -> pa.Table:
    """Put the rows into their order as table `ordered` with their bytes as `body`; returns the columns to store."""
    connection.register("given", rows)
    wrong = [*bulk_sql.faults(connection, "given", schema), *_inverted(connection)]
    if wrong:
        raise ValueError("; ".join(wrong))
    subjects = [name for (name,) in connection.execute("SELECT DISTINCT subject FROM given").fetchall()]
    keys = sorted((trie.key_of(group.TENANT, name), name) for name in subjects)
    ranks = pa.table({"subject": [name for _, name in keys], "rank": range(len(keys))})
    connection.register("ranks", ranks)
    by = ", ".join(f'"{name}" NULLS FIRST' for name in schema.order)
    connection.execute(
        f"""
        CREATE TEMP TABLE ordered AS
        SELECT given.*, {bulk_sql.row_expression(schema)} AS body FROM given JOIN ranks USING (subject)
        ORDER BY rank, {by}
        """  # noqa: S608 - names of the schema only
    )
    local = ["fingerprint"] if "fingerprint" in rows.column_names else []
    stored = ", ".join(f'"{name}"' for name in (*(column.name for column in schema.columns), *local))
    return connection.sql(f"SELECT subject, {stored} FROM ordered").to_arrow_table()  # noqa: S608


def _inverted(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    ((count,),) = connection.execute('SELECT count(*) FROM given WHERE "end" < "start"').fetchall()
    if count:
        yield f"{count} rows end before they start"


def _tenant_groups(
    connection: duckdb.DuckDBPyConnection, schema: Schema, segment: bytes, keeper_key: KeeperKey
) -> tuple[list[Header], list[list[Run]], bytes]:
    sealed = ", ".join(f'"{name}"' for name in schema.sealed)
    query = f"SELECT subject, coalesce(end_user, subject), body, {sealed} FROM ordered"  # noqa: S608
    subjects, keepers, bodies, *values = _columns(connection, query)
    leaves = tree.row_leaves([body.encode() for body in bodies])
    rows: list[tuple[str | None, ...]] = list(zip(*values, strict=True))
    headers, runs, blobs, offset = [], [], [], 0
    for start, end in _stretches(subjects):
        subject, own, sealed_leaves = subjects[start], [], []
        for first, last in _stretches(keepers, start, end):
            key, kept = keeper_key(keepers[first]), rows[first:last]
            place = place_of(segment, subject, first - start)
            sealed_leaves += seal.leaves(seal.salts_key(key, place), kept)
            blob = seal.encrypt(seal.values_key(key, place), place, kept)
            own.append(Run(keepers[first], seal.key_mark(key), last - first, offset, len(blob)))
            blobs.append(blob)
            offset += len(blob)
        roots = tree.root(leaves[start:end]), tree.root(sealed_leaves)
        headers.append(Header(group.TENANT, subject, end - start, *roots))
        runs.append(own)
    return headers, runs, b"".join(blobs)


def place_of(segment: bytes, subject: str, first: int) -> bytes:
    """Return what a run's keys and blob are bound to: its segment, its group, and the first row of its run in the group."""
    return segment + trie.key_of(group.TENANT, subject) + first.to_bytes(4, "big")


def _unit_groups(connection: duckdb.DuckDBPyConnection) -> list[Header]:
    units, bodies = _columns(connection, unit_rows("ordered"))
    leaves = tree.row_leaves([body.encode() for body in bodies])
    return [
        Header(group.UNIT, units[start], end - start, tree.root(leaves[start:end]), tree.root(()))
        for start, end in _stretches(units)
    ]


def unit_rows(source: str) -> str:
    """Return the query of rows by unit, naming nobody, over a table of rows.

    `blind` keeps a neighbour's row, of which a hash is shown, from being guessed by its two times.
    """
    return f"""
    WITH one AS (
      SELECT unit, "start", "end", accelerators, site, withdrawn,
        substr(sha256('unit' || chr(10) || workload || chr(10) || unit || chr(10) || "start"), 1, 32) AS blind
      FROM (SELECT *, unnest(units) AS unit FROM {source})
    )
    SELECT unit, {bulk_sql.row_expression(USE_BY_UNIT)} AS body FROM one ORDER BY unit, "start", blind, withdrawn
    """  # noqa: S608 - names of tables and columns of ours


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> list[list[Any]]:
    table: pa.Table = connection.sql(query).to_arrow_table()
    return [column.to_pylist() for column in table.columns]


def _stretches(values: Sequence[Any], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the bounds of maximal stretches of equal values in `[start, end)`."""
    stop = len(values) if end is None else end
    first = start
    for at in range(start + 1, stop + 1):
        if at == stop or values[at] != values[first]:
            yield first, at
            first = at


def _groups_table(headers: Sequence[Header], runs: Sequence[Sequence[Run]]) -> pa.Table:
    run = pa.struct(
        [
            *(("keeper", pa.string()), ("key", pa.binary(8))),
            *((name, pa.int64()) for name in ("rows", "offset", "length")),
        ]
    )
    all_runs = [[each._asdict() for each in own] for own in runs]
    all_runs += [[] for _ in range(len(headers) - len(runs))]
    return pa.table(
        {
            "by": [header.order for header in headers],
            "subject": [header.subject for header in headers],
            "rows": pa.array([header.rows for header in headers], pa.int64()),
            "rows_root": pa.array([header.rows_root for header in headers], pa.binary(32)),
            "sealed_root": pa.array([header.sealed_root for header in headers], pa.binary(32)),
            "leaf": pa.array([header.leaf.hash for header in headers], pa.binary(32)),
            "runs": pa.array(all_runs, pa.list_(run)),
        }
    )


def _write_parquet(path: Path, table: pa.Table) -> None:
    instants = [name for name in ("start", "end") if name in table.column_names]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=_ROW_GROUP,
        dictionary_pagesize_limit=_DICTIONARY_BYTES,
        use_dictionary=[
            name for name in table.column_names if name not in (*instants, "workload", "fingerprint")
        ]
        or False,
        column_encoding=dict.fromkeys(instants, "DELTA_BINARY_PACKED"),
        store_schema=False,
    )


def _file(path: Path) -> SegmentFile:
    with path.open("rb") as stream:
        return SegmentFile(path.name, file_digest(stream, "sha256").digest(), path.stat().st_size)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
