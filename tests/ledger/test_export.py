import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput, KansaError
from kansa.ledger import note
from kansa.ledger.export import export, tile_path
from logs import Log, jobs


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 0, 1, "tile/0/000.p/1"),
        (1, 1234067, 256, "tile/1/x001/x234/067"),
        ("entries", 1000, 7, "tile/entries/x001/000.p/7"),
    ],
)
def test_a_tile_stands_where_the_specification_says(
    level: int | str, index: int, width: int, path: str
) -> None:
    """Law: C2SP tlog-tiles, Merkle Tree."""
    assert tile_path(level, index, width) == path


def _entries(folder: Path) -> Iterator[bytes]:
    """The entries of an exported log, read with nothing of ours."""
    files = [path for path in (folder / "tile" / "entries").rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix().split(".p")[0]):
        bundle = path.read_bytes()
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            yield bundle[2 : 2 + length]
            bundle = bundle[2 + length :]


def _level(hashes: list[bytes]) -> list[bytes]:
    """The roots of all full tiles of 256 hashes, by the textbook."""
    roots = []
    for start in range(0, len(hashes) - 255, 256):
        tile = hashes[start : start + 256]
        while len(tile) > 1:
            tile = [
                hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(tile[::2], tile[1::2], strict=True)
            ]
        roots += tile
    return roots


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_an_exported_log_holds_every_entry_and_every_tile(log: Log, tmp_path: Path, size: int) -> None:
    """Law: entries as appended; tiles of each level as tlog-tiles defines them for this size, and no file more."""
    log.append(*jobs(range(size))) if size else log.sequencer().close()
    folder = tmp_path / "export"
    with closing(log.reader()) as reader:
        exported = export(reader, folder)
        bodies = [body for _, body in reader.entries()]
        assert (folder / "checkpoint").read_bytes() == reader.latest()
    leaves = [hashlib.sha256(b"\x00" + body).digest() for body in bodies]
    expected = {"checkpoint"}
    for start in range(0, size, 256):
        expected.add(tile_path("entries", start // 256, min(256, size - start)))
    hashes = leaves
    for level in range(3):
        for start in range(0, len(hashes), 256):
            name = tile_path(level, start // 256, min(256, len(hashes) - start))
            expected.add(name)
            assert (folder / name).read_bytes() == b"".join(hashes[start : start + 256])
        hashes = _level(hashes)

    assert list(_entries(folder)) == bodies
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == expected
    assert (exported.size, exported.files) == (size, len(expected))
    assert note.checkpoint_in((folder / "checkpoint").read_bytes()).root == exported.root


@given(st.integers(0, 10**12))
def test_no_two_tiles_share_a_path(index: int) -> None:
    """Law: the path tells the index."""
    groups = tile_path(0, index).split("/")[2:]

    assert int("".join(group.removeprefix("x") for group in groups)) == index


def test_an_export_never_replaces_anything(log: Log, tmp_path: Path) -> None:
    """Law: an existing target is refused and left alone."""
    log.append(*jobs(range(3)))
    with closing(log.reader()) as reader:
        export(reader, tmp_path / "export")
        with pytest.raises(BadInput) as refusal:
            export(reader, tmp_path / "export")

    assert refusal.value.code == "export.exists"


def test_an_export_that_fails_leaves_nothing_behind(log: Log, tmp_path: Path) -> None:
    """Law: the directory appears whole or not at all; a log whose entries do not give its root is not handed out."""
    log.append(*jobs(range(3)))
    with closing(log.reader()) as reader:
        entries = dict(reader.entries())
        reader.entries = lambda *_: iter([(0, entries[0]), (1, b"{}"), (2, entries[2])])  # type: ignore[method-assign] # a store that lies
        with pytest.raises(KansaError) as refusal:
            export(reader, tmp_path / "export")
        with pytest.raises(KansaError) as failure:
            export(reader, log.ledger / "export")

    assert (refusal.value.code, failure.value.code) == ("export.root", "export.failed")
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]
