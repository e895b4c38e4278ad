"""NVIDIA Fleet Intelligence reports, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import device_systems, known, names_row, seen_rows
from kansa.connectors.fleet_intelligence.source import VERIFIED, FleetSource, read_options
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return FleetSource(read_options(setup.options), setup.urn, setup.now)


def _options() -> type[ConfigModel]:
    from kansa.connectors.fleet_intelligence.options_file import FleetOptionsFile  # noqa: PLC0415 - models take long to load

    return FleetOptionsFile


CONNECTOR = Connector(
    id="fleet-intelligence",
    title=Words("NVIDIA Fleet Intelligence reports", "NVIDIA Fleet Intelligence の報告書"),
    reads=Words(
        "inventory reports: the signed zip, or a CSV with its Sigstore-format bundle beside it; the signature is verified on arrival",
        "インベントリー報告書（署名付き zip、または CSV と Sigstore 形式の署名）。署名は取り込み時に検証",
    ),
    kinds=(*known("named", "identified", "observed", "located"), VERIFIED),
    fields=(
        *names_row("gpuUUIDs", "gpu_uuid"),
        FieldRow(
            "serialNumbers",
            "device.named.board_serial",
            Words(
                "only of a node with one GPU: which serial is of which UUID is not published",
                "GPU が一台のノードに限る。複数台の対応関係は公開されていない",
            ),
        ),
        *seen_rows(model="gpuType", part="–", host="hostname", time="lastIntegrityCheckTS"),
        FieldRow(
            "geoLocation",
            "device.located.circles",
            Words(
                "declared: the operator's administrator set it; it bounds nothing",
                "申告。事業者の管理者が設定したもので、範囲を限定しない",
            ),
        ),
        FieldRow("geoLocation.country", "device.located.country", Words("declared", "申告")),
        FieldRow(
            "CSV",
            "report.verified.report_sha256",
            Words("of the bytes that were signed", "署名されたバイト列のハッシュ"),
        ),
        FieldRow(
            "bundle.messageSignature",
            "report.verified.result",
            Words(
                "verified with `public_key` of the options; one that does not verify is refused whole",
                "オプションの `public_key` で検証。検証できないものは全体を受け付けない",
            ),
        ),
        FieldRow(
            "bundle",
            "report.verified.bundle",
            Words(
                "as it came, sealed: NVIDIA's keys rotate",
                "受領したまま（封印）。NVIDIA の鍵は更新されるため",
            ),
        ),
    ),
    natural_key=Words("UUID and time; of a verification the digests", "UUID と時刻。検証結果はハッシュ"),
    make=_make,
    cadence="P1D",
    options=_options,
    systems=device_systems,
)
