"""The gate's own log: what was decided, on what ground, kept before anybody is told.

It is a log like the evidence log (same file, tree, notes, clock rules) under a key and an origin of its own. Its
entries are made here and not submitted from outside: a write is one commit for all the decisions that are waiting,
and what it returns is on the disk. Sealed facts are on the disk before the entry that holds their digests.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.clock import Clock
from kansa.ids import RandomBytes, ulid
from kansa.ledger.checkpoint_file import NOTHING_BESIDE, Beside
from kansa.ledger.commits import Commits
from kansa.ledger.note import SigningKey
from kansa.ledger.ports import LogWriter, Row, Sealed, Values, Writing
from kansa.ledger.sequencer import clock_anomaly
from kansa.ledger.timestamps import Stamp
from kansa.records import draft, sealing
from kansa.records.catalogue import KINDS
from kansa.records.envelope import Record

_SUBJECTS = ("tenant_id", "end_user_id", "path_id", "site_id", "from_site_id")


def origin_of(evidence_origin: str) -> str:
    """Return the name of the gate log that belongs to an evidence log."""
    return f"{evidence_origin}/gate"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to write: its kind, its id, when it happened (an instant), and its fields as its kind names them."""

    type: str
    id: str
    time: int
    data: dict[str, Any]


Make = Callable[[int], Sequence[Entry]]
"""Gives the entries of a write when it is told the index of the first."""


class GateLog:
    """Writes entries to the gate's log, one write at a time. The log is closed with it.

    Raises:
        BrokenVault: the log does not continue what was published, or the key is another log's.
    """

    def __init__(
        self,
        log: LogWriter,
        values: Values,
        key: SigningKey,
        clock: Clock,
        *,
        published: Path,
        beside: Beside = NOTHING_BESIDE,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        self._values = values
        self._random_bytes = random_bytes
        self._commits = Commits(log, key, clock, published=published, beside=beside)
        self.origin = self._commits.origin
        self.source = f"urn:kansa:{self.origin}"
        self._turn = threading.Lock()

    def new_id(self, at: int) -> str:
        """Return an id for an entry made at this instant."""
        return ulid(at, self._random_bytes)

    @property
    def recorded_at(self) -> int:
        """When the latest entry was recorded: no decision is made as of a time before it."""
        head = self._commits.head
        return 0 if head is None else head.recorded_at

    def write(self, make: Make, *, confirmed: bool = False) -> None:
        """Write the entries that `make` gives when it is told the index of the first; durable on return.

        Raises:
            KansaError: `vault.full`, `vault.busy`, `vault.unpublished`: nothing of it was written.
            BrokenVault: `clock.jump`, until the clock is confirmed; `vault.changed` if something else wrote.
        """

        def fill(_: Writing, size: int, stamp: Stamp) -> list[Row]:
            rows = [] if stamp.shift_ms is None else [self._anomaly(size, stamp)]
            first = size + len(rows)
            entries = make(first)
            if not entries and not stamp.confirmed:
                return []
            sealed: list[Sealed] = []
            rows += [self._row(index, entry, stamp, sealed) for index, entry in enumerate(entries, first)]
            if sealed:
                self._values.put(sealed)
            return rows

        with self._turn:
            self._commits.commit(fill, confirmed=confirmed)

    def confirm_clock(self) -> None:
        """Take the clock for right where it jumped, and record that somebody said so; otherwise nothing happens.

        Raises:
            KansaError: as `write`; then the clock is not confirmed.
        """
        self.write(lambda _: (), confirmed=True)

    def close(self) -> None:
        """Publish what is not published yet and let go of the log; the value store is the caller's."""
        with self._turn:
            self._commits.close()

    def _row(self, index: int, entry: Entry, stamp: Stamp, sealed: list[Sealed]) -> Row:
        kind = KINDS[entry.type]
        kept, disclosures = sealing.seal(entry.data, kind.sealed, self._random_bytes)
        if disclosures:
            sealed.append(Sealed(kind.keeper_in(entry.data), disclosures))
        kept["about"] = sorted({entry.data[name] for name in _SUBJECTS if entry.data.get(name)})
        record = Record(
            id=entry.id,
            source=self.source,
            type=entry.type,
            time=entry.time,
            recorded_at=stamp.recorded_at,
            data=kept,
            simulated=stamp.simulated,
        )
        return Row(index, record.encode(), self.source, entry.id, entry.id.encode())

    def _anomaly(self, index: int, stamp: Stamp) -> Row:
        submission = clock_anomaly(self.origin, stamp, self._random_bytes)
        made = draft.complete(submission, stamp.recorded_at, self._random_bytes, simulated=stamp.simulated)
        body = made.record.encode()
        return Row(index, body, submission.source, submission.id, submission.natural)
