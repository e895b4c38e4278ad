"""Signed commits to one log: entries, tree and checkpoint change together, or not at all.

After any exception the in-memory head is dropped and read again, so that what is signed next stands on what is
stored. A checkpoint is signed last before COMMIT and handed out only after it; what failed to commit was shown to
nobody.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kansa.clock import Clock
from kansa.errors import BrokenVault
from kansa.ledger.checkpoint_file import Beside, Publisher, hold, kept_at, write
from kansa.ledger.note import Checkpoint, Note, SigningKey
from kansa.ledger.ports import Head, LogWriter, Row, Writing
from kansa.ledger.timestamps import Stamp, Timekeeper
from kansa.ledger.tree import leaf_hash

Fill = Callable[[Writing, int, Stamp], list[Row]]
"""Makes the rows of a commit, numbered from the log's size on and recorded at the stamp."""


class Commits:
    """The commits of one log; for one thread at a time. The log is closed with it, also where it cannot open.

    Raises:
        BrokenVault: `vault.behind`, `vault.forked`, `vault.published` if the log does not continue what was
            published; `vault.key` if the key is another log's.
    """

    def __init__(
        self, log: LogWriter, key: SigningKey, clock: Clock, *, published: Path, beside: Beside
    ) -> None:
        self._log = log
        self._key = key
        self._published = (published, *beside.copies)
        self._anchors = beside.anchors
        self._time = Timekeeper(clock, beside.wall)
        self._head: Head | None = None
        self._publisher = Publisher(self._published)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        return self._log.origin

    @property
    def head(self) -> Head | None:
        """Where the log stands; None after a commit that failed, until the next."""
        return self._head

    def commit(self, fill: Fill, *, confirmed: bool = False) -> None:
        """Append the rows that `fill` makes: durable and under a signed checkpoint on return; none, nothing happens.

        `confirmed` takes the clock for right where it jumped.

        Raises:
            KansaError: `vault.full`, `vault.busy`, `vault.unpublished`: nothing of it was written.
            BrokenVault: `clock.jump`, until the clock is confirmed; `vault.changed` if something else wrote.
        """
        try:
            self._commit(fill, confirmed=confirmed)
        except BaseException:
            self._head = None
            raise

    def close(self) -> None:
        """Publish what is not published yet and let go of the log."""
        try:
            self._publisher.close()
        finally:
            self._log.close()

    def _commit(self, fill: Fill, *, confirmed: bool) -> None:
        self._publisher.check()
        if self._head is None:
            self._open()
        signed = after = None
        with self._log.writing() as writing:
            head = writing.head()
            if head != self._head:
                raise BrokenVault(
                    "vault.changed", f"something other than its sequencer wrote to the log `{self.origin}`"
                )
            stamp = self._time.stamp(head.recorded_at, head.wall, confirmed=confirmed)
            rows = fill(writing, head.frontier.size, stamp)
            if rows:
                signed, after = self._write(writing, head, rows, stamp)
        if signed is not None:
            self._head = after
            self._time.kept(stamp)
            self._publisher.publish(signed)

    def _write(self, writing: Writing, head: Head, rows: list[Row], stamp: Stamp) -> tuple[bytes, Head]:
        frontier, hashes = head.frontier.extended([leaf_hash(row.body) for row in rows])
        after = Head(frontier, stamp.recorded_at, stamp.wall)
        text = Checkpoint(self.origin, frontier.size, frontier.root).encode()
        signed = Note(text, (self._key.sign(text),)).encode()
        writing.append(rows, hashes, signed, after)
        return signed, after

    def _open(self) -> None:
        """Read the head, hold it against what stands elsewhere, and sign the empty tree of a new log."""
        if self._key.name != self.origin:
            raise BrokenVault(
                "vault.key", f"the key is that of `{self._key.name}`, not of the log `{self.origin}`"
            )
        with self._log.writing() as writing:
            head = writing.head()
            signed = self._log.latest_note()
            kept = kept_at(self._published, began=signed is not None)
            for each in (*kept, *self._anchors):
                hold(self._log, head.frontier.size, self._key.verifier, each)
            if signed is None and head.frontier.size:
                raise BrokenVault("log.unsigned", f"the log `{self.origin}` has entries but no checkpoint")
            if signed is None:
                head = replace(head, wall=self._time.began())
                signed = self._sign_empty(head)
                writing.append([], [], signed, head)
        self._head = head
        if any(each.signed != signed for each in kept):
            self._publisher.publish(signed)

    def _sign_empty(self, head: Head) -> bytes:
        """Sign a new log's empty tree, and publish that before it is committed: a log that began has it published."""
        text = Checkpoint(self.origin, 0, head.frontier.root).encode()
        signed = Note(text, (self._key.sign(text),)).encode()
        for path in self._published:
            write(path, signed)
        return signed
