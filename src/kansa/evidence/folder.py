"""The folder of segments on disk: one intake at a time, and what a crash left behind.

A folder with a segment's name is whole, since it was renamed into place when all its files were on the disk; until the
ledger names it, it is an orphan. What begins with a dot was never whole, or is on its way out.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from kansa.errors import KansaError
from kansa.evidence.writer import UNFINISHED, sync

_LOCK = ".lock"
_LEAVING = ".old-"


@contextmanager
def only_writer(root: Path) -> Iterator[None]:
    """Hold the folder, made if it is new, for as long as the block lasts.

    Raises:
        KansaError: `vault.busy`, if another process takes in or erases rows.
    """
    root.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise KansaError(
            "vault.busy", f"another process writes to `{root}`", help="try again when it has ended"
        ) from error
    finally:
        os.close(descriptor)


def unfinished(root: Path) -> list[Path]:
    """Return the folders that were never whole, or were being removed."""
    return sorted(path for path in root.glob(".*") if path.is_dir()) if root.is_dir() else []


def orphans(root: Path, named: Collection[str]) -> list[Path]:
    """Return the whole folders that no entry names."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.name[0] != "." and path.name not in named)


def remove(path: Path) -> None:
    """Take a folder away; a crash on the way leaves one that is `unfinished`."""
    leaving = path
    if not path.name.startswith((UNFINISHED, _LEAVING)):
        leaving = path.with_name(_LEAVING + path.name)
        path.rename(leaving)
        sync(path.parent)
    shutil.rmtree(leaving)
    sync(path.parent)
