"""Small vaults with small lists, for tests of screening."""

import json
from pathlib import Path
from typing import Any

from kansa.clock import parse_instant
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault
from worlds import dice

NOW = parse_instant("2026-03-01T00:00:00.000Z")


def screening_vault(root: Path) -> Vault:
    """An empty simulated vault that stands at `NOW`."""
    settings = Settings(
        origin="small.example/kansa/evidence", operator={"en": "Small", "ja": "小"}, simulated=True
    )
    return at_time(vaults.create(root / "vault", settings, dice(7)), NOW)


def at_time(vault: Vault, now: int) -> Vault:
    """The same vault at an instant."""
    return Vault(vault.places.root, at=now)


def entry_line(id_: str, name: str | None = None, **fields: Any) -> dict[str, Any]:
    """An entry of the open form; by default named after its id."""
    return {"id": id_, "names": [name or f"Example Trading {id_}"], **fields}


def write_list(directory: Path, name: str, *entries: dict[str, Any]) -> Path:
    """A list as a file of the open form."""
    path = directory / f"{name}.jsonl"
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")
    return path
