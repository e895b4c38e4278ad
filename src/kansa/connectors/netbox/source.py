"""What NetBox says: where sites lie, and in which server at which site each accelerator stands.

Everything is declared: somebody entered it. A device, module or inventory item is an accelerator where the options give
its type or part number an item class. NetBox edits in place: `last_updated` is when it came to say so.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped
from kansa.connectors.devices.options import DeviceOptions, read_file, shared_options
from kansa.connectors.devices.sighting import Sighting
from kansa.connectors.devices.source import DeviceSource
from kansa.connectors.netbox.export import READ, Item, read
from kansa.connectors.table import cells
from kansa.errors import Problem
from kansa.records.draft import Draft

REGISTERED = "kansa.site.registered.v0"
NOT_MEANT = "its type has no item class in the options"
NOT_THERE = frozenset({"planned", "staged", "offline", "decommissioning"})
_HALF_TURN = 180


@dataclass(frozen=True, slots=True)
class NetBoxOptions(DeviceOptions):
    """How an export is read; `countries` maps slugs and names of sites and regions to countries."""

    site_system: str = "site"
    countries: Mapping[str, str] = field(default_factory=dict)


def read_options(path: Path | None) -> NetBoxOptions:
    """Read the options.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return NetBoxOptions("netbox")
    from kansa.connectors.netbox.options_file import NetBoxOptionsFile  # noqa: PLC0415 - models take long to load

    file = read_file(path, NetBoxOptionsFile)
    return NetBoxOptions(
        **shared_options(file, "netbox"),
        site_system=file.systems.site if file.systems else "site",
        countries=dict(file.countries),
    )


class NetBoxSource(DeviceSource):
    """Reads exports of NetBox."""

    def __init__(self, options: NetBoxOptions, urn: str) -> None:
        super().__init__(options, urn)
        self.netbox = options

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        sites = self.options.known_sites(names)
        for item in read(path):
            if item.table not in READ:
                yield Skipped("a table of which nothing is read")
            elif item.table == "site":
                yield self._site(item, path, names)
            else:
                found = self._device(item, path, names)
                yield self.devices.row(found, names, sites) if isinstance(found, Sighting) else found

    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        """Nothing: what a device refers to needs the books (`rows`)."""
        raise NotImplementedError

    def _device(self, item: Item, path: Path, names: Names) -> Sighting | Row:
        fields = item.fields
        model, part = _type_of(fields)
        if self.options.item_class(model, part) is None:
            return Skipped(NOT_MEANT)
        status = _text(fields.get("status"))
        if status is not None and status.casefold() in NOT_THERE:
            return Skipped(f"status {status.casefold()}")
        at = self._time(item, path)
        if isinstance(at, Quarantined):
            return at
        holder = fields.get("device") or fields.get("parent_device")
        place = fields.get("site") or (holder.get("site") if isinstance(holder, Mapping) else None)
        site = self._known_site(place, names)
        if site is None and place is not None and not self.options.sites:
            told = _text(place) or "?"
            return _bad(item, path, "id.unknown", f"nobody introduced the site `{told}`", "site", "ingest NetBox's sites first, or register the site")  # fmt: skip
        return Sighting(
            at=at,
            names={
                "board_serial": _text(fields.get("serial")),
                "asset_tag": _text(fields.get("asset_tag")),
            },
            means=f"NetBox {item.table}",
            file=str(path),
            line=item.line,
            raw=dict(fields),
            known_by="declared",
            host=_text(holder) or (_text(fields.get("name")) if item.table == "device" else None),
            site_id=site,
            model=model,
            part_number=part,
            seen=False,
            inventory=True,
            advice="enter serial number or asset tag in NetBox: without one, nothing else can speak of this device",
        )

    def _site(self, item: Item, path: Path, names: Names) -> Row:
        fields = item.fields
        name, slug = _text(fields.get("name")), _text(fields.get("slug"), "slug")
        key = slug or name
        if key is None:
            return _bad(item, path, "cell.empty", "the site has neither slug nor name", "slug")
        country = self._country(fields)
        known = self._known_site(fields, names)
        latitude, longitude = _degrees(fields.get("latitude"), _HALF_TURN // 2), _degrees(fields.get("longitude"), _HALF_TURN)
        if known is not None and (latitude is None or longitude is None):
            return Skipped("a site that is registered already, and no coordinates of it")
        if country is None:
            advice = f"give `countries: {{{key}: JP}}` in the options, or of its region"
            return _bad(item, path, "netbox.country", f"in which country the site `{key}` lies is not known", "country", advice)  # fmt: skip
        at = self._time(item, path)
        if isinstance(at, Quarantined):
            return at
        site = names.introduce("site", self.netbox.site_system, key)
        data: dict[str, Any] = {
            "valid_from": format_instant(at),
            "known_by": "declared",
            "site_id": site,
            "country": country,
            **({"names": {"en": name, "ja": name}} if name else {}),
            **({"address": address} if (address := _text(fields.get("physical_address"))) else {}),
            **({"latitude_e7": latitude, "longitude_e7": longitude} if latitude is not None and longitude is not None else {}),
        }  # fmt: skip
        draft = Draft(
            REGISTERED, self.name, json.dumps(["site", key], ensure_ascii=False), at, data, progresses=True
        )
        return Parsed(draft, str(path), item.line, dict(fields))

    def _country(self, fields: Mapping[str, Any]) -> str | None:
        region = fields.get("region")
        named = [_text(fields, "slug"), _text(fields, "name"), _text(region, "slug"), _text(region)]
        wanted = self.netbox.countries
        return next((wanted[name] for name in named if name in wanted), wanted.get("*"))

    def _known_site(self, place: Any, names: Names) -> str | None:
        for key in (_text(place, "slug"), _text(place)):
            found = names.find(self.netbox.site_system, key) if key is not None else None
            if found is not None:
                return found
        return None

    def _time(self, item: Item, path: Path) -> int | Quarantined:
        if self.options.taken_at is not None:
            return self.options.taken_at
        stamp = item.fields.get("last_updated") or item.fields.get("created")
        if not isinstance(stamp, str):
            return _bad(item, path, "netbox.time", "it does not say when it was entered", "last_updated", "export the column `last_updated`, or give `taken_at` in the options")  # fmt: skip
        try:
            return cells.instant(stamp, cells.Reading(form="time", zone=self.options.zone))
        except cells.CellFault as fault:
            return _bad(item, path, fault.code, fault.message, "last_updated", fault.advice)


def _type_of(fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return model and part number of a row's type; of an inventory item, whose type is free text, its name and part id."""
    for name in ("device_type", "module_type", "type"):
        kind = fields.get(name)
        if kind:
            return _text(kind, "model") or _text(kind), _text(kind, "part_number")
    return _text(fields.get("name")), _text(fields.get("part_id"))


def _text(value: Any, name: str = "name") -> str | None:
    """Return a text, or what a reference (`{"name", "slug", …}`) is called."""
    if isinstance(value, Mapping):
        value = value.get(name) or (value.get("value") or value.get("display") if name == "name" else None)
    elif name != "name":
        return None
    return value.strip() or None if isinstance(value, str) else None


def _degrees(value: Any, most: int) -> int | None:
    """Return degrees × 10^7; None where there are none, or none that the earth has."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
    if found is None or not found.is_finite() or abs(found) > most:
        return None
    return int((found * 10_000_000).to_integral_value())


def _bad(
    item: Item, path: Path, code: str, message: str, name: str, advice: str | None = None
) -> Quarantined:
    problem = Problem(code, message, str(path), item.line, name, advice)
    return Quarantined((problem,), dict(item.fields))
