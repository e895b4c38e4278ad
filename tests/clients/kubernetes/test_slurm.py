"""A real Slurm asks before it takes a job: refused, held with the reason shown, released only when the gate permits."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.kubernetes.slurm_cluster import Cluster, number_of, running, why_not
from clients.python.peers import answering

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

SETTINGS = """return {{
  gate = "{url}", cluster = "hokkaido", timeout = 2, language = "ja",
  fail = "{fail}", spool = "{spool}",
  partitions = {{ gpu = {{site = "石狩1", item_class = "3A090.a"}}, cpu = false }},
}}
"""


class Standing:
    """What the gate says of each account; anything else is denied."""

    def __init__(self) -> None:
        self.states = {"cleared": "permit", "lapsed": "hold", "listed": "deny"}

    def __call__(self, _path: str, body: dict[str, Any]) -> tuple[int, object]:
        state = self.states.get(body["subject"]["id"], "deny")
        context = {"state": state, "id": f"dec_{state}", "reason": f"理由 {state}"}
        return 200, {"decision": state == "permit", "context": context}


@pytest.fixture(scope="module")
def asked() -> list[dict[str, Any]]:
    """Every question that the cluster asked."""
    return []


@pytest.fixture(scope="module")
def standing() -> Standing:
    """The gate's mind, which tests may change."""
    return Standing()


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, standing: Standing, asked: list[dict[str, Any]]
) -> Iterator[Cluster]:
    """A Slurm whose jobs are asked for."""
    root = tmp_path_factory.mktemp("slurm")

    def reply(path: str, body: dict[str, Any]) -> tuple[int, object]:
        asked.append(body)
        return standing(path, body)

    with answering(reply) as (url, _):
        settings = SETTINGS.format(url=url, fail="hold", spool=root / "bypassed.jsonl")
        with running(root, settings) as slurm:
            yield slurm


def test_a_permitted_job_runs(cluster: Cluster, asked: list[dict[str, Any]]) -> None:
    """The question names the account in its cluster's books, the site and the item class, and what was asked for."""
    before = len(asked)
    number = number_of(cluster.submit("--account=cleared", "--comment=purpose=train"))
    job = cluster.reaches(number, "COMPLETED", "RUNNING", "COMPLETING")
    assert job["AdminComment"] == "kansa: permit (dec_permit)"
    question = asked[before]
    assert question["action"] == {"name": "schedule"}
    assert question["subject"]["properties"] == {"system": "slurm:hokkaido", "user": "games"}
    assert question["resource"] == {
        "type": "site",
        "id": "石狩1",
        "properties": {
            "system": "site",
            "item_class": "3A090.a",
            "partition": "gpu",
            "tres": "gres:gpu:h100:1",
        },
    }
    assert question["context"] == {"scheduler": "slurm", "cluster": "hokkaido", "purpose": "train"}


def test_a_denied_job_is_refused_with_the_reason(cluster: Cluster) -> None:
    """The person who submits reads why, in the gate's words."""
    refused = cluster.submit("--account=listed")
    assert refused.returncode != 0
    assert "kansa: deny (dec_deny): 理由 deny" in refused.stderr


def test_a_held_job_is_released_only_when_the_gate_permits(cluster: Cluster, standing: Standing) -> None:
    """A hold waits for people: neither the owner nor root releases it before the gate permits; then the owner may."""
    submitted = cluster.submit("--account=lapsed")
    assert "kansa: hold (dec_hold): 理由 hold" in submitted.stderr
    number = number_of(submitted)
    assert cluster.job(number)["JobState"] == "PENDING"
    for root in (False, True):
        released = cluster.run("scontrol", "release", number, root=root)
        assert "permission denied" in released.stderr
        assert cluster.job(number)["Priority"] == "0"
    standing.states["lapsed"] = "permit"
    assert cluster.run("scontrol", "release", number).returncode == 0
    cluster.reaches(number, "COMPLETED", "RUNNING", "COMPLETING")
    standing.states["lapsed"] = "hold"


def test_a_held_job_does_not_slip_out_by_another_account(cluster: Cluster) -> None:
    """Changing what was asked asks again, with the job as it would be."""
    number = number_of(cluster.submit("--account=lapsed"))
    moved = cluster.run("scontrol", "update", f"JobId={number}", "Account=listed")
    assert "permission denied" in moved.stderr
    assert cluster.job(number)["Account"] == "lapsed"
    cluster.run("scancel", number)


def test_a_job_that_lapsed_in_the_queue_goes_back_to_it(cluster: Cluster, standing: Standing) -> None:
    """A permit at submission is not one for ever: the job is asked for again as it starts, and held."""
    number = number_of(cluster.submit("--account=cleared", "--begin=now+3600"))
    standing.states["cleared"] = "hold"
    try:
        cluster.run("scontrol", "update", f"JobId={number}", "StartTime=now")
        until = time.monotonic() + 30
        while cluster.job(number).get("Priority") != "0" and time.monotonic() < until:
            time.sleep(0.1)
        job = cluster.job(number)
        assert (job["JobState"], job["Priority"]) == ("PENDING", "0")
        assert job["AdminComment"] == "kansa: hold (dec_hold): 理由 hold"
        assert cluster.run("scontrol", "release", number).returncode != 0
    finally:
        standing.states["cleared"] = "permit"
    assert cluster.run("scontrol", "release", number).returncode == 0
    assert cluster.job(number)["Priority"] != "0"  # Slurm starts a requeued job again after two minutes
    cluster.run("scancel", number)


def test_a_partition_without_controlled_items_is_not_asked_for(
    cluster: Cluster, asked: list[dict[str, Any]]
) -> None:
    """The settings say which partitions hold none; a job there runs whoever submits it."""
    before = len(asked)
    number = number_of(cluster.submit("--account=listed", "--partition=cpu"))
    cluster.reaches(number, "COMPLETED", "RUNNING", "COMPLETING")
    assert len(asked) == before


@pytest.mark.parametrize("partitions", ["cpu,gpu", "gpu,cpu"])
def test_a_job_that_may_run_in_several_partitions_is_held_by_the_strictest(
    cluster: Cluster, partitions: str
) -> None:
    """Slurm starts a job in any partition that it names, so every one of them must be permitted, in whatever order."""
    assert "kansa: deny" in cluster.submit("--account=listed", f"--partition={partitions}").stderr


@pytest.mark.parametrize("fail", ["hold", "open"])
def test_silence_is_what_the_settings_say(fail: str, tmp_path: Path) -> None:
    """Held by default; open only with a spool that takes the bypass first."""
    spool = tmp_path / "bypassed.jsonl"
    settings = SETTINGS.format(url="http://127.0.0.1:9", fail=fail, spool=spool)
    root = tmp_path / "slurm"
    root.mkdir()
    with running(root, settings) as slurm:
        number = number_of(slurm.submit("--account=cleared"))
        if fail == "hold":
            assert slurm.job(number)["Priority"] == "0"
            assert "the gate did not answer" in slurm.job(number)["AdminComment"]
            assert not spool.exists()
        else:
            slurm.reaches(number, "COMPLETED", "RUNNING", "COMPLETING")
            assert '"id":"cleared"' in spool.read_text()


def test_broken_settings_hold(cluster: Cluster) -> None:
    """A gate that cannot be asked because of its settings permits nothing."""
    settings = cluster.root / "kansa.lua"
    kept = settings.read_text()
    try:
        settings.write_text("return {")
        number = number_of(cluster.submit("--account=cleared"))
        assert cluster.job(number)["Priority"] == "0"
    finally:
        settings.write_text(kept)
    cluster.run("scancel", number)
