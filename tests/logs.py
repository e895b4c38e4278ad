"""A real log in a directory of its own, with what it takes to write, read and hold it to its laws."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kansa.clock import Clock, SimulatedClock, SystemClock
from kansa.ledger import keys, note
from kansa.ledger.audit import Report, audit
from kansa.ledger.checkpoint_file import NOTHING_BESIDE, Beside
from kansa.ledger.note import SigningKey
from kansa.ledger.ports import Outcome
from kansa.ledger.sequencer import Sequencer
from kansa.ledger.stores import sqlite, values
from kansa.ledger.stores.sqlite import SqliteReader, SqliteWriter
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.records import envelope
from kansa.records.draft import Draft, Submission, submit
from kansa.records.envelope import Record

ORIGIN = "example.com/kansa/evidence"
CONNECTOR_KEY = b"c" * 32
SOURCE = "urn:kansa:example.com:slurm"
START = 1_800_000_000_000_000


@dataclass
class Log:
    """One log and its value store, made at once and opened as often as one likes."""

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    keepers: list[ValueWriter] = field(default_factory=list)

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def sealed(self) -> Path:
        return self.folder / "values.sqlite"

    @property
    def published(self) -> Path:
        return self.folder / "checkpoint"

    @property
    def door(self) -> Path:
        return self.folder / "door"

    @property
    def key(self) -> SigningKey:
        return keys.load_log_key(self.folder / "log.key")

    @property
    def value_key(self) -> bytes:
        return keys.load_key(self.folder / "values.key", "values")

    def create(self) -> "Log":
        self.folder.mkdir(parents=True, exist_ok=True)
        keys.create_log_key(self.folder / "log.key", ORIGIN)
        sqlite.create(self.ledger, ORIGIN)
        values.create(self.sealed, keys.create_key(self.folder / "values.key", "values"))
        return self

    def sequencer(self, beside: Beside = NOTHING_BESIDE) -> Sequencer:
        self.keepers.append(ValueWriter(self.sealed, self.value_key))
        return Sequencer(
            SqliteWriter(self.ledger),
            self.keepers[-1],
            self.key,
            self.clock,
            published=self.published,
            beside=beside,
        )

    def append(self, *submissions: Submission) -> list[Outcome]:
        with closing(self.sequencer()) as sequencer:
            return sequencer.append(submissions)

    def reader(self) -> SqliteReader:
        return SqliteReader(self.ledger)

    def values(self) -> ValueReader:
        return ValueReader(self.sealed, self.value_key)

    def close(self) -> None:
        """Let go of the value stores that sequencers used."""
        while self.keepers:
            self.keepers.pop().close()

    def records(self) -> list[Record]:
        with closing(self.reader()) as reader:
            return [envelope.decode(entry) for _, entry in reader.entries()]

    def audit(self) -> Report:
        with closing(self.reader()) as reader:
            return audit(reader, self.key.verifier)

    def check(self, *, killed: bool = False) -> int:
        """Everything is as it must be, and the published checkpoint is of this log; returns the size.

        Checkpoints are published behind the commits, so a kill may come before there is the first.
        """
        report = self.audit()
        assert report.faults == ()
        if killed and not self.published.exists():
            return report.size
        published = note.checkpoint_in(self.published.read_bytes())
        with closing(self.reader()) as reader:
            assert published.size <= report.size
            assert reader.root(published.size) == published.root
            assert note.checkpoint_in(reader.latest()).size == report.size
        return report.size


def simulated(folder: Path, at: int = START) -> Log:
    """A log whose clock stands at an instant."""
    return Log(folder, SimulatedClock(at)).create()


def subject(prefix: str, name: object) -> str:
    """An id that is the same for the same name."""
    digest = hashlib.sha256(f"{prefix} {name}".encode()).digest()
    return f"{prefix}_" + "".join("abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in digest[:26])


def job(
    number: object, *, progresses: bool = True, source: str = SOURCE, tenant: str = "t1", **data: Any
) -> Submission:
    """A workload that held a node, with its account sealed."""
    fields = {
        "valid_from": "2026-01-01T00:00:00.000Z",
        "known_by": "measured",
        "workload_id": subject("wkl", number),
        "tenant_id": subject("pty", tenant),
        "units": [subject("nod", 1)],
        "account": f"account of {tenant}",
    }
    draft = Draft("kansa.workload.placed.v0", source, f"job {number}", START, fields | data, None, progresses)
    return submit(draft, CONNECTOR_KEY)


def jobs(numbers: Iterable[int], **data: Any) -> list[Submission]:
    """Several workloads."""
    return [job(number, **data) for number in numbers]


class ListLog:
    """A ledger in a list."""

    def __init__(self, entries: list[bytes]) -> None:
        self._entries = entries

    def size(self) -> int:
        return len(self._entries)

    def entry(self, index: int) -> bytes:
        return self._entries[index]

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        return iter(list(enumerate(self._entries))[start:stop])

    def root(self, size: int) -> bytes:
        return Frontier().extended([leaf_hash(entry) for entry in self._entries[:size]])[0].root
