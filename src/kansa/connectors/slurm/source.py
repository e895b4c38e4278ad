"""Slurm's accounting: which job of whose account held which nodes, from when to when.

A unit is the node: accounting counts accelerators and does not say which. A job that runs is open; the same job read
again once it has ended corrects it, under the key cluster, job and start. What is not known (account, node, site)
never costs the row: the use stays, and shows as a gap.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kansa.clock import MICROSECONDS, format_instant
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped, Window
from kansa.connectors.slurm import hostlist, sacct_json, sacct_text
from kansa.connectors.slurm.coverage import Coverage, workloads_of
from kansa.connectors.slurm.gres import PerNode, allocation, per_node
from kansa.connectors.slurm.job import NEVER_RAN, NO_NODES, NODES, Job, nodes_differ
from kansa.connectors.slurm.options import OBSERVED, SlurmOptions
from kansa.connectors.slurm.sacct_file import form_of
from kansa.errors import BadInput, Problem
from kansa.records.draft import Draft

PLACED = "kansa.workload.placed.v0"
UNACCOUNTED = "accelerators not accounted, and none in the inventory of its nodes"
BY_INVENTORY = PerNode(None, "the inventory of its nodes: accounting counts no accelerators at that time")
MAX_UNITS = 1_000
"""A job on more nodes is said in several records of as many units, since an entry has at most 65,535 bytes."""

IN_BLOCKS = 1 << 18
"""A text of fewer bytes is read line by line in less time than it takes to load what reads blocks."""

WorkloadOf = Callable[[str, str], str]
"""Returns the id of a cluster's job, or part of one."""

_Listed = Job | Quarantined | Skipped


@dataclass(frozen=True, slots=True)
class _Held:
    """The units that a job held, and how many accelerators on each."""

    units: list[str]
    each: PerNode


class SlurmSource:
    """Reads `sacct --json`, slurmrestd's jobs, and `sacct -P`; `urn` is the prefix of the operator's sources."""

    def __init__(self, options: SlurmOptions, urn: str) -> None:
        self.options = options
        self.coverage = Coverage(options)
        self._surveyed: set[Path] = set()
        self._name = f"{urn}:{options.source}"
        self._nodes: dict[str, None] = {}
        self._first: int | None = None
        self._last: int | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def goes_back(self) -> bool:
        return False

    def survey(self, paths: Sequence[Path]) -> None:
        """Look through all files for what one row says of others; a file that cannot be read is told of later."""
        for path in paths:
            self._surveyed.add(path)
            with suppress(BadInput, OSError):
                for found in listed(path, self.options):
                    if isinstance(found, Job):
                        self.coverage.survey(found)

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        if path not in self._surveyed:
            self.survey([path])
        sites = self.sites(names)
        for found in listed(path, self.options):
            yield self.row(found, str(path), names, sites)

    def row(
        self,
        found: _Listed,
        file: str,
        names: Names,
        sites: Mapping[str, str],
        workload: WorkloadOf | None = None,
    ) -> Row:
        """Return what the rules make of one row; `workload` gives a job its id, by default one that is introduced."""
        if isinstance(found, Job):
            self.coverage.began(found)
            row = _Reading(found, file, self, names=names, sites=sites, workload=workload).row()
        else:
            row = found
        if isinstance(row, Quarantined):
            self.coverage.unread(row)
        return row

    def remarks(self, names: Names) -> tuple[Problem, ...]:
        return tuple(self.coverage.remarks(names))

    def window(self, names: Names) -> Window | None:
        window = self._bounds(names)
        if window is None:
            return None
        window = replace(window, gaps=self.coverage.gaps(window, names))
        return window if window.parts else None

    def _bounds(self, names: Names) -> Window | None:
        rule = self.options.window
        nodes = (names.find(self.options.node_system, host) for host in self._nodes)
        scope = (
            self.sites(names).values() if self.options.sites else (node for node in nodes if node is not None)
        )
        ordered = tuple(sorted(set(scope)))
        if isinstance(rule, tuple):
            return Window(*rule, ordered)
        first, last = self._first, self._last
        if rule == OBSERVED and first is not None and last is not None and first < last:
            return Window(first, last, ordered, "first start and last end in the accounting")
        return None

    def follow(self, hosts: Iterable[str], start: int | None, end: int | None) -> None:
        """Take jobs that held nodes into account for the window: the first start and the last end, if none runs on."""
        self._nodes.update(dict.fromkeys(hosts))
        if start is not None:
            self._first = start if self._first is None else min(self._first, start)
        if end is not None:
            self._last = end if self._last is None else max(self._last, end)

    def sites(self, names: Names) -> dict[str, str]:
        """Return site ids by the key of their rule.

        Raises:
            BadInput: a site that nobody introduced.
        """
        found = {rule.key: names.find(rule.system, rule.key) for rule in self.options.sites}
        problems = [
            Problem(
                "id.unknown",
                f"nobody introduced the site `{key}`",
                field="site",
                help="register the site first",
            )
            for key, site in found.items()
            if site is None
        ]
        if problems:
            raise BadInput("slurm.site", "the options name sites that are not known", problems=problems)
        return {key: site for key, site in found.items() if site is not None}


def listed(path: Path, options: SlurmOptions) -> Iterator[_Listed]:
    """Yield what a file lists, in either form.

    Raises:
        BadInput: it is neither.
    """
    if form_of(path, headed=options.columns is None) == "json":
        return sacct_json.jobs(path, options)
    if path.stat().st_size < IN_BLOCKS:
        return sacct_text.jobs(path, options)
    from kansa.connectors.slurm import sacct_blocks  # noqa: PLC0415 - what it needs takes long to load

    return sacct_blocks.jobs(path, options)


class _Reading:
    """One job on its way to a draft."""

    def __init__(
        self,
        job: Job,
        file: str,
        source: SlurmSource,
        *,
        names: Names,
        sites: Mapping[str, str],
        workload: WorkloadOf | None = None,
    ) -> None:
        self.job = job
        self.file = file
        self.source = source
        self.options = source.options
        self.names = names
        self.sites = sites
        self.workload = workload or self._introduced
        self.allocated = allocation(job.tres, source.options.gres)

    def row(self) -> Row:
        job = self.job
        if not job.started or (job.nodes in NO_NODES and job.states & NEVER_RAN):
            return Skipped("never started")
        hosts: list[str] = []
        problems = [
            *self._problem("nodes", lambda: hosts.extend(self._hosts())),
            *self._problem("end", self._check_end),
        ]
        if problems:
            return Quarantined(tuple(problems), job.raw, span=(job.start, None if job.running else job.end))
        self.source.follow(hosts, job.start, None if job.running else job.end)
        held = self._held(hosts)
        return held if isinstance(held, Skipped) else self._said(held, hosts)

    def _problem(self, field: str, check: Callable[[], None]) -> Iterator[Problem]:
        try:
            check()
        except ValueError as error:
            yield Problem("slurm.field", str(error), self.file, self.job.line, field)

    def _hosts(self) -> list[str]:
        if self.job.nodes in NO_NODES:
            raise ValueError(f"the job is {self.job.state} and names no nodes")
        hosts = hostlist.expand(self.job.nodes)
        if nodes_differ(self.job.tres, len(hosts)):
            counted = self.job.tres[NODES]
            raise ValueError(f"the allocation counts {counted} nodes, and {len(hosts)} are named")
        return hosts

    def _check_end(self) -> None:
        job = self.job
        if job.running:
            return
        if job.end is None:
            raise ValueError(f"the job is {job.state} and has no end")
        if job.start is not None and job.end < job.start:
            raise ValueError(f"`{format_instant(job.end)}` is before the start `{format_instant(job.start)}`")

    def _held(self, hosts: list[str]) -> _Held | Skipped:
        job = self.job
        if not job.running and job.start == job.end:
            return Skipped("held no time")
        coverage, found = self.source.coverage, self.allocated
        accelerated = found.whole + found.parts > 0
        if found.unknown:
            coverage.unexplained(
                job, found.unknown, self.file, held=not accelerated and self._may_hold(hosts)
            )
        if accelerated:
            units = [self._node(host) for host in hosts]
            return _Held(units, per_node(found, [self.names.devices_of(unit) for unit in units]))
        if found.unknown:
            named = ", ".join(f"gres/{name}" for name in found.unknown)
            return Skipped(f"{named}, and the options do not say what that is")
        if found.counted or coverage.counts_accelerators(job, self.names):
            return Skipped("no accelerators")
        if self.options.accounted_from is not None:
            return self._unaccounted(hosts)
        return self._unassessed(hosts)

    def _may_hold(self, hosts: list[str]) -> bool:
        """Tell whether a job's nodes have accelerators, as far as the inventory says; without an inventory any may."""
        return not self.names.has_inventory() or bool(self._equipped(hosts))

    def _equipped(self, hosts: list[str]) -> list[str]:
        """Return those of a job's nodes in which the inventory has accelerators."""
        known = (self.names.find(self.options.node_system, host) for host in hosts)
        return [node for node in known if node is not None and self.names.devices_of(node) > 0]

    def _unaccounted(self, hosts: list[str]) -> _Held | Skipped:
        units = self._equipped(hosts)
        if not units:
            return Skipped(UNACCOUNTED)
        return _Held(units, BY_INVENTORY)

    def _unassessed(self, hosts: list[str]) -> Skipped:
        if self._may_hold(hosts):
            self.source.coverage.unassessed(self.job, self.file)
        if not self._equipped(hosts):
            return Skipped(UNACCOUNTED)
        return Skipped("not known whether accelerators were accounted")

    def _node(self, host: str) -> str:
        return self.names.introduce("node", self.options.node_system, host)

    def _said(self, held: _Held, hosts: list[str]) -> Parsed:
        job, start = self.job, self.job.start or 0
        path = path_of(self.names, self.options, job.cluster, job.account, job.user)
        tenant, end_user = self.names.holder(path) if path is not None else (None, None)
        data: dict[str, Any] = {
            "tenant_id": tenant,
            "end_user_id": end_user,
            "path_id": path,
            "site_id": site_of(hosts, self.options, self.sites),
            "accelerators": held.each.accelerators,
            "item_class": self.options.item_classes.get(self.allocated.model or ""),
            "valid_from": format_instant(start),
            "valid_to": None if job.running or job.end is None else format_instant(job.end),
            "known_by": "measured" if held.each.inferred_from is None else "inferred",
        }
        data |= {"inferred_from": held.each.inferred_from} if held.each.inferred_from is not None else {}
        data |= {name: text for name, text in (("account", job.account), ("user", job.user)) if text}
        self.source.coverage.recorded(job, self._workload(0), self.file)
        parts = [held.units[at : at + MAX_UNITS] for at in range(0, len(held.units), MAX_UNITS)]
        key = [job.cluster, job.id, start // MICROSECONDS]
        first, *more = (
            Draft(
                type=PLACED,
                source=self.source.name,
                natural_key=json.dumps([*key, number] if number else key),
                time=start,
                data={**data, "units": units, "workload_id": self._workload(number)},
                sequence=job.id,
                progresses=True,
            )
            for number, units in enumerate(parts)
        )
        return Parsed(first, self.file, job.line, job.raw, tuple(more))

    def _workload(self, part: int) -> str:
        """Return the job's id; a further part is a workload of its own, since a placement ends the workload's earlier one."""
        return self.workload(self.job.cluster, f"{self.job.id}/{part}" if part else self.job.id)

    def _introduced(self, cluster: str, key: str) -> str:
        return self.names.introduce("workload", workloads_of(cluster), key)


def site_of(hosts: Sequence[str], options: SlurmOptions, sites: Mapping[str, str]) -> str | None:
    """Return the one site at which all hosts stand; None if there is not one. `sites` are ids by key."""
    found = {
        next(
            (sites[rule.key] for rule in options.sites if rule.nodes is None or host in rule.nodes),
            None,
        )
        for host in hosts
    }
    return found.pop() if len(found) == 1 else None


def path_of(names: Names, options: SlurmOptions, cluster: str, account: str, user: str) -> str | None:
    """Return the path of a user of an account, else that of the account; None if neither is known."""
    system = options.accounts_of(cluster)
    return names.find(system, f"{account}/{user}") or names.find(system, account)
