"""Damaged and hostile documents: whatever stands in them, rows are accounted for or the file is refused; nothing breaks."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.conftest import URN, counted_bytes
from kansa.clock import parse_instant
from kansa.connectors.attestation.source import AttestationOptions, AttestationSource
from kansa.connectors.base import Parsed, Quarantined, Skipped, Source
from kansa.connectors.dcgm.source import DcgmSource
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.devices.papers import PaperOptions
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.epcis.source import EpcisSource
from kansa.connectors.fleet_intelligence.source import FleetOptions, FleetSource
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.kubernetes.source import KubernetesSource
from kansa.connectors.location.source import LocationSource
from kansa.connectors.netbox.source import NetBoxOptions, NetBoxSource
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.openstack.source import OpenStackSource
from kansa.connectors.redfish.source import RedfishSource
from kansa.connectors.slurm.options import SiteRule, SlurmOptions
from kansa.connectors.slurm_devices.source import ScontrolSource
from kansa.connectors.ubl.source import UblSource
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput
from kansa.records.draft import submit
from shared_data import SharedData

AT = parse_instant("2026-01-02T00:00:00.000Z")
SITE: dict[str, Any] = {"zone": zone_named("Asia/Tokyo"), "taken_at": AT, "sites": (SiteRule("site", "TYO"),)}
NONCE = "4760e30534a0621357d458b1a7936551b5dc4cd1e69718adf7ed9fb0252a537e"

Make = Callable[[], Source]
SOURCES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "redfish": (lambda: RedfishSource(DeviceOptions("x", **SITE), URN), ("redfish", "nvidia_viking", "redfish", "v1", "Systems", "HGX_Baseboard_0", "Processors", "GPU_SXM_1", "index.json")),
    "nvidia-smi": (lambda: NvidiaSmiSource(DeviceOptions("x", **SITE), URN), ("nvidia-smi", "telegraf", "a100-sxm4-v12.xml")),
    "nvidia-smi text": (lambda: NvidiaSmiSource(DeviceOptions("x", **SITE), URN), ("nvidia-smi", "gpud", "nvidia-smi-query.535.129.03.out.0.valid.a10.txt")),
    "epcis": (lambda: EpcisSource(PaperOptions("x", **SITE), URN), ("epcis", "JSON", "WithFullCombinationOfFields", "association_event_all_possible_fields.jsonld")),
    "epcis xml": (lambda: EpcisSource(PaperOptions("x", **SITE), URN), ("epcis", "XML", "AssociationEvent", "AssociationEventExamples.xml")),
    "ubl": (lambda: UblSource(PaperOptions("x", **SITE), URN), ("ubl", "UBL-ReceiptAdvice-2.0-Example.xml")),
    "attestation": (lambda: AttestationSource(AttestationOptions("x", nonces={NONCE: AT}, **SITE), URN), ("gpu-attestation", "switch_evidence.json")),
    "dcgm": (lambda: DcgmSource(DeviceOptions("x", **SITE), URN), ("dcgm", "dcgm-exporter-README.md")),
    "kubernetes": (lambda: KubernetesSource(WorkloadOptions("x", **SITE), URN), ("kubernetes", "kubelet-readonly-pods.json")),
    "openstack": (lambda: OpenStackSource(WorkloadOptions("x", **SITE), URN), ("openstack", "notification_samples", "instance-create-end.json")),
    "slurm-devices": (lambda: ScontrolSource(SlurmOptions("x", cluster="a", zone=zone_named("UTC")), URN), ("slurm", "real-slurm-22.05", "scontrol-show-job-d.txt")),
}  # fmt: skip
WRITTEN: dict[str, tuple[Make, Any]] = {
    "netbox": (
        lambda: NetBoxSource(NetBoxOptions("x", item_classes={"H100": "h"}, countries={"*": "JP"}, **SITE), URN),
        {"results": [
            {"url": "/api/dcim/sites/1/", "name": "Tokyo", "slug": "tyo", "latitude": 35.6, "longitude": 139.6, "region": {"name": "r"}},
            {"url": "/api/dcim/modules/1/", "device": {"name": "g", "site": {"slug": "tyo"}}, "module_type": {"model": "H100"}, "serial": "1650124", "asset_tag": "A1", "status": {"value": "active"}, "last_updated": "2026-01-01T00:00:00Z"},
        ]},
    ),
    "location": (
        lambda: LocationSource(DeviceOptions("x", **SITE), URN),
        [{"device": {"board_serial": "1650124"}, "at": "2026-01-01T00:00:00Z", "method": "round_trip", "landmarks": [{"name": "a", "latitude": 1, "longitude": 2, "round_trip_us": 10, "error_us": 1}], "latitude": 1, "longitude": 2, "accuracy_m": 5}],
    ),
    "kubernetes": (
        lambda: KubernetesSource(WorkloadOptions("x", **SITE), URN),
        {"items": [
            {"kind": "Pod", "metadata": {"name": "a", "namespace": "b", "uid": "c"}, "spec": {"nodeName": "n", "serviceAccountName": "s", "containers": [{"resources": {"limits": {"nvidia.com/gpu": "2"}}}], "initContainers": []}, "status": {"phase": "Failed", "startTime": "2026-01-01T00:00:00Z", "containerStatuses": [{"state": {"terminated": {"finishedAt": "2026-01-01T01:00:00Z"}}}]}},
            {"kind": "ResourceClaim", "status": {"allocation": {"devices": {"results": [{"driver": "gpu.nvidia.com", "pool": "p", "device": "d"}]}}, "reservedFor": [{"uid": "c"}]}},
            {"kind": "ResourceSlice", "spec": {"pool": {"name": "p"}, "devices": [{"name": "d", "basic": {"attributes": {"uuid": {"string": "GPU-1"}}}}]}},
            {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "i", "stage": "ResponseComplete", "verb": "create", "objectRef": {"resource": "pods", "namespace": "b", "name": "a", "subresource": "binding"}, "responseStatus": {"code": 201}, "stageTimestamp": "2026-01-01T00:00:00Z", "requestObject": {"target": {"name": "n"}}},
            {"pod_resources": [{"name": "a", "namespace": "b", "containers": [{"devices": [{"resource_name": "nvidia.com/gpu", "device_ids": ["GPU-1"]}]}]}]},
        ]},
    ),
    "openstack": (
        lambda: OpenStackSource(WorkloadOptions("x", resources={"h100": "h"}, **SITE), URN),
        [{"event_type": "instance.create.end", "timestamp": "2026-01-02 01:00:00", "message_id": "m", "payload": {"nova_object.data": {"uuid": "u", "host": "h", "tenant_id": "t", "user_id": "u", "flavor": {"nova_object.data": {"extra_specs": {"pci_passthrough:alias": "h100:2"}}}}}}],
    ),
    "dcgm": (
        lambda: DcgmSource(DeviceOptions("x", **SITE), URN),
        {"status": "success", "data": {"result": [{"metric": {"__name__": "DCGM_FI_DEV_POWER_USAGE", "UUID": "GPU-1", "Hostname": "h"}, "values": [[1767225600, "100"], [1767225660, "120"]]}]}},
    ),
    "epcis": (
        lambda: EpcisSource(PaperOptions("x", places={"p": "TYO"}, **SITE), URN),
        {"type": "EPCISDocument", "epcisBody": {"eventList": [{"type": "ObjectEvent", "eventID": "e", "eventTime": "2026-01-01T00:00:00Z", "bizStep": "receiving", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"], "bizLocation": {"id": "p"}, "bizTransactionList": [{"type": "po", "bizTransaction": "4711"}], "errorDeclaration": {"declarationTime": "x", "reason": "r", "correctiveEventIDs": ["f"]}}]}},
    ),
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\ud7ff\u202e",
    [],
    [None],
    {},
    {"@odata.id": 7},
    "9" * 5_000,
)


def accounted(source: Source, path: Path) -> int:
    """Read a file; each row is one of the things that a row can be, and each draft a record that could be written."""
    books = KeyRegistry({("site", "TYO"): "sit_" + "a" * 26}, random_bytes=counted_bytes())
    rows = 0
    try:
        source.survey([path])
        for row in source.rows(path, books):
            assert isinstance(row, Parsed | Quarantined | Skipped)
            rows += 1
            if isinstance(row, Quarantined):
                assert all(each.message and each.file for each in row.problems)
            for draft in row.drafts if isinstance(row, Parsed) else ():
                try:
                    submit(draft, b"k" * 32)
                except BadInput:  # what a record cannot hold is quarantined by the ingest
                    continue
    except BadInput:
        return rows
    return rows


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The bytes cut, with some changed, or with a part twice."""
    at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return chance.choice(
        [
            content[:at],
            content[:at] + content[to:],
            content[:to] + content[at:],
            content[:at] + chance.randbytes(chance.randrange(1, 9)) + content[at:],
            content.replace(content[at : at + 1], chance.randbytes(1), 5),
        ]
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """The value with something else at a place."""
    found = copy.deepcopy(value)
    here = found
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = odd
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_a_damaged_file_is_read_as_far_as_it_goes_or_refused(
    name: str, shared_data: SharedData, tmp_path: Path
) -> None:
    """Cut, changed and doubled bytes of real files."""
    make, parts = SOURCES[name]
    content = shared_data("connectors", *parts).read_bytes()[: 1 << 16]
    chance = random.Random(name)
    path = tmp_path / parts[-1]
    for _ in range(40):
        path.write_bytes(damaged(content, chance))
        accounted(make(), path)


@pytest.mark.parametrize("name", WRITTEN)
def test_any_value_may_stand_at_any_place(name: str, tmp_path: Path) -> None:
    """A system of another version, or an attacker, writes what it likes where we expect something else."""
    make, value = WRITTEN[name]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(value))
    assert accounted(make(), path) > 0
    for place in places(value):
        for odd in ODD:
            path.write_text(json.dumps(put(value, place, odd)))
            accounted(make(), path)


def test_a_document_nested_without_end_is_refused(tmp_path: Path) -> None:
    """Depth is bounded in JSON and XML, and entities are refused."""
    deep, bomb = tmp_path / "deep.json", tmp_path / "bomb.xml"
    deep.write_text("[" * 100_000 + "]" * 100_000)
    bomb.write_text(
        '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;">]><nvidia_smi_log>&c;</nvidia_smi_log>'
    )
    for make, path in (
        (SOURCES["epcis"][0], deep),
        (WRITTEN["kubernetes"][0], deep),
        (SOURCES["nvidia-smi"][0], bomb),
    ):
        accounted(make(), path)
    with pytest.raises(BadInput, match="XML"):
        list(SOURCES["nvidia-smi"][0]().rows(bomb, KeyRegistry({("site", "TYO"): "sit_" + "a" * 26})))


def test_a_report_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """Fleet Intelligence: any bytes as CSV."""
    path = tmp_path / "x.csv"
    chance = random.Random(1)
    content = b"Hostname,GPU UUIDs,Latitude,Longitude,Last Integrity Check TS\ngpu-1,GPU-1,1,2,2026-01-01T00:00:00Z\n"
    for _ in range(60):
        path.write_bytes(damaged(content, chance))
        accounted(FleetSource(FleetOptions("x", **SITE), URN, AT), path)
