"""Recompute everything: an audit takes nothing in a log for granted but its entries and its verifier key.

One pass in order: every entry is canonical, is the record that its row says, is found under the natural tag that it
bears, and was not recorded before its predecessor; every stored tree hash is the one that the entries give; every checkpoint has the root of the entries
before it and the key's signature. Linear in entries and checkpoints.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from kansa.clock import format_instant
from kansa.errors import BadInput, BrokenVault
from kansa.ids import base32
from kansa.ledger import note, tree
from kansa.ledger.note import Checkpoint, VerifierKey
from kansa.ledger.ports import Head, LogReader, Row
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.records import envelope
from kansa.records.draft import again
from kansa.records.envelope import Record

MOST_FAULTS = 1000
"""So many faults are listed; the rest is counted."""

Progress = Callable[[int, int], None]
_STEP = 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be, and where."""

    code: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and all that is wrong with it; `root` is that of the entries, whatever is signed.

    `tags` counts the entries whose natural tag can be told from the entry; those written before tags were in entries
    cannot be checked.
    """

    origin: str
    size: int
    root: bytes
    checkpoints: int
    first_recorded_at: int | None
    last_recorded_at: int | None
    faults: tuple[Fault, ...]
    faults_not_listed: int
    tags: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


def audit(log: LogReader, key: VerifierKey, progress: Progress = lambda _done, _size: None) -> Report:
    """Audit a log as it stands at the call; `progress(done, size)` is called now and then.

    All that is wrong is in the report, never raised; where the store cannot be read on, the audit ends.
    """
    walk = _Walk(log, key)
    try:
        walk.run(progress)
    except BrokenVault as error:
        walk.fault(error.code, f"after entry {walk.frontier.size}", error.message)
    return walk.report()


class _Walk:
    """An audit on its way: the tree of the entries so far, and what was wrong with them."""

    def __init__(self, log: LogReader, key: VerifierKey) -> None:
        self.frontier = Frontier()
        self._log = log
        self._key = key
        self._first: int | None = None
        self._last: int | None = None
        self._checked = 0
        self._faults: list[Fault] = []
        self._unlisted = 0
        self._tags = 0

    def fault(self, code: str, place: str, message: str) -> None:
        """Note a fault."""
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(code, place, message))
        else:
            self._unlisted += 1

    def report(self) -> Report:
        """Return what was found."""
        return Report(
            self._log.origin,
            self.frontier.size,
            self.frontier.root,
            self._checked,
            self._first,
            self._last,
            tuple(self._faults),
            self._unlisted,
            self._tags,
        )

    def run(self, progress: Progress) -> None:
        """Walk the log."""
        head = self._log.head()
        size = head.frontier.size
        rows, hashes = self._log.rows(0, size), self._log.hashes()
        checkpoints = self._checkpoints(size)
        due = self._check(next(checkpoints, None), checkpoints)
        while part := list(islice(rows, _STEP)):
            leaves = [self._leaf(row, expected) for expected, row in enumerate(part, self.frontier.size)]
            while leaves:
                most = len(leaves) if due is None else due[0].size - self.frontier.size
                self.frontier, completed = self.frontier.extended(leaves[:most])
                del leaves[:most]
                self._check_hashes(completed, hashes)
                due = self._check(due, checkpoints)
            progress(self.frontier.size, size)
        self._check_end(head)

    def _leaf(self, row: Row, expected: int) -> bytes:
        """Return an entry's leaf hash, after a look at all that must be so about it."""
        place = f"entry {row.index}"
        if row.index != expected:
            self.fault("audit.sequence", place, f"the entry after {expected - 1} is missing")
        try:
            record = envelope.decode(row.body)
        except BadInput as error:
            self.fault(error.code, place, "; ".join([error.message, *map(str, error.problems)]))
            return leaf_hash(row.body)
        if (record.source, record.id) != (row.source, row.id):
            self.fault("audit.row", place, "the row is found under another source or id than the record's")
        self._check_tag(row, record, place)
        if self._last is not None and record.recorded_at < self._last:
            stamps = f"{format_instant(record.recorded_at)} is before {format_instant(self._last)}"
            self.fault("audit.time", place, f"recorded before its predecessor: {stamps}")
        self._first = record.recorded_at if self._first is None else self._first
        self._last = record.recorded_at
        return leaf_hash(row.body)

    def _check_tag(self, row: Row, record: Record, place: str) -> None:
        """Hold what a later version of the same row is found by against the entry.

        Where an entry bears no tag, its own id is the tag (decisions of the gate), or it was written before tags were
        in entries.
        """
        by_id = row.natural == record.id.encode()
        if record.natural_tag is not None and base32(row.natural) != record.natural_tag:
            self.fault("audit.natural", place, "the row is found under another natural tag than the record's")
        if row.submitted is not None and not _came_again(row, record):
            self.fault("audit.row", place, "the row came under another id than the record's follows from")
        self._tags += record.natural_tag is not None or by_id

    def _check_hashes(self, completed: list[bytes], stored: Iterator[tuple[int, bytes]]) -> None:
        """Hold the hashes that the last leaves completed against what is stored for them."""
        start = tree.stored_hashes(self.frontier.size) - len(completed)
        found = list(islice(stored, len(completed)))
        if found == list(enumerate(completed, start)):
            return
        at = dict(found)
        for position, expected in enumerate(completed, start):
            if at.get(position) != expected:
                state = "another hash" if position in at else "no hash"
                self.fault("audit.hash", f"tree hash {position}", f"{state} is stored than the entries give")

    def _checkpoints(self, size: int) -> "Iterator[_Due]":
        """Return the checkpoints up to this size that can be read, in growing order."""
        before = -1
        for number, data in enumerate(self._log.checkpoints()):
            try:
                signed = note.parse(data)
                checkpoint = note.parse_checkpoint(signed.text)
            except BadInput as error:
                self.fault(error.code, f"checkpoint number {number}", error.message)
                continue
            place = f"checkpoint {checkpoint.size}"
            if not before < checkpoint.size <= size:
                self.fault("audit.checkpoint", place, "it is stored out of order")
                continue
            before = checkpoint.size
            yield checkpoint, signed
        if before != size:
            self.fault("audit.checkpoint", f"checkpoint {size}", "the last commit has no checkpoint")

    def _check(self, due: "_Due | None", rest: "Iterator[_Due]") -> "_Due | None":
        """Check the checkpoint that is due if the entries have come to it; returns the one that is due next."""
        if due is None or due[0].size != self.frontier.size:
            return due
        checkpoint, signed = due
        place = f"checkpoint {checkpoint.size}"
        if checkpoint.root != self.frontier.root:
            self.fault("audit.root", place, "its root is not that of the entries before it")
        if checkpoint.origin != self._log.origin:
            self.fault("audit.checkpoint", place, f"it is of another log, `{checkpoint.origin}`")
        if not (state := note.verify(signed, self._key)):
            self.fault("audit.signature", place, f"the signature of `{self._key.name}` is {state.value}")
        self._checked += 1
        return next(rest, None)

    def _check_end(self, head: Head) -> None:
        """Hold the head, as it was when the audit began, against the entries."""
        place = f"size {head.frontier.size}"
        if self.frontier != head.frontier:
            self.fault(
                "audit.head", place, f"the stored head is not that of the {self.frontier.size} entries"
            )
        if self._last is not None and self._last != head.recorded_at:
            self.fault("audit.head", place, "the stored time is not that of the last entry")
        beyond = next(self._log.rows(head.frontier.size, head.frontier.size + 1), None)
        if beyond is not None and self._log.head() == head:
            self.fault("audit.sequence", f"entry {beyond.index}", "it stands after the end of the log")


def _came_again(row: Row, record: Record) -> bool:
    """Tell whether the record's id is made of the one that it came under and of the index that it corrects."""
    corrected = record.data.get("corrects")
    index = corrected.get("index") if isinstance(corrected, dict) else None
    return isinstance(index, int) and record.id == again(row.submitted or "", index)


_Due = tuple[Checkpoint, note.Note]
