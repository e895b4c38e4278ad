"""Files as their bytes, packed or not: gzip, bzip2 and xz are told by their first bytes and unpacked within limits.

Rotated logs are packed; a small file may unpack to more than any disk holds, so that what comes out is bounded.
"""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from kansa.errors import BadInput

MAX_UNPACKED = 16 << 30
"""Bytes that one packed file may give."""

MAX_RATIO = 2_000
"""Times its own size that a packed file may give; a log packs to a tenth, gzip can do 1,032."""

PACKED_AS = frozenset({".gz", ".bz2", ".xz"})
"""What the names of packed files end with, after what is in them."""

_ALLOWED = 64 << 20
"""Bytes that are not yet a reason to look at the ratio."""


def _gzip(raw: BinaryIO) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))


_PACKED: tuple[tuple[bytes, Callable[[BinaryIO], IO[bytes]]], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
)
_ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"\x1f\x9d", "compress"),
)
"""What is packed in ways that are told and not unpacked."""

_UNUSABLE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


class _Bounded(io.RawIOBase):
    """Unpacks no more than is allowed, and says what is wrong as bad input."""

    def __init__(self, inner: IO[bytes], path: Path, most: int) -> None:
        self._inner, self._path, self._left = inner, path, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # any writable buffer
        try:
            data = self._inner.read(len(buffer))
        except (*_UNUSABLE, OSError) as error:
            raise BadInput(
                "file.packed",
                f"`{self._path}` cannot be unpacked: {str(error) or type(error).__name__}",
                help="it may have been cut short: copy it again",
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise BadInput(
                "file.packed",
                f"`{self._path}` unpacks to more than a file of its size may",
                help="unpack it yourself and give what is in it",
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read its bytes, unpacked where it is packed.

    Raises:
        BadInput: `file.packed`, for a form of packing that is not read, and when what is read turns out to be damaged, cut
            short, or larger than its limits.
    """
    with path.open("rb") as raw:
        first = raw.read(6)
        raw.seek(0)
        unpack = next((each for magic, each in _PACKED if first.startswith(magic)), None)
        if unpack is None:
            for magic, name in _ARCHIVES:
                if first.startswith(magic):
                    raise BadInput(
                        "file.packed",
                        f"`{path}` is packed ({name}); of packed files only gzip, bzip2 and xz are read",
                        help="unpack it and give what is in it",
                    )
            yield raw
            return
        most = min(MAX_UNPACKED, max(_ALLOWED, path.stat().st_size * MAX_RATIO))
        with io.BufferedReader(_Bounded(unpack(raw), path, most), 1 << 18) as stream:
            yield stream
