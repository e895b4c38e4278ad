"""Checkpoints of one log that stand as records in another: neither can be rolled back past them without the other."""

from collections.abc import Iterator

from kansa.errors import BadInput
from kansa.ledger.checkpoint_file import Kept
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.envelope import Record
from kansa.records.kinds.gate import LogAnchored

LOOKED_BACK = 65_536
"""How far opening a log looks for the newest anchor in the other one; an audit reads all of them."""


def newest(log: SqliteReader, origin: str) -> tuple[Kept, ...]:
    """Return the newest checkpoint of the log `origin` that is a record among the last `LOOKED_BACK` of this one, if any."""
    for index, entry in log.backwards(LogAnchored.type, LOOKED_BACK):
        try:
            record = envelope.decode(entry)
        except BadInput:
            continue
        if is_of(record, origin):
            return (anchor(log.origin, index, record),)
    return ()


def is_of(record: Record, origin: str) -> bool:
    """Tell whether a record anchors the log of this name."""
    return record.type == LogAnchored.type and record.data.get("anchored") == origin


def anchor(log: str, index: int, record: Record) -> Kept:
    """Return the checkpoint in a record that anchors a log; `log` and `index` are where it stands."""
    return Kept(f"entry {index} of the log `{log}`", str(record.data.get("checkpoint", "")).encode())


def anchors(log: SqliteReader, origin: str) -> Iterator[Kept]:
    """Yield all checkpoints of the log `origin` that are records of this one, newest first."""
    for index, entry in log.backwards(LogAnchored.type):
        try:
            record = envelope.decode(entry)
        except BadInput:  # an audit says so of the entry itself
            continue
        if is_of(record, origin):
            yield anchor(log.origin, index, record)
