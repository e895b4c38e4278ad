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


def read_export(folder: Path) -> tuple[bytes, Iterator[bytes]]:
    """Return the signed checkpoint of a log in this layout, and its entries in order.

    Raises:
        BadInput: `export.unreadable`, if there is none, or (while entries are taken) a bundle is missing or cut off.
    """
    try:
        signed = (folder / "checkpoint").read_bytes()
    except OSError as error:
        raise BadInput(
            "export.unreadable",
            f"`{folder}` holds no log: {error}",
            help="give a directory that `kansa ledger export` wrote",
        ) from error
    return signed, _entries(folder, note.checkpoint_in(signed).size)


def _entries(folder: Path, size: int) -> Iterator[bytes]:
    for start in range(0, size, TILE_WIDTH):
        path = folder / tile_path("entries", start // TILE_WIDTH, min(TILE_WIDTH, size - start))
        try:
            entries = _unframed(path.read_bytes())
        except (OSError, ValueError) as error:
            raise BadInput("export.unreadable", f"`{path}` cannot be read: {error}") from error
        if len(entries) != min(TILE_WIDTH, size - start):
            raise BadInput("export.unreadable", f"`{path}` holds {len(entries)} entries, not {size - start}")
        yield from entries


def _unframed(bundle: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 + length > len(bundle):
            raise ValueError("its last entry is cut off")
        found.append(bundle[at + 2 : at + 2 + length])
        at += 2 + length
    return found


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
