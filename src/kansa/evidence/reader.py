"""Read a segment from disk, bounded by what its entry says, and audit it whole.

The entry states the rows before a byte is decoded: a Parquet footer may claim a megabyte and unpack to hundreds.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kansa.errors import BrokenVault
from kansa.evidence import bulk_sql, group, seal, tree, trie
from kansa.evidence.files import Found, Segment, missing
from kansa.evidence.group import Header, SealedRun
from kansa.evidence.schema import MAX_TEXT, most_listed
from kansa.evidence.writer import GROUPS, ROWS, VALUES, Run, place_of, unit_rows

FindKey = Callable[[str], bytes | None]
"""Returns the key of a keeper, or None where it is gone."""


class Group(NamedTuple):
    """A group of a segment: its header, the number of its first row in the file, its runs of sealed values."""

    header: Header
    first: int
    runs: tuple[Run, ...]


def read_rows(segment: Segment) -> pa.Table:
    """Return all rows of a segment with their subjects, in their order.

    Raises:
        BrokenVault: `segment.damaged`, if the file is not of as many rows as the entry states.
    """
    return _table(segment.folder / ROWS, segment.rows)


def check_rows(segment: Segment) -> None:
    """Check that the file of rows is of as many rows as the entry states, without decoding any.

    Raises:
        BrokenVault: `segment.damaged`.
    """
    _check_count(segment.folder / ROWS, segment.rows)


def groups(segment: Segment, by: str = group.TENANT) -> list[Group]:
    """Return the groups of an order, in the order of the file.

    Raises:
        BrokenVault: `segment.damaged`, if the file is not of this many groups and rows.
    """
    path = segment.folder / GROUPS
    found, first = [], 0
    stated = sum(order.groups for order in segment.orders)
    for row in _table(path, stated, segment.rows + stated).to_pylist():
        if row["by"] != by:
            continue
        header = Header(by, row["subject"], row["rows"], row["rows_root"], row["sealed_root"])
        found.append(Group(header, first, tuple(Run(**run) for run in row["runs"])))
        first += header.rows
    if by == group.TENANT and first != segment.rows:
        raise _damaged(path, f"its groups have {first} rows instead of {segment.rows}")
    return found


def group_trie(found: Sequence[Group]) -> trie.Trie:
    """Return the trie over groups."""
    return trie.build(each.header.leaf for each in found)


def group_rows(segment: Segment, wanted: Group) -> list[bytes]:
    """Return the canonical bytes of a group's rows, in their order."""
    (found,) = rows_of(segment, [wanted])
    return found


def rows_of(segment: Segment, wanted: Sequence[Group]) -> list[list[bytes]]:
    """Return the canonical bytes of the rows of some groups, group by group, in their order.

    Raises:
        BrokenVault: `segment.damaged`, if the file is not of as many rows as the entry states.
    """
    if not wanted:
        return []
    table = _table(segment.folder / ROWS, segment.rows)
    chosen = pa.concat_tables([table.slice(each.first, each.header.rows) for each in wanted])
    with duckdb.connect() as connection:
        connection.register("rows", chosen)
        query = f"SELECT {bulk_sql.row_expression(segment.schema)} AS body FROM rows"  # noqa: S608 - our names
        bodies: pa.Table = connection.sql(query).to_arrow_table()
    texts = [body.encode() for body in bodies.column("body").to_pylist()]
    found, at = [], 0
    for each in wanted:
        found.append(texts[at : at + each.header.rows])
        at += each.header.rows
    return found


def sealed_runs(segment: Segment, wanted: Group, keeper_key: FindKey) -> list[SealedRun]:
    """Return the sealed values of a group; of a keeper whose key of then is gone, only how many rows they are of.

    Raises:
        BrokenVault: `segment.values`, if kept values cannot be read.
    """
    path, runs, first = segment.folder / VALUES, [], 0
    with _opened(path) as stream:
        for run in wanted.runs:
            key = keeper_key(run.keeper)
            if key is None or seal.key_mark(key) != run.key:
                runs.append(SealedRun(run.rows))
            else:
                stream.seek(run.offset)
                place = place_of(segment.segment, wanted.header.subject, first)
                values = seal.decrypt(seal.values_key(key, place), place, stream.read(run.length), run.rows)
                runs.append(SealedRun(run.rows, seal.salts_key(key, place), values))
            first += run.rows
    return runs


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BrokenVault("segment.values", f"`{path}` cannot be read: {error.strerror}") from error


def audit(segment: Segment, keeper_key: FindKey | None = None) -> list[Found]:
    """Return everything wrong with a segment: files, every group's root, both orders, rows that stand twice.

    With `keeper_key`, sealed values are opened and checked too: of a group whose values are kept whole against its root,
    of others each run by its own tag; what is withheld is not judged here. An empty list means: all is as committed.
    """
    found = missing(segment)
    if found:
        return found
    try:
        values = _audit_values(segment, keeper_key) if keeper_key is not None else ()
        table = _table(segment.folder / ROWS, segment.rows)
        return [*_audit_rows(segment, table), *_audit_units(segment, table), *values]
    except BrokenVault as error:
        return [Found(segment.segment.hex(), error.message)]


def _audit_rows(segment: Segment, table: pa.Table) -> Iterator[Found]:
    kept = groups(segment)
    with duckdb.connect() as connection:
        connection.register("rows", table)
        wrong = list(bulk_sql.faults(connection, "rows", segment.schema))
        yield from (Found(ROWS, each) for each in wrong)
        low, high = segment.hull
        outside = f'"start" < {low} OR "start" >= {high} OR "end" < "start" OR "end" >= {high}'
        yield from _counted(connection, outside, "have times outside those that the entry states")
        twice = (
            'NOT withdrawn AND (workload, "start") IN'
            ' (SELECT (workload, "start") FROM rows WHERE NOT withdrawn GROUP BY ALL HAVING count(*) > 1)'
        )
        yield from _counted(connection, twice, "stand twice in the segment")
        expression = bulk_sql.row_expression(segment.schema)
        query = f"SELECT subject, {expression} AS body FROM rows"  # noqa: S608 - names of the schema only
        bodies: pa.Table = connection.sql(query).to_arrow_table()
    subjects, texts = (column.to_pylist() for column in bodies.columns)
    leaves = tree.row_leaves([text.encode() for text in texts])
    for each in kept:
        end = each.first + each.header.rows
        if set(subjects[each.first : end]) != {each.header.subject}:
            yield Found(each.header.subject, "its rows are another's")
        if tree.root(leaves[each.first : end]) != each.header.rows_root:
            yield Found(each.header.subject, "its rows are not those of its root")
    yield from _audit_order(segment, group.TENANT, [each.header for each in kept])


def _counted(connection: duckdb.DuckDBPyConnection, condition: str, why: str) -> Iterator[Found]:
    (count,) = connection.execute(f"SELECT count(*) FROM rows WHERE {condition}").fetchall()[0]  # noqa: S608
    if count:
        yield Found(ROWS, f"{count} rows {why}")


def _audit_units(segment: Segment, table: pa.Table) -> Iterator[Found]:
    if all(order.by != group.UNIT for order in segment.orders):
        return
    with duckdb.connect() as connection:
        connection.register("rows", table)
        found: pa.Table = connection.sql(unit_rows("rows")).to_arrow_table()
    units, bodies = (column.to_pylist() for column in found.columns)
    leaves = tree.row_leaves([body.encode() for body in bodies])
    headers, start = [], 0
    for unit, own in groupby(units):
        end = start + sum(1 for _ in own)
        headers.append(Header(group.UNIT, unit, end - start, tree.root(leaves[start:end]), tree.root(())))
        start = end
    yield from _audit_order(segment, group.UNIT, headers)


def _audit_order(segment: Segment, by: str, headers: Sequence[Header]) -> Iterator[Found]:
    stated = [order for order in segment.orders if order.by == by]
    if [group.commit(by, headers)] != stated:
        yield Found(by, "the groups are not those that the entry commits to")


def _audit_values(segment: Segment, keeper_key: FindKey) -> Iterator[Found]:
    for each in groups(segment):
        try:
            runs = sealed_runs(segment, each, keeper_key)
            if all(run.values is not None for run in runs):
                group.open_sealed(each.header, runs)
        except group.RefusedGroupError as error:
            yield Found(each.header.subject, str(error))


def _table(path: Path, rows: int, most: int | None = None) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            _check_size(path, file.metadata, rows, most)
        with pq.ParquetFile(path, read_dictionary=_texts(pq.read_schema(path))) as file:
            return _short(path, file.read())
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, str(error)) from error


def _values(metadata: pq.FileMetaData) -> int:
    """Return how many values the longest column has, those of lists counted one by one."""
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    totals = [sum(each.column(at).num_values for each in groups) for at in range(metadata.num_columns)]
    return max(totals, default=0)


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_string(field.type)]


def _short(path: Path, table: pa.Table) -> pa.Table:
    """Put texts in place of the dictionaries that they were read as, unless one is longer than any may be.

    Each of a million rows can point at one text of megabytes.
    """
    for at, field in enumerate(table.schema):
        if not pa.types.is_dictionary(field.type):
            continue
        column = table.column(at)
        longest = max(
            (pc.max(pc.binary_length(each.dictionary)).as_py() or 0 for each in column.chunks), default=0
        )
        if longest > MAX_TEXT:
            raise _damaged(path, f"a text in `{field.name}` has {longest} bytes, more than {MAX_TEXT}")
        table = table.set_column(at, field.name, column.cast(pa.string()))
    return table


def _check_count(path: Path, rows: int) -> None:
    try:
        _check_size(path, pq.read_metadata(path), rows)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, str(error)) from error


def _check_size(path: Path, metadata: pq.FileMetaData, rows: int, most: int | None = None) -> None:
    """Check what a file says it holds against its entry, before anything is decoded; `most` bounds what its lists hold."""
    most = most_listed(rows) if most is None else most
    if metadata.num_rows != rows:
        raise _damaged(path, f"it has {metadata.num_rows} rows instead of {rows}")
    if _values(metadata) > most:
        raise _damaged(path, f"a column of its {rows} rows lists more than {most} values")


def _damaged(path: Path, why: str) -> BrokenVault:
    return BrokenVault("segment.damaged", f"`{path}` is not the file that was committed: {why}")
