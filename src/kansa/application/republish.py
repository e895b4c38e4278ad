"""Published checkpoints, written anew where they were lost: only on a person's word, and on record."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.ids import ulid
from kansa.ledger import note
from kansa.ledger.checkpoint_file import Kept, hold, read, write
from kansa.ledger.note import VerifierKey
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records.draft import Draft
from kansa.records.kinds.operation import CheckpointRepublished
from kansa.vault import settings as vault_settings
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Republished:
    """Of how many `published` places where checkpoints were written, and the records of it where some were lost."""

    published: int
    places: tuple[str, ...]
    records: tuple[int, ...]


def republish(vault: Vault, copy: Path | None = None) -> Republished:
    """Write both logs' latest checkpoints wherever they are missing; `copy` adds a second place for them.

    What is still published elsewhere, or anchored, holds the log first. Filling a place where one stood before is
    recorded; a place that is new is not.

    Raises:
        BadInput: `publish.copy`, if the directory does not exist or is the vault's own.
        BrokenVault: the log does not continue what is still published.
    """
    published, written, drafts = 0, list[str](), list[Draft]()
    for log, key, kept, lost in _logs(vault):
        published += len(kept) + len(lost)
        with closing(log):
            for each in kept if lost else ():
                hold(log, log.size(), key, each)
            written += [_write(log, path) for path in lost]
            drafts += [_draft(vault, log, lost)] if lost else []
    records = [vault.record(draft) for draft in drafts]
    if copy is not None:
        written += _add(vault, copy)
    return Republished(published, tuple(written), tuple(records))


def _logs(vault: Vault) -> Iterator[tuple[SqliteReader, VerifierKey, list[Kept], list[Path]]]:
    """Yield each log with its key, where it is published still, and where it no longer is."""
    yield _log(vault.unheld(), vault.log_key.verifier, vault.published)
    if vault.places.gate.exists():
        yield _log(SqliteReader(vault.places.gate), vault.gate_key.verifier, vault.gate_published)


def _log(
    log: SqliteReader, key: VerifierKey, paths: Sequence[Path]
) -> tuple[SqliteReader, VerifierKey, list[Kept], list[Path]]:
    found = [(path, read(path)) for path in paths]
    return log, key, [kept for _, kept in found if kept], [path for path, kept in found if kept is None]


def _write(log: SqliteReader, path: Path) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write(path, log.latest())
    return str(path)


def _draft(vault: Vault, log: SqliteReader, lost: Iterable[Path]) -> Draft:
    now, signed = vault.clock.now(), log.latest()
    data = {
        "valid_from": format_instant(now),
        "known_by": "declared",
        "log": log.origin,
        "size": note.checkpoint_in(signed).size,
        "checkpoint": signed.decode(),
        "places": [str(path) for path in lost],
    }
    return Draft(CheckpointRepublished.type, f"{vault.settings.urn}:kansa", ulid(now), now, data)


def _add(vault: Vault, copy: Path) -> list[str]:
    folder = copy.resolve()
    if not folder.is_dir() or folder.is_relative_to(vault.places.root.resolve()):
        raise BadInput(
            "publish.copy",
            f"`{copy}` is no directory outside the vault",
            help="name a directory that exists, best on another machine's disk",
        )
    changed = msgspec.structs.replace(vault.settings, published_copy=str(folder))
    places = [(vault.unheld(), changed.copies[0])]
    if vault.places.gate.exists():
        places.append((SqliteReader(vault.places.gate), changed.gate_copies[0]))
    written = []
    for log, path in places:
        with closing(log):
            kept = read(path)
            if kept is not None:
                key = vault.log_key if log.origin == vault.settings.origin else vault.gate_key
                hold(log, log.size(), key.verifier, kept)
            written.append(_write(log, path))
    vault_settings.change(vault.places, changed)
    return written
