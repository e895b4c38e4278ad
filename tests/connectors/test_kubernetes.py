"""Kubernetes: pods become placements of devices where something names them, else of nodes with a count."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.kubernetes.source import KubernetesSource
from kansa.connectors.slurm.options import SiteRule
from shared_data import SharedData

UUIDS = ("GPU-ee7954ec-da95-fd7a-ddfd-c6b32cc2f8aa", "GPU-47daa2ad-a218-6286-252b-af45f0dfaf00")
OPTIONS = WorkloadOptions("k8s", cluster="prod", sites=(SiteRule("site", "TYO"),))


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def pod(gpus: int = 2, *, phase: str = "Running", name: str = "train-0", **spec: Any) -> dict[str, Any]:
    """A pod on a node since 2 January."""
    status: dict[str, Any] = {"phase": phase, "startTime": "2026-01-02T00:00:00Z"}
    if phase != "Running":
        status["containerStatuses"] = [{"state": {"terminated": {"finishedAt": "2026-01-02T05:00:00Z"}}}]
    limits = {"resources": {"limits": {"nvidia.com/gpu": str(gpus), "cpu": "8"}}} if gpus else {}
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "robotics", "uid": f"uid-{name}", "resourceVersion": "7"},
        "spec": {"nodeName": "gpu-001", "serviceAccountName": "sato", "containers": [limits], **spec},
        "status": status,
    }


def saved(path: Path, *values: Any) -> Path:
    """JSON Lines."""
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def take(fleet: Fleet, *paths: Path) -> Any:
    """Ingest with fresh state."""
    return fleet.ingest(KubernetesSource(OPTIONS, fleet.urn), *paths)


def test_without_a_word_on_devices_the_unit_is_the_node_with_a_count(fleet: Fleet, tmp_path: Path) -> None:
    """The record says what is known: two accelerators of that node, not which."""
    take(fleet, saved(tmp_path / "pods.json", {"kind": "PodList", "items": [pod()]}))
    (placed,) = fleet.said("workload.placed")
    assert placed["units"][0].startswith("nod_")
    assert (placed["accelerators"], placed["known_by"], placed["site_id"]) == (
        2,
        "measured",
        fleet.sites["TYO"],
    )


def test_pod_resources_name_the_devices_replicas_of_one_device_are_the_device(
    fleet: Fleet, tmp_path: Path
) -> None:
    """Time-slicing gives `GPU-…::1`."""
    ids = [f"{UUIDS[0]}::1", UUIDS[1]]
    listed = {"pod_resources": [{"name": "train-0", "namespace": "robotics", "containers": [{"devices": [{"resource_name": "nvidia.com/gpu", "device_ids": ids}]}]}]}  # fmt: skip
    done = take(fleet, saved(tmp_path / "pods.json", pod()), saved(tmp_path / "res.json", listed))
    assert done.passed_over == {"what tells which devices a pod holds": 1}
    (placed,) = fleet.said("workload.placed")
    assert [each[:4] for each in placed["units"]] == ["dev_", "dev_"]
    assert placed["accelerators"] is None


def test_a_claim_with_its_slice_names_the_device(fleet: Fleet, tmp_path: Path) -> None:
    """Dynamic Resource Allocation: the pod asks for no `nvidia.com/gpu`; the claim is reserved for its uid."""
    claim = {
        "kind": "ResourceClaim",
        "status": {
            "allocation": {
                "devices": {"results": [{"driver": "gpu.nvidia.com", "pool": "gpu-001", "device": "gpu-0"}]}
            },
            "reservedFor": [{"resource": "pods", "name": "train-0", "uid": "uid-train-0"}],
        },
    }
    slice_ = {"kind": "ResourceSlice", "spec": {"pool": {"name": "gpu-001"}, "devices": [{"name": "gpu-0", "basic": {"attributes": {"uuid": {"string": UUIDS[0]}}}}]}}  # fmt: skip
    take(fleet, saved(tmp_path / "all.json", pod(0), claim, slice_))
    (placed,) = fleet.said("workload.placed")
    assert placed["units"][0].startswith("dev_")
    alone = Fleet(tmp_path / "other")
    take(alone, saved(tmp_path / "noslice.json", pod(0), claim))
    assert (
        alone.said("workload.placed")[0]["units"][0][:4],
        alone.said("workload.placed")[0]["accelerators"],
    ) == ("nod_", 1)


def test_a_pod_that_ended_corrects_its_open_placement(fleet: Fleet, tmp_path: Path) -> None:
    """One record stays current; the use ends when the last container did."""
    take(fleet, saved(tmp_path / "1.json", pod()))
    done = take(fleet, saved(tmp_path / "2.json", pod(phase="Succeeded")))
    assert done.superseding == 1
    (use,) = fleet.vault.tables().use
    assert use.end is not None


def test_the_audit_log_places_by_the_binding_and_ends_by_the_deletion(fleet: Fleet, tmp_path: Path) -> None:
    """A request before its answer, and one that was refused, say nothing."""
    created = pod()
    created.pop("status")

    def event(
        verb: str, part: str | None, at: str, code: int = 201, stage: str = "ResponseComplete", **more: Any
    ) -> dict[str, Any]:
        reference = {
            "resource": "pods",
            "namespace": "robotics",
            "name": "train-0",
            **({"subresource": part} if part else {}),
        }
        return {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": f"{verb}-{part}-{at}", "stage": stage, "verb": verb, "objectRef": reference, "responseStatus": {"code": code}, "stageTimestamp": at, **more}  # fmt: skip

    target: dict[str, Any] = {"requestObject": {"target": {"kind": "Node", "name": "gpu-001"}}}
    path = saved(
        tmp_path / "audit.log",
        event("create", None, "2026-01-02T00:00:00.000001Z", stage="RequestReceived"),
        event("create", None, "2026-01-02T00:00:00.000002Z", responseObject=created),
        event("create", "binding", "2026-01-02T00:00:01.000000Z", **target),
        event("delete", None, "2026-01-02T01:00:00.000000Z", code=403),
        event("delete", None, "2026-01-02T02:00:00.000000Z", code=200),
    )
    done = take(fleet, path)
    assert (done.rows, done.records) == (5, 2)
    (use,) = fleet.vault.tables().use
    assert use.end == use.start + 7_199_000_000


def test_real_samples_are_accounted_for(fleet: Fleet, shared_data: SharedData) -> None:
    """Audit events of v1 and v1beta1, some with two documents a file, and a kubelet's pods: none places an accelerator."""
    files = sorted(shared_data("connectors", "kubernetes", "audit-falco").glob("*.json"))
    done = take(fleet, shared_data("connectors", "kubernetes", "kubelet-readonly-pods.json"), *files)
    assert done.rows > 45
    assert done.records == 0
    assert {each.code for each in (*done.problems, *done.unreadable)} <= {"kubernetes.form"}


@pytest.mark.parametrize(
    ("each", "reason"),
    [
        (pod(0), "a pod without accelerators"),
        (pod() | {"status": {"phase": "Pending"}}, "a pod that never started"),
        ({"kind": "Service"}, "an object that places nothing"),
    ],
)
def test_what_places_nothing_is_passed_over_with_the_reason(fleet: Fleet, tmp_path: Path, each: dict[str, Any], reason: str) -> None:  # fmt: skip
    """Nothing is dropped silently."""
    assert take(fleet, saved(tmp_path / "x.json", each)).passed_over == {reason: 1}


def test_an_ended_pod_without_its_end_is_quarantined(fleet: Fleet, tmp_path: Path) -> None:
    """No end is made up."""
    done = take(
        fleet,
        saved(
            tmp_path / "x.json", pod() | {"status": {"phase": "Failed", "startTime": "2026-01-02T00:00:00Z"}}
        ),
    )
    assert done.problems[0].code == "kubernetes.end"
