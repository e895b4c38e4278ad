"""Whether a database file was touched since its rows were last checked, so that they need not be checked by every process.

A seal is a keyed tag (HMAC-SHA-256) over what the system says of the file and of its write-ahead log (device, inode, size,
times of change) and over a text of the caller's, kept beside the file. The system sets the time of change of an inode
by itself at every write and at every change of its other times, so whoever writes to the file breaks the seal, also who puts
size and time of modification back; so does whoever copies it. Then the rows are checked again, and sealed again.

What it does not see: a change of the disk underneath the file system that also forges the inode, or one under a clock
that was set back to the very nanosecond. Whatever must not rest on that (a dossier, an audit) checks the rows themselves.
"""

import hmac
import secrets
from contextlib import suppress
from pathlib import Path
from time import sleep

_PURPOSE = b"kansa file seal 1"
_TICK_SECONDS = 0.002
_MOST_TICKS = 100


def is_sealed(path: Path, key: bytes, text: bytes) -> bool:
    """Tell whether nothing touched the file since it was sealed with this text."""
    try:
        found = _place(path).read_bytes()
    except OSError:
        return False
    return hmac.compare_digest(found, _tag(path, key, text))


def seal(path: Path, key: bytes, text: bytes) -> None:
    """Seal the file as it stands; where that cannot be written, it is not sealed, which costs time and nothing else.

    The seal is younger than the file by the file system's own clock, so that no later write can bear the same time.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.touch(0o600)
        tag = _tag(path, key, text)
        if _is_younger(draft, tag, path) and hmac.compare_digest(tag, _tag(path, key, text)):
            draft.replace(_place(path))
    except OSError:
        pass
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def _is_younger(draft: Path, tag: bytes, path: Path) -> bool:
    """Write the draft until it is younger than the file, which is at the next tick of the file system's clock."""
    for _ in range(_MOST_TICKS):
        draft.write_bytes(tag)
        if draft.stat().st_ctime_ns > _changed(path):
            return True
        sleep(_TICK_SECONDS)
    return False


def _place(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal")


def _tag(path: Path, key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + repr((_stands(path), _stands(_log(path)))).encode() + text, "sha256")


def _stands(path: Path) -> tuple[int, ...]:
    """Return what the system says of a file; nothing of one that is missing or empty."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    if found.st_size == 0:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _changed(path: Path) -> int:
    log = _log(path)
    return max(path.stat().st_ctime_ns, log.stat().st_ctime_ns if log.exists() else 0)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
