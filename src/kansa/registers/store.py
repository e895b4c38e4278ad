"""The stored registers: one SQL table a register, both times in each, and the ledger position that they reflect.

Everything here can be rebuilt from the ledger; nothing sealed is kept. All rows are under a keyed digest that is bound
to position and root: a row that anything else deleted, altered or added is found before it can answer.
"""

import json
import typing
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from kansa.registers import called
from kansa.registers.database import Connection, Find, Registers
from kansa.registers.derive import EVIDENCE, STANDING, UNCHANGING
from kansa.registers.rows import Installed, Use
from kansa.registers.tables.line import Line
from kansa.registers.versions import Group, Revision, Version

__all__ = ["Connection", "Registers"]

SCHEMA_VERSION = 13
ROW_TYPES: dict[str, Any] = {**EVIDENCE, **STANDING, **UNCHANGING}
_TIMES = ("recorded_at", "superseded_at")
_POSITION = ("id", "schema_version", "size", "recorded_at", "root", "digest", "altered")
_SCHEMA = """
CREATE TABLE position (
  id INTEGER PRIMARY KEY CHECK (id = 1), schema_version INTEGER NOT NULL, size INTEGER NOT NULL,
  recorded_at INTEGER, root BLOB, digest BLOB, altered INTEGER NOT NULL
);
CREATE TABLE mention (
  topic TEXT NOT NULL, kind TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (topic, kind, entry)
) WITHOUT ROWID;
CREATE TABLE correction (entry INTEGER PRIMARY KEY, root INTEGER NOT NULL, corrected INTEGER);
CREATE INDEX correction_corrected ON correction (corrected);
"""


def value_columns(table: str) -> tuple[str, ...]:
    """Return a register's columns in the order of its lines' values: its fields without the two recorded times."""
    return tuple(name for name in ROW_TYPES[table]._fields if name not in _TIMES)


def _columns(name: str) -> tuple[str, ...]:
    return ("row", "group_fact", "group_key", *value_columns(name), *_TIMES)


def _create(name: str) -> str:
    hints = typing.get_type_hints(ROW_TYPES[name])
    columns = [
        f'"{column}" {"INTEGER" if "int" in str(hints[column]) and column != "evidence" else "TEXT"}'
        for column in value_columns(name)
    ]
    return f"""
CREATE TABLE "{name}" (
  row INTEGER PRIMARY KEY, group_fact TEXT NOT NULL, group_key TEXT NOT NULL, {", ".join(columns)},
  recorded_at INTEGER NOT NULL, superseded_at INTEGER
);
CREATE INDEX "{name}_group" ON "{name}" (group_key, group_fact, superseded_at);
"""


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


REGISTERS: Mapping[str, tuple[str, ...]] = MappingProxyType({name: _columns(name) for name in ROW_TYPES})
"""The registers, each with its columns."""
TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mention": ("topic", "kind", "entry"),
        "correction": ("entry", "root", "corrected"),
        **called.TABLES,
        **REGISTERS,
    }
)
"""All tables whose rows are under the digest, each with its columns."""
_CURRENT = {
    name: f'SELECT row, {_listed(value_columns(name))} FROM "{name}"'  # noqa: S608 - our own names, here and below
    " WHERE group_key = ? AND group_fact = ? AND superseded_at IS NULL ORDER BY row"
    for name in REGISTERS
}
_ALL_CURRENT = {
    name: f'SELECT {_listed(value_columns(name))} FROM "{name}" WHERE superseded_at IS NULL ORDER BY row'  # noqa: S608
    for name in REGISTERS
}
_INSERT = {
    name: f'INSERT INTO "{name}" ({_listed(columns[1:])}) VALUES ({", ".join("?" * len(columns[1:]))})'  # noqa: S608
    for name, columns in REGISTERS.items()
}
_Rows: dict[str, Any] = {
    name: namedtuple(name, value_columns(name))  # noqa: PYI024 - made of the row types, which are typed
    for name in REGISTERS
}


class Moment(NamedTuple):
    """A recorded time whose claims are followed.

    `resumed`: an earlier call followed the first of them. Then a line that vanishes in the moment in which it
    appeared was never known, and one that comes back in the moment in which it vanished was known throughout.
    """

    recorded_at: int
    resumed: bool


def engine_at(path: Path, key: bytes = b"", find: Find = lambda _digests: {}) -> Registers:
    """Return the registers' database, made if it is new; filled from the ledger by whoever follows that.

    `key` is the secret under which rows that anything else altered are found, and names by their tags; `find` gives the
    sealed values that are still kept.
    """
    return Registers(path, key, TABLES, _make_anew, _of_this_schema, find=find)


def _make_anew(connection: Connection) -> None:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in found:
        connection.execute(f'DROP TABLE "{name}"')
    for statement in ("".join((_SCHEMA, called.SCHEMA, *map(_create, REGISTERS)))).split(";"):
        connection.execute(statement)


def _of_this_schema(connection: Connection) -> bool:
    """Tell whether this version of Kansa made these registers; others are made anew then, and filled from the ledger."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(position)")}
    if columns != set(_POSITION):
        return False
    found = connection.execute("SELECT schema_version FROM position").fetchone()
    return found is None or found[0] == SCHEMA_VERSION


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


def reflected(connection: Connection) -> Reflected:
    """Return how far the registers are; at the start if they are new or of another schema version."""
    query = "SELECT id, schema_version, size, recorded_at, root, digest, altered FROM position"
    row = connection.execute(query).fetchone()
    if row is None or row[1] != SCHEMA_VERSION:
        return Reflected(0, None)
    return Reflected(*row[2:])


def reflect(connection: Connection, now: Reflected, rows: int) -> None:
    """Say how far the registers are, and the digest of their rows; in the transaction of the rows themselves."""
    stored = now._replace(digest=connection.digest.masked(rows, now.bound()))
    connection.execute("DELETE FROM position")
    connection.execute("INSERT INTO position VALUES (1, ?, ?, ?, ?, ?, ?)", (SCHEMA_VERSION, *stored))
    connection.rows_written(rows)


def watch(connection: Connection) -> None:
    """Count what this transaction writes, for `written`."""
    connection.digest.watch()


def written(connection: Connection) -> int:
    """Return what this transaction added to the digest of the rows."""
    return connection.digest.changed()


def rows_as_written(connection: Connection, state: Reflected, *, recount: bool = False) -> int | None:
    """Return the digest of the rows, if they are those that Kansa wrote when it came to this state; None if not.

    `recount`: even where nothing touched the file since they were last counted.
    """
    stored = connection.digest.unmasked(state.digest or b"", state.bound())
    return stored if stored is not None and connection.rows_are(stored, recount=recount) else None


def current(connection: Connection, group: Group, tables: Iterable[str]) -> dict[Line, int]:
    """Return the lines of a group in these tables that are not superseded, each with its row's number."""
    found: dict[Line, int] = {}
    for name in tables:
        rows = connection.execute(_CURRENT[name], (group.key, group.fact))
        found.update((Line(name, _from_columns(tuple(values))), row) for row, *values in rows)
    return found


def revise(
    connection: Connection, group: Group, known: Mapping[Line, int], revision: Revision, moment: Moment
) -> None:
    """Write what a moment changes in a group."""
    for line in revision.vanished:
        at = {"row": known[line], "moment": moment.recorded_at}
        forget = f'DELETE FROM "{line.table}" WHERE row = :row AND recorded_at = :moment'  # noqa: S608
        if not moment.resumed or connection.execute(forget, at).rowcount == 0:
            connection.execute(f'UPDATE "{line.table}" SET superseded_at = :moment WHERE row = :row', at)  # noqa: S608
    appeared = [
        line
        for line in revision.appeared
        if not (moment.resumed and _reopened(connection, group, line, moment))
    ]
    insert(connection, ((group, Version(line, moment.recorded_at, None)) for line in appeared))


def insert(connection: Connection, versions: Iterable[tuple[Group, Version]]) -> None:
    """Add versions of lines."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for group, (line, recorded_at, superseded_at) in versions:
        row = (group.fact, group.key, *_to_columns(line), recorded_at, superseded_at)
        rows.setdefault(line.table, []).append(row)
    for name, values in rows.items():
        connection.executemany(_INSERT[name], values)


def versions(connection: Connection, known_at: int | None = None) -> list[Version]:
    """Return every version recorded by `known_at` (default: all), with what was superseded later still open."""
    found: list[Version] = []
    for name in REGISTERS:
        query = f'SELECT {_listed((*value_columns(name), *_TIMES))} FROM "{name}"'  # noqa: S608
        until = () if known_at is None else (known_at,)
        query += "" if known_at is None else " WHERE recorded_at <= ?"
        for *values, recorded_at, superseded_at in connection.execute(query, until):
            open_still = superseded_at is None or (known_at is not None and superseded_at > known_at)
            line = Line(name, _from_columns(tuple(values)))
            found.append(Version(line, recorded_at, None if open_still else superseded_at))
    return found


def current_rows(connection: Connection, table: str) -> Sequence[Any]:
    """Return the rows of a register that are not superseded, columns as attributes, in the order in which they were derived."""
    return [_Rows[table]._make(row) for row in connection.execute(_ALL_CURRENT[table])]


def count_current(connection: Connection, table: str) -> int:
    """Return how many rows of a register are not superseded."""
    query = f'SELECT count(*) FROM "{table}" WHERE superseded_at IS NULL'  # noqa: S608
    (counted,) = connection.execute(query).fetchone()
    return int(counted)


def uses(connection: Connection) -> list[Use]:
    """Return the uses that are not superseded, in the order in which they were derived."""
    return [Use._make(_from_columns(values)) for values in connection.execute(_ALL_CURRENT["use"])]


def installed(connection: Connection) -> list[Installed]:
    """Return the current inventory."""
    return [Installed(*values) for values in connection.execute(_ALL_CURRENT["installed"])]


def first_measured(connection: Connection, workloads: AbstractSet[str]) -> int | None:
    """Return when the first use by any of some workloads began of which it was measured how many accelerators it held."""
    query = """
        SELECT workload_id, "start" FROM "use"
        WHERE superseded_at IS NULL AND known_by IN ('measured', 'attested') ORDER BY "start"
    """
    return next((start for workload, start in connection.execute(query) if workload in workloads), None)


def placed_at(connection: Connection, workload: str) -> tuple[int, ...]:
    """Return when the placements of a workload began, in order."""
    query = """
        SELECT DISTINCT "start" FROM "use"
        WHERE superseded_at IS NULL AND group_fact = 'use' AND group_key = ? ORDER BY "start"
    """
    return tuple(start for (start,) in connection.execute(query, (workload,)))


def devices_by_node(connection: Connection) -> dict[str, int]:
    """Return how many accelerators the inventory has in each node, as of now and with no end."""
    query = """
        SELECT node_id, count(*) FROM installed
        WHERE superseded_at IS NULL AND valid_to IS NULL AND node_id IS NOT NULL GROUP BY node_id
    """
    return dict(connection.execute(query).fetchall())


def places_of_devices(connection: Connection) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Return node, site and item class of each device that the inventory has, as of now and with no end."""
    query = """
        SELECT device_id, node_id, site_id, item_class FROM installed
        WHERE superseded_at IS NULL AND valid_to IS NULL
    """
    return {device: (node, site, item) for device, node, site, item in connection.execute(query)}


def clear(connection: Connection) -> None:
    """Empty the registers, in the transaction that fills them again."""
    for table in ("position", *TABLES):
        connection.execute(f'DELETE FROM "{table}"')  # noqa: S608


def _reopened(connection: Connection, group: Group, line: Line, moment: Moment) -> bool:
    """Tell whether the line vanished in this same moment, and now holds on as if it never had."""
    same = "".join(f' AND "{name}" IS ?' for name in value_columns(line.table))
    update = f"""
        UPDATE "{line.table}" SET superseded_at = NULL
        WHERE group_key = ? AND group_fact = ? AND superseded_at = ?{same}
    """  # noqa: S608
    values = (group.key, group.fact, moment.recorded_at, *_to_columns(line))
    return connection.execute(update, values).rowcount > 0


def _to_columns(line: Line) -> list[Any]:
    return [json.dumps(value) if isinstance(value, tuple) else value for value in line.values]


def _from_columns(values: tuple[Any, ...]) -> tuple[object, ...]:
    last = values[-1]
    return (
        (*values[:-1], tuple(json.loads(last))) if isinstance(last, str) and last.startswith("[") else values
    )
