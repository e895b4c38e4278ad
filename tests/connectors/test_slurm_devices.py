"""`scontrol show job -d`: the index while a job runs, and the device that stands in that slot."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from connectors.test_device_names import OPTIONS as SMI
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.slurm.options import SiteRule, SlurmOptions
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.slurm_devices.jobs import jobs
from kansa.connectors.slurm_devices.source import ScontrolSource
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput
from shared_data import SharedData

SLURM = SlurmOptions("slurm", cluster="alps", zone=zone_named("Asia/Tokyo"), sites=(SiteRule("site", "TYO"),))
SHOWN = """JobId=101 JobName=x Account=evil StartTime=2020-01-01T00:00:00
   UserId=sato(1001) GroupId=g(1) MCS_label=N/A
   Priority=1 Nice=0 Account=robotics QOS=normal
   JobState=RUNNING Reason=None Dependency=(null)
   StartTime=2026-01-02T09:00:00 EndTime=2026-01-03T09:00:00 Deadline=N/A
   NodeList=gpu-001
   JOB_GRES=gpu:h100:2
     Nodes=gpu-001 CPU_IDs=0-15 Mem=0 GRES=gpu:h100:2(IDX:0-1)
   Comment=JobState=FAILED
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault that knows what stands in slots 0 and 1 of gpu-001."""
    found = Fleet(tmp_path)
    slots = "".join(
        f'<gpu id="{n}"><serial>165012403159{n}</serial><uuid>GPU-{n}1234567-0123-0123-0123-0123456789ab</uuid><minor_number>{n}</minor_number></gpu>'
        for n in (0, 1)
    )
    path = tmp_path / "gpu-001.xml"
    path.write_text(
        f"<nvidia_smi_log><timestamp>Fri Jan  2 08:00:00 2026</timestamp><attached_gpus>2</attached_gpus>{slots}</nvidia_smi_log>"
    )
    found.ingest(NvidiaSmiSource(SMI, found.urn), path)
    return found


def shown(folder: Path, text: str = SHOWN) -> Path:
    """The listing as a file."""
    path = folder / "jobs.txt"
    path.write_text(text)
    return path


def test_a_running_job_holds_the_devices_in_its_slots(fleet: Fleet, tmp_path: Path) -> None:
    """Free text of the user does not count for fields; the record says from what the devices are inferred."""
    done = fleet.ingest(ScontrolSource(replace(SLURM, source="scontrol"), fleet.urn), shown(tmp_path))
    assert done.records == 1
    (placed,) = fleet.said("workload.placed")
    assert sorted(placed["units"]) == sorted({each["device_id"] for each in fleet.said("device.named")})
    assert (placed["account"], placed["known_by"], placed["valid_from"]) == (
        "robotics",
        "inferred",
        "2026-01-02T00:00:00.000Z",
    )


@pytest.mark.parametrize("first", ["scontrol", "sacct"])
def test_accounting_ends_the_use_and_the_devices_stay(fleet: Fleet, tmp_path: Path, first: str) -> None:
    """Whichever is read first: one use a device, with the end that only accounting knows, and none of the node."""
    sacct = tmp_path / "sacct.txt"
    sacct.write_text(
        "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State\n"
        "101|alps|robotics|sato|gres/gpu:h100=2|gpu-001|2026-01-02T09:00:00|2026-01-02T11:00:00|COMPLETED\n"
    )
    reads = {
        "scontrol": lambda: fleet.ingest(
            ScontrolSource(replace(SLURM, source="scontrol"), fleet.urn), shown(tmp_path)
        ),
        "sacct": lambda: fleet.ingest(SlurmSource(SLURM, fleet.urn), sacct),
    }
    for name in sorted(reads, key=lambda name: name != first):
        reads[name]()
    uses = fleet.vault.tables().use
    assert {use.device_id[:4] for use in uses} == {"dev_"}
    assert [use.end and use.end - use.start for use in uses] == [7_200_000_000] * 2


def test_a_slot_in_which_nobody_saw_a_device_is_quarantined(fleet: Fleet, tmp_path: Path) -> None:
    """The index alone is no device."""
    done = fleet.ingest(
        ScontrolSource(replace(SLURM, source="scontrol"), fleet.urn),
        shown(tmp_path, SHOWN.replace("IDX:0-1", "IDX:2-3")),
    )
    assert (done.problems[0].code, "gpu-001/2" in done.problems[0].message) == ("scontrol.slot", True)


def test_a_slot_that_holds_another_device_now_means_that_one(fleet: Fleet, tmp_path: Path) -> None:
    """A board was exchanged; the next job of the slot is on the new one."""
    path = tmp_path / "gpu-001.xml"
    path.write_text(
        path.read_text()
        .replace("08:00:00", "08:30:00")
        .replace("<serial>1650124031590", "<serial>9950124031590")
        .replace("GPU-0123", "GPU-9123")
    )
    fleet.ingest(NvidiaSmiSource(SMI, fleet.urn), path)
    fleet.ingest(ScontrolSource(replace(SLURM, source="scontrol"), fleet.urn), shown(tmp_path))
    new = next(
        each["device_id"] for each in fleet.said("device.named") if each["board_serial"].startswith("99")
    )
    assert new in fleet.said("workload.placed")[0]["units"]


def test_real_listings_are_read(fleet: Fleet, shared_data: SharedData) -> None:
    """A real Slurm 22.05, and a site's of an older one: jobs that ended show no index."""
    real = shared_data("connectors", "slurm", "real-slurm-22.05", "scontrol-show-job-d.txt")
    done = fleet.ingest(ScontrolSource(replace(SLURM, source="scontrol"), fleet.urn), real)
    assert done.rows == len(list(jobs(real.read_text()))) > 1
    assert not done.problems or {each.code for each in done.problems} == {"scontrol.slot"}


def test_another_file_is_refused(fleet: Fleet, tmp_path: Path) -> None:
    """With what to run."""
    with pytest.raises(BadInput) as caught:
        fleet.ingest(
            ScontrolSource(SLURM, fleet.urn), shown(tmp_path, "slurm_load_jobs error: Unable to contact\n")
        )
    assert "scontrol show job -d" in str(caught.value.problems[0].help)
