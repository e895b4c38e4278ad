"""Generic resources of Slurm: which are accelerators, which are parts of one, and how many a job held on each node.

Accounting counts `gres/<name>` and `gres/<name>:<type>`, the typed counts being part of the untyped one. Slurm itself
knows `gpu`, `mps` and `shard`; every other name is a site's own. What a name means is taken from the options, never
guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["accelerator", "share", "other"]
"""A whole accelerator; a part of one (a MIG instance, a shard, a time slice); something else."""

ROLES: tuple[Role, ...] = ("accelerator", "share", "other")

KNOWN: Mapping[str, Role] = {
    "gpu": "accelerator",
    "mps": "share",
    "shard": "share",
    "gpumem": "other",
    "gpuutil": "other",
    "nic": "other",
    "craynetwork": "other",
}
"""What Slurm's own plugins and its accounting of GPUs call so."""

_PREFIX = "gres/"
# NVIDIA's instance profiles as `AutoDetect=nvml` and sites write them (`nvidia_h100_80gb_hbm3_3g.40gb`, `1g.10gb+me`,
# `a100-1g_5gb`, `3g`), any type named after MIG, and AMD's compute partitions.
_PART = re.compile(
    r"(?<![a-z0-9])(?:\d+c\.)?[1-7]g(?:[._-]?\d+gb)?(?![a-z0-9])|(?<![a-z])mig|(?<![a-z])[cdqt]px(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one job held: whole accelerators and parts in all, their one type, and counts of names nobody explained."""

    whole: int
    parts: int
    part_names: tuple[str, ...]
    model: str | None
    unknown: tuple[str, ...]
    counted: bool
    """Whether the accounting says anything of accelerators, zero included."""


@dataclass(frozen=True, slots=True)
class PerNode:
    """How many accelerators on each node (None: all of them), and from what that is inferred."""

    accelerators: int | None
    inferred_from: str | None = None


def allocation(tres: Mapping[str, int], named: Mapping[str, Role]) -> Allocation:
    """Sort what was allocated, by name as accounting prints it (`gres/gpu:h100`), by what the names mean.

    `named` is what the options say of a name (`hpu`) or of one type of it (`gpu:half`).
    """
    roles = {**KNOWN, **named}
    by_role: dict[Role | None, dict[str, int]] = {role: {} for role in (*ROLES, None)}
    counted = False
    for name, kinds in _by_name(tres).items():
        for kind, count in kinds.items():
            role = _role(roles, name, kind)
            counted = counted or role in {"accelerator", "share"}
            if count > 0:
                by_role[role][f"{name}:{kind}" if kind else name] = count
    held = by_role["accelerator"] | by_role["share"]
    return Allocation(
        whole=sum(by_role["accelerator"].values()),
        parts=sum(by_role["share"].values()),
        part_names=tuple(by_role["share"]),
        model=next(iter(held)).rpartition(":")[2] if len(held) == 1 else None,
        unknown=tuple(sorted({name.partition(":")[0] for name in by_role[None]})),
        counted=counted,
    )


def _by_name(tres: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return the counts of each name by type; under the empty type what the typed counts leave of the untyped one."""
    found: dict[str, dict[str, int]] = {}
    for full, count in tres.items():
        if not full.startswith(_PREFIX):
            continue
        name, _, kind = full.removeprefix(_PREFIX).partition(":")
        found.setdefault(name, {})[kind] = count
    for kinds in found.values():
        typed = sum(count for kind, count in kinds.items() if kind)
        if "" in kinds and len(kinds) > 1:
            kinds[""] = max(0, kinds[""] - typed)
    return found


def _role(roles: Mapping[str, Role], name: str, kind: str) -> Role | None:
    of_name = roles.get(name)
    if not kind:
        return of_name
    guessed: Role | None = "share" if of_name == "accelerator" and _PART.search(kind.lower()) else of_name
    return roles.get(f"{name}:{kind}", guessed)


def per_node(held: Allocation, devices: Sequence[int]) -> PerNode:
    """Return how many accelerators each of a job's nodes gave, of which the inventory has `devices` (0: none known).

    A part stands on one device, so that parts hold at most as many devices as they are, and never more than the
    node has. What accounting cannot tell is all of each node. A count above the inventory's is no measurement.
    """
    total, nodes = held.whole + held.parts, len(devices)
    if total % nodes:
        return PerNode(
            None, f"{total} accelerators on {nodes} nodes: accounting does not say how many on each"
        )
    each, known = total // nodes, min(devices, default=0)
    if held.parts:
        named = ", ".join(f"gres/{name}" for name in held.part_names)
        reason = f"shares of accelerators ({named}): accounting does not say how much of which"
        return PerNode(each if each < known else None, reason)
    short = min((count for count in devices if 0 < count < each), default=None)
    if short is not None:
        reason = (
            f"accounting counts {each} on a node in which the inventory has {short}: "
            "shares, or accelerators that the inventory lacks"
        )
        return PerNode(None, reason)
    return PerNode(each)
