"""The stored registers: one SQL table a register, both times in each, and the ledger position that they reflect.

Everything here can be rebuilt from the ledger; nothing sealed is kept. All rows are under a keyed digest that is bound
to position and root: a row that anything else deleted, altered or added is found before it can answer.
"""

import json
import sqlite3
import typing
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy import event

from kansa.ledger.table_digest import TableDigest
from kansa.registers.derive import EVIDENCE, STANDING, UNCHANGING
from kansa.registers.rows import Installed, Use
from kansa.registers.tables.line import Line
from kansa.registers.versions import Group, Revision, Version

SCHEMA_VERSION = 10
ROW_TYPES: dict[str, Any] = {**EVIDENCE, **STANDING, **UNCHANGING}
_TIMES = ("recorded_at", "superseded_at")

metadata = sql.MetaData()
position = sql.Table(
    "position",
    metadata,
    sql.Column("id", sql.Integer, sql.CheckConstraint("id = 1"), primary_key=True),
    sql.Column("schema_version", sql.Integer, nullable=False),
    sql.Column("size", sql.BigInteger, nullable=False),
    sql.Column("recorded_at", sql.BigInteger),
    sql.Column("root", sql.LargeBinary),
    sql.Column("digest", sql.LargeBinary),
    sql.Column("altered", sql.Integer, nullable=False),
)
mention = sql.Table(
    "mention",
    metadata,
    sql.Column("topic", sql.Text, primary_key=True),
    sql.Column("entry", sql.BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
correction = sql.Table(
    "correction",
    metadata,
    sql.Column("entry", sql.BigInteger, primary_key=True),
    sql.Column("root", sql.BigInteger, nullable=False),
    sql.Column("corrected", sql.BigInteger, index=True),
)


def value_columns(table: str) -> tuple[str, ...]:
    """Return a register's columns in the order of its lines' values: its fields without the two recorded times."""
    return tuple(name for name in ROW_TYPES[table]._fields if name not in _TIMES)


def _register(name: str) -> sql.Table:
    hints = typing.get_type_hints(ROW_TYPES[name])
    columns = [
        sql.Column(
            column, sql.BigInteger if "int" in str(hints[column]) and column != "evidence" else sql.Text
        )
        for column in value_columns(name)
    ]
    return sql.Table(
        name,
        metadata,
        sql.Column("row", sql.Integer, primary_key=True),
        sql.Column("group_fact", sql.Text, nullable=False),
        sql.Column("group_key", sql.Text, nullable=False),
        *columns,
        sql.Column("recorded_at", sql.BigInteger, nullable=False),
        sql.Column("superseded_at", sql.BigInteger),
        sql.Index(f"{name}_group", "group_key", "group_fact", "superseded_at"),
    )


def _current_lines(name: str) -> sql.Select[Any]:
    register = REGISTERS[name]
    return (
        sql.select(register.c.row, *(register.c[column] for column in value_columns(name)))
        .where(register.c.group_key == sql.bindparam("key"), register.c.group_fact == sql.bindparam("fact"))
        .where(register.c.superseded_at.is_(None))
        .order_by(register.c.row)
    )


REGISTERS = {name: _register(name) for name in ROW_TYPES}
# Made once: building a statement costs more than running it.
_CURRENT = {name: _current_lines(name) for name in REGISTERS}
_SUPERSEDE = {
    name: r.update().where(r.c.row == sql.bindparam("row_")).values(superseded_at=sql.bindparam("moment"))
    for name, r in REGISTERS.items()
}
_FORGET = {
    name: r.delete().where(r.c.row == sql.bindparam("row_"), r.c.recorded_at == sql.bindparam("moment"))
    for name, r in REGISTERS.items()
}


class Moment(NamedTuple):
    """A recorded time whose claims are followed.

    `resumed`: an earlier call followed the first of them. Then a line that vanishes in the moment in which it
    appeared was never known, and one that comes back in the moment in which it vanished was known throughout.
    """

    recorded_at: int
    resumed: bool


def engine_at(path: Path, key: bytes = b"") -> sql.Engine:
    """Return the registers' database, made if it is new; journalled, without a disk flush a commit, since it can be rebuilt.

    `key` is the secret under which rows that anything else altered are found. A transaction sees one state
    throughout; one that is to write says so (`WRITING`), and waits for whoever writes.
    """
    path.touch(0o600)
    engine = sql.create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says so
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")
        record.info["digest"] = TableDigest(connection, _sealed_tables(), key)

    @event.listens_for(engine, "begin")
    def _begin(connection: sql.Connection) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    with engine.connect() as connection:
        there = _of_this_schema(connection)
    if not there:
        with engine.connect().execution_options(**WRITING) as connection, connection.begin():
            if not _of_this_schema(connection):
                metadata.drop_all(connection)
                metadata.create_all(connection)
    return engine


WRITING = MappingProxyType({"begin": "IMMEDIATE"})
"""Execution options of a transaction that is to write."""


def _sealed_tables() -> dict[str, tuple[str, ...]]:
    return {
        table.name: tuple(column.name for column in table.columns)
        for table in metadata.sorted_tables
        if table.name != position.name
    }


def _of_this_schema(connection: sql.Connection) -> bool:
    """Tell whether this version of Kansa made these registers; others are made anew then, and filled from the ledger."""
    if not sql.inspect(connection).has_table(position.name):
        return False
    found = connection.execute(sql.select(position.c.schema_version)).scalar_one_or_none()
    return found in (None, SCHEMA_VERSION) and {
        column["name"] for column in sql.inspect(connection).get_columns(position.name)
    } == {column.name for column in position.columns}


class Reflected(NamedTuple):
    """How far the registers reflect the ledger: entries, when the last of them was recorded, and their root.

    `digest` is that of all rows, masked; `altered` counts how often rows were found that anything else had altered.
    """

    size: int
    recorded_at: int | None
    root: bytes | None = None
    digest: bytes | None = None
    altered: int = 0

    def bound(self) -> bytes:
        """Return what the digest is bound to."""
        return repr((SCHEMA_VERSION, self.size, self.recorded_at, self.root, self.altered)).encode()


def reflected(connection: sql.Connection) -> Reflected:
    """Return how far the registers are; at the start if they are new or of another schema version."""
    row = connection.execute(sql.select(position)).one_or_none()
    if row is None or row.schema_version != SCHEMA_VERSION:
        return Reflected(0, None)
    return Reflected(row.size, row.recorded_at, row.root, row.digest, row.altered)


def reflect(connection: sql.Connection, now: Reflected, rows: int) -> None:
    """Say how far the registers are, and the digest of their rows; in the transaction of the rows themselves."""
    stored = now._replace(digest=_digest(connection).masked(rows, now.bound()))
    connection.execute(position.delete())
    connection.execute(position.insert().values(id=1, schema_version=SCHEMA_VERSION, **stored._asdict()))
    _remember(connection, rows)


def watch(connection: sql.Connection) -> None:
    """Count what this transaction writes, for `written`."""
    _digest(connection).watch()


def written(connection: sql.Connection) -> int:
    """Return what this transaction added to the digest of the rows."""
    return _digest(connection).changed()


def rows_as_written(connection: sql.Connection, state: Reflected) -> int | None:
    """Return the digest of the rows, if they are those that Kansa wrote when it came to this state; None if not.

    They are counted once, and again after anybody else wrote to the file.
    """
    stored = _digest(connection).unmasked(state.digest or b"", state.bound())
    if stored is None:
        return None
    seen = connection.info.get("seen")
    if seen != (_data_version(connection), stored):
        if _counted(connection) != stored:
            return None
        _remember(connection, stored)
    return stored


def _counted(connection: sql.Connection) -> int | None:
    """Return the digest of the rows as they stand; None where they cannot even be read."""
    try:
        return _digest(connection).counted()
    except sqlite3.Error:
        return None


def _remember(connection: sql.Connection, rows: int) -> None:
    connection.info["seen"] = (_data_version(connection), rows)


def _data_version(connection: sql.Connection) -> int:
    """Return a number that another one's commit changes, and our own does not."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def _digest(connection: sql.Connection) -> TableDigest:
    digest: TableDigest = connection.info["digest"]
    return digest


def current(connection: sql.Connection, group: Group, tables: Iterable[str]) -> dict[Line, int]:
    """Return the lines of a group in these tables that are not superseded, each with its row's number."""
    found: dict[Line, int] = {}
    for name in tables:
        rows = connection.execute(_CURRENT[name], {"key": group.key, "fact": group.fact})
        found.update((Line(name, _from_columns(tuple(values))), row) for row, *values in rows)
    return found


def revise(
    connection: sql.Connection, group: Group, known: Mapping[Line, int], revision: Revision, moment: Moment
) -> None:
    """Write what a moment changes in a group."""
    for line in revision.vanished:
        row = {"row_": known[line], "moment": moment.recorded_at}
        gone = connection.execute(_FORGET[line.table], row) if moment.resumed else None
        if gone is None or gone.rowcount == 0:
            connection.execute(_SUPERSEDE[line.table], row)
    appeared = [
        line
        for line in revision.appeared
        if not (moment.resumed and _reopened(connection, group, line, moment))
    ]
    insert(connection, ((group, Version(line, moment.recorded_at, None)) for line in appeared))


def insert(connection: sql.Connection, versions: Iterable[tuple[Group, Version]]) -> None:
    """Add versions of lines."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for group, (line, recorded_at, superseded_at) in versions:
        row = {
            "group_fact": group.fact,
            "group_key": group.key,
            "recorded_at": recorded_at,
            "superseded_at": superseded_at,
            **dict(_to_columns(line)),
        }
        rows.setdefault(line.table, []).append(row)
    for name, values in rows.items():
        connection.execute(REGISTERS[name].insert(), values)


def versions(connection: sql.Connection, known_at: int | None = None) -> list[Version]:
    """Return every version recorded by `known_at` (default: all), with what was superseded later still open."""
    found: list[Version] = []
    for name, register in REGISTERS.items():
        columns = [register.c[column] for column in (*value_columns(name), *_TIMES)]
        query = sql.select(*columns)
        if known_at is not None:
            query = query.where(register.c.recorded_at <= known_at)
        for *values, recorded_at, superseded_at in connection.execute(query):
            open_still = superseded_at is None or (known_at is not None and superseded_at > known_at)
            line = Line(name, _from_columns(tuple(values)))
            found.append(Version(line, recorded_at, None if open_still else superseded_at))
    return found


def current_rows(connection: sql.Connection, table: str) -> Sequence[sql.Row[Any]]:
    """Return the rows of a register that are not superseded, in the order in which they were derived."""
    register = REGISTERS[table]
    columns = [register.c[column] for column in value_columns(table)]
    query = sql.select(*columns).where(register.c.superseded_at.is_(None)).order_by(register.c.row)
    return connection.execute(query).all()


def count_current(connection: sql.Connection, table: str) -> int:
    """Return how many rows of a register are not superseded."""
    register = REGISTERS[table]
    counted = sql.select(sql.func.count()).select_from(register).where(register.c.superseded_at.is_(None))
    return int(connection.execute(counted).scalar_one())


def uses(connection: sql.Connection) -> list[Use]:
    """Return the uses that are not superseded, in the order in which they were derived."""
    register = REGISTERS["use"]
    columns = [register.c[column] for column in value_columns("use")]
    query = sql.select(*columns).where(register.c.superseded_at.is_(None)).order_by(register.c.row)
    return [Use._make(_from_columns(tuple(values))) for values in connection.execute(query)]


def installed(connection: sql.Connection) -> list[Installed]:
    """Return the current inventory."""
    register = REGISTERS["installed"]
    columns = [register.c[column] for column in value_columns("installed")]
    query = sql.select(*columns).where(register.c.superseded_at.is_(None)).order_by(register.c.row)
    return [Installed(*values) for values in connection.execute(query)]


def first_measured(connection: sql.Connection, workloads: AbstractSet[str]) -> int | None:
    """Return when the first use by any of some workloads began of which it was measured how many accelerators it held."""
    use = REGISTERS["use"]
    found = (
        sql.select(use.c.workload_id, use.c.start)
        .where(use.c.superseded_at.is_(None), use.c.known_by.in_(("measured", "attested")))
        .order_by(use.c.start)
    )
    return next((start for workload, start in connection.execute(found) if workload in workloads), None)


def placed_at(connection: sql.Connection, workload: str) -> tuple[int, ...]:
    """Return when the placements of a workload began, in order."""
    use = REGISTERS["use"]
    found = (
        sql.select(use.c.start)
        .where(use.c.superseded_at.is_(None), use.c.group_fact == "use", use.c.group_key == workload)
        .distinct()
        .order_by(use.c.start)
    )
    return tuple(connection.execute(found).scalars())


def devices_by_node(connection: sql.Connection) -> dict[str, int]:
    """Return how many accelerators the inventory has in each node, as of now and with no end."""
    installed = REGISTERS["installed"]
    counted = (
        sql.select(installed.c.node_id, sql.func.count())
        .where(
            installed.c.superseded_at.is_(None),
            installed.c.valid_to.is_(None),
            installed.c.node_id.is_not(None),
        )
        .group_by(installed.c.node_id)
    )
    return {node: count for node, count in connection.execute(counted)}  # noqa: C416 - dict() of rows confuses types


def places_of_devices(connection: sql.Connection) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Return node, site and item class of each device that the inventory has, as of now and with no end."""
    installed = REGISTERS["installed"]
    current = sql.select(
        installed.c.device_id, installed.c.node_id, installed.c.site_id, installed.c.item_class
    ).where(installed.c.superseded_at.is_(None), installed.c.valid_to.is_(None))
    return {device: (node, site, item) for device, node, site, item in connection.execute(current)}


def clear(connection: sql.Connection) -> None:
    """Empty the registers, in the transaction that fills them again."""
    for table in metadata.sorted_tables:
        connection.execute(table.delete())


def _reopened(connection: sql.Connection, group: Group, line: Line, moment: Moment) -> bool:
    """Tell whether the line vanished in this same moment, and now holds on as if it never had."""
    register = REGISTERS[line.table]
    same = [register.c[name].is_not_distinct_from(value) for name, value in _to_columns(line)]
    closed = register.c.superseded_at == moment.recorded_at
    of_group = (register.c.group_key == group.key, register.c.group_fact == group.fact)
    update = register.update().where(*of_group, closed, *same).values(superseded_at=None)
    return connection.execute(update).rowcount > 0


def _to_columns(line: Line) -> list[tuple[str, Any]]:
    values = (json.dumps(value) if isinstance(value, tuple) else value for value in line.values)
    return list(zip(value_columns(line.table), values, strict=True))


def _from_columns(values: tuple[Any, ...]) -> tuple[object, ...]:
    last = values[-1]
    return (
        (*values[:-1], tuple(json.loads(last))) if isinstance(last, str) and last.startswith("[") else values
    )
