# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The entry: ask whether every instant of use is evidenced, of Parquet tables or of register rows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kansa.clock import DAY
from kansa.coherence.arrow import arrow_tables
from kansa.coherence.balance import balance as balance_of
from kansa.coherence.engines.duckdb import DuckDB, session, unusable
from kansa.coherence.facts import FACTS, LEVELS, level
from kansa.coherence.outputs import misplaced
from kansa.coherence.parquet_output import reasons_table
from kansa.coherence.result import Assessment, Gap, Late, Result
from kansa.coherence.run import Progress, Run, RunResult
from kansa.coherence.sql.profile import Profile, read_survey, survey_sql
from kansa.coherence.tables import CONTRACTS, PART, TABLES, Opened, Table, open_tables
from kansa.coherence.why_parts import misnamed_parts, why_by_parts
from kansa.errors import BadInput, Problem
from kansa.registers.rows import Tables
from kansa.registers.use_columns import UseColumns

BALANCED_BY = ("device", "node", "site")

_SEGMENT = 'use_id, start_at AS start, end_at AS "end"'
_GAPS = f"SELECT {_SEGMENT}, CAST(missing AS TINYINT) AS missing FROM gap ORDER BY use_id, start_at"
_LATE = f"""
    SELECT {_SEGMENT}, CAST(late AS TINYINT) AS late, CAST(before_log AS TINYINT) AS before_log
    FROM late ORDER BY use_id, start_at"""


_CHANGES = f"SELECT {_SEGMENT}, fact, change FROM change ORDER BY use_id, start_at, end_at, fact"
_REASONS = "fact, part, detail, closable, who, role"


def assess_tables(
    directory: Path,
    output: Path | None,
    *,
    late: Path | None = None,
    why: Path | None = None,
    changes: Path | None = None,
    balance: Path | None = None,
    balance_by: str = "site",
    grace: int = DAY,
    known_at: int | None = None,
    earlier: int | None = None,
    min_known_by: str | None = None,
    to: int | None = None,
    since: int | None = None,
    log_began: int | None = None,
    engine: str = "duckdb",
    memory_limit: str | None = None,
    threads: int | None = None,
    spill: Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Assess the tables of the analytic contract in a directory (`tables`).

    All files are Parquet, ordered by use and start; instants have the form in which the uses have theirs.

    Args:
        directory: holds the tables.
        output: where `gap(use_id, start, end, missing)` goes, `missing` the bit mask of `facts`. None: sums only.
        late: where `late(use_id, start, end, late, before_log)` goes; lateness is assessed only if it is given.
        why: where `why(use_id, start, end, fact, part, detail, closable, who, role)` goes (`why_stages`); where the
            table `part` lies beside the others, it is asked first, and where those of contracts do, who answers.
        changes: where `change(use_id, start, end, fact, change)` goes: what `became` evidenced, or `ceased` to be,
            from what was known at `earlier`.
        balance: where the balance of device time goes, a row for each `balance_by` and its microseconds.
        balance_by: one of `device`, `node`, `site`.
        grace: microseconds within which a record is in time.
        known_at: take the tables back to what had been recorded by this instant.
        earlier: the other time of knowledge; uses, inventory and windows are the same at both.
        min_known_by: count only evidence that is known at least this well.
        to: the horizon of running uses; by default the latest end of a window, else the latest instant of any use.
        since: where the balance of device time begins; by default the earliest start of a use or window. It is made
            if the tables `installed` and `window` are there, in total, by site and by source.
        log_began: the instant of the log's first checkpoint, where there is one.
        engine: `duckdb`.
        memory_limit: such as `1GB`; what does not fit goes to `spill`, a directory.
        threads: all processors by default.
        spill: by default the system's temporary directory.
        progress: told after each stage.

    Raises:
        BadInput: everything that is wrong with the tables or what was asked.
        KansaError: memory or disk ran out; no file was changed.
    """
    tables = TABLES if why is None else (*TABLES, PART, *CONTRACTS)
    opened = open_tables(directory, tables)
    asked = RunResult(
        late=late is not None,
        why=why is not None,
        balance=opened.keys() >= {"installed", "window"},
        by_device=balance is not None and balance_by == "device",
        grace=grace,
        known_at=known_at,
        earlier=earlier,
        least_known=0 if min_known_by is None else level(min_known_by),
        to=to,
        since=since,
        log_began=log_began,
    )
    outputs = {"output": output, "late": late, "why": why, "changes": changes, "balance": balance}
    wanted = {name: path for name, path in outputs.items() if path is not None}
    problems = [*misplaced(wanted, directory), *unusable(threads, memory_limit, spill)]
    problems += _unanswerable(asked, wanted, balance_by, engine, opened)
    if problems:
        raise BadInput("coherence.question", "the question cannot be answered", problems=problems)
    with session(threads=threads, memory_limit=memory_limit, spill=spill) as database:
        database.open_files(opened, tables)
        asking = Run(
            database,
            asked,
            _survey(database, opened, tables),
            recorded=frozenset(fact.name for fact in FACTS if opened[fact.name].has("recorded_at")),
            known=all(opened[fact.name].has("known_by") for fact in FACTS),
            progress=progress,
        )
        result = asking.answer()
        reasons = f"SELECT {_SEGMENT}, {_REASONS} FROM why"
        if "part" in opened:
            told = why_by_parts(database, asking.question, inventory="installed" in opened)
            database.put("why_told", reasons_table(told))
            reasons = database.as_typed("why_told", {"use_id": "use_id", "who": "tenant_id"})
        answers = {
            output: _GAPS,
            late: _LATE,
            why: f'SELECT * FROM ({reasons}) AS r ORDER BY use_id, start, fact, part, detail, "end"',
            changes: _CHANGES,
            balance: _shares(balance_by),
        }
        stamped = opened["use"].forms["start"] != "microseconds"
        database.write({path: sql for path, sql in answers.items() if path is not None}, stamped=stamped)
    return result


def assess(
    tables: Tables,
    *,
    grace: int = DAY,
    known_at: int | None = None,
    to: int | None = None,
    since: int | None = None,
    log_began: int | None = None,
    threads: int | None = None,
) -> Assessment:
    """Assess register rows: gaps, late segments, sums, and the balance of device time in `[since, to)`.

    The answer equals `sweep.sweep` together with `balance.balance`, row for row; where uses are kept as columns the
    balance is the engine's, which is not split by node and device.

    Raises:
        BadInput: an id that is text here and an integer there, or a way of knowing that has no name.
    """
    many = isinstance(tables.use, UseColumns)
    asked = RunResult(
        late=True, balance=many, grace=grace, known_at=known_at, to=to, since=since, log_began=log_began
    )
    with session(threads=threads) as database:
        database.open_arrow(arrow_tables(tables), checked=("use",) if many else ())
        recorded = frozenset(fact.name for fact in FACTS)
        asking = Run(database, asked, _survey(database, {}, TABLES), recorded=recorded, known=True)
        result = asking.answer()
        gaps = tuple(Gap(*row) for row in database.rows(_GAPS))
        lates = tuple(Late(*row) for row in database.rows(_LATE))
    if not many:
        result = replace(result, balance=balance_of(tables, start=since, end=result.horizon))
    return Assessment(result=result, gaps=gaps, late=lates)


def _shares(by: str) -> str:
    """Return the balance as a table: whole microseconds of device time."""
    told = "installed, used, observed - used AS idle, installed - observed AS unobserved"
    source = f"SELECT {by}_id, SUM(installed) AS installed, SUM(used) AS used, SUM(observed) AS observed FROM share GROUP BY {by}_id"
    if by == "device":
        told = "installed, used, shared, observed - used - shared AS idle, installed - observed AS unobserved"
        source = "SELECT * FROM device_share"
    columns = ", ".join(
        f"CAST({each.rpartition(' AS ')[0] or each} AS BIGINT) AS {each.split()[-1]}_us"
        for each in told.split(", ")
    )
    return f"SELECT {by}_id, {columns} FROM ({source}) AS s ORDER BY {by}_id NULLS LAST"


def _unanswerable(
    asked: RunResult, outputs: Mapping[str, Path], balance_by: str, engine: str, opened: Mapping[str, Opened]
) -> list[Problem]:
    """Return a problem for everything that is asked and cannot be answered from these tables."""
    problems = []
    if engine != "duckdb":
        problems.append(Problem("coherence.engine", f"`{engine}` is not an engine", help="use `duckdb`"))
    if asked.grace < 0:
        problems.append(
            Problem("coherence.grace", "the grace is negative", help="give a duration such as PT24H")
        )
    if balance_by not in BALANCED_BY:
        message, advice = f"`{balance_by}` does not split device time", f"use one of {', '.join(BALANCED_BY)}"
        problems.append(Problem("coherence.balance_by", message, help=advice))
    if "balance" in outputs and not asked.balance:
        message = "needs the tables `installed` and `window`: without them there is no device time to split"
        problems.append(Problem("coherence.balance", f"the balance {message}", file=str(outputs["balance"])))
    if ("changes" in outputs) != (asked.earlier is not None):
        message = "what changed and the earlier time of knowledge go together"
        problems.append(Problem("coherence.changes", message))
    if asked.known_at is not None or asked.earlier is not None:
        problems += _missing("recorded_at", "known_at", "what was known at an instant", opened)
    if asked.least_known:
        problems += _missing("known_by", "min_known_by", "how well it is known", opened)
    return problems


def _missing(column: str, option: str, what: str, opened: Mapping[str, Opened]) -> list[Problem]:
    """Return a problem for every table of evidence that cannot say what is asked of it."""
    message = f"is missing, so that nobody can say {what}"
    return [
        Problem(f"coherence.{option}", message, file=fact.name, field=column)
        for fact in FACTS
        if not opened[fact.name].has(column)
    ]


def _survey(
    database: DuckDB, opened: Mapping[str, Opened], tables: tuple[Table, ...]
) -> Mapping[str, Profile]:
    """Look once at all rows.

    Raises:
        BadInput: instants finer than a microsecond or outside the years 1 to 9999, ways of knowing without a name.
    """
    surveys = {table.name: read_survey(table, database.rows(survey_sql(table))) for table in tables}
    problems = [
        Problem(
            "tables.precision",
            "holds instants finer than a microsecond",
            file=name,
            field=column,
            help="round them first",
        )
        for name, one in opened.items()
        for column in database.finer_than_microseconds(one)
    ]
    for name, survey in surveys.items():
        for column in survey.outside:
            message = "holds instants outside the years 1 to 9999"
            advice = "give microseconds, and leave an open end empty"
            problems.append(Problem("tables.range", message, file=name, field=column, help=advice))
        if survey.unnamed:
            message, advice = (
                "holds a way of knowing that has no name here",
                f"use one of {', '.join(LEVELS)}",
            )
            problems.append(Problem("tables.known_by", message, file=name, field="known_by", help=advice))
    if "part" in surveys:
        problems += misnamed_parts(database)
    if problems:
        raise BadInput("tables.values", "the tables hold values that cannot be read", problems=problems)
    return surveys
