"""List what the ledger holds: how many records of each kind, or those of a kind, or about a subject."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.lookup import Lookup
from kansa.application.time_bounds import time_bounds
from kansa.clock import format_instant
from kansa.records import catalogue, sealing
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records there are of each kind, and every subject that one is about."""

    kinds: Mapping[str, int]
    subjects: frozenset[str]

    @property
    def known_kinds(self) -> frozenset[str]:
        """The kinds that may be asked for: those that this version knows, and those on record."""
        return frozenset({*catalogue.KINDS, *self.kinds})

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON result."""
        return {"records": dict(sorted(self.kinds.items()))}


def count_records(vault: Vault) -> RecordCounts:
    """Return how many records of each kind the ledger holds."""
    counts: Counter[str] = Counter()
    subjects: set[str] = set()
    for _, record in vault.records():
        counts[record.type] += 1
        subjects.update(record.about)
    return RecordCounts(counts, frozenset(subjects))


def list_records(
    vault: Vault, found: RecordCounts, kind: str | None, about: str | None, *, reveal: bool
) -> Iterator[dict[str, Any]]:
    """Yield the records of a kind, about a subject, or both, as JSON values; `reveal` shows sealed values still kept.

    Raises:
        BadInput: `subject.unknown`, `subject.ambiguous`.
    """
    subject = None if about is None else Lookup(vault).subject(about, found.subjects)
    bounds = time_bounds(vault)
    for index, record in vault.records():
        if kind not in (None, record.type) or (subject is not None and subject not in record.about):
            continue
        data = sealing.reveal(record.data, vault.disclosures([record])) if reveal else dict(record.data)
        yield {
            "index": index,
            "type": record.type,
            "recorded": format_instant(record.recorded_at),
            "bounds": bounds.of(index).as_json(),
            "data": data,
        }
