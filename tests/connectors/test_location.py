"""Locations: a bound by the speed of light says where a device cannot be, and contradicts a site outside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from connectors.test_netbox import modules
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.location.source import LocationSource
from kansa.connectors.netbox.source import NetBoxOptions, NetBoxSource
from kansa.facts import device as facts
from kansa.facts.context import FactContext, FactValue
from kansa.records.geodesy import distance_m, is_beyond, reach_m

SERIAL = "1650124031592"
TOKYO, SINGAPORE = (35.6895, 139.6917), (1.3521, 103.8198)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A device that the inventory has in Tokyo, whose coordinates NetBox gives."""
    found = Fleet(tmp_path)
    sites = tmp_path / "sites.json"
    site = {"url": "/api/dcim/sites/1/", "name": "Tokyo", "slug": "TYO", "latitude": TOKYO[0], "longitude": TOKYO[1], "last_updated": "2026-01-01T00:00:00Z"}  # fmt: skip
    sites.write_text(json.dumps({"results": [site]}))
    options = NetBoxOptions("netbox", item_classes={"H100 SXM5": "h100-sxm5"}, countries={"*": "JP"})
    found.ingest(NetBoxSource(options, found.urn), sites, modules(tmp_path / "m.json"))
    return found


def report(path: Path, **more: Any) -> Path:
    """A measurement on 5 January."""
    body = {"device": {"board_serial": SERIAL}, "at": "2026-01-05T00:00:00Z", "method": "round_trip"} | more
    path.write_text(json.dumps(body) + "\n")
    return path


def landmark(place: tuple[float, float], trip: int, error: int = 0) -> dict[str, Any]:
    """A landmark that timed an answer."""
    return {
        "name": "lm",
        "latitude": place[0],
        "longitude": place[1],
        "round_trip_us": trip,
        "error_us": error,
    }


def excluded(fleet: Fleet) -> FactValue:
    """Whether a location record excludes the device's site."""
    (located,) = fleet.said("device.located")
    with fleet.vault.evidence() as evidence:
        return facts.location_excluded(
            FactContext(evidence.journal, fleet.vault.clock.now()), located["device_id"]
        )


def test_a_landmark_in_singapore_that_hears_the_device_in_two_milliseconds_excludes_tokyo(fleet: Fleet, tmp_path: Path) -> None:  # fmt: skip
    """Light goes 300 km in a millisecond: the device was within 300 km of Singapore, 5,300 km from its site."""
    done = fleet.ingest(
        LocationSource(DeviceOptions("loc"), fleet.urn),
        report(tmp_path / "l.jsonl", landmarks=[landmark(SINGAPORE, 2_000)]),
    )
    assert done.records == 1
    (located,) = fleet.said("device.located")
    assert located["circles"][0]["within_m"] == 299_793
    assert located["known_by"] == "measured"
    found = excluded(fleet)
    assert found.value is True
    assert len(found.records) == 2  # both sides of the contradiction


@pytest.mark.parametrize(
    ("landmarks", "more"),
    [
        ([landmark(TOKYO, 900)], {}),
        ([landmark(SINGAPORE, 36_000)], {}),  # slower than light from Tokyo: excludes nothing
        ([landmark(SINGAPORE, 34_000, error=2_000)], {}),  # the error is in the device's favour
        (None, {"method": "vendor_service", "latitude": 35.6, "longitude": 139.7, "accuracy_m": 50_000}),
        (
            None,
            {"method": "declared", "latitude": 1.35, "longitude": 103.8, "accuracy_m": 10},
        ),  # a word excludes nothing
    ],
)
def test_what_does_not_exclude_the_site(
    fleet: Fleet, tmp_path: Path, landmarks: Any, more: dict[str, Any]
) -> None:
    """A bound that the site lies within, and what somebody declared."""
    fleet.ingest(
        LocationSource(DeviceOptions("loc"), fleet.urn),
        report(tmp_path / "l.jsonl", landmarks=landmarks, **more),
    )
    assert excluded(fleet).value is not True


def test_without_coordinates_of_the_site_it_is_not_assessed(tmp_path: Path) -> None:
    """A missing fact is never a no."""
    bare = Fleet(tmp_path)
    options = NetBoxOptions("netbox", item_classes={"H100 SXM5": "h100-sxm5"})
    bare.ingest(NetBoxSource(options, bare.urn), modules(tmp_path / "m.json"))
    bare.ingest(
        LocationSource(DeviceOptions("loc"), bare.urn),
        report(tmp_path / "l.jsonl", landmarks=[landmark(SINGAPORE, 2_000)]),
    )
    assert excluded(bare).value is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"device": {"board_serial": "0"}}, "device"),
        ({"at": "2026-01-05T00:00:00"}, "at"),
        ({"method": "guess"}, "method"),
        ({}, "landmarks"),
        ({"landmarks": [landmark(SINGAPORE, 0)]}, "landmarks[0].round_trip_us"),
        ({"landmarks": [landmark((91.0, 0.0), 10)]}, "landmarks[0]"),
        ({"latitude": 1, "longitude": 1}, "accuracy_m"),
    ],
)
def test_a_report_that_bounds_nothing_is_quarantined_with_its_field(fleet: Fleet, tmp_path: Path, more: dict[str, Any], field: str) -> None:  # fmt: skip
    """Line and field say what to mend."""
    good = report(tmp_path / "good.jsonl", landmarks=[landmark(TOKYO, 900)])
    done = fleet.ingest(
        LocationSource(DeviceOptions("loc"), fleet.urn), good, report(tmp_path / "bad.jsonl", **more)
    )
    assert (done.records, done.problems[0].field) == (1, field)


def test_distances_and_bounds() -> None:
    """Tokyo to Singapore is about 5,315 km; light needs 17.7 ms one way."""
    metres = distance_m(356_895_000, 1_396_917_000, 13_521_000, 1_038_198_000)
    assert abs(metres - 5_315_000) < 5_315_000 * 0.0056
    assert reach_m(35_500) > metres > reach_m(35_000)
    assert not is_beyond(1_000, 1_000)
    assert not is_beyond(1_005, 1_000)  # within what the sphere may be wrong
    assert is_beyond(1_006, 1_000)
