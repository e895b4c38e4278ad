"""`sacct --json` and slurmrestd's jobs, data parsers 0.0.37 to 0.0.44.

Numbers are plain or `{set, infinite, number}`, states a text or a list, allocations a list of TRES or a text. Read job
by job; what stands before a cut is kept.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from kansa.clock import MICROSECONDS
from kansa.errors import BadInput, Problem
from kansa.sources.job import Job, tres_in
from kansa.sources.slurm_options import SlurmOptions
from kansa.sources.source import PassedOver, Quarantined

_JOBS = re.compile(r'"jobs"\s*:\s*\[')
_ERRORS = re.compile(r'"errors"\s*:\s*\[\s*[^\]\s]')
_BETWEEN = re.compile(r"[\s,]*")
_CHUNK = 1 << 20


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does."""
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def jobs(path: Path, options: SlurmOptions) -> Iterator[Job | Quarantined | PassedOver]:
    """The jobs of a file, each followed by one row passed over for each of its steps.

    Raises:
        BadInput: no list of jobs, or cut short before the first one ends.
    """
    read = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        listed = _Jobs(stream, str(path))
        for line, found in listed.each():
            if found is None:
                if read == 0:
                    raise BadInput("slurm.cut", f"`{path}` breaks off before its first job ends")
                yield _cut(str(path), line)
                return
            read += 1
            yield _job(found, line, options, str(path))
            steps = found.get("steps")
            for _ in steps if isinstance(steps, list) else ():
                yield PassedOver("job step")
        if listed.complains:
            yield _incomplete(str(path))


class _Jobs:
    """The objects of the list `jobs`, without holding the file."""

    def __init__(self, stream: TextIO, file: str) -> None:
        self.stream = stream
        self.file = file
        self.buffer = ""
        self.line = 1
        self.ended = False
        self.complains = False

    def each(self) -> Iterator[tuple[int, Any]]:
        """Line and job; None for a job whose end cannot be found."""
        self._drop(self._beginning())
        decoder = json.JSONDecoder()
        while True:
            self._drop(self._between())
            if self.buffer[:1] == "]":
                while self._more():
                    pass
                self.complains = self.complains or bool(_ERRORS.search(self.buffer))
                return
            found = self._object(decoder)
            yield self.line, found[0] if found else None
            if found is None:
                return
            self._drop(found[1])

    def _beginning(self) -> int:
        while (found := _JOBS.search(self.buffer)) is None:
            if not self._more():
                raise BadInput(
                    "slurm.not_sacct",
                    f"`{self.file}` has no list of `jobs`",
                    help="give the output of `sacct --json` or of slurmrestd's /jobs",
                )
        self.complains = bool(_ERRORS.search(self.buffer, 0, found.start()))
        return found.end()

    def _between(self) -> int:
        while True:
            found = _BETWEEN.match(self.buffer)
            end = found.end() if found else 0
            if end < len(self.buffer) or not self._more():
                return end

    def _object(self, decoder: json.JSONDecoder) -> tuple[Any, int] | None:
        while True:
            try:
                value, end = decoder.raw_decode(self.buffer)
            except (ValueError, RecursionError):
                if not self._more():
                    return None
            else:
                return (value, end) if isinstance(value, dict) else None

    def _more(self) -> bool:
        added = "" if self.ended else self.stream.read(max(_CHUNK, len(self.buffer)))
        self.ended = not added
        self.buffer += added
        return bool(added)

    def _drop(self, count: int) -> None:
        self.line += self.buffer.count("\n", 0, count)
        self.buffer = self.buffer[count:]


def _cut(file: str, line: int) -> Quarantined:
    problem = Problem(
        "slurm.cut",
        "the file breaks off in this job; what follows cannot be read",
        file,
        line,
        help="write it again and ingest it; what was recorded adds nothing then",
    )
    return Quarantined((problem,), None, cut=True)


def _incomplete(file: str) -> Quarantined:
    problem = Problem(
        "slurm.errors",
        "Slurm reports errors with its answer, so that it may not be whole",
        file,
        field="errors",
        help="see `errors` in the file, and ask again",
    )
    return Quarantined((problem,), None, cut=True)


def _job(found: Mapping[str, Any], line: int, options: SlurmOptions, file: str) -> Job | Quarantined:
    raw = {name: value for name, value in found.items() if name != "steps"}
    problems: list[Problem] = []

    def take(field: str, read: Any) -> Any:
        try:
            return read()
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            problems.append(Problem("slurm.field", f"cannot be read: {error}", file, line, field))
            return None

    time = found.get("time")
    times = time if isinstance(time, Mapping) else {}
    job = Job(
        id=take("job_id", lambda: str(_required(_number(found["job_id"])))) or "",
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
    )
    return Quarantined(tuple(problems), raw) if problems else job


def _number(value: Any) -> int | None:
    """A number, plain or as `{"set": true, "infinite": false, "number": 3}`."""
    if isinstance(value, Mapping):
        return _number(value.get("number")) if value.get("set") and not value.get("infinite") else None
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"`{value}` is no whole number")


def _required(value: int | None) -> int:
    if value is None:
        raise ValueError("there is none")
    return value


def _instant(value: Any) -> int | None:
    seconds = _number(value)
    return seconds * MICROSECONDS if seconds is not None and seconds > 0 else None


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
        count = _number(each.get("count"))
        if each.get("type") == "gres" and count is not None and count > 0:
            counts[f"gres/{_text(each.get('name'))}"] = count
    return counts
