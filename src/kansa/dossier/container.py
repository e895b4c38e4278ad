"""`kansa-dossier-1`: a zip with exactly one spelling, so that no byte of it is unaccounted for.

Members are stored, sorted by their ASCII names, dated 1980-01-01, without extra fields, comments, descriptors, prefix
or suffix. Every common program opens it; `decode` accepts only what `encode` writes, byte for byte.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

from kansa.errors import BadInput

FORMAT = "kansa-dossier-1"
MAX_MEMBERS = 65_535
MAX_BYTES = 2**32 - 1

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_NEW_YEAR_1980 = (1 << 5) | 1


def encode(members: Mapping[str, bytes]) -> bytes:
    """Return the container of these members.

    Raises:
        BadInput: `container.name` for a name that is not a plain relative ASCII path, `container.size` beyond zip's
            32-bit limits.
    """
    for name in members:
        _check_name(name)
    body, directory = bytearray(), bytearray()
    for name in sorted(members):
        content, path = members[name], name.encode("ascii")
        sums = (zlib.crc32(content), len(content), len(content))
        offset = len(body)
        body += (
            _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _NEW_YEAR_1980, *sums, len(path), 0) + path + content
        )
        directory += (
            _CENTRAL.pack(
                _CENTRAL_MARK,
                _VERSION,
                _VERSION,
                0,
                0,
                0,
                _NEW_YEAR_1980,
                *sums,
                len(path),
                0,
                0,
                0,
                0,
                0,
                offset,
            )
            + path
        )
    if len(members) > MAX_MEMBERS or len(body) + len(directory) > MAX_BYTES:
        raise BadInput(
            "container.size",
            "the dossier is larger than a zip without 64-bit fields may be",
            help="narrow its scope",
        )
    end = _END.pack(_END_MARK, 0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + end)


def decode(data: bytes) -> dict[str, bytes]:
    """Return the members of a container.

    Raises:
        BadInput: `container.not_canonical`, with the first byte that `encode` would have written otherwise and the
            member that it belongs to.
    """
    members = {name: data[start:end] for name, start, end, _ in _extents(data)}
    for name, start, end, stated in _extents(data):
        if zlib.crc32(data[start:end]) != stated:
            raise BadInput("container.not_canonical", f"`{name}` or its checksum was changed")
    try:
        again = encode(members)
    except BadInput as error:
        raise BadInput("container.not_canonical", f"the file is not a {FORMAT}: {error.message}") from error
    if again != data:
        offset = next(
            (i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b),
            min(len(again), len(data)),
        )
        raise BadInput(
            "container.not_canonical",
            f"byte {offset}, in {_place(data, offset)}, is not as a {FORMAT} has it",
        )
    return members


def _extents(data: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Yield where each member's content lies and which CRC-32 its header states.

    Walks the local headers from the first byte and stops at anything else.
    """
    offset = 0
    while data[offset : offset + 4] == _LOCAL_MARK and offset + _LOCAL.size <= len(data):
        *_, stated, _, size, name_length, _ = _LOCAL.unpack_from(data, offset)
        start = offset + _LOCAL.size + name_length
        name = data[offset + _LOCAL.size : start]
        if not name.isascii() or start + size > len(data):
            return
        yield name.decode("ascii"), start, start + size, stated
        offset = start + size


def _place(data: bytes, offset: int) -> str:
    end = 0
    for name, start, end, _ in _extents(data):
        if offset < start:
            return f"the header of `{name}`"
        if offset < end:
            return f"`{name}`"
    return "the directory" if end <= offset < len(data) else "nothing: the file ends too early or too late"


def _check_name(name: str) -> None:
    parts = name.split("/")
    printable = name.isascii() and name.isprintable() and "\\" not in name and ":" not in name
    if not printable or any(part in ("", ".", "..") for part in parts):
        raise BadInput("container.name", f"`{name}` is not a plain relative path of ASCII")
