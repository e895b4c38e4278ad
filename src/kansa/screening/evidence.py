"""What a screening leaves behind, so that "no hit" can be shown and the same question can be asked again.

Scores and shares are kept as parts per million, since records hold no floats.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.clock import format_instant
from kansa.records import canonical
from kansa.screening.coverage import Coverage
from kansa.screening.disposition import Dispositions, DispositionStatus, outcome_of
from kansa.screening.edition import Edition
from kansa.screening.entry import Entry, Profile
from kansa.screening.matching.search import Hit, Search, SharedPlace

_UNFIT = re.compile(r"[^a-z0-9_]+")
MILLION = 1_000_000
Shared = tuple[tuple[Entry, SharedPlace], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """By what a screening judged: the editions asked, the engine, its settings. `entries` is how many were asked."""

    editions: tuple[Edition, ...]
    coverage: Coverage
    versions: Mapping[str, str]
    configuration_sha256: str
    normaliser_sha256: str
    threshold: float
    limit: int
    entries: int

    def as_data(self) -> dict[str, Any]:
        """Return the fields of a record that say so."""
        return {
            "editions": [
                {
                    "publication": each.publication,
                    "record_set_sha256": each.record_set_sha256,
                    "entries": each.entries,
                    "rejected": each.rejected,
                    "date": each.date,
                    "record": each.record,
                }
                for each in self.editions
            ],
            "not_covered": [each.list for each in self.coverage.not_covered],
            "stale": [each.list for each in self.coverage.stale],
            "partial": sorted({each.list for each in self.coverage.partial}),
            "versions": [{"name": n, "version": v} for n, v in sorted(self.versions.items())],
            "configuration_sha256": self.configuration_sha256,
            "normaliser_sha256": self.normaliser_sha256,
            "threshold_ppm": ppm(self.threshold),
            "limit": self.limit,
            "entries": self.entries,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit, and what people have made of it so far."""

    hit: Hit
    entry_sha256: str
    standing: DispositionStatus

    def as_data(self) -> dict[str, Any]:
        """As it is kept, sealed."""
        hit = self.hit
        return {
            "entry_id": hit.entry.id,
            "list": hit.entry.list,
            **({"programs": list(hit.entry.programs)} if hit.entry.programs else {}),
            "entry_sha256": self.entry_sha256,
            "asked": hit.asked.text,
            "name": hit.listed.text,
            "tier": hit.listed.tier,
            "score_ppm": ppm(hit.score),
            "reasons": list(hit.reasons),
            "parts": exact(hit.parts),
            "disposition": self.standing.verdict,
            "disposition_record": self.standing.record,
            "lapsed": self.standing.lapsed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A party held against the lists: the question, all that was found, and what it comes to.

    `shared` are listed parties at one of its addresses, a flag of its own that the outcome does not depend on.
    """

    party: Profile
    party_id: str | None
    party_sha256: str
    search: Search
    candidates: tuple[Candidate, ...]
    outcome: str
    grounds: Grounds
    shared: Shared = ()

    def as_data(self, trigger: str, now: int) -> dict[str, Any]:
        """Return the data of its `party.screened`, valid from `now`."""
        return {
            "valid_from": format_instant(now),
            "known_by": "measured",
            "party_id": self.party_id,
            "trigger": trigger,
            "outcome": self.outcome,
            "blocked": self.search.blocked,
            "cut_off": self.search.cut_off,
            "more": self.search.more,
            "not_asked": self.search.not_asked,
            "party_sha256": self.party_sha256,
            "query": exact(msgspec.to_builtins(self.party)),
            "keys": exact(self.search.keys),
            "candidates": [each.as_data() for each in self.candidates],
            "shared_addresses": exact(self.shared_addresses()),
            **self.grounds.as_data(),
        }

    def shared_addresses(self) -> list[dict[str, Any]]:
        """Listed parties at one of its addresses, in plain values."""
        return [
            {
                "entity_id": entry.id,
                "list": entry.list,
                "name": entry.names[0].text,
                "asked": place.query,
                "listed": place.listed,
                "likeness": place.likeness,
                "detail": place.detail,
            }
            for entry, place in self.shared
        ]


def screening(
    party: Profile,
    search: Search,
    *,
    party_id: str | None,
    grounds: Grounds,
    dispositions: Dispositions,
    now: int,
    shared: Shared = (),
) -> Screening:
    """Put together what was found with what people made of it before `now`."""
    party_sha256 = party.record_hash()
    candidates = []
    for hit in search.hits:
        entry_sha256 = hit.entry.record_hash()
        standing = dispositions.standing(
            party_id=party_id,
            party_sha256=party_sha256,
            entry_id=hit.entry.id,
            entry_sha256=entry_sha256,
            now=now,
        )
        candidates.append(Candidate(hit, entry_sha256, standing))
    return Screening(
        party=party,
        party_id=party_id,
        party_sha256=party_sha256,
        search=search,
        candidates=tuple(candidates),
        outcome=outcome_of(candidate.standing for candidate in candidates),
        grounds=grounds,
        shared=shared,
    )


def ppm(share: float) -> int:
    """Return a share of one as parts per million."""
    return round(share * MILLION)


def exact(value: Any) -> Any:
    """Plain values as records hold them: keys in small letters, a float under its name with `_ppm`."""
    if isinstance(value, Mapping):
        return dict(_member(str(key), item) for key, item in value.items())
    if isinstance(value, str) or value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return ppm(value)
    return [exact(item) for item in value] if isinstance(value, Iterable) else str(value)


def _member(key: str, item: Any) -> tuple[str, Any]:
    named = _UNFIT.sub("_", key.lower()) or "_"
    return (f"{named}_ppm", ppm(item)) if isinstance(item, float) else (named, exact(item))


def digest(value: Any) -> str:
    """Hex SHA-256 of a value's canonical bytes."""
    return hashlib.sha256(canonical.encode(exact(value))).hexdigest()
