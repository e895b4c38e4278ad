# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The entry: ask whether every instant of use is evidenced, of Parquet tables or of register rows."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kansa.clock import DAY
from kansa.coherence.arrow import arrow_tables
from kansa.coherence.balance import balance
from kansa.coherence.balance_stages import balance_stages
from kansa.coherence.engines.duckdb import DuckDB, session
from kansa.coherence.facts import FACTS, LEVELS
from kansa.coherence.question import Question
from kansa.coherence.result import Assessment, Balance, Gap, Late, Result, Shares
from kansa.coherence.stages import Stage, judge, stages
from kansa.coherence.survey import Survey, read_survey, survey_sql
from kansa.coherence.tables import TABLES, Opened, open_tables
from kansa.errors import BadInput, Problem
from kansa.registers.rows import Tables

Progress = Callable[[str, int, int], None]
"""Told after each stage: its name, how many are done, how many there are."""

_SEGMENT = 'use_id, start_at AS start, end_at AS "end"'
_GAPS = f"SELECT {_SEGMENT}, CAST(missing AS TINYINT) AS missing FROM gap ORDER BY use_id, start_at"
_LATE = f"""
    SELECT {_SEGMENT}, CAST(late AS TINYINT) AS late, CAST(before_log AS TINYINT) AS before_log
    FROM late ORDER BY use_id, start_at"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller wants to know, before the tables were seen."""

    late: bool
    grace: int
    known_at: int | None
    to: int | None
    log_began: int | None


def assess_tables(
    directory: Path,
    output: Path | None,
    *,
    late: Path | None = None,
    grace: int = DAY,
    known_at: int | None = None,
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

    Args:
        directory: holds the tables.
        output: where `gap(use_id, start, end, missing)` goes as Parquet, ordered by use and start; int64
            microseconds, `missing` the bit mask of `facts`. None: sums only.
        late: where `late(use_id, start, end, late, before_log)` goes; lateness is assessed only if it is given.
        grace: microseconds within which a record is in time.
        known_at: take the tables back to what had been recorded by this instant.
        to: the horizon of running uses; by default the latest end of a window, else the latest instant of any use.
        since: where the balance of device time begins; by default the earliest start of a use or window. It is made
            if the tables `installed` and `window` are there, in total and by site.
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
    opened = open_tables(directory)
    asked = _Asked(late is not None, grace, known_at, to, log_began)
    _check(asked, output, late, engine, opened)
    with session(threads=threads, memory_limit=memory_limit, spill=spill) as database:
        database.open_files(opened)
        surveys = _survey(database, opened)
        recorded = frozenset(fact.name for fact in FACTS if opened[fact.name].has("recorded_at"))
        known = all(opened[fact.name].has("known_by") for fact in FACTS)
        result = _answer(database, asked, surveys, recorded, known=known, progress=progress)
        if opened.keys() >= {"installed", "window"}:
            result = replace(result, balance=_balance(database, result.horizon, since))
        answers = {output: _GAPS, late: _LATE}
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

    The answer equals `sweep.sweep` together with `balance.balance`, row for row.

    Raises:
        BadInput: an id that is text here and an integer there, or a way of knowing that has no name.
    """
    asked = _Asked(late=True, grace=grace, known_at=known_at, to=to, log_began=log_began)
    with session(threads=threads) as database:
        database.open_arrow(arrow_tables(tables))
        surveys = _survey(database, {})
        recorded = frozenset(fact.name for fact in FACTS)
        result = _answer(database, asked, surveys, recorded, known=True, progress=None)
        gaps = tuple(Gap(*row) for row in database.rows(_GAPS))
        lates = tuple(Late(*row) for row in database.rows(_LATE))
    shares = balance(tables, start=since, end=result.horizon)
    return Assessment(result=replace(result, balance=shares), gaps=gaps, late=lates)


def _check(
    asked: _Asked, output: Path | None, late: Path | None, engine: str, opened: Mapping[str, Opened]
) -> None:
    problems = [
        Problem("coherence.output", f"`{path.parent}` is not a directory", file=str(path))
        for path in (output, late)
        if path is not None and not path.parent.is_dir()
    ]
    if engine != "duckdb":
        problems.append(Problem("coherence.engine", f"`{engine}` is not an engine", help="use `duckdb`"))
    if asked.grace < 0:
        problems.append(
            Problem("coherence.grace", "the grace is negative", help="give a duration such as PT24H")
        )
    if output is not None and output == late:
        problems.append(
            Problem("coherence.output", "gaps and late segments would be the same file", file=str(late))
        )
    for fact in FACTS if asked.known_at is not None else ():
        if not opened[fact.name].has("recorded_at"):
            message = "is missing, so that nobody can say what was known at an instant"
            problems.append(Problem("coherence.known_at", message, file=fact.name, field="recorded_at"))
    if problems:
        raise BadInput("coherence.question", "the question cannot be answered", problems=problems)


def _survey(database: DuckDB, opened: Mapping[str, Opened]) -> Mapping[str, Survey]:
    """Look once at all rows.

    Raises:
        BadInput: instants finer than a microsecond or outside the years 1 to 9999, ways of knowing without a name.
    """
    surveys = {table.name: read_survey(table, database.rows(survey_sql(table))) for table in TABLES}
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
    if problems:
        raise BadInput("tables.values", "the tables hold values that cannot be read", problems=problems)
    return surveys


def _answer(
    database: DuckDB,
    asked: _Asked,
    surveys: Mapping[str, Survey],
    recorded: frozenset[str],
    *,
    known: bool,
    progress: Progress | None,
) -> Result:
    """Run all stages and add up what they found; `gap` and `late` are then there to be read."""
    question = Question(
        horizon=_horizon(database, surveys) if asked.to is None else asked.to,
        known_at=asked.known_at,
        late=asked.late,
        grace=asked.grace,
        log_began=asked.log_began,
        recorded=recorded,
        known=known,
    )
    first = tuple(judge(question.horizon, all_different=database.all_different()))
    total = len(first) + sum(1 for _ in stages(question))
    _make(database, first, total, progress, done=0)
    counts = database.rows("SELECT reason, weight, uses, micros, first_at, last_at, middle FROM use_count")
    held = [row[1:] for row in counts if row[0] is None]
    question = replace(question, clean=len(held) == len(counts), **_extent(held))
    _make(database, tuple(stages(question)), total, progress, done=len(first))
    aside = Counter[str]()
    for reason, _, uses, *_ in counts:
        if reason is not None:
            aside[reason] += uses
    return Result(
        horizon=question.horizon,
        uses=sum(row[1] for row in held),
        gaps=database.rows("SELECT COUNT(*) FROM gap")[0][0],
        use_us=sum(row[0] * row[2] for row in held),
        **_sums(database, question, sum(row[0] * row[2] for row in held)),
        quarantined=dict(sorted(aside.items())),
        ignored={name: survey.ignored for name, survey in surveys.items() if survey.ignored},
        lateness_not_assessed=tuple(f.name for f in FACTS if f.name not in recorded) if asked.late else (),
    )


def _extent(held: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The time of all uses, and where most are: a few that began long ago must not decide which evidence is looked at."""
    if not held:
        return {}
    _, uses, micros, _, _, middle = max(held, key=lambda row: row[1])
    return {
        "first_at": min(row[3] for row in held),
        "last_at": max(row[4] for row in held),
        "middle": int(middle) + int(micros) // uses // 2,
    }


def _make(
    database: DuckDB, made: Sequence[Stage], total: int, progress: Progress | None, *, done: int
) -> None:
    for number, stage in enumerate(made, start=done + 1):
        database.make(stage)
        if progress is not None:
            progress(stage.name, number, total)


def _horizon(database: DuckDB, surveys: Mapping[str, Survey]) -> int | None:
    """As `reading.horizon_of`."""
    if surveys["window"].rows > sum(surveys["window"].ignored.values()):
        closed = "scope_id IS NOT NULL AND valid_from < valid_to"
        return int(database.rows(f"SELECT MAX(valid_to) FROM window_row WHERE {closed}")[0][0])
    return max((latest for latest in surveys["use"].latest.values() if latest is not None), default=None)


def _balance(database: DuckDB, horizon: int | None, since: int | None) -> Balance | None:
    """As `balance.balance`, in total and by site; an inventory of millions is not split further in memory."""
    firsts = database.rows(
        "SELECT MIN(first_at) FROM use_count WHERE reason IS NULL UNION ALL "
        "SELECT MIN(valid_from) FROM window_row WHERE scope_id IS NOT NULL AND valid_from < valid_to"
    )
    start = (
        since if since is not None else min((row[0] for row in firsts if row[0] is not None), default=None)
    )
    some = "SELECT COUNT(*) FROM installed_row WHERE device_id IS NOT NULL AND (valid_to IS NULL OR valid_from < valid_to)"
    if start is None or horizon is None or not database.rows(some)[0][0]:
        return None
    for stage in balance_stages(start, max(start, horizon)):
        database.make(stage)
    by_site = {
        site: Shares(int(installed), int(used), int(observed - used), int(installed - observed))
        for site, installed, used, observed in database.rows(
            "SELECT site_id, SUM(installed), SUM(used), SUM(observed) FROM share GROUP BY site_id ORDER BY site_id"
        )
    }
    total = (
        Shares(*(sum(column) for column in zip(*by_site.values(), strict=True)))
        if by_site
        else Shares(0, 0, 0, 0)
    )
    return Balance(
        start=start, end=max(start, horizon), total=total, by_site=by_site, by_node={}, by_device={}
    )


def _sums(database: DuckDB, question: Question, use: int) -> dict[str, Any]:
    """Add up the residual; what is not in it is evidenced on all facts, in time."""
    columns = "missing, late, before_log, known, weight, micros"
    residual = [(*row[:4], row[4] * int(row[5])) for row in database.rows(f"SELECT {columns} FROM summary")]
    proven = [(0, use - sum(row[4] for row in residual))]
    if question.known:
        proven = [
            (row[0], row[1] * int(row[2]))
            for row in database.rows("SELECT known, weight, micros FROM proven")
        ]
    known = Counter[int]()
    for level, time in [*proven, *((row[3], row[4]) for row in residual if row[0] == 0)]:
        known[level] += time
    return {
        "gap_us": sum(row[4] for row in residual if row[0]),
        "late_us": sum(row[4] for row in residual if row[0] == 0 and row[1]) if question.late else None,
        "before_log_us": sum(row[4] for row in residual if row[0] == 0 and row[2]) if question.late else None,
        "fact_gap_us": {fact.name: sum(row[4] for row in residual if row[0] & fact.bit) for fact in FACTS},
        "evidenced_by_us": {LEVELS[level]: known[level] for level in reversed(range(len(LEVELS)))},
    }
