"""Files that real systems printed, with the exact counts that are right for them."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kansa.clock import format_instant
from kansa.connectors.ingest import Ingested
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

Shared = Callable[..., Path]

UTC = "zone: UTC\n"
HABROK = """\
    cluster: habrok
    zone: Europe/Amsterdam
    delimiter: "☃"
    columns: [
      JobID, JobName, User, Partition, NodeList, NNodes, NCPUs, NTasks, State, Submit, Start, End, Timelimit, Elapsed,
      TotalCPU, CPUTime, UserCPU, SystemCPU, ReqMem, MaxRSS, MaxVMSize, ReqTRES, AllocTRES, TRESUsageInMax,
      TRESUsageInTot, TRESUsageOutTot, MaxDiskRead, MaxDiskWrite, MaxRSSNode, MaxRSSTask, MaxVMSizeNode, MaxVMSizeTask,
      MaxDiskReadNode, MaxDiskReadTask, MaxDiskWriteNode, MaxDiskWriteTask, Comment]
    window: observed
    """


def ingest(world: "World", path: Path, options: str = UTC) -> Ingested:
    """Read one file of accounting."""
    source = SlurmSource(read_options(world.file("slurm.yaml", options)), "urn:kansa:op.example")
    return world.ingest(source, path)


def accounts(result: Ingested) -> dict[str, int]:
    """What became of the rows, without what did not occur."""
    counts = {
        "records": result.records,
        "duplicates": result.duplicates,
        "quarantined": result.quarantined,
        **result.passed_over,
    }
    return {name: count for name, count in counts.items() if count}


def test_one_cluster_says_the_same_as_json_and_as_text(world: "World", shared_data: Shared) -> None:
    """Slurm 22.05.8 ran three jobs (2, 1 and 2 of 4 H100) with one batch step each.

    `sacct -P` of all columns, whose first SubmitLine holds two delimiters, and of eleven columns list the same jobs;
    read after the JSON they add nothing. The machine's clock was in UTC.
    """
    folder = shared_data("connectors", "slurm", "real-slurm-22.05")

    found = {
        name: accounts(ingest(world, folder / name))
        for name in ("sacct.json", "sacct-P-ALL.txt", "sacct-P.txt")
    }

    assert found == {
        "sacct.json": {"records": 3, "job step": 3},
        "sacct-P-ALL.txt": {"duplicates": 3, "job step": 3},
        "sacct-P.txt": {"duplicates": 3},
    }
    assert [
        (each["accelerators"], each["account"], each["valid_from"], each["valid_to"]) for each in world.said()
    ] == [
        (2, "tenant-a", "2026-11-22T13:26:28.000Z", "2026-11-22T13:26:31.000Z"),
        (1, "tenant-a", "2026-11-22T13:26:28.000Z", "2026-11-22T13:26:30.000Z"),
        (2, "tenant-a", "2026-11-22T13:27:04.000Z", "2026-11-22T13:27:10.000Z"),
    ]


def habrok_inventory(folder: Path) -> KeyRegistry:
    """What `scontrol show -o nodes` has of accelerators in each node: 6 nodes with four A100, 34 with one V100."""
    lines = (folder / "scontrol.txt").read_text(encoding="utf-8").splitlines()
    found = [re.match(r"NodeName=(\S+) .*gres/gpu=(\d+)", line) for line in lines]
    nodes = {match[1]: int(match[2]) for match in found if match}
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    ids = {name: f"nod_{'a' * 24}{alphabet[n // 32]}{alphabet[n % 32]}" for n, name in enumerate(nodes)}
    return KeyRegistry(
        {("node", name): node for name, node in ids.items()},
        devices={ids[name]: count for name, count in nodes.items()},
    )


def test_a_cluster_that_began_to_account_accelerators_half_way(world: "World", shared_data: Shared) -> None:
    """Groningen's Hábrók, 100 jobs and 142 steps, no header, delimiter ☃, one trailing.

    10 jobs never started (7 pending, 3 cancelled while waiting). 16 jobs ran on A100 and V100 nodes: 9 have gres in
    AllocTRES, the first of them on 3 April 2024; the other 7 ran before and have none, although they held GPU nodes:
    under options that say since when accelerators are accounted, they are uses of the whole node, inferred from the
    inventory. The 74 others ran on CPU nodes: 13 of them after
    accounting began (no accelerators), 61 before it (not accounted, none in the inventory). Three jobs still run,
    two of them with GPUs.
    """
    folder = shared_data("connectors", "slurm", "hb-jobinfo")
    world.names = habrok_inventory(folder)

    result = ingest(world, folder / "sacct.txt", f"{HABROK}accounted_from: 2024-04-03T20:32:21\n")

    assert (result.rows, accounts(result)) == (
        242,
        {
            "records": 16,
            "job step": 142,
            "never started": 10,
            "no accelerators": 13,
            "accelerators not accounted, and none in the inventory of its nodes": 61,
        },
    )
    said = world.said()
    assert Counter(each["known_by"] for each in said) == {"measured": 9, "inferred": 7}
    assert Counter(each["accelerators"] for each in said) == {None: 7, 1: 6, 2: 3}
    assert sum(each["valid_to"] is None for each in said) == 2
    assert result.window is not None


def test_without_options_nothing_is_made_up_of_the_time_before_accelerators_were_accounted(
    world: "World", shared_data: Shared
) -> None:
    """The 7 jobs on GPU nodes, all months before the first with gres, are neither uses nor jobs without accelerators.

    The window has a gap from the first of them to the end of the last, which is said with the option that closes it;
    the 61 on CPU nodes leave nothing open, since the inventory has no accelerators there.
    """
    folder = shared_data("connectors", "slurm", "hb-jobinfo")
    world.names = habrok_inventory(folder)

    result = ingest(world, folder / "sacct.txt", HABROK)

    assert accounts(result) == {
        "records": 9,
        "job step": 142,
        "never started": 10,
        "no accelerators": 28,
        "not known whether accelerators were accounted": 7,
        "accelerators not accounted, and none in the inventory of its nodes": 46,
    }
    assert result.window is not None
    assert [(format_instant(low)[:10], format_instant(high)[:10]) for low, high in result.window.gaps] == [
        ("2023-06-07", "2023-06-07"),
        ("2023-09-01", "2023-09-01"),
        ("2023-09-04", "2023-09-05"),
        ("2023-11-02", "2023-11-04"),
    ]
    (remark,) = result.remarks
    assert remark.message.startswith("7 jobs of `habrok` ran on nodes with accelerators")
    assert remark.field == "accounted_from"


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("sample-sacct-output.txt", 68, {"job step": 68}),
        ("sample-sacct-running-output.txt", 10, {"job step": 10}),
        ("sample-sacct-output-invalid-utf8.txt", 11, {"records": 2, "job step": 9}),
        ("sample-sacct-multiple-multiline.txt", 6, {"records": 2, "duplicates": 2, "job step": 2}),
        ("sample-sacct-output-with-invalid-lines.txt", 1, {"quarantined": 1}),
    ],
)
def test_metas_samples(
    world: "World", shared_data: Shared, name: str, rows: int, expected: dict[str, int]
) -> None:
    """What is right for each of them.

    Two samples hold array and extern steps only. The bytes that are no UTF-8 stand in a step's name, so nothing is
    lost. Of the multi-line sample, three rows are the same requeued job, over two lines each (`||` in its command is
    no `|#`), one is a job of 128 nodes, two are steps. The invalid line has 93 of 109 fields.
    """
    result = ingest(world, shared_data("connectors", "slurm", "gcm", name))

    assert (result.rows, accounts(result)) == (rows, expected)


def test_the_jobs_in_metas_multiline_sample_hold_eight_accelerators_a_node(
    world: "World", shared_data: Shared
) -> None:
    """1,024 on 128 nodes, 256 on 32."""
    ingest(world, shared_data("connectors", "slurm", "gcm", "sample-sacct-multiple-multiline.txt"))

    assert [(len(each["units"]), each["accelerators"]) for each in world.said()] == [(128, 8), (32, 8)]


def test_metas_sample_of_four_columns_says_nobody_held_anything(world: "World", shared_data: Shared) -> None:
    """JobID, State, Start and End alone do not say on which nodes."""
    with pytest.raises(BadInput) as caught:
        ingest(world, shared_data("connectors", "slurm", "gcm", "sample-sacct-output-midnight-edge-case.txt"))

    assert [problem.field for problem in caught.value.problems] == ["NodeList"]


def test_a_slurmrestd_without_accelerators(world: "World", shared_data: Shared) -> None:
    """Three jobs of a CPU cluster (two of them running, with an end from their limit): none is a use of ours."""
    result = ingest(world, shared_data("connectors", "slurm", "slurmrestd-v0.0.38", "jobs.json"))

    assert accounts(result) == {"accelerators not accounted, and none in the inventory of its nodes": 3}


NODES = """\
    source: alibaba-nodes
    kind: device.identified
    natural_key: node_name
    where:
      - {column: gpu_model, in: [A100-SXM4-80GB, A800-SXM4-80GB, H800]}
    fields:
      device_id: {id: device, system: node-board, column: node_name}
      node_id: {id: node, system: node, column: node_name}
      item_class: {column: gpu_model}
      known_by: {value: declared}
      valid_from: {value: "2025-01-01T00:00:00.000Z"}
    """


def test_alibabas_nodes_with_controlled_models(world: "World", shared_data: Shared) -> None:
    """4,278 nodes; 432 with A100, 22 with A800 and 219 with H800 are taken, the 3,605 others passed over."""
    path = shared_data("traces", "alibaba_spot_v2026", "node_info_df.csv")

    result = world.ingest(world.table(NODES), path)

    reason = "gpu_model is not A100-SXM4-80GB or A800-SXM4-80GB or H800"
    assert (result.rows, accounts(result)) == (4_278, {"records": 673, reason: 3_605})
    assert Counter(each["item_class"] for each in world.said()) == {
        "A100-SXM4-80GB": 432,
        "A800-SXM4-80GB": 22,
        "H800": 219,
    }


INSTANCES = """\
    source: alibaba-dlrm
    kind: workload.placed
    natural_key: instance_sn
    where:
      - {column: role, in: HN, reason: holds no accelerator}
    fields:
      workload_id: {id: workload, system: dlrm, column: instance_sn}
      tenant_id: {id: party, system: dlrm-app, column: app_name}
      units: {id: node, system: dlrm-instance, column: instance_sn}
      accelerators: {column: gpu_request}
      purpose: {value: infer}
      placement: {value: generated}
      valid_from: {column: scheduled_time, as: time, epoch: seconds, since: 2025-01-01T00:00:00Z}
      valid_to: {column: deletion_time, as: time, epoch: seconds, since: 2025-01-01T00:00:00Z}
      known_by: {value: measured}
    """


def test_alibabas_inference_instances(world: "World", shared_data: Shared) -> None:
    """23,871 instances, 16,485 of them without accelerators.

    Of the 7,386 others 3,123 were scheduled before the trace began: they have no start, and a record without one
    would be invented. 4,263 have one; 16 of those were deleted when or before they were scheduled. 4,247 remain, of
    which 1,045 were still there when the trace ended.
    """
    path = shared_data("traces", "alibaba_dlrm_v2025", "disaggregated_DLRM_trace.csv")

    result = world.ingest(world.table(INSTANCES), path)

    assert (result.rows, accounts(result)) == (
        23_871,
        {"records": 4_247, "quarantined": 3_139, "holds no accelerator": 16_485},
    )
    codes = Counter((line["field"], line["code"]) for line in world.quarantined(result))
    assert codes == {("valid_from", "cell.empty"): 3_123, ("valid_to", "record.interval"): 16}
    assert sum("valid_to" not in each for each in world.said()) == 1_045


REQUESTS = """\
    source: alibaba-genai
    kind: workload.ended
    natural_key: content
    zone: Asia/Shanghai
    fields:
      workload_id: {id: workload, system: genai, column: groupId}
      outcome: {column: predict_status, required: true}
      note: {column: checkpoint_model_version_id}
      valid_from: {column: gmt_create}
      known_by: {value: measured}
    """


def test_alibabas_image_requests_with_local_stamps(world: "World", shared_data: Shared) -> None:
    """26,823 requests of 4,247 groups, stamped in local time without a zone; the mapping gives it.

    Every row is a record or, where group, model, outcome and second are alike, a duplicate.
    """
    path = shared_data("traces", "alibaba_genai_v2026", "lora_request_trace.csv")

    result = world.ingest(world.table(REQUESTS), path)

    assert (result.rows, accounts(result)) == (26_823, {"records": 26_626, "duplicates": 197})
    assert len({each["workload_id"] for each in world.said()}) == 4_247
    assert world.said()[0]["valid_from"] == "2024-11-15T08:57:50.000Z"


SAMPLES = """\
    source: alibaba-duty
    kind: workload.placed
    natural_key: [container_ip, timestamp_anon]
    where:
      - {column: value, in: "100.0", reason: not at full duty}
    fields:
      workload_id: {id: workload, system: duty, column: container_ip}
      units: {id: node, system: duty, column: container_ip}
      accelerators: {value: 1}
      valid_from: {column: timestamp_anon, as: time, epoch: seconds}
      known_by: {value: measured}
    """


def test_a_hundred_and_fifty_thousand_samples_are_all_accounted_for(
    world: "World", shared_data: Shared
) -> None:
    """157,417 samples of 143 pods: as many rows as lines, whatever becomes of them."""
    path = shared_data("traces", "alibaba_genai_v2026", "pod_gpu_duty_cycle_anon.csv")

    result = world.ingest(world.table(SAMPLES), path)

    assert result.rows == 157_417
    assert (result.quarantined, result.refused) == (0, 0)
