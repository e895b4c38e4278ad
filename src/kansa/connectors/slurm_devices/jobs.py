"""`scontrol show job -d`, of Slurm 20.02 to 25.05: which index of which gres each job holds on each node.

Source: SchedMD, scontrol(1) and `src/api/job_info.c`. Fields are read only from the lines that begin with the field that
Slurm puts first there: a job's name, comment or command may hold anything.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_PAIR = re.compile(r"(\S+?)=(\S*)")
_FIRST = frozenset(
    {"JobId", "UserId", "Priority", "JobState", "StartTime", "NodeList", "Nodes", "ArrayJobId", "HetJobId"}
)
_GRES = re.compile(r"([A-Za-z0-9_]+)(?::([^:,()]+))?(?::(\d+))?\((?:IDX:)?([0-9,\-]*)\)")
MOST_DIGITS = 9
"""Characters of a range of indices: no node has ten thousand accelerators."""

_NOTHING = frozenset({"", "(null)", "N/A", "Unknown", "None"})


class OnNodes(NamedTuple):
    """A list of hosts, and the indices of each gres by name and type there."""

    hosts: str
    gres: tuple[tuple[str, str | None, tuple[int, ...]], ...]


class JobShown(NamedTuple):
    """One job as it was shown; `line` is where it begins."""

    line: int
    id: str
    account: str | None
    user: str | None
    state: str
    start: str | None
    nodes: tuple[OnNodes, ...]


def jobs(text: str) -> Iterator[JobShown]:
    """Yield the jobs of a listing, in order."""
    begin, fields, nodes = 0, dict[str, str](), list[OnNodes]()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        first = stripped.partition("=")[0]
        if first == "JobId" and not line[:1].isspace():
            if begin:
                yield _job(begin, fields, nodes)
            begin, fields, nodes = number, {"JobId": stripped.partition("=")[2].split()[0]}, []
        elif begin and first == "Nodes":
            nodes.append(_on_nodes(stripped))
        elif begin and first in _FIRST:
            for name, value in _PAIR.findall(stripped):
                fields.setdefault(name, value)
    if begin:
        yield _job(begin, fields, nodes)


def _job(line: int, fields: dict[str, str], nodes: list[OnNodes]) -> JobShown:
    user = fields.get("UserId", "").partition("(")[0]
    return JobShown(
        line,
        fields["JobId"],
        _present(fields.get("Account")),
        _present(user),
        fields.get("JobState", ""),
        _present(fields.get("StartTime")),
        tuple(nodes),
    )


def _on_nodes(line: str) -> OnNodes:
    found = dict(_PAIR.findall(line))
    told = found.get("GRES") or found.get("GRES_IDX") or ""
    gres = tuple((name, type_ or None, _indices(listed)) for name, type_, _, listed in _GRES.findall(told))
    return OnNodes(found.get("Nodes", ""), gres)


def _indices(listed: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in filter(None, listed.split(",")):
        low, _, high = part.partition("-")
        if len(part) <= MOST_DIGITS and low.isdecimal() and (not high or high.isdecimal()):
            found += range(int(low), int(high or low) + 1)
    return tuple(found)


def _present(text: str | None) -> str | None:
    return None if text is None or text in _NOTHING else text
