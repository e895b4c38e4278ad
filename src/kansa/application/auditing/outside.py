"""What stands outside a log and holds it: where it is published, and the records of the other log that anchor it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from kansa.application.auditing.part import Findings, Part
from kansa.ledger import note
from kansa.ledger.anchors import anchors
from kansa.ledger.checkpoint_file import Kept, hold, kept_at
from kansa.ledger.note import VerifierKey
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.vault.witnesses import Witnesses


def published(
    log: SqliteReader | None, key: VerifierKey | None, name: str, paths: Sequence[Path], given: Iterable[Kept]
) -> Part:
    """Hold a log against every place where it is published, and against checkpoints that somebody kept.

    A log that is not there must not have been published.
    """
    found = Findings(f"{name} log, published", "checkpoints")
    for path in paths:
        found.total += log is not None or path.exists()
        with found.attempt(str(path)):
            kept = kept_at([path], began=log is not None)
            _hold(found, log, key, kept)
    for each in given:
        found.total += 1
        with found.attempt(each.place):
            _hold(found, log, key, (each,))
    return found.part()


def witnessed(log: SqliteReader, key: VerifierKey, witnesses: Witnesses) -> Part:
    """Hold a log against every checkpoint of it that witnesses cosigned; evidence that they returned is a fault."""
    found = Findings("evidence log, witnessed", "cosigned checkpoints")
    for each in witnesses.cosigned():
        found.total += 1
        size = note.parse_checkpoint(each.text).size
        with found.attempt(f"cosigned/{size}"):
            _hold(found, log, key, (Kept(f"cosigned/{size}", each.encode()),))
    for place in witnesses.evidence():
        message = "two signed checkpoints of this log exclude one another"
        found.fault("vault.forked", str(place), message)
    return found.part()


def anchored(
    log: SqliteReader | None, key: VerifierKey | None, name: str, other: SqliteReader | None, origin: str
) -> Part:
    """Hold a log against every checkpoint of it that is a record of the other one."""
    found = Findings(f"{name} log, anchored", "anchors in the other log")
    for each in () if other is None else anchors(other, origin):
        found.total += 1
        with found.attempt(each.place):
            _hold(found, log, key, (each,))
    return found.part()


def _hold(found: Findings, log: SqliteReader | None, key: VerifierKey | None, kept: Iterable[Kept]) -> None:
    for each in kept:
        if log is None or key is None:
            found.fault("vault.missing", each.place, "it is of a log that is not there")
            continue
        hold(log, log.size(), key, each)
        found.checked += 1
