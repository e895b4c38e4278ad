"""Between which times of others a record came into the log: by time stamps (RFC 3161) and by witnesses' cosignatures.

The operator's clock says when it recorded something. A time stamp over a checkpoint says that all before it was there by
then, and one on record before an entry says that the entry came after it: so no clock of the operator's is relied on.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kansa.clock import MICROSECONDS, format_instant, parse_instant
from kansa.errors import BadInput
from kansa.ledger import note
from kansa.ledger.strict import from_base64
from kansa.records import envelope
from kansa.records.kinds.operation import LogTimestamped
from kansa.vault.vault import Vault

_MS = 1000


class Backwards(Protocol):
    """A log, to read from its end."""

    def backwards(self, text: str, within: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield the entries that contain a text, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp on record; `at` and `accuracy` are the authority's, an instant and microseconds."""

    entry: int
    size: int
    at: int
    accuracy: int
    checkpoint: bytes
    token: bytes


@dataclass(frozen=True, slots=True)
class Bound:
    """A time that is not the operator's (an instant), and whose it is: an entry, or a witness by name."""

    at: int
    by: str

    def as_json(self) -> dict[str, str]:
        """Return the stable JSON value."""
        return {"time": format_instant(self.at), "by": self.by}


@dataclass(frozen=True, slots=True)
class Bounds:
    """After which time a record came into the log, and by which it was there; None where nothing bounds it."""

    after: Bound | None
    by: Bound | None

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "after": None if self.after is None else self.after.as_json(),
            "by": None if self.by is None else self.by.as_json(),
        }


@dataclass(frozen=True, slots=True)
class TimeBounds:
    """All bounds that a vault holds: `after` by the entry from which they hold, `by` by the size up to which they do."""

    after: tuple[tuple[int, Bound], ...]
    by: tuple[tuple[int, Bound], ...]

    def of(self, index: int) -> Bounds:
        """Return the tightest bounds of an entry."""
        before = bisect_left(self.after, index, key=lambda each: each[0])
        behind = bisect_left(self.by, index + 1, key=lambda each: each[0])
        return Bounds(
            self.after[before - 1][1] if before else None,
            self.by[behind][1] if behind < len(self.by) else None,
        )


def time_bounds(vault: Vault) -> TimeBounds:
    """Return what bounds the times of a vault's records."""
    known = sorted(stamps(vault.reader), key=lambda each: each.entry)
    after: list[tuple[int, Bound]] = []
    for each in known:
        at = (each.at - each.accuracy) // _MS * _MS
        if not after or at > after[-1][1].at:
            after.append((each.entry, Bound(at, f"time stamp, entry {each.entry}")))
    upper = [
        (each.size, Bound(-(-(each.at + each.accuracy) // _MS) * _MS, f"time stamp, entry {each.entry}"))
        for each in known
    ]
    upper += _cosigned(vault)
    by: list[tuple[int, Bound]] = []
    for size, bound in sorted(upper, key=lambda each: (-each[0], each[1].at)):
        if not by or (bound.at < by[-1][1].at and size < by[-1][0]):
            by.append((size, bound))
    return TimeBounds(tuple(after), tuple(reversed(by)))


def stamps(log: Backwards) -> Iterator[Stamp]:
    """Yield the time stamps on record, newest first."""
    for index, entry in log.backwards(LogTimestamped.type):
        try:
            record = envelope.decode(entry)
        except BadInput:  # an audit says so of the entry itself
            continue
        if record.type == LogTimestamped.type:
            yield _stamp(index, record.data)


def _stamp(index: int, data: Mapping[str, Any]) -> Stamp:
    return Stamp(
        index,
        data["size"],
        parse_instant(data["valid_from"]),
        data.get("accuracy_ms", 0) * _MS + _MS,
        data["checkpoint"].encode(),
        from_base64(data["token"]),
    )


def _cosigned(vault: Vault) -> Iterator[tuple[int, Bound]]:
    policy = vault.witnesses.policy()
    for signed in vault.witnesses.cosigned():
        size = note.parse_checkpoint(signed.text).size
        for name, time in policy.judge(signed).witnesses:
            yield size, Bound((time + 1) * MICROSECONDS, f"witness {name}")
