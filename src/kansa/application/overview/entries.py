"""Read single entries of the ledger, and what was recorded about a subject, as people look at them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.subjects.books import Named
from kansa.errors import BadInput
from kansa.ledger import note
from kansa.ledger.proof import verify_inclusion
from kansa.ledger.strict import to_base64
from kansa.ledger.tree import leaf_hash
from kansa.records import envelope, sealing
from kansa.records.envelope import Record
from kansa.registers.directory import Directory
from kansa.vault.vault import Vault

_AT_ONCE = 512
_PLUMBING = frozenset({"about", "_sd", "envelope", "corrects", "valid_from", "valid_to", "known_by"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification that was made here and now; `good` None: it was not assessed, which is said."""

    name: str
    good: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the evidence log.

    `fields` are those that stand open in the entry; `sealed` is how many values are sealed in it, `kept` how many of
    them are still kept, `shown` those that were asked to be shown. `corrects` and `corrected_by` are indexes.
    """

    index: int
    record: Record
    fields: Mapping[str, Any]
    sealed: int
    kept: int
    shown: Mapping[str, Any]
    corrects: int | None
    corrected_by: int | None
    subjects: tuple[Named, ...]

    @property
    def known_by(self) -> str | None:
        """How it is known; None where the kind does not say."""
        found = self.record.data.get("known_by")
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry about a subject, as a line of its history."""

    index: int
    type: str
    recorded_at: int
    valid_from: str | None
    source: str
    known_by: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """The latest entries about a subject, latest first, of how many."""

    mentions: tuple[Mention, ...]
    total: int


def entry_of(vault: Vault, index: int, names: Directory, *, reveal: bool = False) -> Entry:
    """Return an entry; with `reveal` also its sealed values that are still kept.

    Raises:
        BadInput: `ledger.index`, if there is no such entry.
    """
    size = vault.reader.size()
    if not 0 <= index < size:
        raise BadInput("ledger.index", f"there is no entry {index} in a log of {size}")
    record = envelope.read(vault.reader.entry(index))
    digests = sealing.digests(dict(record.data))
    kept = vault.disclosures([record])
    plain = {name: value for name, value in record.data.items() if name not in _PLUMBING}
    told = sealing.reveal(record.data, kept) if reveal else dict(record.data)
    shown = {name: value for name, value in told.items() if name not in plain and name not in _PLUMBING}
    return Entry(
        index,
        record,
        plain,
        len(digests),
        len(kept),
        shown if reveal else {},
        _corrected(record),
        _corrected_by(vault, index, record),
        tuple(_named(each, names) for each in record.about),
    )


def history(vault: Vault, subject: str, most: int = 40, types: Iterable[str] | None = None) -> History:
    """Return the latest entries about a subject; of some kinds only, if they are given."""
    wanted = None if types is None else frozenset(types)
    with vault.evidence() as evidence:
        found = [
            noted
            for noted in evidence.journal.mentioning(subject)
            if wanted is None or noted.claim.type in wanted
        ]
    latest = sorted(found, key=lambda noted: -noted.index)[:most]
    return History(tuple(_mention(vault, noted.index) for noted in latest), len(found))


def latest(vault: Vault, before: int, most: int, kind: str | None = None) -> tuple[tuple[int, Record], ...]:
    """Return the latest entries before an index, latest first; of a kind only, if one is given."""
    found: list[tuple[int, Record]] = []
    stop = min(before, vault.reader.size())
    while stop > 0 and len(found) < most:
        start = max(stop - _AT_ONCE, 0)
        for index, record in reversed(list(vault.records(start, stop))):
            if kind is None or record.type == kind:
                found.append((index, record))
                if len(found) == most:
                    break
        stop = start
    return tuple(found)


def verify_entry(vault: Vault, index: int) -> tuple[Step, ...]:
    """Verify here that an entry is in the log under its latest signed checkpoint, step by step.

    What cannot be shown in this place, that nobody else was shown another log, is said as not assessed.
    """
    reader = vault.reader
    signed = reader.latest()
    head = note.checkpoint_in(signed)
    path = reader.inclusion(index, head.size)
    included = verify_inclusion(index, head.size, leaf_hash(reader.entry(index)), path, head.root)
    named = f"{head.origin}, {head.size:,}, {to_base64(head.root)[:12]}…"
    return (
        Step("included", included, f"{len(path)}"),
        Step("signed", bool(note.verify(note.parse(signed), vault.log_key.verifier)), named),
        Step("witnessed", None),
    )


def _mention(vault: Vault, index: int) -> Mention:
    record = envelope.read(vault.reader.entry(index))
    data = sealing.reveal(record.data, vault.disclosures([record]))
    begun = data.get("valid_from")
    known = data.get("known_by")
    return Mention(
        index,
        record.type,
        record.recorded_at,
        begun if isinstance(begun, str) else None,
        record.source,
        known if isinstance(known, str) else None,
        data,
    )


def _corrected(record: Record) -> int | None:
    said = record.data.get("corrects")
    index = said.get("index") if isinstance(said, dict) else None
    return index if isinstance(index, int) else None


def _corrected_by(vault: Vault, index: int, record: Record) -> int | None:
    """Return the entry that corrects this one; corrections are about the same subjects."""
    if not record.about:
        return None
    with vault.evidence() as evidence:
        for noted in evidence.journal.mentioning(record.about[0]):
            if noted.index > index and noted.claim.corrects and noted.claim.corrects.index == index:
                return noted.index
    return None


def _named(subject: str, names: Directory) -> Named:
    return Named(subject, dict(names.called(subject)), tuple(names.keys_of.get(subject, ())))
