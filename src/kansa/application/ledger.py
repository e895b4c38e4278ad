"""Read a vault's log as others read it: where it stands, what an audit found, proofs and tiles for other verifiers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kansa.application.auditing.vault import Audited
from kansa.application.gate import gate_log
from kansa.application.serving_process import post
from kansa.clock import format_instant
from kansa.errors import BadInput, KansaError
from kansa.ledger import note
from kansa.ledger.checkpoint_file import Kept
from kansa.ledger.export import export
from kansa.ledger.proof import ProofFile
from kansa.ledger.strict import to_base64
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Where the evidence log stands; root and time are None while it is empty."""

    origin: str
    size: int
    root: str | None
    recorded: str | None
    key: str
    simulated: bool

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON result."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


def status(vault: Vault) -> LedgerStatus:
    """Return size, root and key of the evidence log, and when it was last written."""
    size = vault.reader.size()
    return LedgerStatus(
        vault.settings.origin,
        size,
        to_base64(note.checkpoint_in(vault.reader.latest()).root) if size else None,
        format_instant(vault.reader.head().recorded_at) if size else None,
        vault.log_key.verifier.encode(),
        vault.settings.simulated,
    )


def audit_json(done: Audited) -> dict[str, Any]:
    """Return the stable JSON result of an audit."""
    return {
        **msgspec.to_builtins(done.evidence),
        "root": to_base64(done.evidence.root),
        "parts": [{**msgspec.to_builtins(part), "ok": part.ok} for part in done.parts],
        "ok": done.ok,
    }


def prove(vault: Vault, index: int, output: Path) -> int:
    """Write the proof that an entry is in the log (C2SP tlog-proof); returns the size of the log that it is in.

    Raises:
        BadInput: `ledger.index`, if there is no such entry.
    """
    size = vault.reader.size()
    if not 0 <= index < size:
        raise BadInput("ledger.index", f"there is no entry {index} in a log of {size}")
    proof = ProofFile(index, tuple(vault.reader.inclusion(index, size)), vault.reader.latest())
    output.write_bytes(proof.encode())
    return size


def export_tiles(vault: Vault, directory: Path) -> int:
    """Write the log as tiles (C2SP tlog-tiles); returns its size."""
    export(vault.reader, directory)
    return vault.reader.size()


def kept_checkpoint(path: Path) -> Kept:
    """Return a checkpoint that somebody kept, to hold a log against.

    Raises:
        BadInput: `ledger.against`, if the file cannot be read.
    """
    try:
        return Kept(f"`{path}`", path.read_bytes())
    except OSError as error:
        raise BadInput("ledger.against", f"the checkpoint `{path}` cannot be read: {error}") from error


def confirm_clock(vault: Vault, path: str) -> bool:
    """Say of both logs that the clock is right where it jumped; returns whether that was recorded.

    `path` is where a process that serves the vault takes this for the gate's log.
    """
    before = vault.reader.size()
    with vault.appending() as appender:
        appender.confirm_clock()
    _confirm_gate(vault, path)
    return vault.reader.size() > before


def _confirm_gate(vault: Vault, path: str) -> None:
    """The same for the gate's log, through whoever holds it."""
    if not vault.places.gate.exists():
        return
    try:
        with gate_log(vault) as log:
            log.confirm_clock()
    except KansaError as held:
        if held.code != "vault.held":
            raise
        post(vault.places.gate_socket, path, {})
