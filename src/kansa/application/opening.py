"""Open a vault for a use case."""

from pathlib import Path

from kansa.ledger.append_socket import SharedAppender
from kansa.records.draft import submit
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault
from kansa.vault.vault import create as create_vault

__all__ = ["Settings", "SharedAppender", "Vault", "create_vault", "open_vault", "submit"]


def open_vault(root: Path, at: int | None = None) -> Vault:
    """Open the vault in a directory; `at` is the time that a simulated one is told, an instant.

    Raises:
        BadInput: `vault.missing`; `clock.simulated`, if a time is given to a vault that keeps the real one.
    """
    return Vault(root, at=at)
