"""From several systems' bytes to coherence: what each adds is seen in the gaps of one workload."""

import json
from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from connectors.test_netbox import modules
from connectors.test_ubl import SERIALS, advice, line
from connectors.test_ubl import options as ubl_options
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.kubernetes.source import KubernetesSource
from kansa.connectors.netbox.source import NetBoxOptions, NetBoxSource
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.slurm.options import SiteRule
from kansa.connectors.ubl.source import UblSource
from kansa.connectors.zones import zone_named
from kansa.facts import device as facts
from kansa.facts.context import FactContext

UUIDS = ("GPU-ee7954ec-da95-fd7a-ddfd-c6b32cc2f8aa", "GPU-47daa2ad-a218-6286-252b-af45f0dfaf00")
TOKYO, SINGAPORE = (SiteRule("site", "TYO"),), (SiteRule("site", "SIN"),)
K8S = WorkloadOptions("k8s", cluster="prod", sites=TOKYO)
CUSTODY = 4


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault in which a pod held two devices by their UUIDs for five hours of 5 January."""
    found = Fleet(tmp_path)
    found.introduce_contract("C-1", "VEU-1")
    pod = {
        "kind": "Pod",
        "metadata": {"name": "train", "namespace": "robotics", "uid": "u1"},
        "spec": {"nodeName": "gpu-001", "containers": [{"resources": {"limits": {"nvidia.com/gpu": "2"}}}]},
        "status": {
            "phase": "Succeeded",
            "startTime": "2026-01-05T00:00:00Z",
            "containerStatuses": [{"state": {"terminated": {"finishedAt": "2026-01-05T05:00:00Z"}}}],
        },
    }
    listed = {"pod_resources": [{"name": "train", "namespace": "robotics", "containers": [{"devices": [{"resource_name": "nvidia.com/gpu", "device_ids": list(UUIDS)}]}]}]}  # fmt: skip
    path = tmp_path / "pods.jsonl"
    path.write_text(json.dumps(pod) + "\n" + json.dumps(listed) + "\n")
    found.ingest(KubernetesSource(K8S, found.urn), path)
    return found


def smi(fleet: Fleet, path: Path, day: int, sites: tuple[SiteRule, ...]) -> None:
    """Nvidia-smi saw both devices on a day at a site, with serial numbers and UUIDs."""
    gpus = "".join(
        f'<gpu id="0"><serial>{a}</serial><uuid>{b}</uuid></gpu>' for a, b in zip(SERIALS, UUIDS, strict=True)
    )
    path.write_text(
        f"<nvidia_smi_log><timestamp>Mon Jan  {day} 09:00:00 2026</timestamp><attached_gpus>2</attached_gpus>{gpus}</nvidia_smi_log>"
    )
    options = DeviceOptions(f"smi-{day}", zone=zone_named("Asia/Tokyo"), host="gpu-001", sites=sites)
    fleet.ingest(NvidiaSmiSource(options, fleet.urn), path)


def without_custody(fleet: Fleet) -> int:
    """Seconds of the pod's device time in which custody is not evidenced."""
    now = fleet.vault.clock.now()
    swept = sweep(within(fleet.vault.tables(), 0, now), horizon=now)
    assert not swept.result.quarantined
    return sum((gap.end - gap.start) // 1_000_000 for gap in swept.gaps if gap.missing & CUSTODY)


def test_custody_is_evidenced_once_a_receipt_and_the_join_of_names_are_there(
    fleet: Fleet, tmp_path: Path
) -> None:
    """A receipt names serial numbers, the pod UUIDs: only the join by nvidia-smi lets one evidence the other."""
    assert without_custody(fleet) == 2 * 18_000
    receipt = advice(tmp_path / "receipt.xml", "Receipt", line("Receipt", 2, SERIALS))
    smi(fleet, tmp_path / "gpu-001.xml", 4, TOKYO)
    fleet.ingest(UblSource(ubl_options(), fleet.urn), receipt)
    assert without_custody(fleet) == 0


def test_a_sighting_at_another_site_takes_it_away_and_is_a_finding(fleet: Fleet, tmp_path: Path) -> None:
    """Whoever is right, it is contested: from the sighting on, custody is not evidenced."""
    smi(fleet, tmp_path / "gpu-001.xml", 3, TOKYO)
    fleet.ingest(
        UblSource(ubl_options(), fleet.urn),
        advice(tmp_path / "r.xml", "Receipt", line("Receipt", 2, SERIALS)),
    )
    smi(fleet, tmp_path / "gpu-001.xml", 4, SINGAPORE)
    assert without_custody(fleet) == 2 * 18_000
    with fleet.vault.evidence() as evidence:
        world = FactContext(evidence.journal, fleet.vault.clock.now())
        devices = {each["device_id"] for each in fleet.said("device.named")}
        assert {facts.custody(world, each).value for each in devices} == {"contested"}


@pytest.mark.usefixtures("fleet")
def test_an_inventory_that_says_the_node_alone_leaves_the_doubt(tmp_path: Path) -> None:
    """Without pod-resources the unit is the node: custody must hold for every accelerator in it."""
    other = Fleet(tmp_path / "other")
    other.introduce_contract("C-1", "VEU-1")
    pod = json.loads((tmp_path / "pods.jsonl").read_text().splitlines()[0])
    path = tmp_path / "pods.json"
    path.write_text(json.dumps(pod))
    other.ingest(KubernetesSource(K8S, other.urn), path)
    netbox = NetBoxOptions("netbox", item_classes={"H100 SXM5": "h100-sxm5"})
    other.ingest(
        UblSource(ubl_options(), other.urn),
        advice(tmp_path / "r.xml", "Receipt", line("Receipt", 1, SERIALS[:1])),
    )
    for number, serial in enumerate((*SERIALS, "1650124047722")):
        export = modules(
            tmp_path / f"m{number}.json", serial=serial, asset_tag=None, last_updated="2026-01-03T00:00:00Z"
        )
        other.ingest(NetBoxSource(netbox, other.urn), export)
    assert without_custody(other) == 18_000, (
        "one use, of the node: two of its three accelerators have no receipt"
    )
