"""Slurm's accounting as tables of uses, for evidence in bulk: no step of it is done row by row in the usual case.

A table has the columns of `kansa.evidence.schema.USE` that a source fills, `subject` (the tenant, `""` where nobody
knows it) and the sealed columns. What the rules make of a row is what `SlurmSource` makes of it. A row goes the way of
single records where a table cannot hold it: it is quarantined or leaves something open, its job has records already, is
on more nodes than a record names, or has a value that the columns do not allow. So the evidence of a job is of one kind.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kansa.clock import format_instant, parse_instant
from kansa.connectors.base import Row
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm import sacct_blocks
from kansa.connectors.slurm.coverage import workloads_of
from kansa.connectors.slurm.held_columns import HeldReader, asked
from kansa.connectors.slurm.job import Job
from kansa.connectors.slurm.job_columns import JobColumns
from kansa.connectors.slurm.source import UNACCOUNTED, SlurmSource
from kansa.connectors.slurm.text_blocks import SIZE, Mask, Places
from kansa.connectors.slurm.use_rows import SCHEMA, Books, UseRows
from kansa.connectors.slurm.workload_ids import WorkloadIds
from kansa.errors import BadInput
from kansa.records.draft import Draft

INTRODUCED = 300
"""Nodes that one record introduces; an entry has at most 65,535 bytes."""

REPORTED = "kansa.source.reported.v0"


class UsePart(NamedTuple):
    """What a part of a file says, `read` rows in all.

    First append the records of `introducing`, which make new nodes known; then take `rows` one by one, as they come, each
    into a record, quarantine or count of its own; `table` holds the rest of what says something, `passed_over` counts
    what says nothing, by why.
    """

    read: int
    introducing: tuple[Draft, ...]
    rows: Iterator[Row]
    table: pa.Table
    passed_over: Counter[str]


class UseTables:
    """Reads text files for a source, which keeps options, window and coverage, as tables. One object serves one ingest.

    Files are read in blocks of `size` bytes, each a part.
    """

    def __init__(
        self, source: SlurmSource, names: KeyRegistry, connector_key: bytes, size: int = SIZE
    ) -> None:
        self._size = size
        self._source = source
        self._options = source.options
        self._names = names
        self._workloads = WorkloadIds(connector_key, source.name)
        self._books = Books(names, {}, self._workloads, source.options)
        self._held = HeldReader(source.options, source.coverage)
        self._surveyed: set[Path] = set()

    def survey(self, paths: Sequence[Path]) -> None:
        """Look through all files for what one row says of others; a file that cannot be read is told of later."""
        for path in paths:
            self._surveyed.add(path)
            with suppress(BadInput, OSError):
                for part in sacct_blocks.parts(path, self._options, self._size):
                    self._survey(part)

    def _survey(self, part: sacct_blocks.Part) -> None:
        coverage, jobs = self._source.coverage, part.jobs
        for _, found in part.others:
            if isinstance(found, Job):
                coverage.survey(found)
        if jobs is None:
            return
        begun = jobs.started & ~asked(jobs.states, lambda states: "PENDING" in states)
        counted = begun & asked(self._held.allocated(jobs.tres), lambda each: each.counted)
        for code, cluster in enumerate(jobs.clusters.values):
            starts = jobs.start[counted & (jobs.clusters.codes == code)]
            if len(starts):
                coverage.counted(cluster, int(starts.min()))
        again = np.flatnonzero(asked(jobs.restarts, bool))
        coverage.requeued(zip(jobs.clusters.rows(again), jobs.ids.take(again).to_pylist(), strict=True))

    def parts(self, path: Path) -> Iterator[UsePart]:
        """Yield the parts of a text file in order.

        Raises:
            BadInput: as `sacct_text.jobs`; a site of the options that is not known.
        """
        if path not in self._surveyed:
            self.survey([path])
        sites = self._source.sites(self._names)
        self._books = Books(self._names, sites, self._workloads, self._options)
        for found in sacct_blocks.parts(path, self._options, self._size):
            yield self._part(found, str(path), sites)

    def _part(self, found: sacct_blocks.Part, file: str, sites: Mapping[str, str]) -> UsePart:
        passed, others = Counter[str](), list(found.others)
        if len(found.steps):
            passed["job step"] = len(found.steps)
        if found.jobs is None:
            rows = self._rows(others, file, sites)
            return UsePart(len(found.steps) + len(others), (), rows, SCHEMA.empty_table(), passed)
        jobs, fates = found.jobs, self._held.fates(found.jobs)
        uses = UseRows(jobs, fates, self._held, self._books)
        passed.update(fates.passed_over())
        passed.update({UNACCOUNTED: uses.unequipped} if uses.unequipped else {})
        read = len(found.steps) + len(others) + len(jobs)
        others += [(job.line, job) for job in jobs.jobs(uses.singly)]
        self._follow(jobs, fates.ran & ~uses.singly, fates.running)
        table = uses.table()
        self._cover(jobs, ~uses.singly, uses.rows, table, file)
        introducing = self._introducing(table)
        return UsePart(read, introducing, self._rows(others, file, sites), table, passed)

    def _follow(self, jobs: JobColumns, rows: Mask, running: Mask) -> None:
        """Take rows into account for the window."""
        if not rows.any():
            return
        named = {jobs.nodes.values[code] for code in np.unique(jobs.nodes.codes[rows]).tolist()}
        ends = jobs.end[rows & ~running]
        hosts = (host for nodes in named for host in self._held.hosts(nodes))
        self._source.follow(hosts, int(jobs.start[rows].min()), int(ends.max()) if len(ends) else None)

    def _cover(self, jobs: JobColumns, rows: Mask, used: Places, table: pa.Table, file: str) -> None:
        """Tell of the runs of requeued jobs."""
        coverage, every = self._source.coverage, np.arange(len(jobs))
        keys = list(zip(jobs.clusters.rows(every), jobs.ids.to_pylist(), strict=True))
        for job in jobs.jobs(rows & np.array(coverage.are_requeued(keys), np.bool_)):
            coverage.began(job)
        again = np.flatnonzero(asked(jobs.restarts, bool)[used])
        if len(again):
            chosen = np.zeros(len(jobs), np.bool_)
            chosen[used[again]] = True
            workloads = table.column("workload").take(again).to_pylist()
            for job, workload in zip(jobs.jobs(chosen), workloads, strict=True):
                coverage.recorded(job, workload, file)

    def _introducing(self, table: pa.Table) -> tuple[Draft, ...]:
        """Return records that make known the nodes that a table was the first to name."""
        new = self._names.carried()
        if not (new and table.num_rows):
            return ()
        since = format_instant(pc.min(table.column("start")).as_py())
        return tuple(
            self._introduction(new[at : at + INTRODUCED], since) for at in range(0, len(new), INTRODUCED)
        )

    def _introduction(self, introduces: list[dict[str, str]], since: str) -> Draft:
        data: dict[str, Any] = {
            "valid_from": since,
            "valid_to": None,
            "known_by": "declared",
            "system": self._source.name,
            "scope": [],
            "rows": 0,
            "introduces": introduces,
        }
        key = json.dumps(["introduced", sorted(each["key"] for each in introduces)])
        return Draft(REPORTED, self._source.name, key, parse_instant(since), data, progresses=True)

    def _rows(
        self, listed: Sequence[tuple[int, sacct_blocks.Listed]], file: str, sites: Mapping[str, str]
    ) -> Iterator[Row]:
        for _, each in sorted(listed, key=itemgetter(0)):
            yield self._source.row(each, file, self._names, sites, self.workload)

    def workload(self, cluster: str, key: str) -> str:
        """Return the id of a job: the one in the books, else the one that follows from its key."""
        known = self._names.find(workloads_of(cluster), key)
        return known if known is not None else str(self._workloads.of(cluster, pa.array([key]))[0])
