"""Decisions of the gate: each has its ground and its rules on record, and what the evidence log was told is what was decided."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kansa.application.auditing.part import Findings, Part
from kansa.errors import BadInput
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateDecided, GateGrounded, GateRefused, GateUsed


def decisions(gate: SqliteReader | None, packs: Path) -> Part:
    """Look at every decision, and at every later use of a permit."""
    found = Findings("decisions", "decisions with ground and rules on record")
    grounds: set[int] = set()
    permits: set[int] = set()
    for index, record in _records(gate):
        place = f"entry {index} of the gate's log"
        if record.type == GateGrounded.type:
            grounds.add(index)
        elif record.type == GateUsed.type and record.data.get("decision") not in permits:
            found.fault("audit.decision", place, "it is the use of a permit that is not on record")
        elif record.type == GateDecided.type:
            found.total += 1
            faults = len(found.faults)
            if record.data.get("ground") not in grounds:
                found.fault("audit.decision", place, "what stood when it was decided is not on record")
            for meaning in record.data.get("packs", ()):
                _check_pack(found, packs, str(meaning), place)
            found.checked += len(found.faults) == faults
            if record.data.get("outcome") == "permit":
                permits.add(index)
    return found.part()


def told(evidence: SqliteReader, gate: SqliteReader | None) -> Part:
    """Hold every refusal that the evidence log was told of against the decision that it names."""
    found = Findings("refusals", "refusals in the evidence log, checked against their decisions")
    for index, entry in evidence.backwards(GateRefused.type):
        try:
            record = envelope.decode(entry)
        except BadInput:
            continue
        if record.type != GateRefused.type:
            continue
        found.total += 1
        decided = _decision(gate, record.data.get("decision"))
        if decided is None or any(decided.get(name) != record.data.get(name) for name in _SAME):
            found.fault(
                "audit.decision",
                f"entry {index} of the evidence log",
                "its decision in the gate's log is missing, or has another outcome or other rules",
            )
        else:
            found.checked += 1
    return found.part()


_SAME = ("action", "outcome", "tenant_id", "end_user_id", "determining")


def _decision(gate: SqliteReader | None, reference: Any) -> Any:
    if gate is None or not isinstance(reference, dict) or reference.get("log") != gate.origin:
        return None
    try:
        record = envelope.decode(gate.entry(int(reference["index"])))
    except (BadInput, IndexError, KeyError, TypeError, ValueError):
        return None
    return record.data if record.type == GateDecided.type else None


def _check_pack(found: Findings, packs: Path, meaning: str, place: str) -> None:
    path = packs / f"{meaning}.json"
    if not path.is_file():
        found.fault("audit.pack", place, f"the rules `{meaning[:12]}…` that it rests on are not kept")
    elif hashlib.sha256(path.read_bytes()).hexdigest() != meaning:
        found.fault("audit.pack", place, f"what is kept as the rules `{meaning[:12]}…` is something else")


def _records(log: SqliteReader | None) -> Iterator[tuple[int, Record]]:
    for index, entry in () if log is None else log.entries():
        try:
            yield index, envelope.decode(entry)
        except BadInput:  # the audit of the log says so
            continue
