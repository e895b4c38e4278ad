"""What a vault says of itself: `vault.json`, written by `init`, read at the edge and passed in."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kansa.errors import BadInput, BrokenVault

FORMAT = "kansa-vault-1"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operator's vault. `origin` names its evidence log in checkpoints and never changes.

    `published_copy` is a directory where the latest checkpoints are published as well.
    """

    format: str = FORMAT
    origin: str
    operator: dict[str, str]
    simulated: bool = False
    zone: str = "Asia/Tokyo"
    published_copy: str | None = None

    @property
    def copies(self) -> tuple[Path, ...]:
        """Further places where the evidence log is published."""
        return () if self.published_copy is None else (Path(self.published_copy) / "checkpoint",)

    @property
    def gate_copies(self) -> tuple[Path, ...]:
        """Further places where the gate's log is published."""
        return () if self.published_copy is None else (Path(self.published_copy) / "gate-checkpoint",)

    @property
    def urn(self) -> str:
        """The prefix of the operator's sources."""
        return f"urn:kansa:{self.origin.partition('/')[0]}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything in a vault lies."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "vault.json"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.db"

    @property
    def values(self) -> Path:
        return self.root / "values.db"

    @property
    def registers(self) -> Path:
        return self.root / "registers.db"

    @property
    def published(self) -> Path:
        return self.root / "published" / "checkpoint"

    @property
    def gate(self) -> Path:
        return self.root / "gate.db"

    @property
    def gate_published(self) -> Path:
        return self.root / "published" / "gate-checkpoint"

    @property
    def packs(self) -> Path:
        return self.root / "packs"

    @property
    def gate_socket(self) -> Path:
        return self.root / "gate.sock"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def segments(self) -> Path:
        return self.root / "segments"

    @property
    def subjects(self) -> Path:
        return self.root / "subjects.db"

    @property
    def witnesses(self) -> Path:
        return self.root / "witnesses"

    @property
    def timestamps(self) -> Path:
        return self.root / "timestamps"

    @property
    def socket(self) -> Path:
        return self.root / "sequencer.sock"


def write(places: Places, settings: Settings) -> None:
    """Write the settings of a new vault.

    Raises:
        BadInput: `vault.exists`.
    """
    try:
        with os.fdopen(os.open(places.settings, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_encoded(settings))
    except FileExistsError as error:
        raise BadInput(
            "vault.exists", f"`{places.root}` is a vault already", help="choose another directory"
        ) from error


def change(places: Places, settings: Settings) -> None:
    """Replace the settings of a vault; the file is the old one or the new one, whole."""
    draft = places.settings.with_name(f"{places.settings.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(_encoded(settings))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(places.settings)


def _encoded(settings: Settings) -> bytes:
    return msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"


def read(places: Places) -> Settings:
    """Read a vault's settings.

    Raises:
        BadInput: `vault.missing`, if there is no vault.
        BrokenVault: `vault.settings`, if the file cannot be read as settings.
    """
    try:
        settings = msgspec.json.decode(places.settings.read_bytes(), type=Settings)
    except FileNotFoundError as error:
        raise BadInput(
            "vault.missing",
            f"there is no vault at `{places.root}`",
            help="make one with `kansa init`, or name one with --vault",
        ) from error
    except msgspec.DecodeError as error:
        raise BrokenVault("vault.settings", f"`{places.settings}` cannot be read: {error}") from error
    if settings.format != FORMAT:
        raise BrokenVault(
            "vault.settings", f"`{places.settings}` is of format `{settings.format}`, not `{FORMAT}`"
        )
    return settings
