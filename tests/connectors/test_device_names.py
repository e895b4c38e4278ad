"""Names of a device: joined across sources, found by any spelling, contradictions shown as findings."""

from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from kansa.application.lookup import Lookup
from kansa.application.subjects.devices import list_devices
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import normal, usable
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.slurm.options import SiteRule
from kansa.connectors.zones import zone_named
from kansa.facts import device as facts
from kansa.facts.context import FactContext
from worlds import dice

UUID = "GPU-ee7954ec-da95-fd7a-ddfd-c6b32cc2f8aa"
OPTIONS = DeviceOptions("smi", zone=zone_named("Asia/Tokyo"), sites=(SiteRule("site", "TYO"),))


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def smi(path: Path, *gpus: tuple[str, str]) -> Path:
    """What nvidia-smi prints of some GPUs, by serial number and UUID."""
    told = "".join(f'<gpu id="0"><serial>{a}</serial><uuid>{b}</uuid></gpu>' for a, b in gpus)
    path.write_text(
        f"<nvidia_smi_log><timestamp>Fri Jan  2 09:00:00 2026</timestamp><attached_gpus>{len(gpus)}</attached_gpus>{told}</nvidia_smi_log>"
    )
    return path


@pytest.mark.parametrize("text", ["0", "0000000000000", "N/A", "[N/A]", "To Be Filled By O.E.M.", "REDACTED", " - ", "FFFFFFFF"])  # fmt: skip
def test_a_text_that_stands_on_many_devices_is_no_name(text: str) -> None:
    """Two devices with the serial number `0` are not one."""
    assert normal("board_serial", text) is None
    assert usable({"board_serial": text, "gpu_uuid": UUID}) == ({"gpu_uuid": UUID}, ("board_serial",))


def test_names_meet_in_any_order() -> None:
    """Serial and UUID, UUID and attestation identity, serial and tag: one device, whoever spoke first."""
    books = KeyRegistry(random_bytes=dice(1))
    first = join({"board_serial": "165", "gpu_uuid": UUID}, books)
    second = join({"gpu_uuid": UUID, "attestation_id": "4129"}, books)
    third = join({"board_serial": "165", "asset_tag": "A-1"}, books)
    assert {first.device, second.device, third.device} == {first.device}
    assert [first.conflicting, second.conflicting, third.conflicting] == [(), (), ()]
    assert join({"attestation_id": "4129", "asset_tag": "A-1"}, books).device == first.device


def test_a_second_serial_on_one_uuid_is_a_conflict_of_that_device() -> None:
    """The UUID decides; the other serial is not dropped."""
    books = KeyRegistry(random_bytes=dice(1))
    device = join({"board_serial": "165", "gpu_uuid": UUID}, books).device
    again = join({"board_serial": "166", "gpu_uuid": UUID}, books)
    assert (again.device, again.conflicting, again.conflicts_with) == (device, ("board_serial",), ())
    assert join({"board_serial": "166"}, books).device == device


@pytest.mark.parametrize("text", [UUID, UUID[4:], UUID.upper(), "1650124031592", " 1650124031592 "])
def test_every_command_finds_the_device_by_any_name_in_any_spelling(
    fleet: Fleet, tmp_path: Path, text: str
) -> None:
    """One look-up for all of them."""
    fleet.ingest(NvidiaSmiSource(OPTIONS, fleet.urn), smi(tmp_path / "a.xml", ("1650124031592", UUID)))
    (named,) = fleet.said("device.named")
    assert Lookup(fleet.vault).device(text) == named["device_id"]


def test_a_conflict_is_a_finding_about_both_devices_and_shown_with_its_evidence(
    fleet: Fleet, tmp_path: Path
) -> None:
    """Who said so, since when, how surely."""
    other = UUID.replace("ee79", "aa79")
    path = smi(
        tmp_path / "a.xml",
        ("1650124031592", UUID),
        ("1650124031592", other),
        ("0", UUID.replace("ee79", "bb79")),
    )
    fleet.ingest(NvidiaSmiSource(OPTIONS, fleet.urn), path)
    first, second, third = (each["device_id"] for each in fleet.said("device.named"))
    with fleet.vault.evidence() as evidence:
        world = FactContext(evidence.journal, fleet.vault.clock.now())
        told = [facts.names_conflict(world, each).value for each in (first, second, third)]
        serials = [facts.serial_unusable(world, each).value for each in (first, second, third)]
    assert told == [True, True, False]
    assert serials == [False, False, True]
    listed = {each.named.id: each.as_json() for each in list_devices(fleet.vault).devices}
    assert [each["confidence"] for each in listed[second]["named_by"]] == ["doubtful"]
    assert listed[first]["named_by"][-1]["conflicts_with"] == [second]
    assert listed[second]["named_by"][0]["names"] == {"board_serial": "1650124031592", "gpu_uuid": other}
