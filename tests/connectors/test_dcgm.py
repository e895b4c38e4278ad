"""DCGM: sightings with draw and utilization, from a scrape and from a range of Prometheus."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from kansa.clock import parse_instant
from kansa.connectors.dcgm.source import DcgmSource
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.slurm.options import SiteRule
from kansa.errors import BadInput
from shared_data import SharedData

AT = parse_instant("2026-01-02T00:00:00.000Z")
UUID = "GPU-604ac76c-d9cf-fef3-62e9-d92044ab6e52"
OPTIONS = DeviceOptions("dcgm", taken_at=AT, sites=(SiteRule("site", "TYO"),))


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def scrape(path: Path, *lines: str) -> Path:
    """A file of metrics."""
    path.write_text(
        "# HELP DCGM_FI_DEV_POWER_USAGE Power draw (in W).\n" + "".join(f"{line}\n" for line in lines)
    )
    return path


def test_a_scrape_gives_one_sighting_a_gpu(fleet: Fleet, tmp_path: Path) -> None:
    """Draw, utilization and serial number, from different lines; a value that DCGM left blank is none."""
    labels = (
        f'gpu="0",UUID="{UUID}",Hostname="gpu-001",modelName="NVIDIA H100",DCGM_FI_DEV_SERIAL="1650124031592"'
    )
    path = scrape(
        tmp_path / "m.txt",
        f"DCGM_FI_DEV_POWER_USAGE{{{labels}}} 612.7",
        f"DCGM_FI_DEV_GPU_UTIL{{{labels}}} 97",
        f"DCGM_FI_DEV_MEMORY_TEMP{{{labels}}} 9223372036854775794",
        f'DCGM_FI_DEV_GPU_UTIL{{gpu="1",UUID="{UUID.replace("604a", "704a")}",Hostname="gpu-001"}} 9223372036854775794',
    )
    done = fleet.ingest(DcgmSource(OPTIONS, fleet.urn), path)
    assert (done.rows, done.records) == (2, 2)
    first, second = fleet.said("device.observed")
    assert (first["power_w"], first["utilization_bp"], first["samples"]) == (613, 9_700, 1)
    assert not {"power_w", "utilization_bp"} & set(second)
    assert fleet.said("device.named")[0]["board_serial"] == "1650124031592"


def test_a_range_is_a_sighting_an_hour_with_means(fleet: Fleet, tmp_path: Path) -> None:
    """From the first reading to the last of each hour; no reading closes a window."""
    start = AT // 1_000_000
    labels = {"__name__": "DCGM_FI_DEV_POWER_USAGE", "UUID": UUID, "Hostname": "gpu-001", "pod": "train-0"}
    busy = labels | {"__name__": "DCGM_FI_PROF_GR_ENGINE_ACTIVE"}
    body = {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": labels, "values": [[start, "100"], [start + 60, "200"], [start + 3_600, "70.4"]]},
        {"metric": busy, "values": [[start, "0.5"], [start + 60, "0.7"]]},
    ]}}  # fmt: skip
    path = tmp_path / "range.json"
    path.write_text(json.dumps(body))
    done = fleet.ingest(DcgmSource(replace(OPTIONS, taken_at=None), fleet.urn), path)
    first, second = fleet.said("device.observed")
    assert (first["power_w"], first["utilization_bp"], first["samples"]) == (150, 6_000, 2)
    assert (first["valid_from"], first["valid_to"]) == (
        "2026-01-02T00:00:00.000Z",
        "2026-01-02T00:01:00.000Z",
    )
    assert (second["power_w"], second["valid_to"]) == (70, None)
    assert done.window is None


def test_the_readme_of_the_exporter(fleet: Fleet, shared_data: SharedData) -> None:
    """Real lines with prose around them: what is no reading is said, with its line."""
    done = fleet.ingest(
        DcgmSource(OPTIONS, fleet.urn), shared_data("connectors", "dcgm", "dcgm-exporter-README.md")
    )
    assert done.records == 1
    assert {each.code for each in done.problems} == {"dcgm.reading"}


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        ("up 1\n", OPTIONS, "dcgm.form"),
        ('{"status": "error", "error": "x"}', OPTIONS, "dcgm.form"),
        (f'DCGM_FI_DEV_GPU_UTIL{{UUID="{UUID}"}} 1\n', replace(OPTIONS, taken_at=None), "dcgm.time"),
    ],
)
def test_whole_files_that_cannot_be_read_say_what_to_give(fleet: Fleet, tmp_path: Path, content: str, options: Any, code: str) -> None:  # fmt: skip
    """Another exporter's file, an error of Prometheus, a scrape without its time."""
    path = tmp_path / "x"
    path.write_text(content)
    with pytest.raises(BadInput) as caught:
        fleet.ingest(DcgmSource(options, fleet.urn), path)
    (problem,) = caught.value.problems
    assert (problem.code, bool(problem.help)) == (code, True)


def test_partitions_are_passed_over(fleet: Fleet, tmp_path: Path) -> None:
    """Readings of MIG instances are of a part of the device."""
    path = scrape(tmp_path / "m.txt", f'DCGM_FI_PROF_GR_ENGINE_ACTIVE{{UUID="{UUID}",GPU_I_ID="3"}} 0.5')
    assert list(fleet.ingest(DcgmSource(OPTIONS, fleet.urn), path).passed_over) == [
        "a reading of a partition (MIG); the device's own is read"
    ]
