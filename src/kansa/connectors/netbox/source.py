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
from kansa.connectors.base import Names, Parsed, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.options import DeviceOptions, read_file, shared_options
from kansa.connectors.devices.sighting import Sighting
from kansa.connectors.devices.source import DeviceSource
from kansa.connectors.netbox.export import READ, Item, read
from kansa.connectors.table import cells
from kansa.records.draft import Draft

REGISTERED = "kansa.site.registered.v0"
NOT_MEANT = "its type has no item class in the options"
NAME_ADVICE = "enter serial number or asset tag in NetBox: without one, nothing else can speak of this device"
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
            try:
                yield self._row(item, path, names, sites)
            except RowFault as fault:
                yield fault.quarantined(path, item.line, dict(item.fields))

    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        """Nothing: what a device refers to needs the books (`rows`)."""
        raise NotImplementedError

    def _row(self, item: Item, path: Path, names: Names, sites: Mapping[str, str]) -> Row:
        if item.table not in READ:
            return Skipped("a table of which nothing is read")
        if item.table == "site":
            return self._site(item, path, names)
        found = self._device(item, path, names)
        return self.devices.row(found, names, sites) if isinstance(found, Sighting) else found

    def _device(self, item: Item, path: Path, names: Names) -> Sighting | Skipped:
        fields = item.fields
        model, part = _type_of(fields)
        if self.options.item_class(model, part) is None:
            return Skipped(NOT_MEANT)
        status = _text(fields.get("status"))
        if status is not None and status.casefold() in NOT_THERE:
            return Skipped(f"status {status.casefold()}")
        holder = fields.get("device") or fields.get("parent_device")
        return Sighting(
            at=self._time(item),
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
            site_id=self._site_of(fields, holder, names),
            model=model,
            part_number=part,
            seen=False,
            inventory=True,
            advice=NAME_ADVICE,
        )

    def _site_of(self, fields: Mapping[str, Any], holder: Any, names: Names) -> str | None:
        """Return the site of a device, else of what holds it.

        Raises:
            RowFault: it names a site that nobody introduced.
        """
        place = fields.get("site") or (holder.get("site") if isinstance(holder, Mapping) else None)
        site = self._known_site(place, names)
        if site is None and place is not None and not self.options.sites:
            told = _text(place) or "?"
            raise RowFault(
                "id.unknown",
                f"nobody introduced the site `{told}`",
                "site",
                "ingest NetBox's sites first, or register the site",
            )
        return site

    def _site(self, item: Item, path: Path, names: Names) -> Row:
        fields = item.fields
        name, slug = _text(fields.get("name")), _text(fields, "slug")
        key = slug or name
        if key is None:
            raise RowFault("cell.empty", "the site has neither slug nor name", "slug")
        latitude = _degrees(fields.get("latitude"), _HALF_TURN // 2)
        longitude = _degrees(fields.get("longitude"), _HALF_TURN)
        placed = latitude is not None and longitude is not None
        if self._known_site(fields, names) is not None and not placed:
            return Skipped("a site that is registered already, and no coordinates of it")
        at = self._time(item)
        data: dict[str, Any] = {
            "valid_from": format_instant(at),
            "known_by": "declared",
            "country": self._country(fields, key),
            "site_id": self._known_site(fields, names)
            or names.introduce("site", self.netbox.site_system, key),
        }
        data |= {"names": {"en": name, "ja": name}} if name else {}
        data |= {"address": address} if (address := _text(fields.get("physical_address"))) else {}
        data |= {"latitude_e7": latitude, "longitude_e7": longitude} if placed else {}
        natural = json.dumps(["site", key], ensure_ascii=False)
        draft = Draft(REGISTERED, self.name, natural, at, data, progresses=True)
        return Parsed(draft, str(path), item.line, dict(fields))

    def _country(self, fields: Mapping[str, Any], key: str) -> str:
        """Return the country of a site.

        Raises:
            RowFault: the options say none of the site, and none of its region.
        """
        region = fields.get("region")
        named = [_text(fields, "slug"), _text(fields, "name"), _text(region, "slug"), _text(region)]
        wanted = self.netbox.countries
        country = next(
            (wanted[name] for name in named if name is not None and name in wanted), wanted.get("*")
        )
        if country is None:
            raise RowFault(
                "netbox.country",
                f"in which country the site `{key}` lies is not known",
                "country",
                f"give `countries: {{{key}: JP}}` in the options, or of its region",
            )
        return country

    def _known_site(self, place: Any, names: Names) -> str | None:
        for key in (_text(place, "slug"), _text(place)):
            found = names.find(self.netbox.site_system, key) if key is not None else None
            if found is not None:
                return found
        return None

    def _time(self, item: Item) -> int:
        """Return since when NetBox says so.

        Raises:
            RowFault: it does not say when it was entered.
        """
        if self.options.taken_at is not None:
            return self.options.taken_at
        stamp = item.fields.get("last_updated") or item.fields.get("created")
        if not isinstance(stamp, str):
            raise RowFault(
                "netbox.time",
                "it does not say when it was entered",
                "last_updated",
                "export the column `last_updated`, or give `taken_at` in the options",
            )
        try:
            return cells.instant(stamp, cells.Reading(form="time", zone=self.options.zone))
        except cells.CellFault as fault:
            raise RowFault(fault.code, fault.message, "last_updated", fault.advice) from fault


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
