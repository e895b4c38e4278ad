"""Kubernetes placements, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.workload_options import read_options, workload_systems
from kansa.connectors.devices.workloads import ENDED, PLACED
from kansa.connectors.kubernetes.source import KubernetesSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return KubernetesSource(read_options(setup.options, "kubernetes"), setup.urn)


def _options() -> type[ConfigModel]:
    from kansa.connectors.devices.workloads_file import WorkloadOptionsFile  # noqa: PLC0415 - models take long to load

    return WorkloadOptionsFile


CONNECTOR = Connector(
    id="kubernetes",
    title=Words("Kubernetes pods", "Kubernetes の Pod"),
    reads=Words(
        "pod lists, the audit log, the kubelet's pod-resources list, ResourceClaims and ResourceSlices (JSON); give together what speaks of the same pods",
        "Pod の一覧、監査ログ、kubelet の pod-resources、ResourceClaim と ResourceSlice（JSON）。同じ Pod に関するものは一緒に指定",
    ),
    kinds=(PLACED, ENDED),
    fields=(
        FieldRow(
            "metadata.uid",
            "workload.placed.workload_id",
            Words("one workload a pod", "Pod ごとに一つのワークロード"),
        ),
        FieldRow(
            "metadata.namespace, spec.serviceAccountName",
            "workload.placed.path_id",
            Words(
                "the path whose key is `namespace/account`, else `namespace`",
                "キーが `名前空間/アカウント`、なければ `名前空間` の接続経路",
            ),
        ),
        FieldRow(
            "pod_resources.device_ids; ResourceClaim.status.allocation with ResourceSlice uuid",
            "workload.placed.units",
            Words(
                "the devices, if all are named; else the node of `spec.nodeName`",
                "全台が示されていれば機器、なければ `spec.nodeName` のノード",
            ),
        ),
        FieldRow(
            "resources.limits (nvidia.com/gpu, nvidia.com/mig-…)",
            "workload.placed.accelerators",
            Words(
                "how many on the node, where devices are not named", "機器が示されていないときのノード上の数"
            ),
        ),
        FieldRow(
            "resources.limits",
            "workload.placed.item_class",
            Words(
                "by `resources` of the options; else the inventory's",
                "オプションの `resources`、なければ台帳による",
            ),
        ),
        FieldRow(
            "spec.nodeName",
            "workload.placed.site_id",
            Words("by `site` or `sites` of the options", "オプションの `site`・`sites` による"),
        ),
        FieldRow("status.startTime; audited binding", "workload.placed.valid_from", Words("UTC", "UTC")),
        FieldRow(
            "containerStatuses[].state.terminated.finishedAt",
            "workload.placed.valid_to",
            Words("the last; null while it runs", "最後のもの。実行中は null"),
        ),
        FieldRow(
            "metadata.namespace", "workload.placed.account", Words("as written, sealed", "そのまま（封印）")
        ),
        FieldRow(
            "spec.serviceAccountName", "workload.placed.user", Words("as written, sealed", "そのまま（封印）")
        ),
        FieldRow(
            "audited delete",
            "workload.ended.workload_id",
            Words("of a pod whose placement is on record", "配置が記録されている Pod のもの"),
        ),
    ),
    natural_key=Words("cluster and uid of the pod", "クラスターと Pod の uid"),
    make=_make,
    cadence="PT1H",
    options=_options,
    systems=workload_systems,
)
