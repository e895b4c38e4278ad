"""Files beside the databases: lists and rules are what their names say, and nobody else may read anything."""

import gzip
import hashlib
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from kansa.application.auditing.part import Findings, Part
from kansa.application.screening.lists import ListArchive
from kansa.records.envelope import Record
from kansa.records.kinds.screening import ListImported
from kansa.vault.settings import Places

_FOLDERS = (
    *("keys", "published", "quarantine", "packs", "lists", "segments"),
    *("witnesses", "timestamps"),
)
_OURS = (
    *("vault.json", "*.db", "*.db-wal", "*.db-shm", "*.db.lock", "*.sock"),
    *(f"{folder}{below}" for folder in _FOLDERS for below in ("", "/**/*")),
)


def editions(root: Path, records: Iterable[Record]) -> Part:
    """Look at the entries of every edition on record, and at every file that is kept as published."""
    found = Findings("lists", "editions on record, kept as they were read")
    shelf = ListArchive(root)
    for record in records:
        if record.type != ListImported.type:
            continue
        found.total += 1
        faults = len(found.faults)
        with found.attempt(f"edition `{record.data.get('list', record.id)}`"):
            shelf.entries(str(record.data.get("record_set_sha256")))
        found.checked += len(found.faults) == faults
    for path in sorted((root / "lists" / "files").glob("*.gz")):
        if _sha256(path) != path.name.removesuffix(".gz"):
            found.fault("lists.damaged", str(path), "it is not the file that its name says")
    return found.part()


def rules(packs: Path) -> Part:
    """Look at every rule pack that is kept."""
    found = Findings("rule packs", "packs that are what their names say")
    for path in sorted(packs.glob("*.json")):
        found.total += 1
        if hashlib.sha256(path.read_bytes()).hexdigest() == path.stem:
            found.checked += 1
        else:
            found.fault("audit.pack", str(path), "it is not the pack that its name says")
    return found.part()


def modes(places: Places) -> Part:
    """Look at who may read the vault's files: only their owner."""
    found = Findings("files", "files that only their owner may read")
    for path in _own(places.root):
        found.total += 1
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077:
            found.fault("audit.mode", str(path), f"others may use it (mode {mode:04o}); `chmod go= {path}`")
        else:
            found.checked += 1
    return found.part()


def _own(root: Path) -> Iterator[Path]:
    """Yield the vault's directory, and what Kansa itself keeps there."""
    yield root
    for pattern in _OURS:
        yield from (path for path in sorted(root.glob(pattern)) if not path.is_symlink())


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError):
        return ""
