"""The latest checkpoint outside the database: what shows that a database was rolled back.

It is written beside the commits, some four times a second, to every place that is kept: an append waits for the
database only, since a synced rename costs several times a commit. A crash can make it miss the last quarter of a
second; what it is there for, an old copy put in the database's place, it shows all the same. Closing waits for it.

A place where a checkpoint stood and is missing is never filled by itself: whoever rolled the log back could have
emptied it. Who may read the file decides who can check; who may write it decides what it is worth, so that a second
place belongs where the writer of the database cannot write alone.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import note
from kansa.ledger.note import VerifierKey
from kansa.ledger.proof import root

INTERVAL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed checkpoint of a log that stands outside it, and where."""

    place: str
    signed: bytes


@dataclass(frozen=True, slots=True)
class Beside:
    """What else holds a log: further places where it is published, checkpoints in other logs, their wall clock."""

    copies: tuple[Path, ...] = ()
    anchors: tuple[Kept, ...] = ()
    wall: int = 0


NOTHING_BESIDE = Beside()


class Hashes(Protocol):
    """A log as far as its tree goes."""

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        ...

    def hash_at(self, level: int, index: int) -> bytes:
        """Return a stored tree hash."""
        ...


def write(path: Path, signed: bytes) -> None:
    """Replace the published checkpoint: a reader sees the old one or the new one, whole.

    Raises:
        KansaError: `vault.unpublished`.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
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


def read(path: Path) -> Kept | None:
    """Return the checkpoint that is published at a place; None if nothing is there.

    Raises:
        BrokenVault: `vault.published`, if there is something that cannot be read.
    """
    try:
        return Kept(f"`{path}`", path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BrokenVault(
            "vault.published", f"the published checkpoint `{path}` cannot be read: {error}"
        ) from error


class Publisher:
    """Writes the latest checkpoint given to it from a thread of its own; those that are overtaken are passed over."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
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
                self._write(self._waiting)
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
            self._write(signed)
        except KansaError as error:
            failed = error
        with self._changed:
            self._failed = failed
            if failed is None and self._waiting is signed:
                self._waiting = None

    def _write(self, signed: bytes) -> None:
        for path in self._paths:
            write(path, signed)


def hold(log: Hashes, size: int, key: VerifierKey, kept: Kept) -> int:
    """Hold a log of this size against a checkpoint of it that is kept elsewhere; returns the checkpoint's size.

    Raises:
        BrokenVault: `vault.behind`, if the log is smaller; `vault.forked`, if it has another root at that size;
            `vault.published`, if the checkpoint cannot be read or is not signed by the log's key.
    """
    try:
        signed = note.parse(kept.signed)
        published = note.parse_checkpoint(signed.text)
    except BadInput as error:
        raise BrokenVault(
            "vault.published", f"the published checkpoint in {kept.place} cannot be read: {error}"
        ) from error
    if not note.verify(signed, key) or published.origin != log.origin:
        raise BrokenVault(
            "vault.published",
            f"the published checkpoint in {kept.place} is not signed by the key of this log",
        )
    if published.size > size:
        raise BrokenVault(
            "vault.behind",
            f"the log `{log.origin}` has {size} entries, but {published.size} were published in {kept.place}:"
            " it was rolled back or restored from an old copy",
            help="restore the newest copy; going on would fork the log",
        )
    if published.root != _root(log, published.size):
        raise BrokenVault(
            "vault.forked",
            f"the log `{log.origin}` has another root at size {published.size} than was published in {kept.place}",
            help="the two histories exclude each other; keep both files as evidence",
        )
    return published.size


def kept_at(paths: Iterable[Path], *, began: bool) -> tuple[Kept, ...]:
    """Return the checkpoints published at these places. A log that never `began` may have none yet.

    Raises:
        BrokenVault: `vault.published`, if one cannot be read, or is missing though the log began.
    """
    found = [(path, read(path)) for path in paths]
    missing = [f"`{path}`" for path, each in found if each is None]
    if missing and began:
        raise BrokenVault(
            "vault.published",
            f"the published checkpoint {' and '.join(missing)} is missing, which would show a log that was rolled back",
            help="put it back; if it is lost, `kansa ledger publish` writes it anew and records that it did",
        )
    return tuple(each for _, each in found if each is not None)


def _root(log: Hashes, size: int) -> bytes | None:
    try:
        return root(size, log.hash_at)
    except IndexError:
        return None


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
