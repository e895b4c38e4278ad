"""The options file of Fleet Intelligence reports as it is written. Reference: docs/sources/attestation.md."""

from kansa.config_files.models import doc, title
from kansa.connectors.devices.options_file import DeviceOptionsFile


class FleetOptionsFile(DeviceOptionsFile):
    """How inventory reports are read."""

    model_config = title("Options of Fleet Intelligence reports", "Fleet Intelligence 報告書の読み方")
    public_key: str | None = doc(
        "the key (PEM) with which NVIDIA signs reports now, as you fetched it; a signed report is refused without it",
        "NVIDIA が報告書に署名する現在の公開鍵（PEM）。署名付きの報告書には必須",
        None,
    )
