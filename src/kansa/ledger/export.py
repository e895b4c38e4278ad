"""A log as a directory in the layout of C2SP tlog-tiles, for monitors and auditors that we did not write.

`checkpoint`, `tile/<level>/<index>` with 256 hashes each (the last of a level partial, `.p/<width>`), and
`tile/entries/<index>` with the entries, each after its length in two bytes. Tiles are computed from the entries.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kansa.errors import BadInput, KansaError
from kansa.ledger import note
from kansa.ledger.ports import LogReader
from kansa.ledger.tree import Frontier, leaf_hash

TILE_WIDTH = 256
_LEVEL_HEIGHT = 8


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the log's size and root, and the number of files."""

    size: int
    root: bytes
    files: int


def export(log: LogReader, target: Path) -> Exported:
    """Write the log as its latest checkpoint has it. The directory appears whole, under its name, or not at all.

    Raises:
        BadInput: `export.exists`.
        KansaError: `export.failed`, if it cannot be written; `export.root`, if the entries do not give the signed root.
    """
    if target.exists():
        raise BadInput("export.exists", f"`{target}` exists", help="choose another directory")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        exported = _write_all(log, beside)
        _sync_tree(beside)
        beside.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise KansaError("export.failed", f"the log cannot be written to `{target}`: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return exported


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Return where a tile is served: `tile/<level>/x001/x234/067`, with `.p/<width>` if it is partial."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def _write_all(log: LogReader, folder: Path) -> Exported:
    signed = log.latest()
    checkpoint = note.checkpoint_in(signed)
    frontier, files = Frontier(), 1
    levels: list[list[bytes]] = [[]]
    for index, bundle in enumerate(_bundles(log, checkpoint.size)):
        _write(folder, tile_path("entries", index, len(bundle)), b"".join(map(_framed, bundle)))
        leaves = [leaf_hash(entry) for entry in bundle]
        frontier, _ = frontier.extended(leaves)
        levels[0] = leaves
        files += 1 + _write_full(folder, levels, index)
    if frontier.root != checkpoint.root:
        raise KansaError("export.root", "the entries do not give the signed root", help="audit the log")
    files += _write_partial(folder, levels, checkpoint.size)
    _write(folder, "checkpoint", signed)
    return Exported(checkpoint.size, checkpoint.root, files)


def _bundles(log: LogReader, size: int) -> Iterator[list[bytes]]:
    bundle: list[bytes] = []
    for _, entry in log.entries(0, size):
        bundle.append(entry)
        if len(bundle) == TILE_WIDTH:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _write_full(folder: Path, levels: list[list[bytes]], index: int) -> int:
    """Write the tiles that the bundle at `index` completed, and carry their roots to the levels above."""
    written = 0
    for level, hashes in enumerate(levels):
        if len(hashes) < TILE_WIDTH:
            return written
        _write(folder, tile_path(level, index), b"".join(hashes))
        written += 1
        if level + 1 == len(levels):
            levels.append([])
        levels[level + 1].append(Frontier().extended(hashes)[0].root)
        levels[level] = []
        index //= TILE_WIDTH
    return written


def _write_partial(folder: Path, levels: list[list[bytes]], size: int) -> int:
    partial = [(level, hashes) for level, hashes in enumerate(levels) if hashes]
    for level, hashes in partial:
        index = (size >> _LEVEL_HEIGHT * level) // TILE_WIDTH
        _write(folder, tile_path(level, index, len(hashes)), b"".join(hashes))
    return len(partial)


def _framed(entry: bytes) -> bytes:
    return len(entry).to_bytes(2, "big") + entry


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
