"""Location reports to `device.located`: circles in which the device lay, with method, landmarks and error.

There is no common format; this one is ours (docs/sources/location.md): JSON Lines or a list, one report of one device each.
A landmark that timed an answer bounds the distance by the speed of light in vacuum: whatever the network, the device was
no farther away than half the round trip, with the error added. A bound says where the device cannot be.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Row
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import KINDS, usable
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.formats import json_values
from kansa.connectors.table import cells
from kansa.records.draft import Draft
from kansa.records.geodesy import LIGHT_M_PER_US, SCALE, reach_m
from kansa.records.kinds.custody import NameKind

LOCATED = "kansa.device.located.v0"
METHODS = ("round_trip", "vendor_service", "declared")
KNOWN_BY = {"round_trip": "measured", "vendor_service": "documented", "declared": "declared"}
FORM_ADVICE = "a report has `device`, `at`, `method`, and `landmarks` or `latitude`, `longitude`, `accuracy_m`: see docs/sources/location.md"
MOST_LANDMARKS = 200
HALF_EARTH_M = 20_037_509


class LocationSource(PlainSource):
    """Reads reports of locations."""

    def __init__(self, options: DeviceOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        sites = self.options.known_sites(names)
        for each in json_values.values(path, ("reports", "locations")):
            if each.fault is not None:
                broken = RowFault("location.form", f"it is no JSON: {each.fault}", "report", FORM_ADVICE)
                yield broken.quarantined(path, each.line, each.value)
                continue
            try:
                yield self._row(each.value, path, each.line, names, sites)
            except RowFault as fault:
                yield fault.quarantined(path, each.line, each.value)

    def _row(self, report: Any, path: Path, line: int, names: Names, sites: Mapping[str, str]) -> Row:
        if not isinstance(report, Mapping):
            raise RowFault("location.form", "it is no object", "report", FORM_ADVICE)
        found = _names(report.get("device"))
        at = self._time(report.get("at"))
        method = report.get("method")
        if method not in METHODS:
            raise RowFault("location.method", f"`{method}` is no method: {', '.join(METHODS)}", "method")
        circles = [*_timed(report.get("landmarks")), *_placed(report)]
        if not circles:
            raise RowFault("location.bounds", "it bounds nothing", "landmarks", FORM_ADVICE)
        joined = join(found, names)
        data: dict[str, Any] = {
            "valid_from": format_instant(at),
            "known_by": KNOWN_BY[method],
            "device_id": joined.device,
            "site_id": self.options.site_of(_text(report.get("host")), sites),
            "method": method,
            "circles": circles,
            "country": _text(report.get("country")),
        }
        data |= {"means": means} if (means := _text(report.get("service"))) else {}
        strongest = next(kind for kind in KINDS if kind in found)
        key = json.dumps(["located", strongest, found[strongest], method, at, _text(report.get("service"))])
        return Parsed(Draft(LOCATED, self.name, key, at, data), str(path), line, report)

    def _time(self, stamp: Any) -> int:
        try:
            return cells.instant(stamp, cells.Reading(form="time", zone=self.options.zone))
        except cells.CellFault as fault:
            raise RowFault(fault.code, fault.message, "at", fault.advice) from fault


def _names(device: Any) -> dict[NameKind, str]:
    """Return the names of the device of a report.

    Raises:
        RowFault: none of them tells it from others.
    """
    given = device if isinstance(device, Mapping) else {}
    found, _ = usable({kind: _text(given.get(kind)) for kind in KINDS})
    if not found:
        advice = f"give one of {', '.join(f'`{kind}`' for kind in KINDS)} under `device`"
        raise RowFault("device.unnamed", "the report names no device", "device", advice)
    return found


def _timed(landmarks: Any) -> Iterator[dict[str, Any]]:
    """Yield the circle of each landmark that timed an answer.

    Raises:
        RowFault: one of them has no place, or no time that a signal could have.
    """
    if landmarks is None:
        return
    if not isinstance(landmarks, list) or len(landmarks) > MOST_LANDMARKS:
        raise RowFault(
            "location.form", f"`landmarks` is no list of at most {MOST_LANDMARKS}", "landmarks", FORM_ADVICE
        )
    for number, each in enumerate(landmarks):
        field = f"landmarks[{number}]"
        told = each if isinstance(each, Mapping) else {}
        latitude, longitude = _place(told, field)
        trip = _number(told.get("round_trip_us"), f"{field}.round_trip_us")
        error = _number(told.get("error_us", 0), f"{field}.error_us")
        if trip <= 0:
            raise RowFault("location.time", f"a round trip of {trip} µs", f"{field}.round_trip_us")
        yield {
            "landmark": _text(told.get("name")) or field,
            "latitude_e7": latitude,
            "longitude_e7": longitude,
            "within_m": min(HALF_EARTH_M, reach_m(trip + error)),
            "round_trip_us": trip,
            "error_m": int(error * LIGHT_M_PER_US / 2) + 1 if error else 0,
        }


def _placed(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the circle around the place that a service gives; none without its accuracy.

    Raises:
        RowFault: a place without its accuracy, or that the earth does not have.
    """
    if report.get("latitude") is None and report.get("longitude") is None:
        return []
    latitude, longitude = _place(report, "latitude")
    within = _number(report.get("accuracy_m"), "accuracy_m")
    name = _text(report.get("service")) or str(report.get("method"))
    return [
        {
            "landmark": name,
            "latitude_e7": latitude,
            "longitude_e7": longitude,
            "within_m": min(HALF_EARTH_M, within),
        }
    ]


def _place(told: Mapping[str, Any], field: str) -> tuple[int, int]:
    found = []
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = told.get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(Decimal(value)) > most:
            raise RowFault("location.place", f"`{value}` is no {name} in degrees", field, FORM_ADVICE)
        found.append(int((Decimal(value) * SCALE).to_integral_value()))
    return found[0], found[1]


def _number(value: Any, field: str) -> int:
    """Return a whole number, rounded up: a bound is never made tighter."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise RowFault("location.number", f"`{value}` is no number from 0 on", field, FORM_ADVICE)
    return int(-(-Decimal(value) // 1))


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
