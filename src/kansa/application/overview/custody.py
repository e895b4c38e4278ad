"""Where a device was: the stays that a chain of custody shows, and those that the inventory has."""

from dataclasses import dataclass

from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Place:
    """A stay at a site, in a node where the inventory says one; `end` None: still."""

    start: int
    end: int | None
    site: str
    node: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """The stays of a device, in order of time: in custody, and installed."""

    custody: tuple[Place, ...]
    installed: tuple[Place, ...]


def life_of(vault: Vault, device: str) -> Life:
    """Return where a device was, as known now."""
    with vault.evidence() as evidence:
        stays = {
            table: tuple(
                sorted(
                    (
                        Place(
                            row.valid_from,
                            row.valid_to,
                            row.site_id,
                            getattr(row, "node_id", None),
                        )
                        for row in evidence.rows(table)
                        if row.device_id == device
                    ),
                    key=lambda stay: stay.start,
                )
            )
            for table in ("custody", "installed")
        }
    return Life(stays["custody"], stays["installed"])
