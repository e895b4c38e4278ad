"""Redfish, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import device_options, device_systems, known, names_row, seen_rows
from kansa.connectors.devices.options import read_options
from kansa.connectors.redfish.fetch import fetch
from kansa.connectors.redfish.source import RedfishSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return RedfishSource(read_options(setup.options, "redfish"), setup.urn)


CONNECTOR = Connector(
    id="redfish",
    title=Words("Redfish services", "Redfish サービス"),
    reads=Words(
        "a saved tree (folder, zip, or one resource), or a service asked over HTTPS; any vendor",
        "保存したツリー（フォルダー、zip、単一のリソース）、または HTTPS で問い合わせるサービス。メーカーは問わない",
    ),
    kinds=known("named", "identified", "observed"),
    fields=(
        *names_row("Processor.SerialNumber; Chassis, Assembly.SerialNumber", "board_serial"),
        *names_row("Processor.UUID, Chassis.UUID", "gpu_uuid"),
        *names_row("Chassis.AssetTag", "asset_tag"),
        *seen_rows(
            model="Processor.Model, Chassis.Model",
            part="Processor.PartNumber",
            host="ComputerSystem.HostName",
            time="Manager.DateTime",
        ),
        FieldRow(
            "EnvironmentMetrics.PowerWatts.Reading",
            "device.observed.power_w",
            Words("watts, rounded", "ワット（四捨五入）"),
        ),
    ),
    natural_key=Words("strongest name and time of the tree", "最も強い名前とツリーの時刻"),
    make=_make,
    cadence="P1D",
    options=device_options,
    systems=device_systems,
    pull=fetch,
)
