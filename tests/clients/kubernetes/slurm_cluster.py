"""A real Slurm of one node for tests: slurmctld and slurmd from Debian, on free ports, in a directory of their own."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parents[3] / "integrations" / "slurm"
USER = "games"  # an ordinary account that every Debian has
FIELD = re.compile(r"([A-Z][\w/:]*)=(.*?)(?=\s+[A-Z][\w/:]*=|\s*$)")
CONFIGURATION = """\
ClusterName=hokkaido
SlurmctldHost=localhost
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
AccountingStorageType=accounting_storage/none
MpiDefault=none
JobSubmitPlugins=lua
PrologSlurmctld={root}/prolog.lua
GresTypes=gpu
NodeName=localhost CPUs=2 RealMemory=1000 Gres=gpu:h100:2 State=UNKNOWN
PartitionName=gpu Nodes=localhost Default=YES MaxTime=INFINITE State=UP
PartitionName=cpu Nodes=localhost MaxTime=INFINITE State=UP
"""


def why_not() -> str | None:
    """Why there can be no Slurm here, or None. Where everything is required the tests run, and fail without it."""
    if os.environ.get("KANSA_REQUIRE_DATA") == "1":
        return None
    missing = [
        name for name in ("slurmctld", "slurmd", "sbatch", "lua5.1", "runuser") if shutil.which(name) is None
    ]
    if missing:
        return f"not installed: {', '.join(missing)}; `tools/debian-packages test` installs them"
    return None if os.geteuid() == 0 else "Slurm submits for other accounts only as root"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running Slurm; commands run as an ordinary account unless `root` is asked for."""

    root: Path

    def run(self, *command: str, root: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
        """One Slurm command."""
        settings = {"SLURM_CONF": str(self.root / "slurm.conf"), **environment}
        as_user = [] if root else ["runuser", "-u", USER, "--"]
        assigned = [f"{name}={value}" for name, value in settings.items()]
        return subprocess.run(
            [*as_user, "env", *assigned, *command], capture_output=True, text=True, check=False, timeout=60
        )

    def submit(self, *options: str) -> subprocess.CompletedProcess[str]:
        """A job of one GPU that ends at once."""
        script = ("--chdir=/", "--output=/dev/null", "--gres=gpu:h100:1", "--wrap", "true")
        return self.run("sbatch", *options, *script)

    def job(self, number: str) -> dict[str, str]:
        """What `scontrol show job` says, by field."""
        shown = self.run("scontrol", "--oneliner", "show", "job", number).stdout
        return {name: value.strip() for name, value in FIELD.findall(shown)}

    def reaches(self, number: str, *states: str, seconds: float = 30) -> dict[str, str]:
        """The job once it is in one of the states.

        Raises:
            AssertionError: it is not, after this long.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.job(number)
            if job.get("JobState") in states:
                return job
            time.sleep(0.1)
        log = (self.root / "slurmctld.log").read_text()[-2000:]
        raise AssertionError(f"job {number} is {self.job(number)}\n{log}")


def number_of(submitted: subprocess.CompletedProcess[str]) -> str:
    """The number that Slurm gave the job."""
    assert submitted.returncode == 0, submitted.stderr
    return submitted.stdout.split()[-1]


@contextmanager
def running(root: Path, settings: str) -> Iterator[Cluster]:
    """A cluster whose submit plugin and prolog are the ones that we ship, with these settings."""
    for name in ("state", "spool"):
        (root / name).mkdir()
    for directory in (
        root,
        *root.parents,
    ):  # pytest's directories are its own; an ordinary account reads slurm.conf
        if directory.stat().st_uid == os.geteuid() and directory != Path("/"):
            directory.chmod(directory.stat().st_mode | 0o055)
    for name in ("kansa_gate.lua", "job_submit.lua", "prolog.lua"):
        shutil.copy(SHIPPED / name, root)
    (root / "kansa.lua").write_text(settings)
    ports = dict(zip(("controller_port", "node_port"), _free_ports(2), strict=True))
    (root / "slurm.conf").write_text(CONFIGURATION.format(root=root, **ports))
    gres = [f"NodeName=localhost Name=gpu Type=h100 File={root}/gpu{number}" for number in range(2)]
    for number in range(2):
        (root / f"gpu{number}").touch()
    (root / "gres.conf").write_text("\n".join(gres) + "\n")
    environment = {**os.environ, "SLURM_CONF": str(root / "slurm.conf")}
    cluster = Cluster(root)
    started: list[subprocess.Popen[bytes]] = []
    try:
        started += [
            subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for command in (["slurmctld", "-D"], ["slurmd", "-D", "-N", "localhost"])
        ]
        _await_node(cluster)
        yield cluster
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def _await_node(cluster: Cluster) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if "idle" in cluster.run("sinfo", "--noheader", "--format=%T", root=True).stdout:
            return
        time.sleep(0.1)
    raise AssertionError((cluster.root / "slurmctld.log").read_text()[-3000:])


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
