"""One job of Slurm's accounting, whichever way it was printed, and what its parts mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kansa.clock import MICROSECONDS

RUNNING = frozenset({"RUNNING", "SUSPENDED", "STOPPED", "SIGNALING", "CONFIGURING", "COMPLETING"})
NEVER_RAN = frozenset(
    {"PENDING", "CANCELLED", "REVOKED", "DEADLINE", "BOOT_FAIL", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
)
NO_NODES = frozenset({"", "None assigned", "(null)", "None"})

STATES = (
    RUNNING
    | NEVER_RAN
    | {
        *(
            "COMPLETED",
            "FAILED",
            "TIMEOUT",
            "NODE_FAIL",
            "OUT_OF_MEMORY",
            "PREEMPTED",
            "REQUEUED",
            "RESIZING",
        ),
        *("STAGE_OUT", "LAUNCH_FAILED", "RECONFIG_FAIL", "POWER_UP_NODE", "UPDATE_DB", "EXPEDITING"),
        *("REQUEUE_FED", "REQUEUE_HOLD"),
    }
)
"""What Slurm calls a job's states, and the marks that stand in their place."""

NODES = "node"
"""The name under which an allocation counts its nodes."""

_SECONDS = 253_402_300_800
"""When the year 10000 begins, in seconds since 1970."""

_STATE = re.compile(r"[A-Z_]+")
_COUNT = re.compile(r"(\d+)([KMGTP]?)")
_UNITS: Mapping[str, int] = {"": 1, **{unit: 1 << 10 * power for power, unit in enumerate("KMGTP", start=1)}}


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a file lists; times are instants, None where the file knows none.

    `nodes` is a host list as printed; `tres` counts what was allocated: the gres by name (`gres/gpu:h100`), and `node`.
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
    restarts: int = 0
    """How often it had been requeued before this run, as far as the accounting says so."""

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


def seconds_in(seconds: int) -> int:
    """Return the instant of a count of seconds since 1970.

    Raises:
        ValueError: it lies after the year 9999, as milliseconds do.
    """
    if seconds >= _SECONDS:
        raise ValueError(f"`{seconds}` is no time in seconds since 1970")
    return seconds * MICROSECONDS


def states_in(text: str) -> frozenset[str]:
    """Return the state of `CANCELLED by 1185300516`."""
    found = _STATE.match(text.strip())
    return frozenset({found[0]}) if found else frozenset()


def tres_in(text: str) -> dict[str, int]:
    """Return gres and nodes of `billing=97,cpu=1,gres/gpu=8,mem=64G,node=1`.

    Raises:
        ValueError: a count of these that is no number, or two that stand for one name and differ.
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, count = part.partition("=")
        if not (name.startswith("gres/") or name == NODES):
            continue
        if found.setdefault(name, _count(count)) != _count(count):
            raise ValueError(f"`{name}` is counted twice")
    return found


def nodes_differ(tres: Mapping[str, int], hosts: int) -> bool:
    """Tell whether an allocation counts other than so many nodes; one that counts none says nothing."""
    return tres.get(NODES, hosts) != hosts


def _count(text: str) -> int:
    found = _COUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is no count")
    return int(found[1]) * _UNITS[found[2]]
