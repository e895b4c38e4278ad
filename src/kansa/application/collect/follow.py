"""Follows a log that grows, is rotated, cut off and packed: every line once, and what was lost is said.

What was read is known by offset, inode and a digest of the bytes before the offset. After a rotation the same bytes are
found under another name, packed or not; then the rest of that file, the files between and the new one are read in order.
Where nothing holds those bytes any more, what stood behind them is gone: that is a gap of the source and no silence.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from kansa.connectors.formats.opened import opened
from kansa.errors import BadInput

HEAD = 1 << 16
"""Bytes at the beginning of a file that its digest covers, with as many before the offset."""

CHUNK = 64 << 20
"""Bytes that are taken at a time."""


class Position(msgspec.Struct, frozen=True):
    """Up to where a log was read. `lines` is how many lines stand before the offset in its file.

    Where nothing was read of a file yet, what came later is known by `seen`, its time of change in nanoseconds.
    """

    inode: int = 0
    offset: int = 0
    digest: str = ""
    lines: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a log, whole lines, from `path` at `offset`; `after` is the position once they are recorded.

    `lost` says that bytes between the last position and these are gone. A piece without content moves the position alone.
    """

    path: Path
    offset: int
    line: int
    content: bytes
    after: Position
    lost: bool = False


def pieces(path: Path, position: Position) -> Iterator[Piece]:
    """Yield what a log holds beyond a position, oldest first, in pieces of whole lines.

    Raises:
        BadInput: `collect.follow`, if the log is not there or cannot be read.
    """
    try:
        chain, lost = _chain(path, position)
        moved = False
        for number, (file, offset, lines) in enumerate(chain):
            for piece in _rest(file, offset, lines, live=file == path, lost=lost and number == 0):
                moved = piece.path == path
                yield piece
        begun = position.digest or position.inode
        if not moved and (len(chain) > 1 or not begun):
            yield Piece(path, 0, 0, b"", _unread(path))
    except FileNotFoundError as error:
        raise BadInput(
            "collect.follow",
            f"there is no log `{path}`",
            help="check the path, and whether the log is written at all",
        ) from error
    except OSError as error:
        raise BadInput("collect.follow", f"`{path}` cannot be read: {error.strerror}") from error


def _chain(path: Path, position: Position) -> tuple[list[tuple[Path, int, int]], bool]:
    """Return the files to read, each from an offset and line, oldest first; and whether bytes are gone."""
    live = path.stat()
    older = _rotated(path)
    if not position.digest:
        return _chain_of_unread(path, position, older), False
    if live.st_size >= position.offset and _digest(path, position.offset) == position.digest:
        return [(path, position.offset, position.lines)], False
    for number, file in enumerate(older):
        try:
            if _digest(file, position.offset) == position.digest:
                rest = [
                    (file, position.offset, position.lines),
                    *((each, 0, 0) for each in reversed(older[:number])),
                ]
                return [*rest, (path, 0, 0)], False
        except BadInput:
            continue  # packed and damaged: it cannot be the one
    return [(path, 0, 0)], True


def _chain_of_unread(path: Path, position: Position, older: list[Path]) -> list[tuple[Path, int, int]]:
    """Return the files to read where nothing was read of the one that is known: all that was written since it was seen.

    An inode does not tell: the one of a log that was packed away may be given to the next.
    """
    since = [each for each in older if position.seen and each.stat().st_mtime_ns >= position.seen]
    return [*((each, 0, 0) for each in reversed(since)), (path, 0, 0)]


def _unread(path: Path) -> Position:
    """Return the position at the beginning of a file."""
    found = path.stat()
    return Position(inode=found.st_ino, seen=found.st_mtime_ns)


def _rotated(path: Path) -> list[Path]:
    """Return the files that the log was rotated into, the newest first."""
    stems = (f"{path.name}.", f"{path.name}-", f"{path.stem}-")
    found = [
        each
        for each in path.parent.iterdir()
        if each != path and each.is_file() and each.name.startswith(stems)
    ]
    return sorted(found, key=lambda each: each.stat().st_mtime_ns, reverse=True)


def _digest(path: Path, offset: int) -> str:
    """Return the digest of what a file holds before an offset: its head and its last bytes; "" if it is shorter."""
    with opened(path) as stream:
        head = stream.read(min(HEAD, offset))
        tail = _before(stream, offset, len(head))
        if len(head) < min(HEAD, offset) or tail is None:
            return ""
    return hashlib.sha256(offset.to_bytes(8, "big") + head + tail).hexdigest()


def _before(stream: BinaryIO, offset: int, read: int) -> bytes | None:
    """Return up to `HEAD` bytes before an offset of a stream of which `read` bytes were read; None if it ends before."""
    last = b""
    if stream.seekable():
        start = max(read, offset - HEAD)
        stream.seek(start)
        last = stream.read(offset - start)
        return last if len(last) == offset - start else None
    start = max(read, offset - HEAD)
    while read < offset:
        block = stream.read(min(1 << 20, offset - read))
        if not block:
            return None
        last = (last + block)[-(offset - start) :]
        read += len(block)
    return last if offset > start else b""


def _rest(file: Path, offset: int, lines: int, *, live: bool, lost: bool) -> Iterator[Piece]:
    """Yield the rest of a file; of the live one no line that is still being written."""
    while True:
        with opened(file) as stream:
            _skip(stream, offset)
            content = stream.read(CHUNK)
        full = len(content) == CHUNK
        if live or full:
            content = content[: content.rfind(b"\n") + 1]
        if not content:
            return
        end = offset + len(content)
        count = lines + content.count(b"\n")
        after = Position(file.stat().st_ino, end, _digest(file, end), count)
        yield Piece(file, offset, lines, content, after, lost)
        offset, lines, lost = end, count, False
        if not full:
            return


def _skip(stream: BinaryIO, count: int) -> None:
    if stream.seekable():
        stream.seek(count)
        return
    while count > 0:
        block = stream.read(min(1 << 20, count))
        if not block:
            return
        count -= len(block)
