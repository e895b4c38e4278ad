"""Slurm's accounting of a cluster for a stretch of time, as `sacct --json` and `sacct -P` print it.

Both show what they know at the end of the stretch: a job that goes on is RUNNING and has no end.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from kansa.demo.instants import at_second, local
from kansa.demo.plan import Workload

_ENDS = ("COMPLETED",) * 12 + ("FAILED", "TIMEOUT", "CANCELLED by 20017")
_STAMP = "%Y-%m-%dT%H:%M:%S"
_COLUMNS = (
    "JobIDRaw|JobID|JobName|Cluster|Partition|Account|User|AllocTRES|NodeList|Submit|Start|End|State|ExitCode"
)


def active(workloads: Iterable[Workload], start: int, end: int) -> list[Workload]:
    """Return the workloads that held something in `[start, end)`, by start."""
    found = [w for w in workloads if w.start < end and (w.end is None or w.end > start)]
    return sorted(found, key=lambda workload: (workload.start, workload.id))


def as_json(cluster: str, model: str, jobs: Sequence[Workload], until: int) -> str:
    """Return the output of `sacct --json` (data parser 0.0.40) as seen at a second of the period."""
    meta = {
        "plugin": {"type": "openapi/slurmdbd", "name": "Slurm OpenAPI slurmdbd", "data_parser": "v0.0.40"},
        "slurm": {
            "version": {"major": "23", "micro": "7", "minor": "11"},
            "release": "23.11.7",
            "cluster": cluster,
        },
    }
    listed = [*(_job(cluster, model, job, until) for job in jobs), *_bystanders(cluster, until)]
    document = {"jobs": listed, "meta": meta, "errors": [], "warnings": []}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_text(cluster: str, jobs: Sequence[Workload], until: int) -> str:
    """Return the output of `sacct -P` with its `.batch` steps, as seen at a second of the period; stamps are local."""
    lines = [line for job in jobs for line in _lines(cluster, job, until)]
    return "\n".join([_COLUMNS, *lines]) + "\n"


def _bystanders(cluster: str, until: int) -> list[dict[str, Any]]:
    """Return what else an accounting holds: a job without accelerators, and one that was cancelled while it waited."""
    number, noon = 9_000_000 + until // 60, _epoch(until) - 43_200
    common = {"account": "operations", "association": {"user": "ops01"}, "cluster": cluster, "steps": []}
    backup = {
        "job_id": number,
        "name": "backup",
        "nodes": "is-c01",
        "partition": "cpu",
        "state": {"current": ["COMPLETED"], "reason": "None"},
        "time": {"submission": noon - 9, "start": noon, "end": noon + 3_300},
        "tres": {"allocated": [{"type": "cpu", "name": "", "id": 1, "count": 4}]},
        "user": "ops01",
    }
    cancelled = {
        "job_id": number + 1,
        "name": "check",
        "nodes": "None assigned",
        "partition": "gpu",
        "state": {"current": ["CANCELLED"], "reason": "None"},
        "time": {"submission": noon, "start": 0, "end": noon + 600},
        "tres": {"allocated": []},
        "user": "ops01",
    }
    return [common | backup, common | cancelled]


def _job(cluster: str, model: str, job: Workload, until: int) -> dict[str, Any]:
    ended = _has_ended(job, until)
    state = _end_state(job) if ended else "RUNNING"
    user = _user(job)
    return {
        "account": job.path,
        "allocation_nodes": len(job.stretches[0].nodes),
        "array": {"job_id": 0, "task_id": {"set": False, "infinite": False, "number": 0}, "task": ""},
        "association": {"account": job.path, "cluster": cluster, "partition": "", "user": user, "id": 0},
        "cluster": cluster,
        "exit_code": {"status": ["SUCCESS"], "return_code": {"set": True, "infinite": False, "number": 0}},
        "job_id": int(job.id),
        "name": job.purpose,
        "nodes": _hosts(job.stretches[0].nodes),
        "partition": "gpu",
        "qos": "normal",
        "state": {"current": [state.split()[0]], "reason": "None"},
        "steps": [],
        "time": {
            "elapsed": (job.end if ended and job.end is not None else until) - job.start,
            "eligible": _epoch(job.start) - 40,
            "end": _epoch(job.end) if ended and job.end is not None else 0,
            "start": _epoch(job.start),
            "submission": _epoch(job.start) - 45,
            "suspended": 0,
        },
        "tres": {
            "allocated": [
                {"type": "cpu", "name": "", "id": 1, "count": 12 * len(job.stretches[0].slots)},
                {"type": "node", "name": "", "id": 4, "count": len(job.stretches[0].nodes)},
                {"type": "gres", "name": "gpu", "id": 1001, "count": len(job.stretches[0].slots)},
                {"type": "gres", "name": f"gpu:{model}", "id": 1002, "count": len(job.stretches[0].slots)},
            ],
        },
        "user": user,
    }


def _lines(cluster: str, job: Workload, until: int) -> list[str]:
    ended = _has_ended(job, until)
    held = job.stretches[0]
    cores, count = 12 * len(held.slots), len(held.slots)
    tres = f"billing={cores},cpu={cores},gres/gpu={count},node={len(held.nodes)}"
    end = _stamp(job.end) if ended and job.end is not None else "Unknown"
    state = _end_state(job) if ended else "RUNNING"
    who = f"{cluster}|gpu|{job.path}|{_user(job)}"
    since = _stamp(job.start)
    when = f"{_stamp(job.start - 45)}|{since}|{end}"
    step = f"{cluster}||{job.path}|"
    hosts = _hosts(held.nodes)
    return [
        f"{job.id}|{job.id}|{job.purpose}|{who}|{tres}|{hosts}|{when}|{state}|0:0",
        f"{job.id}.batch|{job.id}.batch|batch|{step}|{tres}|{held.nodes[0]}|{since}|{since}|{end}|{state.split()[0]}|0:0",
    ]


def _has_ended(job: Workload, until: int) -> bool:
    return job.end is not None and job.end <= until


def _hosts(nodes: Sequence[str]) -> str:
    if len(nodes) == 1:
        return nodes[0]
    stem = nodes[0][:-2]
    return f"{stem}[{','.join(node[-2:] for node in nodes)}]"


def _end_state(job: Workload) -> str:
    return _ENDS[hashlib.sha256(job.id.encode()).digest()[0] % len(_ENDS)]


def _user(job: Workload) -> str:
    return f"{job.end_user or job.tenant}{hashlib.sha256(job.id.encode()).digest()[1] % 3 + 1:02d}"


def _epoch(second: int) -> int:
    return at_second(second) // 1_000_000


def _stamp(second: int) -> str:
    return local(at_second(second), _STAMP)
