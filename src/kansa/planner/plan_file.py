"""Read a plan from a file, ours or another scheduler's."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol, get_args

from kansa.clock import to_instant
from kansa.errors import BadInput, Problem
from kansa.planner.problem import THROTTLES, Action, Kind

COLUMNS = ("workload", "kind", "site", "at")
CODE = "plan.actions"


class Names(Protocol):
    """Resolves what a plan calls its subjects."""

    def workload(self, text: str, /) -> str:
        """Return the id of a workload."""
        ...

    def site(self, text: str, /) -> str:
        """Return the id of a site."""
        ...


def actions_in(name: str, data: bytes, names: Names) -> tuple[Action, ...]:
    """Return the actions of a plan: JSON with `actions` (or `plan.actions`), or CSV with `workload,kind,site,at`.

    A CSV may carry `throttle`, the power that is kept in hundredths of a per cent, one of those that the planner knows.

    Raises:
        BadInput: `plan.actions`, with every line and field that cannot be used.
    """
    problems: list[Problem] = []
    found = []
    for line, row in _rows(name, data):
        try:
            found.append(_action(row, names))
        except (BadInput, ValueError) as error:
            said = error.message if isinstance(error, BadInput) else str(error)
            problems.append(Problem(CODE, said, file=name, line=line))
    if problems:
        raise BadInput(CODE, f"`{name}` cannot be used", problems=tuple(problems))
    if not found:
        raise BadInput(CODE, f"`{name}` holds no action", help=f"a line each of {','.join(COLUMNS)}")
    return tuple(found)


def _rows(name: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if data.lstrip()[:1] == b"{":
        try:
            said = json.loads(data)
        except ValueError as error:
            raise BadInput(CODE, f"`{name}` is no JSON: {error}") from error
        for number, each in enumerate(said.get("plan", said).get("actions", ()), start=1):
            throttle = (each.get("throttle") or {}).get("power_bp")
            yield number, {**each, "throttle": throttle}
        return
    reader = csv.DictReader(data.decode("utf-8-sig").splitlines())
    lacking = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if lacking:
        listed = ", ".join(f"`{column}`" for column in lacking)
        raise BadInput(CODE, f"`{name}` has no column {listed}", help=f"it needs {','.join(COLUMNS)}")
    for row in reader:
        yield reader.line_num, row


def _action(row: Mapping[str, Any], names: Names) -> Action:
    kind = str(row.get("kind") or "")
    if kind not in get_args(Kind):
        raise ValueError(f"`{kind}` is no action: one of {', '.join(get_args(Kind))}")
    at = _instant(str(row["at"])) if row.get("at") else None
    level = None
    if row.get("throttle"):
        powers = [power for power, _ in THROTTLES]
        if int(row["throttle"]) not in powers:
            raise ValueError(f"`{row['throttle']}` is no throttle: one of {', '.join(map(str, powers))}")
        level = powers.index(int(row["throttle"]))
    if kind == "move" and at is None:
        raise ValueError("a move needs a time, `at`")
    return Action(names.workload(str(row["workload"])), kind, names.site(str(row["site"])), at, level)  # type: ignore[arg-type]


def _instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"`{text}` says no offset from UTC")
    return to_instant(moment)
