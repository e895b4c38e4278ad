"""The latest checkpoint outside the database: what shows that a database was rolled back.

It is written beside the commits, some four times a second: an append waits for the database only, since a synced
rename costs several times a commit. A crash can make it miss the last quarter of a second; what it is there for, an
old copy put in the database's place, it shows all the same. Closing waits for it.
"""

import os
import threading
from pathlib import Path

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import note
from kansa.ledger.note import VerifierKey
from kansa.ledger.ports import LogWriter
from kansa.ledger.proof import root
from kansa.ledger.tree import Frontier


def _write(path: Path, signed: bytes) -> None:
    """Replace the published checkpoint: a reader sees the old one or the new one, whole.

    Raises:
        KansaError: `vault.unpublished`.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            os.write(descriptor, signed)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise KansaError(
            "vault.unpublished",
            f"the checkpoint cannot be written to `{path}`: {error}",
            help="make room there and try again; what was acknowledged is recorded",
        ) from error


INTERVAL_SECONDS = 0.25


class Publisher:
    """Writes the latest checkpoint given to it from a thread of its own; those that are overtaken are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = threading.Condition()
        self._waiting: bytes | None = None
        self._failed: KansaError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="kansa-publisher", daemon=True)
        self._thread.start()

    def publish(self, signed: bytes) -> None:
        """Have this checkpoint written soon."""
        with self._changed:
            self._waiting = signed
            self._changed.notify()

    def check(self) -> None:
        """Try again what failed.

        Raises:
            KansaError: `vault.unpublished`, if the checkpoint published before could not be and cannot be written.
        """
        with self._changed:
            if self._failed is not None and self._waiting is not None:
                _write(self._path, self._waiting)
                self._waiting = self._failed = None

    def close(self) -> None:
        """Return when the latest checkpoint is published.

        Raises:
            KansaError: `vault.unpublished`.
        """
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self.check()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._waiting and not self._failed))
                signed = self._waiting
                if signed is None or self._failed is not None:
                    return
            self._attempt(signed)
            with self._changed:
                self._changed.wait_for(lambda: self._closed, INTERVAL_SECONDS)

    def _attempt(self, signed: bytes) -> None:
        failed = None
        try:
            _write(self._path, signed)
        except KansaError as error:
            failed = error
        with self._changed:
            self._failed = failed
            if failed is None and self._waiting is signed:
                self._waiting = None


def check(path: Path, log: LogWriter, frontier: Frontier, key: VerifierKey) -> bool:
    """Hold a log against the checkpoint published for it; returns whether one was there.

    Raises:
        BrokenVault: `vault.behind`, if the log is smaller; `vault.forked`, if it has another root at that size;
            `vault.published`, if the file cannot be read or is not signed by the log's key.
    """
    try:
        signed = note.parse(path.read_bytes())
        published = note.parse_checkpoint(signed.text)
    except FileNotFoundError:
        return False
    except (OSError, BadInput) as error:
        raise BrokenVault(
            "vault.published", f"the published checkpoint `{path}` cannot be read: {error}"
        ) from error
    if not note.verify(signed, key) or published.origin != log.origin:
        raise BrokenVault(
            "vault.published", f"the published checkpoint `{path}` is not signed by the key of this log"
        )
    if published.size > frontier.size:
        raise BrokenVault(
            "vault.behind",
            f"the log has {frontier.size} entries, but {published.size} were published in `{path}`:"
            " it was rolled back or restored from an old copy",
            help="restore the newest copy; going on would fork the log",
        )
    if published.root != root(published.size, log.hash_at):
        raise BrokenVault(
            "vault.forked",
            f"the log has another root at size {published.size} than was published in `{path}`",
            help="the two histories exclude each other; keep both files as evidence",
        )
    return True


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
