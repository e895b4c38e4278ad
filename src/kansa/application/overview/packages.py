"""List what was handed out: each dossier with its scope, audience and manifest, and whether it was voided."""

from dataclasses import dataclass
from typing import Any

from kansa.records import sealing
from kansa.records.kinds.operation import DossierIssued, DossierVoided
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Package:
    """A dossier that was issued: the fields of its record, the values that are still kept among them."""

    index: int
    issued: int
    manifest: str
    data: dict[str, Any]
    voided: int | None


def packages_of(vault: Vault) -> tuple[Package, ...]:
    """Return every dossier issued, latest first."""
    found: dict[str, Package] = {}
    for index, record in vault.records():
        if record.type == DossierIssued.type:
            data = sealing.reveal(record.data, vault.disclosures([record]))
            manifest = str(data.get("manifest_sha256", ""))
            found[manifest] = Package(index, record.recorded_at, manifest, data, None)
        elif record.type == DossierVoided.type:
            manifest = str(record.data.get("manifest_sha256", ""))
            if (known := found.get(manifest)) is not None:
                found[manifest] = Package(known.index, known.issued, manifest, known.data, index)
    return tuple(sorted(found.values(), key=lambda each: -each.index))
