# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The course of one question: which stages run, in what order, and what they add up to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kansa.coherence.engines.duckdb import DuckDB
from kansa.coherence.facts import FACTS, LEVELS
from kansa.coherence.parameters import Question
from kansa.coherence.result import Balance, Reported, Result, Shares
from kansa.coherence.row_quality import FAR, FAR_UNANCHORED, Horizon
from kansa.coherence.sql.balance_stages import balance_stages
from kansa.coherence.sql.change_stages import BEFORE, change_stages
from kansa.coherence.sql.profile import Profile
from kansa.coherence.sql.stages import Stage, judge, stages
from kansa.coherence.sql.why_stages import why_stages

Progress = Callable[[str, int, int], None]
"""Told after each stage: its name, how many are done, how many there are."""

_CLOSED = "scope_id IS NOT NULL AND valid_from < valid_to"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What the caller wants to know, before the tables were seen; instants and `grace` in microseconds."""

    late: bool = False
    why: bool = False
    balance: bool = False
    by_device: bool = False
    grace: int = 0
    known_at: int | None = None
    earlier: int | None = None
    least_known: int = 0
    to: int | None = None
    since: int | None = None
    log_began: int | None = None


class Run:
    """One question put to one database; afterwards the relations of the stages are there to be read.

    `recorded` names the facts whose table says when it was recorded; `known`: all four say how they are known.
    """

    def __init__(
        self,
        database: DuckDB,
        asked: RunResult,
        surveys: Mapping[str, Profile],
        *,
        recorded: frozenset[str],
        known: bool,
        progress: Progress | None = None,
    ) -> None:
        self._database, self._asked, self._surveys, self._progress = database, asked, surveys, progress
        self.question = Question(
            horizon=self._horizon(),
            known_at=asked.known_at,
            late=asked.late,
            grace=asked.grace,
            log_began=asked.log_began,
            recorded=recorded,
            known=known,
            least_known=asked.least_known,
        )
        self._done = self._total = 0

    def answer(self) -> Result:
        """Run all stages and add up what they found.

        Raises:
            KansaError: memory or disk ran out.
        """
        first = tuple(judge(self.question.horizon, all_different=self._database.all_different()))
        self._total = len(first) + len(self._planned())
        self._make(first)
        counts = self._database.rows(
            "SELECT reason, weight, uses, micros, first_at, last_at, middle FROM use_count"
        )
        held = [row[1:] for row in counts if row[0] is None]
        self.question = replace(self.question, clean=len(held) == len(counts), **_extent(held))
        self._compare()
        self._make(stages(self.question))
        result = self._result(counts, held)
        if self._asked.earlier is not None:
            self._make(change_stages())
        if self._asked.why:
            self._make(why_stages(self.question))
        return replace(result, balance=self._balance()) if self._asked.balance else result

    def _planned(self) -> Sequence[Stage]:
        """Return what will run once it is known which uses can be evaluated."""
        then = (*stages(self._then()), BEFORE, *change_stages()) if self._asked.earlier is not None else ()
        why = why_stages(self.question) if self._asked.why else ()
        balance = self._balance_stages(0, 0) if self._asked.balance else ()
        return (*then, *stages(self.question), *why, *balance)

    def _make(self, made: Iterable[Stage]) -> None:
        for stage in made:
            self._database.make(stage)
            self._done += 1
            if self._progress is not None:
                self._progress(stage.name, self._done, self._total)

    def _then(self) -> Question:
        """Return the question of the earlier knowledge, of which only the gaps are wanted."""
        return replace(self.question, known_at=self._asked.earlier, late=False, known=False)

    def _compare(self) -> None:
        """Answer from the earlier knowledge and keep the gaps alone."""
        if self._asked.earlier is None:
            return
        then = tuple(stages(self._then()))
        self._make((*then, BEFORE))
        self._database.drop(reversed(then))

    def _result(self, counts: Sequence[Sequence[Any]], held: Sequence[Sequence[Any]]) -> Result:
        aside = Counter[str]()
        for reason, _, uses, *_ in counts:
            if reason is not None:
                aside[reason] += uses
        use = sum(row[0] * int(row[2]) for row in held)
        asked, recorded = self._asked, self.question.recorded
        return Result(
            horizon=self.question.horizon.at,
            uses=sum(row[1] for row in held),
            gaps=self._database.rows("SELECT COUNT(*) FROM gap")[0][0],
            use_us=use,
            **_sums(self._database, self.question, use),
            quarantined=dict(sorted(aside.items())),
            ignored={name: survey.ignored for name, survey in self._surveys.items() if survey.ignored},
            blank_ids=self._database.blank_ids,
            lateness_not_assessed=tuple(f.name for f in FACTS if f.name not in recorded)
            if asked.late
            else (),
        )

    def _horizon(self) -> Horizon:
        """As `row_quality.horizon_of`."""
        windows, uses, to = self._surveys["window"], self._surveys["use"], self._asked.to
        begun, ended, any_closed = uses.latest["start"], uses.latest["end"], None
        if windows.rows > sum(windows.ignored.values()):
            any_closed = self._one(f"SELECT MAX(valid_from) FROM window_row WHERE {_CLOSED}")
        latest = max((each for each in (begun, any_closed) if each is not None), default=None)
        if to is None and any_closed is not None and latest is not None:
            to = self._one(
                f"SELECT MAX(valid_to) FROM window_row WHERE {_CLOSED} AND valid_to <= {latest + FAR}"
            )
        if to is not None:
            return Horizon(to, max(to, to if latest is None else latest) + FAR)
        if latest is None:
            return Horizon(ended)
        far = latest + FAR_UNANCHORED
        if ended is not None and ended > far:
            ended = self._one(f"SELECT MAX(end_at) FROM use_row WHERE end_at <= {far}")
        return Horizon(max(latest, latest if ended is None else ended), far)

    def _one(self, sql: str) -> int | None:
        found = self._database.rows(sql)[0][0]
        return None if found is None else int(found)

    def _balance_stages(self, start: int, end: int) -> Sequence[Stage]:
        told = self._database.rows(
            f"SELECT COUNT(*) FROM (SELECT DISTINCT source FROM window_row WHERE {_CLOSED}) AS s"
        )
        return tuple(balance_stages(start, end, by_device=self._asked.by_device, sources=told[0][0]))

    def _balance(self) -> Balance | None:
        """As `balance.balance`, in total, by site and by source; an inventory of millions is not split further in memory."""
        database, since = self._database, self._asked.since
        firsts = database.rows(
            "SELECT MIN(first_at) FROM use_count WHERE reason IS NULL UNION ALL "
            f"SELECT MIN(valid_from) FROM window_row WHERE {_CLOSED}"
        )
        first = min((row[0] for row in firsts if row[0] is not None), default=None)
        start, end = first if since is None else since, self.question.horizon.at
        some = "SELECT COUNT(*) FROM installed_row WHERE device_id IS NOT NULL AND valid_from IS NOT NULL AND (valid_to IS NULL OR valid_from < valid_to)"
        nothing = start is None or end is None or not database.rows(some)[0][0]
        low, high = (0, 0) if start is None or end is None else (start, max(start, end))
        self._make(self._balance_stages(low, high))
        if nothing:
            return None
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
        by_source = {
            source: Reported(windows, begun, ended, int(observed))
            for source, windows, begun, ended, observed in database.rows(
                "SELECT source, windows, first_at, last_at, observed FROM source_share ORDER BY source NULLS LAST"
            )
        }
        return Balance(
            start=low,
            end=high,
            total=total,
            by_site=by_site,
            by_node={},
            by_device={},
            by_source=by_source,
            not_installed=int(database.rows("SELECT micros FROM not_installed")[0][0] or 0),
        )


def _extent(held: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return the time of all uses, and where most are: a few that began long ago must not decide which evidence is looked at."""
    if not held:
        return {}
    _, uses, micros, _, _, middle = max(held, key=lambda row: row[1])
    return {
        "first_at": min(row[3] for row in held),
        "last_at": max(row[4] for row in held),
        "middle": int(middle) + int(micros) // uses // 2,
    }


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
        "before_log_us": sum(row[4] for row in residual if row[0] == 0 and row[2])
        if question.late and question.log_began is not None
        else None,
        "fact_gap_us": {fact.name: sum(row[4] for row in residual if row[0] & fact.bit) for fact in FACTS},
        "evidenced_by_us": {LEVELS[level]: known[level] for level in reversed(range(len(LEVELS)))},
    }
