"""What the two logs tell each other: the evidence log hears of new kinds of hold and deny, and each of the other's state.

The gate's log is read after the fact, from where the evidence log last anchored it: what a crash left untold is told
at the next start, and telling again adds nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kansa.clock import format_instant
from kansa.ledger import note
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateDecided, GateRefused, LogAnchored

_SUBJECTS = ("tenant_id", "end_user_id", "path_id", "site_id", "from_site_id", "item_class")
_REPORTED = (*_SUBJECTS, "action", "outcome", "determining", "unknown")


class RefusalReports:
    """Finds the holds and denies that differ from the latest of the same subjects and action."""

    def __init__(self, told: Iterable[Record] = ()) -> None:
        """`told` are the refusals that the evidence log has, in its order."""
        self._latest: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for record in told:
            self._is_new(record.data)

    def drafts(self, decisions: Iterable[tuple[int, Record]], log: str, source: str) -> Iterator[Draft]:
        """Yield what to tell of these entries of the gate log `log`, as drafts of `source`; a permit ends what was held."""
        for index, record in decisions:
            if record.type != GateDecided.type:
                continue
            if record.data["outcome"] == "permit":
                self._latest.pop(_who(record.data), None)
            elif self._is_new(record.data):
                yield _refusal(index, record, log, source)

    def _is_new(self, data: Mapping[str, Any]) -> bool:
        who, how = _who(data), (data["outcome"], *data["determining"], *data.get("unknown", ()))
        new = self._latest.get(who) != how
        self._latest[who] = how
        return new


def anchored(checkpoint: bytes, at: int, source: str) -> Draft:
    """Return the draft of a record that another log had this signed checkpoint at an instant."""
    head = note.checkpoint_in(checkpoint)
    data = {
        "valid_from": format_instant(at),
        "known_by": "measured",
        "anchored": head.origin,
        "size": head.size,
        "checkpoint": checkpoint.decode(),
    }
    return Draft(LogAnchored.type, source, f"{head.origin} {head.size}", at, data)


def _refusal(index: int, record: Record, log: str, source: str) -> Draft:
    data = {name: record.data[name] for name in _REPORTED if name in record.data}
    data |= {
        "valid_from": format_instant(record.time),
        "known_by": "measured",
        "decision": {"log": log, "index": index},
    }
    return Draft(GateRefused.type, source, record.id, record.time, data)


def _who(data: Mapping[str, Any]) -> tuple[Any, ...]:
    return (data["action"], *(data.get(name) for name in _SUBJECTS))
