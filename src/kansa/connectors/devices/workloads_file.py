"""What options of sources that place workloads say, as it is written."""

from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import Label
from kansa.connectors.devices.options_file import DeviceOptionsFile


class WorkloadSystemsModel(ConfigModel):
    """In whose books hosts and accounts stand."""

    model_config = title("Systems", "台帳のシステム")
    node: str = doc("the system of host names", "ホスト名の台帳", "node")
    account: str | None = doc(
        "the system of accounts (namespaces, projects), by which paths are found",
        "接続経路を見つけるアカウント（名前空間・プロジェクト）の台帳",
        None,
    )


class WorkloadOptionsFile(DeviceOptionsFile):
    """How a source that places workloads is read."""

    model_config = title("Options of a source that places workloads", "ワークロードの配置を示す出典の読み方")
    systems: WorkloadSystemsModel | None = doc(
        "in whose books hosts and accounts stand", "ホストとアカウントの台帳", None
    )  # type: ignore[assignment]  # more than the base has
    cluster: str | None = doc(
        "the cluster or cloud, which the files do not name",
        "クラスターまたはクラウドの名前（ファイルにはない）",
        None,
        example="prod",
    )
    resources: dict[str, Label] = doc(
        "further resources that are accelerators, by name (`amd.com/gpu`; in OpenStack a PCI alias) → item class",
        "アクセラレータとして扱うそのほかのリソース名（`amd.com/gpu`、OpenStack では PCI エイリアス）→ 品目区分",
        {},
    )
