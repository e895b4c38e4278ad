"""OpenStack Nova notifications, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.workload_options import read_options, workload_systems
from kansa.connectors.devices.workloads import ENDED, PLACED, SHIFTED
from kansa.connectors.openstack.source import OpenStackSource
from kansa.texts import Words

_NODE = Words(
    "the node of the host: Nova does not say which of its accelerators",
    "ホストのノード。どのアクセラレータかは Nova からはわからない",
)
_COUNT = Words(
    "by `resources` of the options, and VGPU, PGPU", "オプションの `resources`、および VGPU・PGPU による"
)
_WHEN = Words("UTC where it has no offset", "時差がなければ UTC")


def _make(setup: Setup) -> Source:
    return OpenStackSource(read_options(setup.options, "openstack"), setup.urn)


def _options() -> type[ConfigModel]:
    from kansa.connectors.devices.workloads_file import WorkloadOptionsFile  # noqa: PLC0415 - models take long to load

    return WorkloadOptionsFile


CONNECTOR = Connector(
    id="openstack",
    title=Words("OpenStack Nova", "OpenStack Nova"),
    reads=Words(
        "versioned notifications (JSON, JSON Lines, with or without oslo's envelope)",
        "バージョン付き通知（JSON・JSON Lines、oslo の外枠の有無を問わない）",
    ),
    kinds=(PLACED, SHIFTED, ENDED),
    fields=(
        FieldRow(
            "payload.uuid",
            "workload.placed.workload_id",
            Words("one workload an instance", "インスタンスごとに一つのワークロード"),
        ),
        FieldRow(
            "tenant_id, user_id",
            "workload.placed.path_id",
            Words(
                "the path whose key is `project/user`, else `project`",
                "キーが `プロジェクト/ユーザー`、なければ `プロジェクト` の接続経路",
            ),
        ),
        FieldRow("host", "workload.placed.units", _NODE),
        FieldRow(
            "flavor.extra_specs (pci_passthrough:alias, resources:…)", "workload.placed.accelerators", _COUNT
        ),
        FieldRow(
            "pci_passthrough:alias",
            "workload.placed.item_class",
            Words("by `resources` of the options", "オプションの `resources` による"),
        ),
        FieldRow(
            "host",
            "workload.placed.site_id",
            Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による"),
        ),
        FieldRow("timestamp", "workload.placed.valid_from", _WHEN),
        FieldRow("tenant_id", "workload.placed.account", Words("as written, sealed", "そのまま（封印）")),
        FieldRow("user_id", "workload.placed.user", Words("as written, sealed", "そのまま（封印）")),
        FieldRow("host after live_migration_post_dest, resize_finish", "workload.shifted.units", _NODE),
        FieldRow(
            "event_type",
            "workload.shifted.cause",
            Words(
                "a live migration: maintenance; rolled back: failure",
                "ライブマイグレーションは maintenance、その取り消しは failure",
            ),
        ),
        FieldRow("event_type", "workload.shifted.signal", Words("as written, sealed", "そのまま（封印）")),
        FieldRow("timestamp", "workload.shifted.valid_from", _WHEN),
        FieldRow(
            "event_type (delete, shelve_offload)",
            "workload.ended.outcome",
            Words("as written, sealed", "そのまま（封印）"),
        ),
    ),
    natural_key=Words(
        "event, instance and message id, else time", "イベント・インスタンス・メッセージ ID（なければ時刻）"
    ),
    make=_make,
    cadence="PT1H",
    options=_options,
    systems=workload_systems,
)
