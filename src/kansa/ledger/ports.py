"""What the ledger asks of a store, as promises to the one who implements it and to the one who calls it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import msgspec

from kansa.ledger.tree import Frontier
from kansa.records.draft import Submission
from kansa.records.sealing import Disclosure


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands: its tree's edge, the last `recordedtime`, and the wall clock when that was given."""

    frontier: Frontier
    recorded_at: int
    wall: int


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with what it is found by. `submitted` is the id under which it came, where that is not its own."""

    index: int
    body: bytes
    source: str
    id: str
    natural: bytes
    submitted: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """The latest record under a natural key: where it stands and under which id it was submitted."""

    index: int
    submitted: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record's disclosures and the subject under whose key they are kept; None is the operator."""

    keeper: str | None
    disclosures: tuple[Disclosure, ...]


class Writing(Protocol):
    """One transaction of a log. What it reads is what it would write upon; nothing is kept unless it ends well."""

    def head(self) -> Head:
        """Return where the log stands on disk."""
        ...

    def latest(self, source: str, natural: bytes) -> Version | None:
        """Return the latest record under a natural key of a source."""
        ...

    def find(self, source: str, event_id: str) -> int | None:
        """Return the index of the record with this event id, or that came under it."""
        ...

    def body(self, index: int) -> bytes:
        """Return the entry at this index."""
        ...

    def append(self, rows: Iterable[Row], hashes: Sequence[bytes], note: bytes, head: Head) -> None:
        """Take entries, the tree hashes that they complete in order of position, the checkpoint, and the new head."""
        ...


class LogWriter(Protocol):
    """The only hand that writes a log. Exclusive across processes from opening to `close`."""

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        ...

    def writing(self) -> AbstractContextManager[Writing]:
        """Return a transaction: durable when the block ends without an exception, without trace if it does not."""
        ...

    def latest_note(self) -> bytes | None:
        """Return the checkpoint of the latest commit; None before the first."""
        ...

    def hash_at(self, level: int, index: int) -> bytes:
        """Return a stored tree hash."""
        ...

    def close(self) -> None:
        """Let go of the log."""
        ...


class LogReader(Protocol):
    """A log as anybody may read it: never locks, never writes; entries once seen do not change."""

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        ...

    def size(self) -> int:
        """Return how many entries are committed."""
        ...

    def entry(self, index: int) -> bytes:
        """Return the entry at this index; `IndexError` if there is none."""
        ...

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield the entries `[start, stop)`, by default up to the size at the call, each with its index."""
        ...

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield what `entries` does, with what each is found by."""
        ...

    def find(self, source: str, event_id: str) -> int | None:
        """Return the index of the record with this event id, or that came under it."""
        ...

    def latest(self) -> bytes:
        """Return the signed checkpoint of the latest commit."""
        ...

    def checkpoint_at(self, size: int) -> bytes | None:
        """Return the signed checkpoint of this size, if one was made."""
        ...

    def checkpoints(self) -> Iterator[bytes]:
        """Yield all signed checkpoints, smallest first."""
        ...

    def hash_at(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree (level, index); `IndexError` if there is none."""
        ...

    def hashes(self) -> Iterator[tuple[int, bytes]]:
        """Yield all stored tree hashes with their positions, in order."""
        ...

    def head(self) -> Head:
        """Return where the log stands."""
        ...

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        ...

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the inclusion proof of an entry in the tree of this size."""
        ...

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of size `new` continues that of size `old`."""
        ...


class Values(Protocol):
    """Where disclosures are kept, outside the log, so that they can be destroyed."""

    def put(self, sealed: Iterable[Sealed]) -> None:
        """Keep disclosures; durable on return, before the entry that holds their digests is written."""
        ...


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a submission.

    `appended` at `index`; `duplicate` of the record at `index`; `superseding`: at `index`, in place of `other`;
    `refused` with `code` and `message`, where `other` is the recorded one that it contradicts, if that is why.
    """

    status: str
    id: str
    index: int | None = None
    other: int | None = None
    code: str | None = None
    message: str | None = None


class Appender(Protocol):
    """Whoever takes submissions: the sequencer itself, or the way to it."""

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Append submissions and return one outcome each, in order; what is `appended` is durable. Sending again is harmless."""
        ...
