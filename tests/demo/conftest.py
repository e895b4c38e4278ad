"""Plays the demo's script through the real sources and ingest into records, without a ledger's disk."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kansa.clock import SimulatedClock
from kansa.coherence.balance import balance
from kansa.coherence.result import Assessment, Balance
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.connectors.dry_run import DryRunAppender
from kansa.connectors.ingest import Ingested, ingest
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.table.mapping import Mapping, read_mapping
from kansa.connectors.table.source import TableSource
from kansa.demo import world
from kansa.ledger.ports import Outcome
from kansa.records import draft
from kansa.records.draft import Submission
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.records.kinds.custody import DeviceIdentified
from kansa.registers.derive import derive
from kansa.registers.rows import Tables

CONNECTOR_KEY = b"\x02" * 32


@dataclass(frozen=True)
class Played:
    """What became of a world: the tables of the period, the answer, and what the ids stand for."""

    results: Sequence[Ingested]
    entries: Sequence[bytes]
    tables: Tables
    assessment: Assessment
    balance: Balance
    keys: Table[str, str]
    began: int

    @property
    def use(self) -> Table[str, tuple[str, str]]:
        """Workload and unit of each use, by their sources' keys."""
        return {
            str(use.use_id): (self.keys[use.workload_id], self.keys[use.device_id]) for use in self.tables.use
        }


@dataclass
class Log:
    """Takes submissions as a sequencer does and seals them at the clock's instant."""

    clock: SimulatedClock
    random_bytes: Callable[[int], bytes]
    book: DryRunAppender = field(default_factory=DryRunAppender)
    entries: list[bytes] = field(default_factory=list)
    about: list[tuple[str, ...]] = field(default_factory=list)

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        return [self._take(submission) for submission in submissions]

    def _take(self, submission: Submission) -> Outcome:
        outcome = self.book.append([submission])[0]
        if outcome.status in {"appended", "superseding"}:
            other = outcome.other if outcome.status == "superseding" else None
            record = draft.complete(
                submission,
                self.clock.now(),
                self.random_bytes,
                corrects=(world.ORIGIN, other) if other is not None else None,
                concerns=self.about[other] if other is not None else (),
            ).record
            self.entries.append(record.encode())
            self.about.append(record.about)
        return outcome


def counted_bytes() -> Callable[[int], bytes]:
    """Random bytes that are the same in every run and never twice the same."""
    calls = iter(range(1 << 32))
    return lambda length: hashlib.sha256(str(next(calls)).encode()).digest()[:length]


def play(script: world.Script) -> Played:
    """Every step in order, each at its instant."""
    random_bytes = counted_bytes()
    log = Log(SimulatedClock(script.steps[0].instant), random_bytes)
    results = []
    for step in script.steps:
        log.clock.instant = step.instant
        source = (
            TableSource(_mapping(step.map), script.operator)
            if step.source == "table"
            else SlurmSource(read_options(step.map), script.operator)
        )
        results.append(
            ingest(
                source,
                step.paths,
                _names(log),
                log,
                connector_key=CONNECTOR_KEY,
                clock=log.clock,
                recorded=log.book.find,
            )
        )
    tables = derive(enumerate(log.entries))
    scoped = within(tables, script.start, script.end)
    found = balance(scoped, start=script.start, end=script.end)
    assert found is not None
    return Played(
        results=results,
        entries=log.entries,
        tables=scoped,
        assessment=sweep(scoped, log_began=script.steps[0].instant),
        balance=found,
        began=script.steps[0].instant,
        keys={subject: key for (_, key), subject in _known(log).items()},
    )


_READ: dict[bytes, Mapping] = {}


def _mapping(path: Path) -> Mapping:
    """A mapping file, read once a content: it takes longer to read than what it maps."""
    content = path.read_bytes()
    if content not in _READ:
        _READ[content] = read_mapping(path)
    return _READ[content]


def _known(log: Log) -> dict[tuple[str, str], str]:
    return {
        (each["system"], each["key"]): each["id"]
        for submission in log.book.taken
        for each in submission.data.get("introduces", ())
    }


def _names(log: Log) -> KeyRegistry:
    paths = [s.data for s in log.book.taken if s.type == AccessPathApproved.type]
    inside = {
        s.data["device_id"]: s.data["node_id"] for s in log.book.taken if s.type == DeviceIdentified.type
    }
    counts = {node: list(inside.values()).count(node) for node in set(inside.values())}
    return KeyRegistry(
        _known(log),
        holders={data["path_id"]: (data["tenant_id"], data.get("end_user_id")) for data in paths},
        devices=counts,
        random_bytes=log.random_bytes,
    )


@cache
def play_world(without: frozenset[str], *, ordinary: bool) -> Played:
    """The world that lacks some cases, played once a process."""
    with TemporaryDirectory() as directory:
        return play(world.write(Path(directory), without=without, ordinary=ordinary))


@pytest.fixture(scope="session")
def whole() -> Played:
    """The demo as it is."""
    return play_world(frozenset(), ordinary=True)


@pytest.fixture(scope="session")
def quiet() -> Played:
    """The demo with the workloads of its cases alone."""
    return play_world(frozenset(), ordinary=False)


@pytest.fixture(scope="session")
def quiet_without() -> Callable[[Collection[str]], Played]:
    """The demo with the workloads of its cases alone, without some of the cases."""
    return lambda without: play_world(frozenset(without), ordinary=False)
