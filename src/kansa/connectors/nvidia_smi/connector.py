"""nvidia-smi, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import device_options, device_systems, known, names_row, seen_rows
from kansa.connectors.devices.options import read_options
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return NvidiaSmiSource(read_options(setup.options, "nvidia-smi"), setup.urn)


CONNECTOR = Connector(
    id="nvidia-smi",
    title=Words("nvidia-smi", "nvidia-smi"),
    reads=Words(
        "`nvidia-smi -q -x` (XML) and `nvidia-smi -q` (text), one file a host",
        "`nvidia-smi -q -x`（XML）と `nvidia-smi -q`（テキスト）。一ホスト一ファイル",
    ),
    kinds=known("named", "identified", "observed"),
    fields=(
        *names_row("serial, Serial Number", "board_serial"),
        *names_row("uuid, GPU UUID", "gpu_uuid"),
        *seen_rows(
            model="product_name, Product Name",
            part="gpu_part_number, GPU Part Number",
            host="",
            time="timestamp, Timestamp",
        ),
        FieldRow(
            "power_draw, Power Draw", "device.observed.power_w", Words("watts, rounded", "ワット（四捨五入）")
        ),
        FieldRow(
            "gpu_util, Utilization/Gpu",
            "device.observed.utilization_bp",
            Words("per cent × 100", "パーセント × 100"),
        ),
    ),
    natural_key=Words("strongest name and stamp of the file", "最も強い名前とファイルの時刻"),
    make=_make,
    cadence="P1D",
    options=device_options,
    systems=device_systems,
)
