"""List the devices: where the inventory has each, and since when a chain of custody puts it where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.subjects.books import Books, Named, opened
from kansa.clock import format_instant
from kansa.connectors.devices.names import KINDS
from kansa.facts.items import class_of
from kansa.records.kinds.custody import DeviceNamed
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What one record says of a device's names: which, since when, recorded when, by whom, how surely.

    `conflicting` are the kinds whose name another device bears, or of which this one bears another; `conflicts_with`
    the other devices; `unusable` the kinds whose text names no device.
    """

    entry: int
    source: str
    names: Mapping[str, str]
    known_by: str
    confidence: str
    valid_from: str
    recorded_at: int
    conflicting: tuple[str, ...]
    conflicts_with: tuple[str, ...]
    unusable: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "entry": self.entry,
            "source": self.source,
            "names": dict(self.names),
            "known_by": self.known_by,
            "confidence": self.confidence,
            "valid_from": self.valid_from,
            "recorded_at": format_instant(self.recorded_at),
            "conflicting": list(self.conflicting),
            "conflicts_with": list(self.conflicts_with),
            "unusable": list(self.unusable),
        }


@dataclass(frozen=True, slots=True)
class Device:
    """A device; `node`, `site` and `installed_since` as the inventory has it now, None where it has it nowhere.

    `custody_site` and `custody_since` are where a chain of custody puts it now, None where none does.
    """

    named: Named
    item_class: str | None
    node: Named | None
    site: Named | None
    installed_since: int | None
    custody_site: Named | None
    custody_since: int | None
    called: tuple[NameEvidence, ...] = ()

    @property
    def is_evidenced(self) -> bool:
        """Tell whether a chain of custody puts it where the inventory has it."""
        return (
            self.custody_site is not None and self.site is not None and self.custody_site.id == self.site.id
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        installed, custody = self.installed_since, self.custody_since
        return {
            **self.named.as_json(),
            "item_class": self.item_class,
            "node_id": self.node.id if self.node else None,
            "site_id": self.site.id if self.site else None,
            "installed_since": format_instant(installed) if installed is not None else None,
            "custody_site_id": self.custody_site.id if self.custody_site else None,
            "custody_since": format_instant(custody) if custody is not None else None,
            **({"named_by": [each.as_json() for each in self.called]} if self.called else {}),
        }


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices that were asked for, by key, of how many that are known."""

    devices: tuple[Device, ...]
    known: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa devices --json`."""
        return {"devices": [each.as_json() for each in self.devices], "known": self.known}


def list_devices(
    vault: Vault, text: str | None = None, site: str | None = None, *, without_custody: bool = False
) -> Devices:
    """Return the devices whose id, key or number holds a text, that the inventory has at a site (by id).

    `without_custody` leaves those that a chain of custody puts where the inventory has them.
    """
    with opened(vault) as books:
        installed = {row.device_id: row for row in books.current("installed")}
        custody = {row.device_id: row for row in books.current("custody")}
        everything = books.evidence.subjects("dev")
        found = [
            _device(books, books.named(subject), installed.get(subject), custody.get(subject))
            for subject in everything
            if (text is None or books.named(subject).called(text))
            and (site is None or (subject in installed and installed[subject].site_id == site))
        ]
        shown = [each for each in found if not (without_custody and each.is_evidenced)]
        shown.sort(key=lambda each: (each.named.keys, each.named.id))
        return Devices(tuple(shown), len(everything))


def _device(books: Books, named: Named, installed: Any, custody: Any) -> Device:
    def called(row: Any, column: str) -> Named | None:
        subject = getattr(row, column, None)
        return books.named(subject) if subject is not None else None

    item = class_of(books.world, named.id).value
    return Device(
        named,
        item if isinstance(item, str) else None,
        called(installed, "node_id"),
        called(installed, "site_id"),
        installed.valid_from if installed is not None else None,
        called(custody, "site_id"),
        custody.valid_from if custody is not None else None,
        tuple(_names(books, named.id)),
    )


def _names(books: Books, device: str) -> Iterator[NameEvidence]:
    """Yield what each record says of a device's names, in ledger order; what was erased is not there."""
    for noted, claim in books.world.find(device, DeviceNamed):
        said: dict[str, str] = {
            kind: getattr(claim, kind) for kind in KINDS if isinstance(getattr(claim, kind), str)
        }
        yield NameEvidence(
            noted.index,
            noted.source,
            said if claim.device_id == device else {},
            claim.known_by,
            claim.confidence,
            claim.valid_from,
            noted.recorded_at,
            tuple(claim.conflicting),
            tuple(each for each in (claim.device_id, *claim.conflicts_with) if each != device),
            tuple(claim.unusable),
        )
