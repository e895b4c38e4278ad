"""Slurm's accounting, as a connector."""

from dataclasses import replace
from pathlib import Path

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup, Systems
from kansa.connectors.slurm.options import OBSERVED, SlurmOptions, read_options
from kansa.connectors.slurm.source import PLACED, SlurmSource
from kansa.texts import Words

_OPTIONS = frozenset(
    {"cluster", "systems", "site", "sites", "item_classes", "gres", "accounted_from", "window"}
)


def _make(setup: Setup) -> Source:
    """Without options nodes and accounts keep their own keys, and the window is what the accounting shows."""
    options = SlurmOptions(window=OBSERVED) if setup.options is None else read_options(setup.options)
    return SlurmSource(options if setup.window is None else replace(options, window=setup.window), setup.urn)


def _systems(path: Path) -> tuple[Systems, Systems]:
    options = read_options(path)
    sites = {rule.system for rule in options.sites}
    return frozenset(), frozenset({options.node_system, options.accounts_of(options.cluster or ""), *sites})


def _options() -> type[ConfigModel]:
    from kansa.connectors.slurm.options_file import OptionsFile  # noqa: PLC0415 - models take long to load

    return OptionsFile


CONNECTOR = Connector(
    id="slurm",
    title=Words("Slurm's accounting", "Slurm の利用実績"),
    reads=Words(
        "`sacct --json`, slurmrestd's jobs, `sacct -P` with any delimiter",
        "`sacct --json`、slurmrestd のジョブ、任意の区切り文字の `sacct -P`",
    ),
    kinds=(PLACED,),
    fields=(
        FieldRow(
            "JobIDRaw, Cluster",
            "workload.placed.workload_id",
            Words("one workload a job and cluster", "クラスターとジョブごとに一つのワークロード"),
        ),
        FieldRow(
            "Account, User",
            "workload.placed.path_id",
            Words(
                "the path whose key is `account/user`, else `account`",
                "キーが `account/user`、なければ `account` の接続経路",
            ),
        ),
        FieldRow("Account", "workload.placed.account", Words("as written, sealed", "そのまま（封印）")),
        FieldRow("User", "workload.placed.user", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(
            "NodeList",
            "workload.placed.units",
            Words(
                "the node of each host; accounting names no device",
                "ホストごとのノード。機器は会計に残らない",
            ),
        ),
        FieldRow(
            "AllocTRES, tres.allocated",
            "workload.placed.accelerators",
            Words("accelerators on each node", "ノードごとのアクセラレータ数"),
        ),
        FieldRow(
            "AllocTRES (gres type)",
            "workload.placed.item_class",
            Words("by `item_classes` of the options", "オプションの `item_classes` による"),
        ),
        FieldRow(
            "NodeList",
            "workload.placed.site_id",
            Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による"),
        ),
        FieldRow(
            "Start",
            "workload.placed.valid_from",
            Words("text: in the zone of the options", "テキストはオプションの時間帯で読む"),
        ),
        FieldRow("End, State", "workload.placed.valid_to", Words("null while it runs", "実行中は null")),
    ),
    natural_key=Words("cluster, job and start", "クラスター・ジョブ・開始時刻"),
    cadence="P1D",
    make=_make,
    options=_options,
    recognises=lambda names: bool(names & _OPTIONS),
    systems=_systems,
)
