# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The stages on DuckDB, inside this process.

Every question has a database of its own, in memory, that spills to a directory which is removed with it; an interrupt
leaves neither half a file (`outputs`) nor a spill behind.
"""

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kansa.coherence.facts import FIRST_INSTANT, LEVELS
from kansa.coherence.outputs import appearing
from kansa.coherence.row_quality import BLANKS
from kansa.coherence.sql.stages import Stage
from kansa.coherence.tables import SHARED, TABLES, Column, Form, Opened, Table, may_be_blank
from kansa.errors import BadInput, KansaError, Problem

_SQL_TYPES = {"text": "VARCHAR", "integer": "BIGINT"}


_SPARSE = 64  # a bitmap of so many bits a row is as large as the ids themselves


_INSTANTS = ("start", "end")
_ENDS = ("end", "valid_to", "superseded_at")  # of which a null says that there is none


class DuckDB:
    """One question's database. Make it with `session`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.blank_ids: Mapping[str, Mapping[str, int]] = {}
        """How many ids were empty or blank, by table and column; they are null in the row views."""

    def open_files(self, opened: Mapping[str, Opened], tables: Sequence[Table] = TABLES) -> None:
        """Provide `NAME_row` for every table of the contract; one that is absent has no rows."""
        sources = {name: _scan(one) for name, one in opened.items()}
        suspects = {name: may_be_blank(one) for name, one in opened.items()}
        self._provide(tables, sources, {name: one.forms for name, one in opened.items()}, suspects)

    def open_arrow(
        self, tables: Mapping[str, tuple[pa.Table, Mapping[str, Form]]], checked: Collection[str] = ()
    ) -> None:
        """Provide `NAME_row` from Arrow tables in memory; in those that are `checked` no id is blank."""
        for name, (table, _) in tables.items():
            self._connection.register(f"{name}_arrow", table)
        forms = {name: forms for name, (_, forms) in tables.items()}
        suspects = {
            table.name: tuple(
                c.name
                for c in table.columns
                if c.kind == "id" and forms.get(table.name, {}).get(c.name) == "text"
            )
            for table in TABLES
            if table.name not in checked
        }
        self._provide(TABLES, {name: f"{name}_arrow" for name in tables}, forms, suspects)

    def _provide(
        self,
        tables: Sequence[Table],
        sources: Mapping[str, str],
        forms: Mapping[str, Mapping[str, Form]],
        suspects: Mapping[str, Sequence[str]],
    ) -> None:
        blank = {name: self._blanks(source, suspects.get(name, ())) for name, source in sources.items()}
        self.blank_ids = {name: counted for name, counted in blank.items() if counted}
        ids = {column: form for told in forms.values() for column, form in told.items() if form in _SQL_TYPES}
        for table in tables:
            columns = ", ".join(
                _normalised(table, column, forms.get(table.name, {}), ids, self.blank_ids.get(table.name, {}))
                for column in table.columns
            )
            where = "" if table.name in sources else " WHERE FALSE"
            source = sources.get(table.name, "(SELECT 1) AS nothing")
            self._run(f"CREATE TEMP VIEW {table.name}_row AS SELECT {columns} FROM {source}{where}")

    def _blanks(self, source: str, columns: Sequence[str]) -> Mapping[str, int]:
        """Return how many values of some columns are empty or blank; columns without any are left out."""
        if not columns:
            return {}
        told = ", ".join(f"COUNT(*) FILTER (WHERE {_is_blank(_named(column))})" for column in columns)
        counts = self.rows(f"SELECT {told} FROM {source}")[0]
        return {column: count for column, count in sorted(zip(columns, counts, strict=True)) if count}

    def finer_than_microseconds(self, one: Opened) -> Sequence[str]:
        """Return the columns of a table that hold instants between two microseconds."""
        return [
            column
            for column, form in one.forms.items()
            if form == "timestamp_ns"
            and self.rows(f'SELECT COUNT(*) FROM {_scan(one)} WHERE epoch_ns("{column}") % 1000 <> 0')
            != [(0,)]
        ]

    def all_different(self) -> bool:
        """Tell whether every use has an id and no two the same; False if that takes a full look.

        Integers that lie close together are counted in a bitmap, which needs a quarter of the time and an eightieth
        of the memory of grouping. Of others the hashes are grouped: where hashes differ, ids do.
        """
        rows = self.rows("SELECT COUNT(*) FROM use_row")[0][0]
        kinds = self.rows("SELECT typeof(use_id) FROM use_row LIMIT 1")
        if kinds == [("BIGINT",)]:
            low, high = self.rows("SELECT MIN(use_id), MAX(use_id) FROM use_row")[0]
            if low is not None and high - low < _SPARSE * rows:
                return self.rows(f"SELECT bit_count(bitstring_agg(use_id, {low}, {high})) FROM use_row") == [
                    (rows,)
                ]
        hashes = "SELECT COUNT(*) AS rows FROM use_row WHERE use_id IS NOT NULL GROUP BY hash(use_id)"
        return self.rows(f"SELECT COUNT(*) FROM ({hashes}) AS h") == [(rows,)]

    def make(self, stage: Stage) -> None:
        """Create the stage's relation."""
        self._run(f"CREATE TEMP {'TABLE' if stage.stored else 'VIEW'} {stage.name} AS {stage.sql}")

    def drop(self, stages: Iterable[Stage]) -> None:
        """Take the stages' relations away, and give back their memory."""
        for stage in stages:
            self._run(f"DROP {'TABLE' if stage.stored else 'VIEW'} IF EXISTS {stage.name}")

    def put(self, name: str, table: pa.Table) -> None:
        """Provide rows that were made elsewhere."""
        self._connection.register(name, table)

    def as_typed(self, name: str, ids: Mapping[str, str]) -> str:
        """Return a query of everything in a relation, with text columns as the type of the uses' ids that they stand for."""
        kinds = {row[0]: row[1] for row in self.rows("DESCRIBE use_row")}
        told = ", ".join(f"CAST({column} AS {kinds[of]}) AS {column}" for column, of in ids.items())
        return f"SELECT * REPLACE ({told}) FROM {name}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self._run(sql).fetchall()

    def write(self, answers: Mapping[Path, str], *, stamped: bool) -> None:
        """Write each query as one Parquet file, in the order of its rows; all files or none.

        `start` and `end` are written as timestamps in UTC if `stamped`, else as microseconds.

        Raises:
            KansaError: the disk is full or the place cannot be written.
        """
        with appearing(*answers) as places:
            self._run("SET preserve_insertion_order = true")
            for place, sql in zip(places, answers.values(), strict=True):
                columns = [row[0] for row in self.rows(f"DESCRIBE {sql}")] if stamped else []
                stamps = ", ".join(
                    f'make_timestamptz("{name}") AS "{name}"' for name in _INSTANTS if name in columns
                )
                told = f"SELECT * REPLACE ({stamps}) FROM ({sql})" if stamps else sql
                self._run(f"COPY ({told}) TO {_quoted(str(place))} (FORMAT parquet, COMPRESSION zstd)")

    def _run(self, sql: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql)
        except duckdb.OutOfMemoryException as error:
            raise KansaError(
                "coherence.memory",
                f"the question needs more memory: {_cause(error)}",
                help="raise the memory limit, or give spill space",
            ) from error
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise KansaError("coherence.io", f"a table cannot be read or written: {_cause(error)}") from error
        except (
            duckdb.ConversionException,
            duckdb.OutOfRangeException,
            duckdb.SerializationException,
        ) as error:
            raise BadInput(
                "tables.values",
                f"the tables hold a value that cannot be read: {_cause(error)}",
                help="give instants from the years 1 to 9999, and leave an open end empty",
            ) from error
        except RuntimeError as error:
            # DuckDB takes the keyboard's interrupt while a stage runs and gives it a name of its own.
            if "interrupted" in str(error).lower():
                raise KeyboardInterrupt from error
            raise


def unusable(threads: int | None, memory_limit: str | None, spill: Path | None) -> list[Problem]:
    """Return a problem for each option of `session` that the engine cannot run with."""
    problems = []
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        message = f"`{threads}` is not a number of threads from 1 to {MOST_THREADS}"
        problems.append(Problem("coherence.threads", message))
    if memory_limit is not None and not _MEMORY.fullmatch(memory_limit):
        message = f"`{memory_limit}` is not an amount of memory"
        problems.append(Problem("coherence.memory_limit", message, help="write for example 800MB or 2GB"))
    if spill is not None and not spill.is_dir():
        problems.append(Problem("coherence.spill", "is not a directory", file=str(spill)))
    return problems


MOST_THREADS = 1024
_MEMORY = re.compile(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)


@contextmanager
def session(
    *, threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
) -> Iterator[DuckDB]:
    """Yield a database for one question.

    Args:
        threads: all processors by default.
        memory_limit: such as `1GB`; by default DuckDB's own, four fifths of the machine.
        spill: a directory for what does not fit; by default the system's temporary directory.
    """
    with tempfile.TemporaryDirectory(prefix="kansa-spill-", dir=spill) as spilled:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": spilled,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,  # works without a network
        }
        if threads is not None:
            config["threads"] = threads
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute("SET enable_progress_bar = false")  # standard output belongs to the answer
            connection.execute("CREATE TEMP MACRO fingerprint(a, b, c, d, e) AS hash(a, b, c, d, e)")
            yield DuckDB(connection)


def _normalised(
    table: Table,
    column: Column,
    forms: Mapping[str, Form],
    ids: Mapping[str, Form],
    blank: Mapping[str, int],
) -> str:
    """One column of a row view: ids of one type and none blank, instants in microseconds, ways of knowing as levels."""
    name, form = _named(column.name), forms.get(column.name)
    if column.kind == "instant":
        return f"{_instant(name, form, column.name in _ENDS)} AS {column.name}{'_at' if table.name == 'use' else ''}"
    if column.kind == "weight":
        return f"{f'COALESCE(CAST({name} AS BIGINT), 1)' if form == 'integer' else 1} AS weight"
    if column.kind == "known_by":
        return f"{_known(table, name, form)} AS known"
    shared = ids.get(SHARED.get(column.name, ""), "text")
    kind = _SQL_TYPES["text" if column.kind == "text" else ids.get(column.name, shared)]
    if column.name in blank:
        name = f"CASE WHEN {_is_blank(name)} THEN NULL ELSE {name} END"
    return f"CAST({name if form in _SQL_TYPES else 'NULL'} AS {kind}) AS {column.name}"


def _named(column: str) -> str:
    return f'"{column}"'


def _is_blank(name: str) -> str:
    """Return whether a text holds nothing that is seen; what begins with a visible ASCII character is not trimmed for it."""
    return f"(({name} < '!' OR {name} > '\x7e') AND trim(CAST({name} AS VARCHAR), {_quoted(BLANKS)}) = '')"


def _instant(name: str, form: Form | None, is_end: bool) -> str:  # noqa: FBT001 - two ways to read an instant
    """Microseconds. Infinity is null, an open end; an end before all time is no open end, but an instant to be refused."""
    told = {"timestamp": f"epoch_us({name})", "timestamp_ns": f"epoch_ns({name}) // 1000"}.get(form or "")
    if told is not None:
        never = (
            f"CASE WHEN {name} = CAST('-infinity' AS TIMESTAMPTZ) THEN {FIRST_INSTANT - 1} ELSE {told} END"
        )
        return never if is_end else told
    return name if form == "microseconds" else "CAST(NULL AS BIGINT)"


def _known(table: Table, name: str, form: Form | None) -> str:
    """Return the level; a use that has no such column is no weaker than its evidence, and -1 is a word without meaning."""
    if form is None:
        return str(len(LEVELS) - 1) if table.name == "use" else "0"
    if form == "nothing":
        return "0"
    whens = " ".join(f"WHEN '{word}' THEN {level}" for level, word in enumerate(LEVELS))
    return f"CASE WHEN {name} IS NULL THEN 0 ELSE CASE {name} {whens} ELSE -1 END END"


def _scan(one: Opened) -> str:
    files = ", ".join(_quoted(_literal(path)) for path in one.files)
    partitions = "true, hive_types_autocast = false" if one.partitioned else "false"
    return f"read_parquet([{files}], union_by_name = true, hive_partitioning = {partitions})"


def _literal(path: Path) -> str:
    """Return a path in which no character is a wildcard."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cause(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
