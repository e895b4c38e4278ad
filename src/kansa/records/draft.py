"""From what a source says to a record: identity, subjects and sealing.

A draft is plain. Its submission carries the identity that makes reading again harmless: the event id covers
natural key and content, the natural tag only the key. Completing a submission seals it; only the sequencer does.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from kansa.clock import parse_instant
from kansa.errors import BadInput, Problem
from kansa.ids import base32
from kansa.records import canonical, catalogue, sealing
from kansa.records.envelope import Record
from kansa.records.sealing import Disclosure


@dataclass(frozen=True, slots=True)
class Draft:
    """What a source says once, in plain fields.

    `natural_key` is unique for the thing said within the source; `time` is when it happened, an instant.
    `progresses` marks a source whose rows change as things go on (a job that ends later): another content under the
    same key corrects the earlier record. Otherwise another content is refused.
    """

    type: str
    source: str
    natural_key: str
    time: int
    data: dict[str, Any]
    sequence: str | None = None
    progresses: bool = False


class Submission(msgspec.Struct, frozen=True, array_like=True):
    """A draft with its identity, as it travels to the sequencer."""

    id: str
    natural: bytes
    type: str
    source: str
    time: int
    data: dict[str, Any]
    sequence: str | None
    progresses: bool


@dataclass(frozen=True, slots=True)
class Completed:
    """A record ready to append, the disclosures of its sealed fields, and the subject under whose key they are kept."""

    record: Record
    disclosures: tuple[Disclosure, ...]
    keeper: str | None


SHARED_WITH = "shared_with"
"""The sealed field that names everybody whom a record told apart was about."""


def apart(draft: Draft) -> tuple[Draft, ...]:
    """Return a draft that names several parties who need not know of each other, as one draft for each; others as they are.

    Each holds the whole list as a sealed field: another list is another content of the same natural key.
    """
    kind = catalogue.kind_named(draft.type)
    name = kind.struct.apart if kind is not None else None
    parties = draft.data.get(name) if name is not None else None
    if name is None or not isinstance(parties, list) or len(set(map(str, parties))) < 2:
        return (draft,)
    shared = sorted(set(map(str, parties)))
    return tuple(
        replace(
            draft,
            natural_key=f"{draft.natural_key} {party}",
            data={**draft.data, name: [party], SHARED_WITH: shared},
        )
        for party in shared
    )


def submit(draft: Draft, connector_key: bytes) -> Submission:
    """Check a draft against its kind and give it its identity.

    The id is base32 HMAC-SHA-256(connector key, natural key ‖ content digest), cut to 160 bits; the natural tag is
    the same over the natural key alone.

    Raises:
        BadInput: unknown kind, a field that does not fit, an unknown field, an interval that is empty or inverted.
    """
    _check(draft.type, draft.data)
    content = hashlib.sha256(canonical.encode([draft.type, draft.data])).digest()
    key = _key(draft.source, draft.natural_key)
    return Submission(
        id=base32(_tag(connector_key, key + content)[:20]),
        natural=natural_tag(draft.source, draft.natural_key, connector_key),
        type=draft.type,
        source=draft.source,
        time=draft.time,
        data=draft.data,
        sequence=draft.sequence,
        progresses=draft.progresses,
    )


def natural_tag(source: str, natural_key: str, connector_key: bytes) -> bytes:
    """Return the tag under which a source's natural key stands in the log: 16 bytes."""
    return _tag(connector_key, _key(source, natural_key))[:16]


def complete(
    submission: Submission,
    recorded_at: int,
    random_bytes: Callable[[int], bytes],
    *,
    corrects: tuple[str, int] | None = None,
    concerns: Iterable[str] = (),
    simulated: bool = False,
) -> Completed:
    """Seal a submission into a record; `simulated` marks it as taken at a time that was told.

    `corrects` is the (log, index) of the record whose place this one takes; `concerns` are that record's subjects,
    which this one is then about as well.

    Raises:
        BadInput: the kind is not known, the data do not fit it, or a value is outside the profile. Whoever hands in a
            submission should have checked it; a field that its kind does not name would stand open in the entry.
    """
    _check(submission.type, submission.data)
    kind = catalogue.KINDS[submission.type]
    data = dict(submission.data)
    if corrects is not None:
        data["corrects"] = {"log": corrects[0], "index": corrects[1]}
    kept, disclosures = sealing.seal(data, kind.sealed, random_bytes)
    kept["about"] = sorted({*kind.subjects_in(data), *concerns})
    record = Record(
        id=submission.id,
        source=submission.source,
        type=submission.type,
        time=submission.time,
        recorded_at=recorded_at,
        data=kept,
        subject=next(iter(kind.subjects_in({n: data.get(n) for n in kind.subjects[:1]})), None),
        sequence=submission.sequence,
        simulated=simulated,
        natural_tag=base32(submission.natural),
    )
    return Completed(record, disclosures, kind.keeper_in(data))


def again(event_id: str, corrected: int) -> str:
    """Return the id of a record for a row that goes back to a content whose id is taken: made of that and of what it corrects."""
    return base32(hashlib.sha256(f"{event_id}\n{corrected}".encode()).digest()[:20])


def _key(source: str, natural_key: str) -> bytes:
    parts = (source.encode(), natural_key.encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _check(type_: str, data: dict[str, Any]) -> None:
    claim = catalogue.read(type_, data)
    kind = catalogue.KINDS[type_]
    problems = [
        Problem("record.field", f"`{name}` is not a field of `{type_}`", field=name)
        for name in sorted(data.keys() - set(kind.struct.__struct_fields__))
    ]
    problems += _interval(claim.valid_from, claim.valid_to)
    if problems:
        raise BadInput("record.kind", f"the data do not fit `{type_}`", problems=problems)


def _interval(valid_from: str, valid_to: str | None) -> list[Problem]:
    if valid_to is None or parse_instant(valid_to) > parse_instant(valid_from):
        return []
    return [Problem("record.interval", f"`{valid_to}` is not after `{valid_from}`", field="valid_to")]
