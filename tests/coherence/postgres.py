# ruff: noqa: S608 - the SQL is put together from names and numbers of this file and of the contract
"""The question of coherence asked of PostgreSQL, whose multiranges know what a set of intervals is.

For each key `range_agg` gathers all current intervals into one multirange; a use minus that is what is missing of a
fact, and a use is cut where one of the four begins or ends. There are no representatives, no residual, no islands
and no running sums. Nothing is shared with the engine but the contract of the tables.

The server is a throw-away: a cluster in a directory of its own, reached through a socket in it and through nothing
else, gone when the block is left.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from kansa.coherence.tables import TABLES, Column

Row = tuple[Any, ...]

_OLDEST = 14  # the first with multiranges
_WAIT = 60
_KEYS = {
    "identity": ("tenant_id", "end_user_id"),
    "access": ("tenant_id", "end_user_id", "path_id"),
    "custody": ("device_id", "site_id"),
    "authorization": ("end_user_id", "item_class", "site_id"),
}
_BITS = {"identity": 1, "access": 2, "custody": 4, "authorization": 8}


def find_server() -> Path | None:
    """The directory of the newest server's programs that has multiranges; None if there is no such server."""
    found = {int(path.parts[-2]): path for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    usable = [number for number, path in found.items() if number >= _OLDEST and (path / "initdb").exists()]
    return found[max(usable)] if usable else None


@contextmanager
def server(programs: Path, *, processes: int = 1) -> Iterator[psycopg.Connection[Row]]:
    """A connection to a cluster that nobody else can reach and that ends with the block, however it ends.

    Root may not run PostgreSQL, so root hands it to the user `postgres`, or else to `nobody`.

    Args:
        programs: from `find_server`.
        processes: how many may work on one query.
    """
    owner = _owner()
    place = Path(tempfile.mkdtemp(prefix="kansa-postgres-"))  # short: a socket's path has at most 107 bytes
    try:
        if owner is not None:
            os.chown(place, owner.pw_uid, owner.pw_gid)
        make: list[str | Path] = [
            programs / "initdb",
            "--pgdata",
            place / "data",
            "--username",
            "kansa",
            "--auth",
            "trust",
        ]
        _run([*make, "--no-sync", "--encoding", "UTF8", "--locale", "C"], owner, place)
        with (place / "log").open("wb") as log:
            started = subprocess.Popen(
                _as(owner, [programs / "postgres", "-D", place / "data", *_settings(place, processes)]),
                cwd=place,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the keyboard's interrupt is ours; it ends the server through `finally`
            )
        try:
            with _connect(place, started) as connection:
                yield connection
        finally:
            _stop(started)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def processor_seconds(connection: psycopg.Connection[Row]) -> float:
    """What the server has spent on this connection and on all processes that have ended, such as parallel workers."""

    def told(process: int) -> list[int]:
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return [
            int(value) for value in after_name[1:15]
        ]  # proc(5): from field 4, the parent, to 17, the children

    parent, *_, user, system, _, _ = told(connection.info.backend_pid)
    *_, children_user, children_system = told(parent)
    return (user + system + children_user + children_system) / os.sysconf("SC_CLK_TCK")


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def _as(owner: pwd.struct_passwd | None, command: Sequence[str | Path]) -> list[str]:
    """The command as that user, to be ended by the kernel when this process is."""
    change = ["setpriv", "--pdeathsig", "INT"]
    if owner is not None:
        change += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*change, *map(str, command)]


def _run(command: Sequence[str | Path], owner: pwd.struct_passwd | None, place: Path) -> None:
    done = subprocess.run(_as(owner, command), cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`{Path(command[0]).name}` failed: {done.stderr or done.stdout}")


def _settings(place: Path, processes: int) -> Iterator[str]:
    """No port, nothing that survives a crash, and memory enough that nothing spills at a million uses."""
    told = {
        "listen_addresses": "",
        "unix_socket_directories": place,
        "unix_socket_permissions": "0700",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        "autovacuum": "off",
        "shared_buffers": "512MB",
        "work_mem": "512MB",
        "maintenance_work_mem": "256MB",
        "jit": "off",
        "max_parallel_workers_per_gather": processes - 1,
        "timezone": "UTC",
    }
    for name, value in told.items():
        yield from ("-c", f"{name}={value}")


def _connect(place: Path, started: "subprocess.Popen[bytes]") -> psycopg.Connection[Row]:
    until = time.monotonic() + _WAIT
    while True:
        try:
            return psycopg.connect(host=str(place), user="kansa", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if started.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {(place / 'log').read_text()}") from None
            time.sleep(0.05)


def _stop(started: "subprocess.Popen[bytes]") -> None:
    started.send_signal(signal.SIGQUIT)  # at once, without writing what will be removed
    try:
        started.wait(_WAIT)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as design §6 means it; instants and `grace` in microseconds."""

    late: bool = True
    grace: int = 86_400_000_000
    known_at: int | None = None
    horizon: int | None = None
    log_began: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer: rows in the order of use and start, `(use_id, start, end, missing)` and `(..., late, before_log)`."""

    uses: int
    gaps: list[Row]
    late: list[Row]


def load(connection: psycopg.Connection[Row], directory: Path) -> None:
    """Copy `NAME.parquet` of each table of the contract into a table `NAME`; columns that are not there are not made."""
    read = {path.stem: pq.read_table(path, partitioning=None) for path in sorted(directory.glob("*.parquet"))}
    numbers = {
        field.name for table in read.values() for field in table.schema if pa.types.is_integer(field.type)
    }
    for table in TABLES:
        _do(connection, f'DROP TABLE IF EXISTS "{table.name}"')
        if table.name not in read:
            continue
        kinds = {
            column.name: _kind(column, numbers)
            for column in table.columns
            if column.name in read[table.name].column_names
        }
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        _do(connection, f'CREATE UNLOGGED TABLE "{table.name}" ({columns})')
        statement = f'COPY "{table.name}" FROM STDIN (FORMAT csv)'
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in _plain(read[table.name], kinds).to_batches(1 << 16):
                sink = pa.BufferOutputStream()
                pa.csv.write_csv(batch, sink, pa.csv.WriteOptions(include_header=False))
                copy.write(sink.getvalue().to_pybytes())
    _do(connection, "ANALYZE")


def _kind(column: Column, numbers: set[str]) -> str:
    """An id is text unless some table has it as a number, since a column of nulls says nothing of its own."""
    is_text = column.kind in ("known_by", "text") or (column.kind == "id" and column.name not in numbers)
    return "text" if is_text else "bigint"


def _plain(table: pa.Table, kinds: Mapping[str, str]) -> pa.Table:
    """Text and integers only; instants become microseconds."""

    def plain(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("us", "UTC"))
        return column.cast(pa.string() if kind == "text" else pa.int64())

    return pa.table({name: plain(table[name], kind) for name, kind in kinds.items()})


def ask(
    connection: psycopg.Connection[Row], asked: Asked, progress: Callable[[str, float], None] | None = None
) -> Told:
    """Answer the question from the tables that were loaded; `progress` is told each step and its seconds."""
    columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    here = frozenset(_all(connection, columns))
    horizon = (
        _horizon(connection, windows=("window", "scope_id") in here)
        if asked.horizon is None
        else asked.horizon
    )
    for name, sql in _steps(asked, horizon, here):
        began = time.perf_counter()
        _do(connection, f"DROP TABLE IF EXISTS {name}; CREATE UNLOGGED TABLE {name} AS {sql}; ANALYZE {name}")
        if progress is not None:
            progress(name, time.perf_counter() - began)
    ordered = "ORDER BY use_id, low, high"
    return Told(
        uses=_all(connection, "SELECT count(*) FROM held")[0][0],
        gaps=_all(connection, f"SELECT use_id, low, high, missing FROM gap {ordered}"),
        late=_all(connection, f"SELECT use_id, low, high, late, before_log FROM tardy {ordered}")
        if asked.late
        else [],
    )


def _horizon(connection: psycopg.Connection[Row], *, windows: bool) -> int | None:
    """The latest end of a closed window, else the latest instant of any use."""
    closed = 'SELECT max(valid_to) FROM "window" WHERE scope_id IS NOT NULL AND valid_from < valid_to'
    seen = 'SELECT greatest(max(start), max("end")) FROM "use"'
    found = [_all(connection, sql)[0][0] for sql in ([closed] if windows else []) + [seen]]
    return next((instant for instant in found if instant is not None), None)


def _steps(asked: Asked, horizon: int | None, here: frozenset[Row]) -> Iterator[tuple[str, str]]:
    """Each relation that is made, in order."""
    yield "twice", 'SELECT use_id FROM "use" GROUP BY use_id HAVING count(*) > 1'
    yield "held", _held(horizon, weighted=("use", "weight") in here)
    yield "used_basis", "SELECT DISTINCT end_user_id, item_class, site_id FROM held"
    for fact in _KEYS:
        yield f"{fact}_version", _versions(fact, asked, {column for table, column in here if table == fact})
        yield f"{fact}_covered", _covered(fact, asked, recorded=(fact, "recorded_at") in here)
    yield "wanting", _wanting(asked)
    yield "gap", _cut("wanting", {"missing": {f"no_{fact}": bit for fact, bit in _BITS.items()}})
    if asked.late:
        yield "tardy", _cut("wanting", _late_masks(asked))


def _held(horizon: int | None, *, weighted: bool) -> str:
    """The uses that can be evaluated, each with its time as a range."""
    end = f'coalesce("end", {_number(horizon)})'
    weight = " AND coalesce(weight, 1) >= 1" if weighted else ""
    return f"""
        SELECT use_id, device_id, tenant_id, end_user_id, path_id, item_class, site_id, int8range(start, {end}) AS span
        FROM "use" AS u
        WHERE use_id IS NOT NULL AND start < {end}{weight}
          AND NOT EXISTS (SELECT FROM twice WHERE twice.use_id = u.use_id)"""


def _versions(fact: str, asked: Asked, columns: set[str]) -> str:
    """The rows that say something, as they stood at `known_at`; authorizations for what the uses ask of them.

    A row that two equal items or sites double says nothing new: a set of intervals does not count.
    """
    superseded = "r.superseded_at" if "superseded_at" in columns else "NULL::bigint"
    recorded = "r.recorded_at" if "recorded_at" in columns else "NULL::bigint"
    where = "r.valid_from IS NOT NULL AND (r.valid_to IS NULL OR r.valid_from < r.valid_to)"
    if asked.known_at is not None:
        where += f" AND {recorded} <= {_number(asked.known_at)}"
        superseded = f"CASE WHEN {superseded} <= {_number(asked.known_at)} THEN {superseded} END"
    source = f'"{fact}" AS r'
    if fact == "authorization":
        source += """
        JOIN used_basis USING (end_user_id)
        JOIN authorization_item USING (authorization_id, item_class)
        JOIN authorization_site USING (authorization_id, site_id)"""
    return f"""
        SELECT {", ".join(_KEYS[fact])}, int8range(r.valid_from, r.valid_to) AS valid,
               {recorded} AS recorded_at, {superseded} AS superseded_at
        FROM {source} WHERE {where}"""


def _covered(fact: str, asked: Asked, *, recorded: bool) -> str:
    """For each key when the fact is evidenced, and when some version said so in time."""
    keys = ", ".join(_KEYS[fact])
    covered = "range_agg(valid) FILTER (WHERE superseded_at IS NULL)"
    told = f"int8range(recorded_at - {_number(asked.grace)}, superseded_at)"
    counts = (
        f"recorded_at IS NOT NULL AND (superseded_at > recorded_at - {_number(asked.grace)}) IS NOT FALSE"
    )
    in_time = f"range_agg(valid * {told}) FILTER (WHERE {counts})" if recorded else covered
    promptly = f", coalesce({in_time}, '{{}}') AS in_time" if asked.late else ""
    return f"""
        SELECT {keys}, coalesce({covered}, '{{}}') AS covered{promptly} FROM {fact}_version GROUP BY {keys}"""


def _wanting(asked: Asked) -> str:
    """The uses that their evidence does not contain: their time minus it, and where it was not in time."""
    joins = "".join(
        f" LEFT JOIN {fact}_covered AS {fact}_ USING ({', '.join(keys)})" for fact, keys in _KEYS.items()
    )
    sets = {f"no_{fact}": f"int8multirange(span) - coalesce({fact}_.covered, '{{}}')" for fact in _KEYS}
    within = [f"span <@ {fact}_.covered" for fact in _KEYS]
    if asked.late:
        late = "int8multirange(span) * {0}_.covered - {0}_.in_time"
        sets |= {f"late_{fact}": f"coalesce({late.format(fact)}, '{{}}')" for fact in _KEYS}
        within += [f"span <@ {fact}_.in_time" for fact in _KEYS]
    columns = ", ".join(f"{sql} AS {name}" for name, sql in sets.items())
    return f"SELECT use_id, {columns} FROM held{joins} WHERE ({' AND '.join(within)}) IS NOT TRUE"


def _late_masks(asked: Asked) -> dict[str, dict[str, int]]:
    """What was not in time before the log began is told apart from what is late."""
    late = {f"late_{fact}": bit for fact, bit in _BITS.items()}
    if asked.log_began is None:
        return {"late": late, "before_log": {}}
    began = _number(asked.log_began)
    return {
        "late": {f"({name} * int8multirange(int8range({began}, NULL)))": bit for name, bit in late.items()},
        "before_log": {
            f"({name} * int8multirange(int8range(NULL, {began})))": bit for name, bit in late.items()
        },
    }


def _cut(source: str, masks: Mapping[str, Mapping[str, int]]) -> str:
    """Each use between neighbouring ends of its multiranges, with a mask of those that hold there.

    A multirange has no two parts that touch, so at each of these ends some bit changes: the segments are maximal.
    """
    sets = [name for mask in masks.values() for name in mask]
    told = ", ".join(
        " + ".join(["0", *(f"CASE WHEN {name} @> low THEN {bit} ELSE 0 END" for name, bit in mask.items())])
        + f" AS {column}"
        for column, mask in masks.items()
    )
    return f"""
        SELECT * FROM (
            SELECT use_id, low, high, {told}
            FROM {source} CROSS JOIN LATERAL (
                SELECT moment AS low, lead(moment) OVER (ORDER BY moment) AS high
                FROM (SELECT DISTINCT moment
                      FROM (VALUES {", ".join(f"({name})" for name in sets)}) AS one(holds),
                           unnest(one.holds) AS part, LATERAL (VALUES (lower(part)), (upper(part))) AS ends(moment)) AS cuts) AS s
            WHERE high IS NOT NULL) AS segment
        WHERE {" OR ".join(f"{column} <> 0" for column in masks)}"""


def _number(value: int | None) -> str:
    return "NULL::bigint" if value is None else f"({value})::bigint"


def _do(connection: psycopg.Connection[Row], sql: str) -> None:
    connection.execute(sql)


def _all(connection: psycopg.Connection[Row], sql: str) -> list[Row]:
    return connection.execute(sql).fetchall()
