"""What jobs held, for many at once: the rules of `SlurmSource`, each asked once for all rows that have the same texts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kansa.connectors.slurm import hostlist
from kansa.connectors.slurm.coverage import Coverage
from kansa.connectors.slurm.gres import Allocation, allocation
from kansa.connectors.slurm.job import NEVER_RAN, NO_NODES, NODES, RUNNING
from kansa.connectors.slurm.job_columns import REMEMBERED, Coded, JobColumns
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.text_blocks import Mask

Value = TypeVar("Value")
Codes = npt.NDArray[np.int64]


def asked(column: Coded[Value], question: Callable[[Value], bool]) -> Mask:
    """Return the answer for every row, asked once a value."""
    return np.array([question(value) for value in column.values], np.bool_)[column.codes]


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of the rows of a block. Every row is in one of the masks, and in one only.

    `held` are uses of accelerators that are accounted, `whole` jobs from before they were, `singly` what must be looked
    at row by row; the others are passed over. `running` marks those that still hold their nodes.
    """

    never: Mask
    no_time: Mask
    none: Mask
    held: Mask
    whole: Mask
    singly: Mask
    running: Mask

    def passed_over(self) -> Counter[str]:
        """Return how many rows are passed over, by why."""
        counts = {
            "never started": int(self.never.sum()),
            "held no time": int(self.no_time.sum()),
            "no accelerators": int(self.none.sum()),
        }
        return Counter({reason: count for reason, count in counts.items() if count})

    @property
    def ran(self) -> Mask:
        """Rows that count for the window and are not looked at one by one."""
        return self.no_time | self.none | self.held | self.whole


class HeldReader:
    """Sorts jobs by what they held; host lists and allocations are remembered from block to block."""

    def __init__(self, options: SlurmOptions, coverage: Coverage) -> None:
        self._options = options
        self._coverage = coverage
        self._hosts: dict[str, tuple[str, ...]] = {}

    def hosts(self, nodes: str) -> tuple[str, ...]:
        """Return the hosts of a list; none where the list names none or cannot be read."""
        if nodes not in self._hosts:
            if len(self._hosts) >= REMEMBERED:
                self._hosts.clear()
            try:
                self._hosts[nodes] = () if nodes in NO_NODES else tuple(hostlist.expand(nodes))
            except ValueError:
                self._hosts[nodes] = ()
        return self._hosts[nodes]

    def allocated(self, tres: Coded[Mapping[str, int]]) -> Coded[Allocation]:
        """Return what was allocated to every row."""
        return Coded(tres.codes, [allocation(each, self._options.gres) for each in tres.values])

    def fates(self, jobs: JobColumns) -> Fates:
        """Return what becomes of jobs."""
        begun = jobs.started & ~asked(jobs.states, lambda states: "PENDING" in states)
        nowhere = asked(jobs.nodes, NO_NODES.__contains__)
        never = ~begun | (nowhere & asked(jobs.states, lambda states: bool(states & NEVER_RAN)))
        holds = asked(jobs.states, lambda states: bool(states & RUNNING))
        running = holds & (~jobs.ended | ~asked(jobs.states, lambda states: "COMPLETING" in states))
        located = asked(jobs.nodes, lambda nodes: bool(self.hosts(nodes)))
        agreed = ~self._contradicted(jobs)
        fine = ~never & located & agreed & (running | (jobs.ended & (jobs.end >= jobs.start)))
        no_time = fine & ~running & (jobs.start == jobs.end)
        allocated = self.allocated(jobs.tres)
        clear = fine & ~no_time & ~asked(allocated, lambda each: bool(each.unknown))
        accelerated = asked(allocated, lambda each: each.whole + each.parts > 0)
        accounted = asked(allocated, lambda each: each.counted) | (jobs.start >= self._since(jobs))
        none, held = clear & ~accelerated & accounted, clear & accelerated
        whole = clear & ~accelerated & ~accounted & (self._options.accounted_from is not None)
        singly = ~(never | no_time | none | held | whole)
        return Fates(never, no_time, none, held, whole, singly, running)

    def _contradicted(self, jobs: JobColumns) -> Mask:
        """Return of which rows the allocation counts other nodes than the row names."""
        named = np.array([len(self.hosts(nodes)) for nodes in jobs.nodes.values], np.int64)
        counted = np.array([each.get(NODES, -1) for each in jobs.tres.values], np.int64)[jobs.tres.codes]
        differs: Mask = (counted >= 0) & (counted != named[jobs.nodes.codes])
        return differs

    def _since(self, jobs: JobColumns) -> Codes:
        """Return for every row from when on a job without accelerators is known to have held none."""
        return np.array([self._coverage.known_since(each) for each in jobs.clusters.values], np.int64)[
            jobs.clusters.codes
        ]
