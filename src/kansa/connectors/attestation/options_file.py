"""The options file of attestation evidence as it is written. Reference: docs/sources/attestation.md."""

from kansa.config_files.models import doc, title
from kansa.config_files.values import Label
from kansa.connectors.devices.options_file import DeviceOptionsFile


class AttestationOptionsFile(DeviceOptionsFile):
    """How attestation evidence is read."""

    model_config = title("Options of attestation evidence", "構成証明の証拠の読み方")
    nonces: dict[str, Label] = doc(
        "the nonces that you issued, in hex → when: a time. Evidence over any other nonce is refused",
        "発行したノンス（16進）→ 発行時刻。ほかのノンスによる証拠は受け付けない",
        {},
        example="{4760e305…: 2026-05-01T09:00:00Z}",
    )
    roots: str | None = doc(
        "certificates (PEM) that are trusted as well as NVIDIA's device root",
        "NVIDIA の機器ルート証明書に加えて信頼する証明書（PEM）",
        None,
    )
