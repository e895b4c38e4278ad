"""Who has to be screened again, and against what: changed parties against all, all parties against what changed.

Nothing is screened again for nothing, and nobody is left on an edition that is no longer the latest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Trigger = Literal["first", "party_changed", "list_changed", "engine_changed", "disposition_changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How a party was last screened: its hash then, the record set of each publication, the engine.

    `candidates` are the hashes of the entries that were found; `standings_hold` is whether what people made of them
    still holds today.
    """

    party_sha256: str
    record_sets: frozenset[str]
    engine: str
    candidates: frozenset[str] = frozenset()
    standings_hold: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    `full` is against all entries, by party id, for a reason; `delta` against those entries that are new to the record
    sets of the key; who is in `current` has been screened against exactly these lists.
    """

    full: Mapping[str, Trigger] = field(default_factory=dict)
    delta: Mapping[frozenset[str], tuple[str, ...]] = field(default_factory=dict)
    current: tuple[str, ...] = ()


def plan(
    parties: Mapping[str, str],
    last: Mapping[str, Last],
    record_sets: frozenset[str],
    entries: frozenset[str],
    engine: str,
) -> Plan:
    """Return what is to be done.

    Args:
        parties: the hash of each party, by id.
        last: how each was last screened, by id; absent if never.
        record_sets: the record sets of the latest editions.
        entries: the hashes of all their entries.
        engine: what stands for the engine, its settings and its data.
    """
    full: dict[str, Trigger] = {}
    delta: dict[frozenset[str], list[str]] = {}
    current: list[str] = []
    for party_id, sha256 in parties.items():
        trigger = _trigger(sha256, last.get(party_id), entries, engine)
        if trigger is not None:
            full[party_id] = trigger
        elif last[party_id].record_sets == record_sets:
            current.append(party_id)
        else:
            delta.setdefault(last[party_id].record_sets, []).append(party_id)
    return Plan(full, {basis: tuple(ids) for basis, ids in delta.items()}, tuple(current))


def _trigger(sha256: str, last: Last | None, entries: frozenset[str], engine: str) -> Trigger | None:
    if last is None:
        return "first"
    if last.party_sha256 != sha256:
        return "party_changed"
    if last.engine != engine:
        return "engine_changed"
    if not last.candidates <= entries:
        return "list_changed"
    return None if last.standings_hold else "disposition_changed"


def new_entries(current: Iterable[str], basis: Iterable[str]) -> frozenset[str]:
    """Return the hashes of entries that were not there before: added ones, and what changed ones say now."""
    return frozenset(current) - frozenset(basis)
