"""GPU attestation evidence, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.attestation.source import AttestationSource, read_options
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import device_systems, known
from kansa.texts import Words

_PLAIN = Words("as written, sealed", "そのまま（封印）")


def _make(setup: Setup) -> Source:
    return AttestationSource(read_options(setup.options), setup.urn)


def _options() -> type[ConfigModel]:
    from kansa.connectors.attestation.options_file import AttestationOptionsFile  # noqa: PLC0415 - models take long to load

    return AttestationOptionsFile


CONNECTOR = Connector(
    id="attestation",
    title=Words("GPU attestation evidence", "GPU の構成証明"),
    reads=Words(
        "evidence of NVIDIA's attestation SDK (JSON): certificates, SPDM exchange, nonce; verified offline",
        "NVIDIA の構成証明 SDK の証拠（JSON）。証明書・SPDM の応答・ノンスをオフラインで検証",
    ),
    kinds=known("attested", "named"),
    fields=(
        FieldRow(
            "certificate (second).serialNumber",
            "device.attested.attestation_id",
            Words("of the device's own key, sealed", "機器固有の鍵のもの（封印）"),
        ),
        FieldRow("certificate (second).CN", "device.attested.hardware_model", _PLAIN),
        FieldRow(
            "certificate (last)",
            "device.attested.root_sha256",
            Words("must be a trusted root", "信頼するルート証明書であること"),
        ),
        FieldRow(
            "evidence",
            "device.attested.evidence_sha256",
            Words("of the exchange that was signed", "署名された応答のハッシュ"),
        ),
        FieldRow(
            "evidence.NumberOfBlocks",
            "device.attested.measurements",
            Words("how many; not compared with reference values", "件数。基準値との比較はしない"),
        ),
        FieldRow(
            "evidence.Nonce",
            "device.attested.nonce",
            Words("must be one of `nonces` of the options", "オプションの `nonces` にあること"),
        ),
        FieldRow(
            "evidence.OpaqueData (3)",
            "device.attested.driver_version",
            Words("signed, sealed", "署名済み（封印）"),
        ),
        FieldRow(
            "evidence.OpaqueData (6)",
            "device.attested.vbios_version",
            Words("signed, sealed", "署名済み（封印）"),
        ),
        FieldRow("–", "device.attested.valid_from", Words("when the nonce was issued", "ノンスの発行時刻")),
        FieldRow(
            "certificate (second).serialNumber",
            "device.named.attestation_id",
            Words("as a name", "機器の名前"),
        ),
        FieldRow(
            "gpu_uuid, uuid",
            "device.named.gpu_uuid",
            Words("if the collector wrote it beside; not signed", "収集側が併記した場合。署名の対象外"),
        ),
        FieldRow(
            "serial_number",
            "device.named.board_serial",
            Words("if the collector wrote it beside; not signed", "収集側が併記した場合。署名の対象外"),
        ),
    ),
    natural_key=Words(
        "attestation identity and nonce: another report over a nonce that was answered is refused",
        "識別情報とノンス。同じノンスへの別の応答は受け付けない",
    ),
    make=_make,
    cadence="P1D",
    options=_options,
    needs_options=True,
    systems=device_systems,
)
