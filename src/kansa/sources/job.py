"""One job of Slurm's accounting, whichever way it was printed, and what its parts mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RUNNING = frozenset({"RUNNING", "SUSPENDED", "STOPPED", "SIGNALING", "CONFIGURING", "COMPLETING"})
NEVER_RAN = frozenset(
    {"PENDING", "CANCELLED", "REVOKED", "DEADLINE", "BOOT_FAIL", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
)
NO_NODES = frozenset({"", "None assigned", "(null)", "None"})

_STATE = re.compile(r"[A-Z_]+")
_GPU = "gres/gpu"
_SHARES = ("gres/shard", "gres/mps")


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a file lists; times are instants, None where the file knows none.

    `nodes` is a host list as printed; `tres` counts what was allocated, by name (`gres/gpu:h100`).
    """

    id: str
    cluster: str
    account: str
    user: str
    nodes: str
    states: frozenset[str]
    start: int | None
    end: int | None
    tres: Mapping[str, int]
    line: int
    raw: Any

    @property
    def started(self) -> bool:
        """Whether it ever held nodes. A job that waits has an expected start, which is none."""
        return self.start is not None and "PENDING" not in self.states

    @property
    def running(self) -> bool:
        """Whether it still holds nodes. While a job runs, some versions print the end that its limit would give."""
        return bool(self.states & RUNNING) and (self.end is None or "COMPLETING" not in self.states)

    @property
    def state(self) -> str:
        """Its states in words."""
        return " and ".join(sorted(self.states))

    @property
    def accelerators(self) -> int:
        """How many accelerators it held in all: the untyped count, which includes the typed ones, else their sum."""
        typed = sum(count for name, count in self.tres.items() if name.startswith(f"{_GPU}:"))
        return self.tres.get(_GPU, typed)

    @property
    def shares(self) -> bool:
        """Whether it held parts of accelerators of which the accounting does not say how much of which."""
        return any(self.tres.get(name, 0) > 0 for name in _SHARES)

    @property
    def model(self) -> str | None:
        """The type of its accelerators, if they are all of one."""
        found = [name.removeprefix(f"{_GPU}:") for name in self.tres if name.startswith(f"{_GPU}:")]
        return found[0] if len(found) == 1 and self.tres[f"{_GPU}:{found[0]}"] == self.accelerators else None


def states_in(text: str) -> frozenset[str]:
    """The state of `CANCELLED by 1185300516`."""
    found = _STATE.match(text.strip())
    return frozenset({found[0]}) if found else frozenset()


def tres_in(text: str) -> dict[str, int]:
    """The gres of `billing=97,cpu=1,gres/gpu=8,mem=64G,node=1`.

    Raises:
        ValueError: a gres whose count is no number.
    """
    parts = (part.partition("=") for part in text.split(",") if part.startswith("gres/"))
    return {name: int(count) for name, _, count in parts}
