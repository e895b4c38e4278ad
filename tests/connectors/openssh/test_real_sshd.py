"""A real sshd on the loopback, a real login with a real key: what it writes to syslog is read."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.openssh.test_openssh import REFUSED, source
from kansa.clock import SystemClock

if TYPE_CHECKING:
    from connectors.conftest import World

SSHD = Path("/usr/sbin/sshd")
DEVICE = Path("/dev/log")

pytestmark = pytest.mark.skipif(
    not SSHD.exists() or shutil.which("ssh") is None or os.geteuid() != 0,
    reason="needs openssh-server and root",
)


@contextmanager
def syslog() -> Iterator[list[str]]:
    """Be the syslog of this machine, which has none, and write lines as rsyslog does: with the host's name."""
    if DEVICE.exists():
        pytest.skip("this machine has a syslog of its own")
    said: list[str] = []
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(DEVICE))

    def read() -> None:
        while True:
            try:
                line = listening.recv(1 << 16).decode()
            except OSError:
                return
            stamp, rest = line[4:19], line[20:]
            said.append(f"{stamp} gpu-001 {rest}\n")

    threading.Thread(target=read, daemon=True).start()
    try:
        yield said
    finally:
        listening.close()
        DEVICE.unlink()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def sshd(folder: Path, port: int) -> Iterator[None]:
    """A server that lets the key `user` in, for as long as the block lasts."""
    for name in ("host", "user", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "StrictModes no\nPermitRootLogin yes\nUsePAM no\nPidFile none\nLogLevel VERBOSE\n",
        "utf-8",
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([SSHD, "-D", "-f", folder / "config"])
    try:
        for _ in range(100):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(10)


def login(folder: Path, port: int, key: str) -> int:
    """Log in and run a command; returns ssh's exit code."""
    options = [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "BatchMode=yes",
        "IdentitiesOnly=yes",
    ]
    given = [part for each in options for part in ("-o", each)]
    return subprocess.run(
        ["ssh", "-F", "none", "-p", str(port), "-i", folder / key, *given, "root@127.0.0.1", "true"],
        check=False,
        capture_output=True,
    ).returncode


def test_a_real_login_becomes_a_session_and_a_real_refusal_a_refusal(world: "World") -> None:
    """The fingerprint in the record is that of the key that logged in; the session has its end."""
    port = free_port()
    with syslog() as said, sshd(world.folder, port):
        assert login(world.folder, port, "user") == 0
        assert login(world.folder, port, "stranger") != 0
        for _ in range(50):
            if any("authenticating user root" in line for line in said):
                break
            time.sleep(0.1)
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", world.folder / "user.pub"], check=True, capture_output=True, text=True
    ).stdout.split()[1]
    options = "zone: UTC\npaths:\n- {path: kyoto-ssh, accounts: [root]}\n"

    done = world.ingest(
        source(world, options, now=SystemClock().now()), world.file("auth.log", "".join(said))
    )

    (session,) = world.said("kansa.access_path.session.v0")
    assert (session["credential"], session["account"], session["target"]) == (fingerprint, "root", "gpu-001")
    assert (session["method"], session["activity"]) == ("direct", "exec")
    assert session["valid_to"] is not None
    (refused,) = world.said(REFUSED)
    assert refused["reason"] in {"gave up", "failed publickey"}
    assert (done.quarantined, done.records) == (0, 2)
