"""The uses of a block of jobs as columns: every look-up is made once for all rows that ask the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.coverage import workloads_of
from kansa.connectors.slurm.gres import Allocation, PerNode, per_node
from kansa.connectors.slurm.held_columns import Codes, Fates, HeldReader
from kansa.connectors.slurm.job_columns import REMEMBERED, JobColumns
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.source import BY_INVENTORY, MAX_UNITS, path_of, site_of
from kansa.connectors.slurm.text_blocks import Mask, Places
from kansa.connectors.slurm.workload_ids import WorkloadIds
from kansa.evidence.columns import PLAIN
from kansa.evidence.schema import MAX_ACCELERATORS, USE

Asked = TypeVar("Asked")
Told = TypeVar("Told")

_KINDS = {
    "instant": pa.int64(),
    "integer": pa.int64(),
    "flag": pa.bool_(),
    "subjects": pa.list_(pa.string()),
}
_TEXT = pa.string()
_LIST = pa.list_(_TEXT)
_OF_VERSIONS = ("corrects", "withdrawn")

SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        *(
            (each.name, _KINDS.get(each.kind, pa.string()))
            for each in USE.columns
            if each.name not in _OF_VERSIONS
        ),
        *((name, pa.string()) for name in USE.sealed),
    ]
)
"""What a source says of uses. Instants are microseconds UTC; an end that is null is open; a null subject is `""`."""


@dataclass(frozen=True)
class Holding:
    """What rows with the same host list and allocation held: which hosts, how many accelerators on each, at which site."""

    hosts: tuple[str, ...]
    each: PerNode
    item_class: str | None
    site: str | None

    @cached_property
    def fits(self) -> bool:
        """Whether the columns of a table allow it."""
        texts = [text for text in (self.item_class, self.each.inferred_from) if text is not None]
        count = self.each.accelerators
        return (
            len(self.hosts) <= MAX_UNITS
            and all(PLAIN.fullmatch(text) for text in texts)
            and (count is None or 1 <= count <= MAX_ACCELERATORS)
        )


class Books:
    """Where keys are looked up, each once: the registry, the ids of the sites of the options, the ids of workloads."""

    def __init__(
        self, names: KeyRegistry, sites: Mapping[str, str], workloads: WorkloadIds, options: SlurmOptions
    ) -> None:
        self.names, self.workloads = names, workloads
        self._sites, self._options = sites, options
        self._holdings: dict[tuple[Sequence[str], Allocation | None], Holding] = {}
        self._holders: dict[tuple[str, str, str], tuple[str, str | None, str | None]] = {}

    def devices(self, host: str) -> int:
        """Return how many accelerators the inventory has in a host."""
        node = self.names.find(self._options.node_system, host)
        return 0 if node is None else self.names.devices_of(node)

    def nodes(self, hosts: Sequence[str]) -> list[str]:
        """Return the nodes that hosts mean, in order, each once; those that are new are introduced."""
        system = self._options.node_system
        return sorted({self.names.introduce("node", system, host) for host in hosts})

    def holder(self, cluster: str, account: str, user: str) -> tuple[str, str | None, str | None]:
        """Return tenant (`""`: not known), end user and path of a job."""
        asked = cluster, account, user
        if asked not in self._holders:
            path = path_of(self.names, self._options, *asked)
            tenant, end_user = self.names.holder(path) if path is not None else (None, None)
            self._remember(self._holders, asked, (tenant or "", end_user, path))
        return self._holders[asked]

    def holding(self, hosts: tuple[str, ...], allocated: Allocation | None) -> Holding:
        """Return what an allocation on some hosts is; without one, all of those that the inventory equips."""
        asked = hosts, allocated
        if asked not in self._holdings:
            site = site_of(hosts, self._options, self._sites)
            if allocated is None:
                equipped = tuple(host for host in hosts if self.devices(host) > 0)
                held = Holding(equipped, BY_INVENTORY, None, site)
            else:
                each = per_node(allocated, [self.devices(host) for host in hosts])
                held = Holding(hosts, each, self._options.item_classes.get(allocated.model or ""), site)
            self._remember(self._holdings, asked, held)
        return self._holdings[asked]

    @staticmethod
    def _remember(known: dict[Asked, Told], asked: Asked, told: Told) -> None:
        if len(known) >= REMEMBERED:
            known.clear()
        known[asked] = told


class UseRows:
    """Sorts a block's jobs, and makes columns of those that are uses.

    `singly` are the rows that must go one by one, `unequipped` counts those from before accelerators were accounted on
    nodes in which the inventory has none, `rows` are the others.
    """

    def __init__(self, jobs: JobColumns, fates: Fates, held: HeldReader, books: Books) -> None:
        found = np.flatnonzero(fates.held | fates.whole)
        keys = np.where(fates.held[found], jobs.tres.codes[found], -1).astype(np.int64)
        pairs, codes = np.unique(keys * len(jobs.nodes.values) + jobs.nodes.codes[found], return_inverse=True)
        allocated = held.allocated(jobs.tres).values
        holdings = []
        for pair in pairs.tolist():
            tres, nodes = divmod(pair, len(jobs.nodes.values))
            hosts = held.hosts(jobs.nodes.values[nodes])
            holdings.append(books.holding(hosts, allocated[tres] if tres >= 0 else None))
        held_any = _each(holdings, lambda each: bool(each.hosts), codes)
        fits = _each(holdings, lambda each: each.fits, codes) & ~_in_books(jobs, found, books.names)
        self.singly = fates.singly.copy()
        self.singly[found[held_any & ~fits]] = True
        self.unequipped = int((~held_any).sum())
        self.rows: Places = found[held_any & fits]
        self._jobs, self._running, self._books = jobs, fates.running, books
        self._holdings, self._codes = holdings, codes[held_any & fits]

    def table(self) -> pa.Table:
        """Return the uses as a table of `SCHEMA`; nodes that are new are introduced."""
        jobs, rows, codes = self._jobs, self.rows, self._codes
        held = [self._holdings[code] for code in np.unique(codes).tolist()]
        codes = np.unique(codes, return_inverse=True)[1]
        known = ["measured" if each.each.inferred_from is None else "inferred" for each in held]
        columns: dict[str, pa.Array] = {
            **self._holders(),
            "workload": self._workloads(),
            "start": pa.array(jobs.start[rows]),
            "end": pa.array(jobs.end[rows], mask=self._running[rows]),
            "units": _taken([self._books.nodes(each.hosts) for each in held], codes, _LIST),
            "accelerators": _taken([each.each.accelerators for each in held], codes, pa.int64()),
            "site": _taken([each.site for each in held], codes),
            "item_class": _taken([each.item_class for each in held], codes),
            "known_by": _taken(known, codes),
            "inferred_from": _taken([each.each.inferred_from for each in held], codes),
            "account": _taken([text or None for text in jobs.accounts.values], jobs.accounts.codes[rows]),
            "user": _taken([text or None for text in jobs.users.values], jobs.users.codes[rows]),
            "job_id": jobs.ids.take(rows),
        }
        blank = pa.nulls(len(rows), pa.string())
        return pa.table([columns.get(each.name, blank) for each in SCHEMA], schema=SCHEMA)

    def _holders(self) -> dict[str, pa.Array]:
        jobs, rows = self._jobs, self.rows
        accounts, users = len(jobs.accounts.values), len(jobs.users.values)
        keys = (jobs.clusters.codes[rows].astype(np.int64) * accounts + jobs.accounts.codes[rows]) * users
        found, codes = np.unique(keys + jobs.users.codes[rows], return_inverse=True)
        holders = []
        for key in found.tolist():
            (cluster, account), user = divmod(key // users, accounts), key % users
            named = jobs.clusters.values[cluster], jobs.accounts.values[account], jobs.users.values[user]
            holders.append(self._books.holder(*named))
        return {
            name: _taken([holder[place] for holder in holders], codes)
            for place, name in enumerate(("subject", "end_user", "path"))
        }

    def _workloads(self) -> pa.Array:
        jobs, rows = self._jobs, self.rows
        codes = jobs.clusters.codes[rows]
        parts, places = [], []
        for code, cluster in enumerate(jobs.clusters.values):
            own = np.flatnonzero(codes == code)
            if len(own):
                parts.append(self._books.workloads.of(cluster, jobs.ids.take(rows[own])))
                places.append(own)
        if not parts:
            return pa.array([], pa.string())
        return pa.concat_arrays(parts).take(np.argsort(np.concatenate(places)))


def _in_books(jobs: JobColumns, rows: Places, names: KeyRegistry) -> Mask:
    """Return of which rows the job stands in the books: its evidence is in records."""
    known = np.zeros(len(rows), np.bool_)
    for code, cluster in enumerate(jobs.clusters.values):
        system = workloads_of(cluster)
        if names.has_keys_of(system):
            own = np.flatnonzero(jobs.clusters.codes[rows] == code)
            ids = jobs.ids.take(rows[own]).to_pylist()
            known[own] = [names.find(system, each) is not None for each in ids]
    return known


def _each(holdings: Sequence[Holding], question: Callable[[Holding], bool], codes: Codes) -> Mask:
    return np.array([question(each) for each in holdings], np.bool_)[codes]


def _taken(values: Sequence[Any], codes: npt.NDArray[np.integer[Any]], kind: pa.DataType = _TEXT) -> pa.Array:
    """Return for every row its value of a few."""
    return pa.array(values, kind).take(pa.array(codes))
