"""Take a backup of a vault in use, and make a vault of one again, verified both times."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.application.auditing.part import Part
from kansa.application.auditing.vault import audit_vault
from kansa.clock import Clock, SystemClock, format_instant
from kansa.errors import BrokenVault, KansaError
from kansa.ledger import note
from kansa.ledger.anchors import newest
from kansa.ledger.checkpoint_file import Kept, hold, write
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.strict import to_base64
from kansa.vault import backup as stores
from kansa.vault.settings import Places
from kansa.vault.vault import Vault

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup: its folder, how many entries it holds, how many files it has, and how many had to be copied this time."""

    folder: Path
    size: int
    files: int
    copied: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {"folder": str(self.folder), "size": self.size, "files": self.files, "copied": self.copied}


@dataclass(frozen=True, slots=True)
class Restored:
    """A vault that was made of a backup, how many entries it has, and what an audit found."""

    vault: Path
    size: int
    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        """Whether no part has a fault."""
        return all(part.ok for part in self.parts)


def back_up(vault: Vault, folder: Path, clock: Clock | None = None) -> BackedUp:
    """Copy a vault into a folder, or bring the backup that is there up to it.

    The vault may be in use: the copy is as of one commit of each log, and is verified before its manifest is written:
    its last checkpoint is the log's, its tree gives that root, and neither log is behind what the other holds of it.

    Raises:
        KansaError: `backup.failed`, `backup.moving`, if the logs moved on each time.
    """
    (folder / stores.MANIFEST).unlink(missing_ok=True)
    copied = 0
    for _ in range(_ATTEMPTS):
        copied += stores.copy_stores(vault.places, folder)
        if _fits(vault, folder):
            break
    else:
        raise KansaError("backup.moving", "the logs moved on while they were copied", help="try again")
    with closing(SqliteReader(folder / "ledger.db")) as log:
        signed = log.latest()
        head = note.checkpoint_in(signed)
        verified = note.verify(note.parse(signed), vault.log_key.verifier)
        if not verified or head.size != log.size() or log.root(head.size) != head.root:
            raise BrokenVault("backup.damaged", f"the copy in `{folder}` is not the log that was signed")
    taken = format_instant((clock or SystemClock()).now() // 1000 * 1000)
    manifest = stores.write_manifest(folder, head.origin, head.size, to_base64(head.root), taken)
    return BackedUp(folder, head.size, len(manifest.files), copied)


def restore(folder: Path, keys: Path, root: Path, against: Iterable[Kept] = ()) -> Restored:
    """Make a vault of a backup and audit it, also against checkpoints that somebody kept elsewhere.

    The backup's own last checkpoint is published again. That the vault is older than what others saw is found by the
    second place of publication, by checkpoints given `against`, and by its witnesses once they are asked.

    Raises:
        BadInput: `vault.exists`, `backup.missing`, `backup.keys`.
        BrokenVault: `backup.damaged`; `vault.behind` or `vault.forked`, held against what was kept.
    """
    stores.keys_in(keys)
    manifest = stores.read_manifest(folder)
    with closing(SqliteReader(folder / "ledger.db")) as log:
        key = _key_of(keys)
        for each in against:
            hold(log, log.size(), key, each)
    places = Places(root)
    stores.put_back(folder, manifest, keys, places)
    for database, published in ((places.ledger, places.published), (places.gate, places.gate_published)):
        if database.exists():
            with closing(SqliteReader(database)) as log:
                write(published, log.latest())
    vault = Vault(root)
    vault.rebuild()
    return Restored(root, vault.reader.size(), audit_vault(vault).parts)


def _key_of(keys: Path) -> note.VerifierKey:
    from kansa.ledger.keys import load_log_key  # noqa: PLC0415 - only here

    return load_log_key(keys / "log.key").verifier


def _fits(vault: Vault, folder: Path) -> bool:
    """Tell whether neither copied log is behind what the other one holds of it."""
    if not (folder / "gate.db").exists():
        return True
    with (
        closing(SqliteReader(folder / "ledger.db")) as log,
        closing(SqliteReader(folder / "gate.db")) as gate,
    ):
        pairs = ((log, gate, vault.log_key.verifier), (gate, log, vault.gate_key.verifier))
        try:
            for own, other, key in pairs:
                for each in newest(other, own.origin):
                    hold(own, own.size(), key, each)
        except BrokenVault:
            return False
    return True
