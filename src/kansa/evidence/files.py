"""The files of a segment as its entry names them, and whether they are there; nothing here reads rows."""

from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from kansa.evidence.group import Commitment
from kansa.evidence.schema import Schema


class SegmentFile(NamedTuple):
    """A file of a segment, as the entry names it."""

    name: str
    sha256: bytes
    bytes: int


class Written(NamedTuple):
    """A segment on disk, ready to be committed; `hull` is the half-open interval of all instants in it."""

    segment: bytes
    rows: int
    hull: tuple[int, int]
    orders: tuple[Commitment, ...]
    files: tuple[SegmentFile, ...]


class Segment(NamedTuple):
    """A segment as its ledger entry states it, and the folder that holds its files."""

    folder: Path
    segment: bytes
    schema: Schema
    rows: int
    hull: tuple[int, int]
    orders: tuple[Commitment, ...]
    files: tuple[SegmentFile, ...]


class Found(NamedTuple):
    """What an audit found wrong: the file or group, and why."""

    where: str
    why: str


def missing(segment: Segment) -> list[Found]:
    """Return the committed files that are missing or are not those that the entry names, by size and hash."""
    found = []
    for file in segment.files:
        path = segment.folder / file.name
        if not path.is_file():
            found.append(Found(file.name, "is missing"))
            continue
        with path.open("rb") as stream:
            same = path.stat().st_size == file.bytes and file_digest(stream, "sha256").digest() == file.sha256
        if not same:
            found.append(Found(file.name, "is not the file that the ledger names"))
    return found
