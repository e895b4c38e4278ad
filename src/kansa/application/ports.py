"""What use cases ask of a vault, each as little as it needs; `kansa.vault.vault.Vault` gives all of it.

A use case names the ports that it takes, so that a test, a server or another store may stand in for a vault.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from kansa.clock import Clock
from kansa.ledger.ports import Head
from kansa.records.draft import Draft
from kansa.registers.directory import Directory
from kansa.registers.rows import Tables
from kansa.registers.snapshot import Evidence


class LogReader(Protocol):
    """A log, to read."""

    def size(self) -> int:
        """Return the number of entries."""
        ...

    def head(self) -> Head:
        """Return where the log stands."""
        ...

    def entry(self, index: int) -> bytes:
        """Return the entry at an index."""
        ...

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield entries with their indexes, in order."""
        ...


class Timed(Protocol):
    """Knows the vault's time."""

    @property
    def clock(self) -> Clock:
        """The vault's time, also where it is simulated."""
        ...


class Owned(Protocol):
    """Says whose evidence it is."""

    @property
    def urn(self) -> str:
        """The prefix of the sources of records that Kansa itself originates."""
        ...


class Facts(Protocol):
    """Gives what facts are computed from: registers, claims and the values that are still kept."""

    def evidence(self) -> AbstractContextManager[Evidence]:
        """Return the evidence at one position of the log, for as long as the block lasts."""
        ...


class Recorder(Protocol):
    """Appends records that Kansa itself originates."""

    def record(self, draft: Draft) -> int:
        """Append a record; returns its index.

        Raises:
            BadInput: it was refused.
        """
        ...

    def record_all(self, drafts: Sequence[Draft]) -> list[int]:
        """Append records in one go; returns their indexes.

        Raises:
            BadInput: one was refused.
        """
        ...


class Named(Protocol):
    """Knows what subjects are called, and what the registers hold of them."""

    def directory(self) -> Directory:
        """Return what subjects are called."""
        ...

    def tables(self) -> Tables:
        """Return the registers, as known now."""
        ...


class Signing(Timed, Owned, Facts, Recorder, Protocol):
    """What it takes to let people sign: time, evidence, and a place to record."""
