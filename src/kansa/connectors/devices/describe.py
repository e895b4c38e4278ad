"""What the connectors that see devices declare alike: their kinds, the fields of a sighting, options and systems."""

from pathlib import Path
from typing import TYPE_CHECKING

from kansa.connectors.connector import FieldRow, Systems
from kansa.connectors.devices.names import KINDS, system_of
from kansa.connectors.devices.options import read_options
from kansa.records.kinds.custody import NameKind
from kansa.texts import Words

if TYPE_CHECKING:
    from kansa.config_files.models import ConfigModel

NAMES = frozenset(system_of(kind) for kind in KINDS)
"""The systems in whose books the names of devices stand."""

_SAID = {
    "board_serial": Words("the serial number, as a name", "シリアル番号（機器の名前）"),
    "gpu_uuid": Words("the UUID, with `GPU-` and in lower case", "UUID（`GPU-` 付き、小文字）"),
    "asset_tag": Words("the asset tag, as a name", "資産番号（機器の名前）"),
    "epc": Words("the EPC, as the path of its GS1 Digital Link", "EPC（GS1 Digital Link のパス）"),
    "attestation_id": Words("the identity in the device's certificate", "機器の証明書にある識別情報"),
}


def known(*verbs: str) -> tuple[str, ...]:
    """Return the types of kinds about devices."""
    return tuple(f"kansa.device.{verb}.v0" for verb in verbs)


def names_row(read: str, kind: NameKind) -> tuple[FieldRow, ...]:
    """Return where a name of a device goes."""
    return (
        FieldRow(read, f"device.named.{kind}", _SAID[kind]),
        *((FieldRow(read, f"device.identified.{kind}", _SAID[kind]),) if kind != "epc" else ()),
    )


def seen_rows(*, model: str, part: str, host: str, time: str) -> tuple[FieldRow, ...]:
    """Return where model, part number, host and time of a sighting go; an empty text is what the system does not say."""
    item = Words(
        "by `item_classes`: part number, else model, else words of the model",
        "`item_classes` による（部品番号、型名、型名の一部の順）",
    )
    node = Words(
        "the node of this name; where the system does not say it, `host` of the options or the file's name",
        "その名前のノード。出典にないときはオプションの `host` またはファイル名",
    )
    at = Words(
        "when it was seen; `taken_at` of the options goes before", "観測時刻。オプションの `taken_at` が優先"
    )
    place = Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による")
    return (
        FieldRow(model, "device.named.model", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(part, "device.named.part_number", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(f"{part}; {model}", "device.identified.item_class", item),
        FieldRow(host or "–", "device.identified.node_id", node),
        FieldRow(host or "–", "device.observed.node_id", node),
        FieldRow("–", "device.observed.site_id", place),
        FieldRow(time, "device.observed.valid_from", at),
    )


def device_options() -> "type[ConfigModel]":
    """Return the model of the options that these connectors share."""
    from kansa.connectors.devices.options_file import DeviceOptionsFile  # noqa: PLC0415 - models take long to load

    return DeviceOptionsFile


def device_systems(path: Path) -> tuple[Systems, Systems]:
    """Return the systems in whose books a source introduces subjects, and those that its options refer to."""
    options = read_options(path, "devices")
    return NAMES, frozenset(rule.system for rule in options.sites)
