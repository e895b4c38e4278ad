"""On what time Slurm's accounting reports in full, and what it leaves open.

A window says that a device which nobody held was idle. So it has a gap wherever something in the files may have held
devices without our knowing: rows that cannot be read, gres that nobody explained, jobs from before accelerators were
accounted, earlier runs of a requeued job that are listed nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kansa.clock import MICROSECONDS, format_instant
from kansa.connectors.base import Names, Quarantined, Window
from kansa.connectors.slurm.gres import allocation
from kansa.connectors.slurm.job import Job
from kansa.connectors.slurm.options import NEVER, SlurmOptions
from kansa.errors import Problem

REACH = 31 * 86_400 * MICROSECONDS
"""Accounting that counts accelerators at an instant is taken to have done so for this long before it."""

_SHOWN = 20
_MOST_GAPS = 1_000
_ALWAYS = (-NEVER, NEVER)

Span = tuple[int, int]
JobKey = tuple[str, str]


@dataclass(slots=True)
class _Open:
    """Jobs of one kind that leave something open: how many, and the time that they may concern."""

    count: int = 0
    file: str | None = None
    line: int | None = None
    spans: list[Span] = field(default_factory=list)

    def add(self, start: int | None, end: int | None, file: str | None, line: int | None) -> None:
        if self.count == 0:
            self.file, self.line = file, line
        self.count += 1
        if (span := _span(start, end)) is not None:
            self.spans.append(span)
            if len(self.spans) > _MOST_GAPS:
                self.spans = union(self.spans)


def _span(start: int | None, end: int | None) -> Span | None:
    low, high = _ALWAYS[0] if start is None else start, _ALWAYS[1] if end is None else end
    return (low, high) if low < high else None


@dataclass(frozen=True, slots=True)
class _Latest:
    """The run of a requeued job that began last."""

    start: int
    restarts: int
    workload: str
    file: str
    line: int

    def follows(self, other: "_Latest") -> bool:
        """Tell whether it takes the place of another, in whichever order the two are read; of equal ones the first stays."""
        mine, its = (self.start, self.restarts), (other.start, other.restarts)
        return mine > its or (mine == its and self.file == other.file and self.line < other.line)


class Coverage:
    """Follows the rows of one ingest."""

    def __init__(self, options: SlurmOptions) -> None:
        self._options = options
        self._counted: dict[str, int] = {}
        self._requeued: set[JobKey] = set()
        self._runs: dict[JobKey, set[int]] = defaultdict(set)
        self._latest: dict[JobKey, _Latest] = {}
        self._gres: dict[str, _Open] = defaultdict(_Open)
        self._unassessed: dict[str, _Open] = defaultdict(_Open)
        self._unread = _Open()

    def survey(self, job: Job) -> None:
        """Note in the first pass what a row says of the others: that accelerators are accounted, that runs came before."""
        if job.started and job.start is not None and allocation(job.tres, self._options.gres).counted:
            self.counted(job.cluster, job.start)
        if job.restarts:
            self.requeued([(job.cluster, job.id)])

    def counted(self, cluster: str, start: int) -> None:
        """Note that accelerators are accounted for a job of a cluster that began at this instant."""
        self._counted[cluster] = min(start, self._counted.get(cluster, start))

    def requeued(self, jobs: Iterable[JobKey]) -> None:
        """Note jobs of which a file says that runs came before the one that it lists."""
        self._requeued.update(jobs)

    def are_requeued(self, jobs: Sequence[JobKey]) -> list[bool]:
        """Tell of which jobs a file says so."""
        return [key in self._requeued for key in jobs] if self._requeued else [False] * len(jobs)

    def known_since(self, cluster: str) -> int:
        """Return from when on a job that has no accelerators held none, as far as options and these files say."""
        if self._options.accounted_from is not None:
            return self._options.accounted_from
        return self._counted[cluster] - REACH if cluster in self._counted else NEVER

    def counts_accelerators(self, job: Job, names: Names) -> bool:
        """Tell whether accelerators were accounted when a job began that has none.

        It follows from the options; without them from jobs in these files, and then from earlier records, for
        which accelerators are counted.
        """
        start = job.start or 0
        if self._options.accounted_from is not None:
            return start >= self._options.accounted_from
        if job.cluster in self._counted and start >= self._counted[job.cluster] - REACH:
            return True
        recorded = names.measured_since(workloads_of(job.cluster))
        if recorded is not None:
            self._counted[job.cluster] = min(recorded, self._counted.get(job.cluster, recorded))
        return job.cluster in self._counted and start >= self._counted[job.cluster] - REACH

    def began(self, job: Job) -> None:
        """Take a run into account, whether or not it becomes a record."""
        key = job.cluster, job.id
        if key in self._requeued and job.start is not None:
            self._runs[key].add(job.start)

    def recorded(self, job: Job, workload: str, file: str) -> None:
        """A run held accelerators; if it had been requeued, so had the runs before it."""
        run = _Latest(job.start or 0, job.restarts, workload, file, job.line)
        key = job.cluster, job.id
        if job.restarts and (key not in self._latest or run.follows(self._latest[key])):
            self._latest[key] = run

    def unexplained(self, job: Job, gres: Iterable[str], file: str, *, held: bool) -> None:
        """A job held gres of which nobody says what they are; `held` if nothing else tells what it held."""
        end = None if job.running else job.end
        for name in gres:
            span = (job.start, end) if held else (0, 0)
            self._gres[name].add(*span, file, job.line)

    def unassessed(self, job: Job, file: str) -> None:
        """Whether a job held accelerators cannot be told: nothing shows that they were accounted then."""
        self._unassessed[job.cluster].add(job.start, None if job.running else job.end, file, job.line)

    def unread(self, row: Quarantined) -> None:
        """A row cannot be read."""
        first = row.problems[0]
        if (span := _span(*row.span)) is not None:
            self._unread.add(*span, first.file, first.line)

    def gaps(self, window: Window, names: Names) -> tuple[Span, ...]:
        """Return the stretches of a window on which the files do not report in full, in order and apart."""
        parts = (*self._gres.values(), *self._unassessed.values(), self._unread)
        missing = [(_ALWAYS[0], each.start) for each, _ in self._missing(names)]
        clipped = (
            (max(window.start, low), min(window.end, high))
            for low, high in [*missing, *(span for part in parts for span in part.spans)]
        )
        return tuple(union(span for span in clipped if span[0] < span[1]))

    def remarks(self, names: Names) -> Iterator[Problem]:
        """Yield what is left open, and what would close it."""
        for name, open_ in sorted(self._gres.items()):
            yield Problem(
                "slurm.gres",
                f"{_jobs(open_.count)} held `gres/{name}`, and the options do not say what that is: "
                "what they held is neither used nor idle",
                open_.file,
                open_.line,
                "gres",
                f"say `gres: {{{name}: accelerator}}` in the options, or `share`, or `other`",
            )
        for cluster, open_ in sorted(self._unassessed.items()):
            yield self._not_known(cluster, open_)
        if self._unread.count and self._options.window is not None:
            yield Problem(
                "slurm.unread",
                f"{_rows(self._unread.count)} could not be read; no window is closed over their time",
                self._unread.file,
                self._unread.line,
                help="see the quarantine file",
            )
        yield from self._requeues(names)

    def _not_known(self, cluster: str, open_: _Open) -> Problem:
        since = self._counted.get(cluster)
        shown = (
            "neither these files nor earlier records count any"
            if since is None
            else f"the first that are counted began on {format_instant(since)}"
        )
        return Problem(
            "slurm.accounted",
            f"{_jobs(open_.count)} of `{cluster}` ran on nodes with accelerators and count none; whether accelerators "
            f"were accounted then is not known: {shown}",
            open_.file,
            open_.line,
            "accounted_from",
            "say in the options since when AccountingStorageTRES has gres/gpu: `accounted_from: 2026-04-01`, or `never`",
        )

    def _requeues(self, names: Names) -> Iterator[Problem]:
        found = sorted(self._missing(names), key=lambda each: (each[0].file, each[0].line))
        for latest, missing in found[:_SHOWN]:
            yield Problem(
                "slurm.requeued",
                f"the job was requeued {_times(latest.restarts)} before its run of {format_instant(latest.start)}, and "
                f"{missing} of its earlier runs are in no file and no record; no window is closed before that run",
                latest.file,
                latest.line,
                "restart_cnt",
                "list every run with `sacct --duplicates`; slurmrestd lists the latest one alone",
            )
        if len(found) > _SHOWN:
            yield Problem("slurm.requeued", f"so it is with {len(found) - _SHOWN} further jobs")

    def _missing(self, names: Names) -> Iterator[tuple[_Latest, int]]:
        """Requeued jobs and how many of their earlier runs are not known."""
        for key, latest in self._latest.items():
            known = {*self._runs[key], *names.runs_of(latest.workload)}
            missing = latest.restarts - sum(start < latest.start for start in known)
            if missing > 0:
                yield latest, missing


def workloads_of(cluster: str) -> str:
    """Return the system in whose books the jobs of a cluster stand."""
    return f"slurm:{cluster}:job"


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time in stretches that are in order and apart."""
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return joined


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
