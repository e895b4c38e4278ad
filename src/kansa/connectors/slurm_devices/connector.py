"""Devices of running Slurm jobs, as a connector."""

from dataclasses import replace
from pathlib import Path

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup, Systems
from kansa.connectors.slurm.options import SlurmOptions, read_options
from kansa.connectors.slurm.source import PLACED
from kansa.connectors.slurm_devices.source import ScontrolSource
from kansa.texts import Words


def _read(path: Path) -> SlurmOptions:
    from kansa.connectors.slurm_devices.options_file import ScontrolOptionsFile  # noqa: PLC0415 - models take long to load

    return read_options(path, ScontrolOptionsFile)


def _make(setup: Setup) -> Source:
    options = SlurmOptions("slurm-devices") if setup.options is None else _read(setup.options)
    named = options.source if options.source != "slurm" else "slurm-devices"
    return ScontrolSource(replace(options, source=named), setup.urn)


def _options() -> type[ConfigModel]:
    from kansa.connectors.slurm_devices.options_file import ScontrolOptionsFile  # noqa: PLC0415 - models take long to load

    return ScontrolOptionsFile


def _systems(path: Path) -> tuple[Systems, Systems]:
    options = _read(path)
    sites = {rule.system for rule in options.sites}
    return frozenset(), frozenset(
        {options.node_system, options.accounts_of(options.cluster or ""), "device.slot", *sites}
    )


CONNECTOR = Connector(
    id="slurm-devices",
    title=Words("Devices of running Slurm jobs", "実行中の Slurm ジョブの機器"),
    reads=Words(
        "`scontrol show job -d` while jobs run; with nvidia-smi of the hosts ingested before",
        "ジョブ実行中の `scontrol show job -d`。先に各ホストの nvidia-smi を取り込むこと",
    ),
    kinds=(PLACED,),
    fields=(
        FieldRow(
            "JobId",
            "workload.placed.workload_id",
            Words("the workload that accounting has", "利用実績と同じワークロード"),
        ),
        FieldRow(
            "Account, UserId",
            "workload.placed.path_id",
            Words(
                "the path whose key is `account/user`, else `account`",
                "キーが `account/user`、なければ `account` の接続経路",
            ),
        ),
        FieldRow("Account", "workload.placed.account", Words("as written, sealed", "そのまま（封印）")),
        FieldRow("UserId", "workload.placed.user", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(
            "Nodes … GRES=…(IDX:…)",
            "workload.placed.units",
            Words(
                "the device that nvidia-smi saw under this minor number of the host",
                "nvidia-smi がそのホストの同じマイナー番号で観測した機器",
            ),
        ),
        FieldRow(
            "GRES type",
            "workload.placed.item_class",
            Words("by `item_classes` of the options", "オプションの `item_classes` による"),
        ),
        FieldRow(
            "Nodes",
            "workload.placed.site_id",
            Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による"),
        ),
        FieldRow(
            "StartTime",
            "workload.placed.valid_from",
            Words(
                "in the zone of the options; the end comes with accounting",
                "オプションの時間帯。終わりは利用実績による",
            ),
        ),
        FieldRow(
            "–",
            "workload.placed.inferred_from",
            Words("that the index is the minor number", "番号がマイナー番号であること"),
        ),
    ),
    natural_key=Words("cluster, job and start", "クラスター・ジョブ・開始時刻"),
    make=_make,
    cadence="PT5M",
    options=_options,
    needs_options=True,
    systems=_systems,
)
