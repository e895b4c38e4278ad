"""The orchestrator's feed: what was placed, shifted and ended in a stretch of time, one JSON object a line."""

import json
from collections.abc import Iterable, Iterator

from kansa.demo.fleet import asset_tag
from kansa.demo.instants import at_second, local
from kansa.demo.plan import Stretch, Workload

_STAMP = "%Y-%m-%dT%H:%M:%S+09:00"

Event = tuple[int, dict[str, object]]


def as_lines(workloads: Iterable[Workload], start: int, end: int) -> str:
    """Return the events of `[start, end)` in order of time; every line names the period that the feed covers."""
    period = {"period_from": _stamp(start), "period_to": _stamp(end)}
    events = [event for workload in workloads for event in _events(workload) if start <= event[0] < end]
    events.sort(key=lambda event: (event[0], str(event[1]["workload"])))
    lines = (
        json.dumps({"at": _stamp(second), **event, **period}, ensure_ascii=False) for second, event in events
    )
    return "".join(f"{line}\n" for line in lines)


def _events(workload: Workload) -> Iterator[Event]:
    common = {
        "workload": workload.id,
        "tenant": workload.tenant,
        "end_user": workload.end_user or None,
        "path": workload.path,
        "purpose": workload.purpose,
    }
    for number, stretch in enumerate(workload.stretches):
        event = {"event": "shifted" if number else "placed", **common, **_place(stretch), "outcome": None}
        yield stretch.start, event
    if workload.end is not None:
        nowhere = {"site": None, "devices": None, "cause": None, "signal": None}
        yield workload.end, {"event": "ended", **common, **nowhere, "outcome": "done"}


def _place(stretch: Stretch) -> dict[str, object]:
    return {
        "site": stretch.site,
        "devices": [asset_tag(node, slot, "A") for node, slot in stretch.slots],
        "cause": stretch.cause or None,
        "signal": stretch.signal or None,
    }


def _stamp(second: int) -> str:
    return local(at_second(second), _STAMP)
