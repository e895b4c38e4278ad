"""From a device that a source saw to records: which device it is, where it stands in an inventory's eyes, where it was seen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, Place, Quarantined, Row, Skipped
from kansa.connectors.devices.join import Joined, join
from kansa.connectors.devices.names import KINDS, PARTITION, SLOT, system_of, usable
from kansa.connectors.devices.options import DeviceOptions
from kansa.errors import Problem
from kansa.records.draft import Draft
from kansa.records.kinds.custody import NameKind

NAMED = "kansa.device.named.v0"
IDENTIFIED = "kansa.device.identified.v0"
OBSERVED = "kansa.device.observed.v0"

NO_SITE = "nothing new of its names, and the options name no site where it was seen"
_CERTAIN = frozenset({"attested", "measured"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device as one source saw it at `at`; `names` as it writes them.

    `seen` tells a sighting of the device itself from a line in an inventory. `readings` are further open fields of
    `device.observed` (`power_w`); `until` ends a stretch in which the device was seen again and again. `site_id`
    overrides the site that the options give the host. `slot` is the number under which the host's scheduler knows it. `advice` says what to take instead where nothing names a device.
    """

    at: int
    names: Mapping[NameKind, str | None]
    means: str
    file: str
    line: int
    raw: Any
    known_by: str = "measured"
    host: str | None = None
    site_id: str | None = None
    model: str | None = None
    part_number: str | None = None
    partitions: tuple[str, ...] = ()
    slot: str | None = None
    readings: Mapping[str, int] = field(default_factory=dict)
    until: int | None = None
    seen: bool = True
    inventory: bool = False
    advice: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


class Sightings:
    """Makes records of the sightings of one ingest."""

    def __init__(self, source: str, options: DeviceOptions) -> None:
        self.source = source
        self.options = options
        self._said: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        self._placed: dict[str, Place] = {}

    def row(self, sighting: Sighting, names: Names, sites: Mapping[str, str]) -> Row:
        """Return what becomes of a sighting; `sites` are ids by key."""
        found, unusable = usable(sighting.names)
        if not found:
            given = ", ".join(f"`{text}`" for text in sighting.names.values() if text)
            problem = Problem(
                "device.unnamed",
                f"no serial number, UUID or other name tells this device from others: {given}"
                if given
                else "no serial number, UUID or other name tells this device from others",
                sighting.file,
                sighting.line,
                "names",
                sighting.advice,
            )
            return Quarantined((problem,), sighting.raw)
        joined = join(found, names)
        for partition in sighting.partitions:
            if names.find(PARTITION, partition) is None:
                names.also(joined.device, PARTITION, partition)
        if sighting.slot is not None and sighting.host is not None:
            place = f"{sighting.host}/{sighting.slot}"
            if names.find(SLOT, place) != joined.device:
                names.reassign(joined.device, SLOT, place)
        drafts = [
            draft
            for draft in (
                self._named(sighting, joined, found, unusable, names),
                self._identified(sighting, joined.device, names, sites, found),
                self._observed(sighting, joined.device, names, sites, found),
            )
            if draft is not None
        ]
        if not drafts:
            return Skipped(NO_SITE if sighting.seen else "the inventory says nothing new of it")
        first, *more = drafts
        return Parsed(first, sighting.file, sighting.line, sighting.raw, tuple(more))

    def _named(
        self,
        sighting: Sighting,
        joined: Joined,
        found: Mapping[NameKind, str],
        unusable: tuple[NameKind, ...],
        names: Names,
    ) -> Draft | None:
        """Return what the source says of the names, if it has not said so before."""
        pairs = frozenset((str(kind), name) for kind, name in found.items())
        if (joined.device, pairs) in self._said or pairs <= names.named_by(joined.device, self.source):
            return None
        self._said.add((joined.device, pairs))
        confidence = "certain" if sighting.known_by in _CERTAIN else "probable"
        data: dict[str, Any] = {
            **_basis(sighting),
            "device_id": joined.device,
            "named": list(found),
            "confidence": "doubtful" if joined.conflicting else confidence,
            "conflicting": list(joined.conflicting),
            "conflicts_with": list(joined.conflicts_with),
            "unusable": list(unusable),
            "means": sighting.means,
            **({"model": sighting.model} if sighting.model else {}),
            **({"part_number": sighting.part_number} if sighting.part_number else {}),
        }
        data |= {str(kind): name for kind, name in found.items()}
        key = ["named", *sorted(pairs), sighting.at]
        return Draft(NAMED, self.source, _key(key), sighting.at, data)

    def _identified(
        self,
        sighting: Sighting,
        device: str,
        names: Names,
        sites: Mapping[str, str],
        found: Mapping[NameKind, str],
    ) -> Draft | None:
        """Return where the device stands, if an inventory says something new, or no inventory has it."""
        item = self.options.item_class(sighting.model, sighting.part_number)
        held = self._placed.get(device) or names.place_of(device)
        if held is not None and not sighting.inventory:
            return None
        node = self._node(sighting, names)
        site = sighting.site_id or self.options.site_of(sighting.host, sites)
        item = item or (held.item_class if held is not None else None)
        if item is None or (node is None and site is None):
            return None
        place = Place(node, site, item)
        if held == place:
            return None
        self._placed[device] = place
        data: dict[str, Any] = {
            **_basis(sighting),
            "device_id": device,
            "node_id": node,
            "site_id": site,
            "item_class": item,
        }
        data |= {str(kind): name for kind, name in found.items() if kind != "epc"}
        key = ["identified", _strongest(found), sighting.at]
        return Draft(IDENTIFIED, self.source, _key(key), sighting.at, data, progresses=True)

    def _observed(
        self,
        sighting: Sighting,
        device: str,
        names: Names,
        sites: Mapping[str, str],
        found: Mapping[NameKind, str],
    ) -> Draft | None:
        """Return where the device was seen."""
        site = sighting.site_id or self.options.site_of(sighting.host, sites)
        if not sighting.seen or site is None:
            return None
        data = {
            **_basis(sighting),
            "valid_to": format_instant(sighting.until) if sighting.until is not None else None,
            "device_id": device,
            "site_id": site,
            "node_id": self._node(sighting, names),
            **sighting.readings,
            "means": sighting.means,
        }
        key = ["observed", _strongest(found), sighting.at]
        return Draft(
            OBSERVED, self.source, _key(key), sighting.at, data, progresses=sighting.until is not None
        )

    def _node(self, sighting: Sighting, names: Names) -> str | None:
        if sighting.host is None:
            return None
        return names.introduce("node", self.options.node_system, sighting.host)


def _basis(sighting: Sighting) -> dict[str, Any]:
    return {"valid_from": format_instant(sighting.at), "known_by": sighting.known_by}


def _strongest(found: Mapping[NameKind, str]) -> list[str]:
    """Return the strongest name as a part of a natural key."""
    kind = next(kind for kind in KINDS if kind in found)
    return [system_of(kind), found[kind]]


def _key(parts: list[Any]) -> str:
    return json.dumps(parts, ensure_ascii=False)
