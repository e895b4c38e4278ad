"""Copies of a vault's stores while they are in use, and their way back.

Databases are copied by SQLite's online backup, each as of one commit: the evidence log first, then the values (which are
durable before the entry that needs them), then the gate's log. Files are copied when they were written since. What is derived
(registers, indexes, caches) is left out, and so are keys.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import sqlite_file
from kansa.ledger.stores.witness_folder import make_private
from kansa.vault.settings import Places

FORMAT = "kansa-backup-1"
MANIFEST = "backup.json"
DATABASES = ("ledger.db", "values.db", "gate.db")
FOLDERS = ("packs", "lists", "segments", "quarantine", "witnesses", "timestamps")
_PART = 1 << 20


class File(msgspec.Struct, frozen=True):
    """A file of a backup: its name below the folder, its size, its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: of which log, how many entries, their root in base64, when it was taken, its files."""

    format: str
    origin: str
    size: int
    root: str
    taken: str
    files: tuple[File, ...]


def copy_stores(places: Places, target: Path) -> int:
    """Copy a vault's stores into a folder; returns how many files had to be copied.

    Raises:
        KansaError: `backup.failed`, as stores do, or where there is no room.
    """
    try:
        make_private(target)
        copied = 0
        for name in DATABASES:
            if (places.root / name).exists():
                _copy_database(places.root / name, target / name)
                copied += 1
        for path in _files(places.root):
            copied += _copy(path, target / path.relative_to(places.root))
        _copy(places.settings, target / "vault.json")
        _remove_gone(places.root, target)
        return copied + 1
    except OSError as error:
        raise KansaError("backup.failed", f"the backup cannot be written to `{target}`: {error}") from error


def write_manifest(target: Path, origin: str, size: int, root: str, taken: str) -> Manifest:
    """Write what the folder holds; a backup without its manifest is none."""
    paths = sorted(path for path in target.rglob("*") if path.is_file() and path.name != MANIFEST)
    files = tuple(File(str(p.relative_to(target)), p.stat().st_size, _sha256(p)) for p in paths)
    manifest = Manifest(format=FORMAT, origin=origin, size=size, root=root, taken=taken, files=files)
    draft = target / f"{MANIFEST}.new"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    draft.chmod(0o600)
    draft.replace(target / MANIFEST)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's manifest, and check that every file is there as it says.

    Raises:
        BadInput: `backup.missing`, if there is none.
        BrokenVault: `backup.damaged`, if a file is missing or was altered.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(
            "backup.missing",
            f"`{folder}` holds no backup: {error}",
            help="give a folder that `kansa backup` wrote",
        ) from error
    for each in manifest.files:
        path = folder / each.name
        if ".." in Path(each.name).parts or not path.is_file() or _sha256(path) != each.sha256:
            raise BrokenVault(
                "backup.damaged",
                f"`{path}` is missing or is not the file that was copied",
                help="use another backup",
            )
    return manifest


def put_back(folder: Path, manifest: Manifest, keys: Path, places: Places) -> None:
    """Make a vault of a backup and a folder of keys.

    Raises:
        BadInput: `vault.exists`; `backup.keys`, if the folder holds no keys of a vault.
    """
    if places.root.exists() and any(places.root.iterdir()):
        raise BadInput(
            "vault.exists", f"`{places.root}` exists and is not empty", help="choose another directory"
        )
    found = keys_in(keys)
    for part in (places.keys, places.published.parent, places.quarantine):
        make_private(part)
    for each in manifest.files:
        _copy(folder / each.name, places.root / each.name)
    for key in found:
        _copy(key, places.keys / key.name)


def keys_in(folder: Path) -> list[Path]:
    """Return the key files of a vault in a folder.

    Raises:
        BadInput: `backup.keys`, if it holds none.
    """
    found = sorted(folder.glob("*.key"))
    if not any(each.name == "log.key" for each in found):
        raise BadInput(
            "backup.keys",
            f"`{folder}` holds no keys of a vault",
            help="give the folder `keys` of the vault, which is kept apart from its backups",
        )
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (
            path for path in sorted((root / folder).rglob("*")) if path.is_file() and not path.is_symlink()
        )


def _copy_database(source: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    with sqlite_file.said(source), closing(sqlite_file.connect(source, write=False)) as reading:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.close(descriptor)
        with closing(sqlite3.connect(draft)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = WAL")
    _sync(draft)
    draft.replace(target)


def _copy(source: Path, target: Path) -> int:
    """Copy a file, unless it is there as it was last written; returns whether it had to be."""
    stat = source.stat()
    if target.exists():
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return 0
    make_private(target.parent)
    draft = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    os.utime(draft, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    _sync(draft)
    draft.replace(target)
    return 1


def _remove_gone(root: Path, target: Path) -> None:
    """Remove what the vault no longer has: what was erased there stays in no backup made after."""
    for path in _files(target):
        if not (root / path.relative_to(target)).exists():
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()
