"""DCGM exporter, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.dcgm.source import DcgmSource
from kansa.connectors.devices.describe import device_options, device_systems, known, names_row, seen_rows
from kansa.connectors.devices.options import read_options
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    options = read_options(setup.options, "dcgm")
    return DcgmSource(options, setup.urn)


CONNECTOR = Connector(
    id="dcgm",
    title=Words("DCGM exporter", "DCGM exporter"),
    reads=Words(
        "the exporter's metrics as scraped (text), or from Prometheus (`query`, `query_range`)",
        "exporter のメトリクス（テキスト）、または Prometheus の応答（`query`・`query_range`）",
    ),
    kinds=known("named", "identified", "observed"),
    fields=(
        *names_row("label UUID", "gpu_uuid"),
        *names_row("label DCGM_FI_DEV_SERIAL", "board_serial"),
        *seen_rows(model="label modelName", part="–", host="label Hostname", time="time of the reading"),
        FieldRow(
            "time of the last reading",
            "device.observed.valid_to",
            Words("of each hour of a range", "範囲の一時間ごと"),
        ),
        FieldRow(
            "DCGM_FI_DEV_POWER_USAGE",
            "device.observed.power_w",
            Words("the mean, in watts", "平均（ワット）"),
        ),
        FieldRow(
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE, DCGM_FI_DEV_GPU_UTIL",
            "device.observed.utilization_bp",
            Words("the mean, in hundredths of a per cent", "平均（0.01 パーセント単位）"),
        ),
        FieldRow("readings", "device.observed.samples", Words("how many times", "読み取り回数")),
    ),
    natural_key=Words("UUID and first reading", "UUID と最初の読み取り時刻"),
    make=_make,
    cadence="PT1H",
    options=device_options,
    systems=device_systems,
)
