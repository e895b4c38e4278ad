"""A file that is there whole or not at all: written beside its place, synced, then renamed into it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kansa.errors import BadInput


class WholeFile:
    """A file on its way to a place. What is written last takes the place; until then the place is as it was."""

    def __init__(self, path: Path, descriptor: int, beside: Path) -> None:
        self.path = path
        self._file = os.fdopen(descriptor, "w+b")
        self._beside = beside

    def write(self, content: bytes) -> None:
        """Take this content in place of any before, and wait until it is on the disk."""
        self._file.seek(0)
        self._file.write(content)
        self._file.truncate()
        self._file.flush()
        os.fsync(self._file.fileno())

    def put(self) -> None:
        """Give the file its name, and wait until the directory holds it."""
        self._file.close()
        self._beside.replace(self.path)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def leave(self) -> None:
        """Take away what lies beside the place, if anything does."""
        self._file.close()
        with suppress(OSError):
            self._beside.unlink(missing_ok=True)


@contextmanager
def placed(path: Path) -> Iterator[WholeFile]:
    """Yield a file that can be put at a path; whatever ends the block without `put` leaves nothing behind.

    Raises:
        BadInput: `file.unwritable`, if nothing can be written there, or a directory is in its place.
    """
    if path.is_dir():
        raise BadInput("file.unwritable", f"`{path}` cannot be written: it is a directory")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise BadInput("file.unwritable", f"`{path}` cannot be written: {error.strerror}") from error
    file = WholeFile(path, descriptor, Path(name))
    try:
        yield file
    finally:
        file.leave()


def write_file(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all.

    Raises:
        BadInput: `file.unwritable`.
    """
    with placed(path) as file:
        try:
            file.write(content)
            file.put()
        except OSError as error:
            raise BadInput("file.unwritable", f"`{path}` cannot be written: {error.strerror}") from error


def read_file(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        BadInput: `file.unreadable`.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput("file.unreadable", f"`{path}` cannot be read: {error.strerror}") from error
