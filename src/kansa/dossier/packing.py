"""Why a file that is no canonical container is none, in words that blame the right one.

A mail gateway or a person packs a dossier anew and changes no byte of a member: that is said, and the file is still
refused. An archive that programs read differently is refused with what they disagree about: two directories, names
that occur twice, bytes before or behind, a directory that lists other members than the file holds.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from kansa.dossier import container, members
from kansa.errors import BadInput
from kansa.records import canonical

MOST_BYTES = 1 << 30
"""Members larger than this in sum are not unpacked to look at them: a small file can claim any size."""

_LOCAL = b"PK\x03\x04"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_END = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_END_BYTES = 22
_ZIP64 = b"PK\x06\x06"
_ENCRYPTED = 1
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


def reason(data: bytes, found: str) -> str:
    """Say why a file is not a canonical container; `found` is what the canonical reading stopped at."""
    if not data.startswith(_LOCAL) and _LOCAL not in data:
        return "the file is not a zip archive"
    if disagreement := _disagreement(data):
        return f"programs that read zip archives disagree about this file: {disagreement}"
    try:
        opened = _unpacked(data)
    except _UNREADABLE:
        return found
    if opened is not None and _as_listed(opened):
        return (
            f"the file was packed anew: its {len(opened)} members are what the manifest lists, only the packing"
            f" differs from a {container.FORMAT}; ask for the file as it was issued, unpacked and packed by nobody"
        )
    return found


def _disagreement(data: bytes) -> str | None:
    """Return what makes readers that begin at the front and readers that begin at the back see different archives."""
    if not data.startswith(_LOCAL):
        return f"{data.find(_LOCAL)} bytes stand before its first member"
    end = data.rfind(_END)
    if end < 0 or end + _END_BYTES > len(data):
        return "its directory is cut off"
    *_, here, entries, size, start, comment = struct.unpack_from("<4s4H2IH", data, end)
    found = (
        (_ZIP64 in data[start:end], "it has two directories, one of them in the 64-bit form"),
        (len(data) != end + _END_BYTES + comment, "bytes stand behind the end of its directory"),
        (comment > 0, "it carries a comment, in which a second directory can hide"),
        (start + size != end or here != entries, "its directory does not lie where it says"),
        (data.count(_END, start) != 1, "it has more than one end of a directory"),
    )
    return next((why for holds, why in found if holds), None) or _names_differ(data, start, size, entries)


def _names_differ(data: bytes, start: int, size: int, entries: int) -> str | None:
    listed = _listed(data[start : start + size])
    if listed is None or len(listed) != entries:
        return "its directory does not list as many members as it says"
    names = [name for name, _ in listed]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        return f"it holds `{twice[0].decode('utf-8', 'backslashreplace')}` more than once"
    for name, offset in listed:
        if data[offset : offset + 4] != _LOCAL or offset + _LOCAL_HEADER.size > start:
            return "its directory points at something that is no member"
        length = _LOCAL_HEADER.unpack_from(data, offset)[9]
        begin = offset + _LOCAL_HEADER.size
        if data[begin : begin + length] != name:
            return "a member has one name in the directory and another where it lies"
    return None


def _listed(directory: bytes) -> list[tuple[bytes, int]] | None:
    found, at = [], 0
    while at < len(directory):
        if directory[at : at + 4] != _ENTRY or at + 46 > len(directory):
            return None
        name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        (offset,) = struct.unpack_from("<I", directory, at + 42)
        found.append((directory[at + 46 : at + 46 + name], offset))
        at += 46 + name + extra + comment
    return found if at == len(directory) else None


def _unpacked(data: bytes) -> dict[str, bytes] | None:
    """Return the members as any program unpacks them; None if they are encrypted or too large to be looked at."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        listed = opened.infolist()
        if sum(each.file_size for each in listed) > MOST_BYTES or any(
            each.flag_bits & _ENCRYPTED for each in listed
        ):
            return None
        return {each.filename: opened.read(each) for each in listed}


def _as_listed(opened: Mapping[str, bytes]) -> bool:
    """Tell whether these members are those of a dossier: its seal, its manifest, and every member that that lists."""
    if not opened.keys() >= members.REQUIRED:
        return False
    try:
        manifest: Any = canonical.decode(opened[members.MANIFEST])
    except BadInput:
        return False
    return isinstance(manifest, dict) and manifest.get("members") == listing(opened)


def listing(opened: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return what a manifest lists of these members: all but itself and the seal, by name, with SHA-256 and size."""
    return [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(opened.items())
        if name != members.MANIFEST and name not in members.SEAL
    ]
