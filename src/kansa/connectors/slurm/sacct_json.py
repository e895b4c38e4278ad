"""`sacct --json` and slurmrestd's jobs, data parsers 0.0.37 to 0.0.44.

Numbers are plain or `{set, infinite, number}`, states a text or a list, allocations a list of TRES or a text. Read job
by job, all answers in a file to its end; what stands before a cut is kept.
"""

from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from kansa.connectors.base import NOTHING, Quarantined, Skipped
from kansa.connectors.formats.opened import opened
from kansa.connectors.slurm.job import NODES, Job, seconds_in, tres_in
from kansa.connectors.slurm.json_answers import Answer, Answers, Broken, Item
from kansa.connectors.slurm.options import SlurmOptions
from kansa.errors import BadInput, Problem

_NOT_SACCT = "give the output of `sacct --json` or of slurmrestd's /jobs as it is, not a part of it"


def jobs(path: Path, options: SlurmOptions) -> Iterator[Job | Quarantined | Skipped]:
    """Yield the jobs of all answers in a file, each followed by one row passed over for each of its steps.

    Raises:
        BadInput: no list of jobs, or cut short before the first one ends.
    """
    file = str(path)
    held_back: list[Quarantined] = []
    lists = read = 0
    with (
        opened(path) as packed,
        TextIOWrapper(packed, "utf-8-sig", "surrogateescape", newline="") as stream,
    ):
        for found in Answers(stream, "jobs"):
            if isinstance(found, Item):
                read += 1
                yield from held_back
                held_back.clear()
                yield from _listed(found, options, file)
                continue
            if isinstance(found, Answer):
                lists += found.has_list
                held_back += _faults(found, file)
            else:
                if not (lists or read):
                    raise _unusable(found, file)
                held_back.append(_cut(found, file))
            if lists or read:
                yield from held_back
                held_back.clear()
    if not (lists or read):
        raise BadInput("slurm.not_sacct", f"`{file}` has no list of `jobs`", help=_NOT_SACCT)


def _listed(found: Item, options: SlurmOptions, file: str) -> Iterator[Job | Quarantined | Skipped]:
    if not isinstance(found.value, dict):
        problem = Problem("slurm.field", "an element of the list is no job", file, found.line, "jobs")
        yield Quarantined((problem,), found.value)
        return
    yield _job(found, options, file)
    steps = found.value.get("steps")
    for _ in steps if isinstance(steps, list) else ():
        yield Skipped("job step")


def _unusable(broken: Broken, file: str) -> BadInput:
    if broken.inside:
        return BadInput("slurm.cut", f"`{file}` breaks off before its first job ends")
    return BadInput("slurm.not_sacct", f"`{file}` has no list of `jobs`", help=_NOT_SACCT)


def _faults(answer: Answer, file: str) -> Iterator[Quarantined]:
    """Why an answer may not be whole."""
    if answer.errors:
        message = "Slurm reports errors with its answer, so that it may not be whole"
        advice = "see `errors` in the file, and ask again"
        yield Quarantined(
            (Problem("slurm.errors", message, file, answer.line, "errors", advice),), None, cut=True
        )
    elif not answer.has_list:
        message = "this answer has no list of `jobs`"
        yield Quarantined(
            (Problem("slurm.not_sacct", message, file, answer.line, "jobs", _NOT_SACCT),), None, cut=True
        )


def _cut(broken: Broken, file: str) -> Quarantined:
    where = "in this job" if broken.inside else "before the answer ends"
    message = (
        f"the file breaks off {where}; what follows cannot be read"
        if broken.ended
        else "from here on the file is no answer of Slurm's; nothing after it is read"
    )
    advice = "write it again and ingest it; what was recorded adds nothing then"
    return Quarantined((Problem("slurm.cut", message, file, broken.line, help=advice),), None, cut=True)


def _job(item: Item, options: SlurmOptions, file: str) -> Job | Quarantined:
    found, line = item.value, item.line
    raw = {name: value for name, value in found.items() if name != "steps"}
    problems = [
        Problem("slurm.field", f"`{name[:80]}` stands twice, with two values", file, line, name[:80])
        for name in item.twice
    ]

    def take(field: str, read: Any) -> Any:
        try:
            return read()
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            problems.append(Problem("slurm.field", f"cannot be read: {error}", file, line, field))
            return None

    time = found.get("time")
    times = time if isinstance(time, Mapping) else {}
    job = Job(
        id=take("job_id", lambda: str(_job_id(found["job_id"]))) or "",
        cluster=take("cluster", lambda: _cluster(found, options)) or "",
        account=take("account", lambda: _text(found.get("account") or _associated(found, "account"))) or "",
        user=take("user", lambda: _user(found)) or "",
        nodes=take("nodes", lambda: _nodes(found.get("nodes"))) or "",
        states=take("state", lambda: _states(found)) or frozenset(),
        start=take("start", lambda: _instant(times.get("start", found.get("start_time")))),
        end=take("end", lambda: _instant(times.get("end", found.get("end_time")))),
        tres=take("tres", lambda: _tres(found)) or {},
        line=line,
        raw=raw,
        restarts=take("restart_cnt", lambda: _number(found.get("restart_cnt"))) or 0,
    )
    if not problems:
        return job
    elsewhere = _is_elsewhere(found, options)
    return Quarantined(tuple(problems), raw, span=NOTHING if elsewhere else (job.start, job.end))


def _is_elsewhere(found: Mapping[str, Any], options: SlurmOptions) -> bool:
    """Tell whether a job is of another cluster than the options say, so that it holds nothing of this one."""
    named = found.get("cluster") or _associated(found, "cluster")
    return (
        options.cluster is not None and isinstance(named, str) and named.strip() not in {"", options.cluster}
    )


def _number(value: Any) -> int | None:
    """Return a number, plain or as `{"set": true, "infinite": false, "number": 3}`."""
    if isinstance(value, Mapping):
        return _number(value.get("number")) if value.get("set") and not value.get("infinite") else None
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"`{value}` is no whole number")


def _job_id(value: Any) -> int:
    number = _number(value)
    if number is None:
        raise ValueError("there is none")
    if number < 1:
        raise ValueError(f"`{number}` is no job's number; they begin at 1")
    return number


def _instant(value: Any) -> int | None:
    seconds = _number(value)
    return seconds_in(seconds) if seconds is not None and seconds > 0 else None


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{value}` is no text")
    text = (value or "").strip()
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise ValueError("the bytes are not UTF-8")
    return text


def _associated(found: Mapping[str, Any], name: str) -> Any:
    association = found.get("association")
    return association.get(name) if isinstance(association, Mapping) else None


def _user(found: Mapping[str, Any]) -> str:
    return _text(found.get("user") or found.get("user_name") or _associated(found, "user"))


def _cluster(found: Mapping[str, Any], options: SlurmOptions) -> str:
    cluster = _text(found.get("cluster") or _associated(found, "cluster")) or options.cluster
    if not cluster:
        raise ValueError("no cluster is named; say `cluster` in the options")
    if options.cluster is not None and cluster != options.cluster:
        raise ValueError(f"`{cluster}` is not the cluster `{options.cluster}` of the options")
    return cluster


def _nodes(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_text(each.get("name") if isinstance(each, Mapping) else each) for each in value)
    if isinstance(value, Mapping):
        return _nodes(value.get("list") or value.get("range"))
    return _text(value)


def _states(found: Mapping[str, Any]) -> frozenset[str]:
    state = found.get("state", found.get("job_state"))
    current = state.get("current") if isinstance(state, Mapping) else state
    states = frozenset(current if isinstance(current, list) else [current])
    if not states or not all(isinstance(each, str) and each for each in states):
        raise ValueError(f"`{current}` is no state")
    return states


def _tres(found: Mapping[str, Any]) -> dict[str, int]:
    tres = found.get("tres")
    if not isinstance(tres, Mapping):
        return tres_in(_text(found.get("tres_alloc_str")))
    counts: dict[str, int] = {}
    for each in tres.get("allocated") or ():
        kind, count = each.get("type"), _number(each.get("count"))
        if kind not in {"gres", NODES} or count is None:
            continue
        name = NODES if kind == NODES else f"gres/{_text(each.get('name'))}"
        if counts.setdefault(name, count) != count:
            raise ValueError(f"`{name}` is counted twice")
    return counts
