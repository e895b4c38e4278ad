"""NetBox, as a connector."""

from pathlib import Path

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup, Systems
from kansa.connectors.devices.describe import NAMES, known, names_row
from kansa.connectors.netbox.fetch import fetch
from kansa.connectors.netbox.source import REGISTERED, NetBoxSource, read_options
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return NetBoxSource(read_options(setup.options), setup.urn)


def _systems(path: Path) -> tuple[Systems, Systems]:
    options = read_options(path)
    return NAMES | {options.site_system}, frozenset(rule.system for rule in options.sites)


def _options() -> type[ConfigModel]:
    from kansa.connectors.netbox.options_file import NetBoxOptionsFile  # noqa: PLC0415 - models take long to load

    return NetBoxOptionsFile


CONNECTOR = Connector(
    id="netbox",
    title=Words("NetBox", "NetBox"),
    reads=Words(
        "lists of the REST API (JSON), `dumpdata`, tables exported as CSV: sites, devices, modules, inventory items",
        "REST API の一覧（JSON）、`dumpdata`、CSV に書き出した表（拠点・機器・モジュール・インベントリー項目）",
    ),
    kinds=(REGISTERED, *known("named", "identified")),
    fields=(
        FieldRow(
            "site.slug, site.name",
            "site.registered.site_id",
            Words("one site a slug", "slug ごとに一つの拠点"),
        ),
        FieldRow("site.name", "site.registered.names", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(
            "site.region",
            "site.registered.country",
            Words(
                "by `countries` of the options; NetBox has no countries",
                "オプションの `countries` による。NetBox には国がない",
            ),
        ),
        FieldRow(
            "site.physical_address",
            "site.registered.address",
            Words("as written, sealed", "そのまま（封印）"),
        ),
        FieldRow("site.latitude", "site.registered.latitude_e7", Words("degrees × 10^7", "度 × 10^7")),
        FieldRow("site.longitude", "site.registered.longitude_e7", Words("degrees × 10^7", "度 × 10^7")),
        *names_row("serial", "board_serial"),
        *names_row("asset_tag", "asset_tag"),
        FieldRow(
            "device_type.model, module_type.model, part_id",
            "device.identified.item_class",
            Words(
                "by `item_classes` of the options; others are no accelerators",
                "オプションの `item_classes` による。ほかはアクセラレータではない",
            ),
        ),
        FieldRow(
            "device.name",
            "device.identified.node_id",
            Words("the server that holds it", "それを収めるサーバー"),
        ),
        FieldRow(
            "device.site", "device.identified.site_id", Words("the site of the server", "そのサーバーの拠点")
        ),
        FieldRow(
            "last_updated",
            "device.identified.valid_from",
            Words("UTC; NetBox edits in place", "UTC。NetBox は上書きで編集する"),
        ),
    ),
    natural_key=Words(
        "strongest name and `last_updated`; of a site the slug", "最も強い名前と `last_updated`。拠点は slug"
    ),
    make=_make,
    cadence="P1D",
    options=_options,
    systems=_systems,
    pull=fetch,
)
