"""Take rows into vaults, each in a process of its own which kills itself at a step: `killed_intake.py VAULT...`.

Prints of each whether it was killed or came to its end.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evidence.many_rows import row, rows
from kansa.application import segments as intake
from kansa.evidence import folder, writer
from kansa.evidence.entry import Report
from kansa.ledger.append_socket import SharedAppender
from kansa.vault.vault import Vault
from worlds import BEGIN

REPORT = Report("slurm", [{"name": "a.txt", "sha256": "0" * 64}], 0, {}, "slurm 1")
TABLE = rows(row(number, BEGIN + number * 1_000_000) for number in range(6))


def main(roots: list[Path]) -> None:
    """Kill an intake into the n-th vault at step 2n, or at the step after its `@`; beyond its last step, none."""
    for number, given in enumerate(roots):
        name, _, step = given.name.partition("@")
        root = given.with_name(name)
        pid = os.fork()
        if pid == 0:
            _count(int(step) if step else 2 * number)
            intake.take_rows(Vault(root, at=BEGIN), TABLE, REPORT, most=3)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "whole\n")


def _count(step: int) -> None:
    """Kill this process when it comes to a step: just before anything that changes the disk."""
    done = 0

    def pass_by() -> None:
        nonlocal done
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    def stepping(of: Any, name: str) -> None:
        real = getattr(of, name)

        def told(*args: Any, **named: Any) -> Any:
            pass_by()
            return real(*args, **named)

        setattr(of, name, told)

    for of, name in (
        *((writer, "sync"), (folder, "sync"), (pq, "write_table")),
        *((Path, "rename"), (Path, "write_bytes"), (Path, "unlink"), (SharedAppender, "append")),
    ):
        stepping(of, name)


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
