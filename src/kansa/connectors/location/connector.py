"""Locations of devices, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import device_options, device_systems, known
from kansa.connectors.devices.options import read_options
from kansa.connectors.location.source import LocationSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return LocationSource(read_options(setup.options, "location"), setup.urn)


CONNECTOR = Connector(
    id="location",
    title=Words("Locations of devices", "機器の位置"),
    reads=Words(
        "reports of round trips to landmarks and of vendors' location services (JSON, JSON Lines; format in docs/sources/location.md)",
        "基準点との往復時間の測定、メーカーの位置確認サービスの報告（JSON・JSON Lines。書式は docs/sources/location.md）",
    ),
    kinds=known("located"),
    fields=(
        FieldRow("device", "device.located.device_id", Words("by any of its names", "いずれかの名前による")),
        FieldRow("at", "device.located.valid_from", Words("when it was measured", "測定時刻")),
        FieldRow(
            "method",
            "device.located.method",
            Words("round_trip, vendor_service, declared", "round_trip・vendor_service・declared"),
        ),
        FieldRow(
            "landmarks[].round_trip_us, error_us",
            "device.located.circles",
            Words(
                "half the round trip at the speed of light in vacuum, with the error added",
                "誤差を加えた往復時間の半分に真空中の光速を乗じた距離以内",
            ),
        ),
        FieldRow(
            "latitude, longitude, accuracy_m",
            "device.located.circles",
            Words("a circle around the place, with its accuracy", "その地点を中心とし、精度を半径とする円"),
        ),
        FieldRow("country", "device.located.country", Words("as the service says", "サービスの示すとおり")),
        FieldRow("service", "device.located.means", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(
            "host",
            "device.located.site_id",
            Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による"),
        ),
    ),
    natural_key=Words("device, method, service and time", "機器・方法・サービス・時刻"),
    make=_make,
    cadence="P1D",
    options=device_options,
    systems=device_systems,
)
