"""Nova: an instance with accelerators is placed, shifted by a live migration, and ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from kansa.clock import parse_instant
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.openstack.source import OpenStackSource
from kansa.connectors.slurm.options import SiteRule
from shared_data import SharedData

SITES = (SiteRule("site", "TYO", frozenset({"compute"})), SiteRule("site", "SIN", frozenset({"host2"})))
OPTIONS = WorkloadOptions("nova", cluster="prod", sites=SITES, resources={"h100": "h100-sxm5"})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def message(
    event: str, hour: int, host: str = "compute", gpus: str = "h100:2", **more: Any
) -> dict[str, Any]:
    """A notification as the bus carries it."""
    flavor = {
        "nova_object.data": {"name": "g", "extra_specs": {"pci_passthrough:alias": gpus} if gpus else {}}
    }
    data = {"uuid": "178b0921", "host": host, "tenant_id": "p1", "user_id": "u1", "flavor": flavor}
    return {
        "event_type": event, "timestamp": f"2026-01-02 {hour:02}:00:00.000000", "message_id": f"{event}-{hour}",
        "payload": {"nova_object.data": data}, **more,
    }  # fmt: skip


def saved(path: Path, *messages: dict[str, Any]) -> Path:
    """JSON Lines, the first in oslo's envelope."""
    first, *rest = messages
    wrapped = {"oslo.version": "2.0", "oslo.message": json.dumps(first)}
    path.write_text("".join(json.dumps(each) + "\n" for each in (wrapped, *rest)))
    return path


def test_a_live_migration_is_a_shift_between_sites(fleet: Fleet, tmp_path: Path) -> None:
    """The use ends at one site and goes on at the other, under one workload."""
    path = saved(
        tmp_path / "nova.jsonl",
        message("instance.create.end", 1),
        message("instance.live_migration_post_dest.start", 2, "host2"),
        message("instance.live_migration_post_dest.end", 3, "host2"),
        message("instance.delete.end", 5, "host2"),
    )
    done = fleet.ingest(OpenStackSource(OPTIONS, fleet.urn), path)
    assert (done.records, done.passed_over) == (3, {"a notification that changes no placement": 1})
    uses = sorted(fleet.vault.tables().use, key=lambda use: use.start)
    assert [use.site_id for use in uses] == [fleet.sites["TYO"], fleet.sites["SIN"]]
    assert [(use.end or 0) - use.start for use in uses] == [7_200_000_000, 7_200_000_000]
    assert {(use.item_class, use.weight) for use in uses} == {("h100-sxm5", 2)}


def test_the_notifications_of_novas_documentation(fleet: Fleet, shared_data: SharedData) -> None:
    """References are resolved, what stands beside one on top; where the set lacks what is named, the row says so."""
    folder = shared_data("connectors", "openstack", "notification_samples")
    at = parse_instant("2026-01-02T00:00:00.000Z")
    options = WorkloadOptions("nova", taken_at=at, resources={"hw:cpu_policy": "x"})
    done = fleet.ingest(OpenStackSource(options, fleet.urn), *sorted(folder.glob("*.json")))
    assert done.rows == len(list(folder.glob("*.json")))
    assert {(each.code, "FlavorPayload.json" in each.message) for each in done.problems} == {
        ("openstack.form", True)
    }
    assert set(done.passed_over) == {"a notification that changes no placement"}


def test_a_shift_without_its_time_is_quarantined(fleet: Fleet, tmp_path: Path) -> None:
    """`updated_at` is not when a migration ended: the envelope has it."""
    bare = message("instance.live_migration_post_dest.end", 3, "host2")
    bare.pop("timestamp")
    done = fleet.ingest(
        OpenStackSource(OPTIONS, fleet.urn),
        saved(tmp_path / "n.jsonl", message("instance.create.end", 1), bare),
    )
    assert (done.problems[0].code, done.problems[0].field) == ("openstack.time", "timestamp")


@pytest.mark.parametrize(
    ("each", "reason"),
    [
        (message("instance.create.end", 1, gpus=""), "an instance whose flavor has no accelerators"),
        (message("instance.create.error", 1), "a notification that changes no placement"),
        (message("instance.delete.end", 1), "the end of an instance of which no placement is on record"),
    ],
)
def test_what_changes_no_placement_is_passed_over(
    fleet: Fleet, tmp_path: Path, each: dict[str, Any], reason: str
) -> None:
    """With the reason."""
    assert fleet.ingest(
        OpenStackSource(OPTIONS, fleet.urn), saved(tmp_path / "n.jsonl", each)
    ).passed_over == {reason: 1}


def test_a_reference_out_of_the_folder_is_refused(fleet: Fleet, tmp_path: Path) -> None:
    """Nobody's message reads other files of this machine."""
    evil = {"event_type": "instance.create.end", "payload": {"$ref": "../../etc/passwd"}}
    done = fleet.ingest(OpenStackSource(OPTIONS, fleet.urn), saved(tmp_path / "n.jsonl", evil))
    assert "leads out" in done.problems[0].message
