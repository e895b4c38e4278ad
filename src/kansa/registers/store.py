"""The stored registers: one SQL table a register, both times in each, and the ledger position that they reflect.

Everything here can be rebuilt from the ledger; nothing sealed is kept.
"""

import json
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy import event

from kansa.registers.derive import EVIDENCE, STANDING, UNCHANGING
from kansa.registers.facts.line import Line
from kansa.registers.revise import Group, Revision, Version

SCHEMA_VERSION = 1
ROW_TYPES: dict[str, Any] = {**EVIDENCE, **STANDING, **UNCHANGING}
_TIMES = ("recorded_at", "superseded_at")

metadata = sql.MetaData()
position = sql.Table(
    "position",
    metadata,
    sql.Column("id", sql.Integer, sql.CheckConstraint("id = 1"), primary_key=True),
    sql.Column("schema_version", sql.Integer, nullable=False),
    sql.Column("size", sql.BigInteger, nullable=False),
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
    sql.Column("corrected", sql.BigInteger, nullable=False, index=True),
)


def value_columns(table: str) -> tuple[str, ...]:
    """A register's columns in the order of its lines' values: its fields without the two recorded times."""
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


REGISTERS = {name: _register(name) for name in ROW_TYPES}


def engine_at(path: Path) -> sql.Engine:
    """The registers' database, made if it is new; journalled, without a disk flush a commit, since it can be rebuilt."""
    engine = sql.create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    metadata.create_all(engine)
    return engine


def size_reflected(connection: sql.Connection) -> int:
    """How many entries of the ledger the registers reflect; 0 if they are new or of another schema version."""
    row = connection.execute(sql.select(position.c.size, position.c.schema_version)).one_or_none()
    return row.size if row is not None and row.schema_version == SCHEMA_VERSION else 0


def reflect(connection: sql.Connection, size: int) -> None:
    """Say that the registers now reflect `size` entries; in the transaction of the rows themselves."""
    connection.execute(position.delete())
    connection.execute(position.insert().values(id=1, schema_version=SCHEMA_VERSION, size=size))


def current(connection: sql.Connection, group: Group) -> list[Line]:
    """The lines of a group that are not superseded."""
    return [
        Line(name, _from_columns(tuple(row)))
        for name, register in REGISTERS.items()
        for row in connection.execute(
            sql.select(*(register.c[column] for column in value_columns(name)))
            .where(register.c.group_key == group.key, register.c.group_fact == group.fact)
            .where(register.c.superseded_at.is_(None))
            .order_by(register.c.row)
        )
    ]


def revise(connection: sql.Connection, group: Group, revision: Revision, recorded_at: int) -> None:
    """Write what a moment changes in a group.

    A moment may be followed in two goes. So a line that vanishes in the moment in which it appeared was never known,
    and one that comes back in the moment in which it vanished was known throughout.
    """
    for line in revision.vanished:
        register, same = _matching(group, line)
        was_open = register.c.superseded_at.is_(None)
        connection.execute(register.delete().where(*same, was_open, register.c.recorded_at == recorded_at))
        connection.execute(register.update().where(*same, was_open).values(superseded_at=recorded_at))
    appeared = []
    for line in revision.appeared:
        register, same = _matching(group, line)
        reopened = connection.execute(
            register.update().where(*same, register.c.superseded_at == recorded_at).values(superseded_at=None)
        )
        if reopened.rowcount == 0:
            appeared.append((group, Version(line, recorded_at, None)))
    insert(connection, appeared)


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
    """Every version recorded by `known_at` (default: all), with what was superseded later still open."""
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


def devices_by_node(connection: sql.Connection) -> dict[str, int]:
    """How many accelerators the inventory has in each node, as of now and with no end."""
    installed = REGISTERS["installed"]
    counted = (
        sql.select(installed.c.node_id, sql.func.count())
        .where(installed.c.superseded_at.is_(None), installed.c.valid_to.is_(None), installed.c.node_id.is_not(None))
        .group_by(installed.c.node_id)
    )
    return {node: count for node, count in connection.execute(counted)}  # noqa: C416 - dict() of rows confuses types


def clear(connection: sql.Connection) -> None:
    """Empty the registers, in the transaction that fills them again."""
    for table in metadata.sorted_tables:
        connection.execute(table.delete())


def _matching(group: Group, line: Line) -> tuple[sql.Table, list[sql.ColumnElement[bool]]]:
    register = REGISTERS[line.table]
    same = [register.c[name].is_not_distinct_from(value) for name, value in _to_columns(line)]
    return register, [register.c.group_key == group.key, register.c.group_fact == group.fact, *same]


def _to_columns(line: Line) -> list[tuple[str, Any]]:
    values = (json.dumps(value) if isinstance(value, tuple) else value for value in line.values)
    return list(zip(value_columns(line.table), values, strict=True))


def _from_columns(values: tuple[Any, ...]) -> tuple[object, ...]:
    last = values[-1]
    return (
        (*values[:-1], tuple(json.loads(last))) if isinstance(last, str) and last.startswith("[") else values
    )
