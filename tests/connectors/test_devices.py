"""Redfish and nvidia-smi: real files of several vendors become sightings of devices that are one, whatever they are called."""

import shutil
from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from kansa.clock import parse_instant
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.redfish.source import RedfishSource
from kansa.connectors.slurm.options import SiteRule
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput
from shared_data import SharedData

AT = parse_instant("2026-01-02T00:00:00.000Z")
TOKYO = DeviceOptions(
    "redfish",
    zone=zone_named("Asia/Tokyo"),
    sites=(SiteRule("site", "TYO"),),
    item_classes={"H100": "h100-sxm5", "26B5-895-A1": "l40s"},
)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


@pytest.mark.parametrize(
    ("vendor", "devices", "quarantined"),
    [("nvidia_viking", 8, 0), ("lenovo", 8, 0), ("dell", 1, 0), ("nvidia_gb200", 0, 4)],
)
def test_every_gpu_of_a_saved_tree_is_a_sighting_or_says_why_not(
    fleet: Fleet, shared_data: SharedData, vendor: str, devices: int, quarantined: int
) -> None:
    """DGX H100, Lenovo and Dell name their GPUs; the GB200 firmware names none, and says what to take instead."""
    tree = shared_data("connectors", "redfish", vendor)
    done = fleet.ingest(RedfishSource(TOKYO, fleet.urn), tree)
    assert (done.records, done.quarantined) == (devices, quarantined)
    assert len(fleet.said("device.named")) == len(fleet.said("device.observed")) == devices
    assert all("nvidia-smi" in str(each.help) for each in done.problems)


def test_a_saved_tree_read_again_adds_nothing(fleet: Fleet, shared_data: SharedData) -> None:
    """Reading again is harmless."""
    tree = shared_data("connectors", "redfish", "nvidia_viking")
    first = fleet.ingest(RedfishSource(TOKYO, fleet.urn), tree)
    again = fleet.ingest(RedfishSource(TOKYO, fleet.urn), tree)
    assert (first.records, again.records, again.duplicates) == (8, 0, 8)


def test_the_files_of_a_tree_given_one_by_one_say_the_same(fleet: Fleet, shared_data: SharedData) -> None:
    """As a folder on the command line is read: each processor with the chassis and the clock of its own tree."""
    files = sorted(shared_data("connectors", "redfish", "nvidia_viking").rglob("*.json"))
    files += sorted(shared_data("connectors", "redfish", "dell").rglob("*.json"))
    done = fleet.ingest(RedfishSource(TOKYO, fleet.urn), *files)
    assert (done.records, done.quarantined, done.unreadable) == (9, 0, ())
    assert len({each.get("gpu_uuid") for each in fleet.said("device.named")}) == 9
    assert len({each["node_id"] for each in fleet.said("device.observed")}) == 2


def test_a_site_that_nobody_registered_is_said_once_for_all_files(
    fleet: Fleet, shared_data: SharedData
) -> None:
    """What is wrong with the options is wrong for every file of the tree."""
    files = sorted(shared_data("connectors", "redfish", "dell").rglob("*.json"))
    elsewhere = DeviceOptions("redfish", sites=(SiteRule("site", "OSA"),))
    with pytest.raises(BadInput) as caught:
        fleet.ingest(RedfishSource(elsewhere, fleet.urn), *files)
    assert len(caught.value.problems) == 1


def test_serial_uuid_and_part_come_from_processor_chassis_and_assembly(
    fleet: Fleet, shared_data: SharedData
) -> None:
    """The chassis of a module is the device's; that of the whole server (Lenovo, Dell) is not."""
    fleet.ingest(RedfishSource(TOKYO, fleet.urn), shared_data("connectors", "redfish", "nvidia_viking"))
    named = {each["board_serial"]: each for each in fleet.said("device.named")}
    assert named["1652923003067"]["gpu_uuid"] == "GPU-9dad5bfd-a732-23fe-40ad-465d0cbe5f95"
    assert {each["item_class"] for each in fleet.said("device.identified")} == {"h100-sxm5"}
    assert {each["confidence"] for each in named.values()} == {"certain"}


def test_an_nvidia_smi_file_and_a_redfish_tree_speak_of_one_device(
    fleet: Fleet, shared_data: SharedData, tmp_path: Path
) -> None:
    """The UUID with `GPU-` and the one without are one name."""
    tree = shared_data("connectors", "redfish", "nvidia_viking")
    fleet.ingest(RedfishSource(TOKYO, fleet.urn), tree)
    log = tmp_path / "gpu-001.xml"
    log.write_text(
        "<nvidia_smi_log><timestamp>Fri Jan  2 09:00:00 2026</timestamp><attached_gpus>1</attached_gpus>"
        '<gpu id="0"><product_name>NVIDIA H100 80GB HBM3</product_name><serial>0</serial>'
        "<uuid>GPU-9DAD5BFD-a732-23fe-40ad-465d0cbe5f95</uuid>"
        "<gpu_power_readings><power_draw>612.70 W</power_draw></gpu_power_readings>"
        "<utilization><gpu_util>97 %</gpu_util></utilization></gpu></nvidia_smi_log>"
    )
    fleet.ingest(NvidiaSmiSource(TOKYO, fleet.urn), log)
    named = [each for each in fleet.said("device.named") if each.get("gpu_uuid", "").startswith("GPU-9dad")]
    assert len(named) == 1  # the same source said so before
    assert len({each["device_id"] for each in fleet.said("device.observed")}) == 8
    seen = fleet.said("device.observed")[-1]
    assert (seen["power_w"], seen["utilization_bp"]) == (613, 9_700)
    assert seen["valid_from"] == "2026-01-02T00:00:00.000Z"


def test_samples_of_nvidia_smi(fleet: Fleet, shared_data: SharedData) -> None:
    """Every GPU is named by its UUID, whatever stands for its serial; a file that lists fewer GPUs than it says is told of."""
    files = sorted(shared_data("connectors", "nvidia-smi").rglob("*.xml"))
    files += sorted(shared_data("connectors", "nvidia-smi", "gpud").glob("*.txt"))
    done = fleet.ingest(NvidiaSmiSource(TOKYO, fleet.urn), *files)
    assert [(Path(each.file or "").name, each.code) for each in done.problems] == [
        ("a100-sxm4-v12.xml", "nvidia_smi.count"),  # shortened by whoever published it: 4 attached, 1 listed
        ("nvidia-smi-query.535.183.01.out.0.invalid.txt", "nvidia_smi.cut"),
    ]
    named = fleet.said("device.named")
    unusable = [each for each in named if "board_serial" in each["unusable"]]
    assert len(named) > 20
    assert 4 <= len(unusable) < len(named)
    assert all(each["gpu_uuid"].startswith("GPU-") for each in named)


def test_one_serial_on_two_uuids_stays_two_devices_and_says_so(fleet: Fleet, tmp_path: Path) -> None:
    """A stronger name outweighs a weaker one: the board that shows another UUID is another device, in doubt."""
    for number, host in enumerate(("a", "b")):
        (tmp_path / f"{host}.xml").write_text(
            "<nvidia_smi_log><timestamp>Fri Jan  2 09:00:00 2026</timestamp><attached_gpus>1</attached_gpus>"
            f'<gpu id="0"><serial>1650124031592</serial><uuid>GPU-{number}{"1234567-0123-0123-0123-0123456789ab"}</uuid>'
            "</gpu></nvidia_smi_log>"
        )
    fleet.ingest(NvidiaSmiSource(TOKYO, fleet.urn), tmp_path / "a.xml", tmp_path / "b.xml")
    first, second = fleet.said("device.named")
    assert first["device_id"] != second["device_id"]
    assert (second["confidence"], second["conflicting"]) == ("doubtful", ["board_serial"])
    assert second["conflicts_with"] == [first["device_id"]]


def test_a_stamp_without_a_zone_is_refused_with_what_to_give(fleet: Fleet, shared_data: SharedData) -> None:
    """A local time without a zone is no instant."""
    path = shared_data("connectors", "nvidia-smi", "telegraf", "a100-sxm4-v12.xml")
    with pytest.raises(BadInput) as caught:
        fleet.ingest(NvidiaSmiSource(DeviceOptions("smi"), fleet.urn), path)
    assert "`zone`" in str(caught.value.problems[0].help)


def test_a_tree_whose_managers_never_set_their_clock_needs_a_time(
    fleet: Fleet, shared_data: SharedData, tmp_path: Path
) -> None:
    """No time is invented: the options must give it."""
    tree = tmp_path / "tree"
    shutil.copytree(shared_data("connectors", "redfish", "dell"), tree)
    for each in tree.rglob("Managers/**/index.json"):
        each.unlink()
    with pytest.raises(BadInput) as caught:
        fleet.ingest(RedfishSource(TOKYO, fleet.urn), tree)
    assert "taken_at" in str(caught.value.problems[0].help)
