"""The whole way: a real Slurm, `kansa serve`, the shipped rules, people's keys, official lists."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.kubernetes.in_order import lapsed_tenant, record, verified
from clients.kubernetes.slurm_cluster import number_of, running, why_not
from interfaces.api.serving import CALLERS, callers, token
from kansa.clock import SystemClock
from shared_data import SharedData

pytestmark = [
    pytest.mark.slow,  # the official lists and a real Slurm: a minute of processor time
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
]

SETTINGS = """return {{
  gate = "http://127.0.0.1:{port}", token_file = "{token}", cluster = "hokkaido", timeout = 5, language = "{language}",
  partitions = {{ gpu = {{site = "石狩1", item_class = "3A090.a"}} }},
}}
"""


@contextmanager
def serving(vault: Path, folder: Path) -> Iterator[int]:
    """`kansa serve` as a process of its own; its port."""
    callers(folder, CALLERS)
    command = [sys.executable, "-m", "kansa", "serve", "--port", "0", "--vault", str(vault)]
    told = folder / "serve.txt"
    with (
        told.open("wb") as errors,
        subprocess.Popen([*command, "--callers", folder / "callers.yaml"], stderr=errors) as process,
    ):
        try:
            yield _port(told, process)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0, told.read_text()


def _port(told: Path, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        if found := re.search(r"127\.0\.0\.1:(\d+)", told.read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(told.read_text())


def test_a_job_of_a_lapsed_tenant_waits_until_it_is_verified_again(
    tmp_path: Path, shared_data: SharedData
) -> None:
    """Held at submission with the reason; not to be released by anybody; released by its owner once the end user is verified."""
    vault = lapsed_tenant(tmp_path, shared_data)
    cluster_root = tmp_path / "slurm"
    cluster_root.mkdir()
    (cluster_root / "token").write_text(token())
    with serving(vault, tmp_path) as port:
        settings = SETTINGS.format(port=port, token=cluster_root / "token", language="en")
        with running(cluster_root, settings) as slurm:
            stranger = slurm.submit("--account=nobody-knows")
            assert "kansa: hold" in stranger.stderr
            slurm.run("scancel", number_of(stranger))

            submitted = slurm.submit("--account=shirakaba", "--comment=purpose=train")
            assert "The verification of the end user is not current" in submitted.stderr, submitted.stderr
            number = number_of(submitted)
            assert slurm.job(number)["Priority"] == "0"
            assert slurm.run("scontrol", "release", number, root=True).returncode != 0

            record(vault, verified(SystemClock().now()))
            until = time.monotonic() + 30  # the server follows the ledger within seconds
            while slurm.run("scontrol", "release", number).returncode and time.monotonic() < until:
                time.sleep(0.2)
            slurm.reaches(number, "COMPLETED", "RUNNING", "COMPLETING")
