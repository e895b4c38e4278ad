"""A screening asked again: the same party of the same editions, by today's engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.application.screening.disposition import screened_at
from kansa.application.screening.lists import ListArchive, records_of
from kansa.application.screening.required import required_lists
from kansa.application.screening.screening import entries_of, versions_of
from kansa.errors import BadInput
from kansa.records.kinds.operation import ValueErased
from kansa.records.kinds.screening import PartyScreened
from kansa.screening.entry import Profile
from kansa.screening.evidence import MILLION, ppm
from kansa.screening.matching.search import Matching, Search
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of asking again.

    `differences` are in words; none means the same candidates with the same names and scores, from as many entries.
    `missing` are required lists that were not covered; `engine_differs` names the programs and data that are not as they were, which may explain differences.
    """

    record: int
    recorded_at: int
    outcome: str
    candidates: int
    entries: int
    differences: tuple[str, ...]
    engine_differs: tuple[str, ...]
    missing: tuple[str, ...] = ()


def replay(vault: Vault, index: int, matching: Matching) -> Replayed:
    """Ask the screening recorded at an index again.

    Raises:
        BadInput: `screen.record`, it is none; `screen.not_replayable`, its sealed values are no longer kept.
        BrokenVault: an edition is missing, or is not as it was.
    """
    record, claim = screened_at(vault, index)
    if not isinstance(claim.query, dict) or not isinstance(claim.candidates, list):
        entry = _erased_under(vault, claim.party_id)
        raise BadInput(
            "screen.not_replayable",
            f"entry {index} cannot be asked again: its sealed values were erased"
            + (f" under entry {entry}" if entry is not None else ""),
            help="the record still says which editions were asked and what came of it",
        )
    shelf = ListArchive(vault.places.root)
    entries = entries_of(shelf, (each.record_set_sha256 for each in claim.editions))
    party = msgspec.convert(claim.query, Profile)
    found = matching.index(entries).search(party, threshold=claim.threshold_ppm / MILLION, limit=claim.limit)
    return Replayed(
        record=index,
        recorded_at=record.recorded_at,
        outcome=claim.outcome,
        candidates=len(claim.candidates),
        entries=len(entries),
        differences=tuple(_differences(claim, claim.candidates, found, len(entries))),
        engine_differs=tuple(_engine_differs(claim, matching)),
        missing=tuple(each for each in claim.not_covered if each in required_lists(vault)),
    )


def _erased_under(vault: Vault, subject: str | None) -> int | None:
    """Return the latest erasure of a subject's values."""
    found = [
        index
        for index, record in records_of(vault, ValueErased.type)
        if subject is not None and record.data.get("subject_id") == subject
    ]
    return found[-1] if found else None


def _differences(
    claim: PartyScreened, then: list[dict[str, Any]], found: Search, entries: int
) -> Iterator[str]:
    if entries != claim.entries:
        yield f"{entries} entries are asked, {claim.entries} were"
    if found.blocked != claim.blocked:
        yield f"{found.blocked} entries come near, {claim.blocked} did"
    before = {each["entry_sha256"]: (each["entry_id"], each["name"], each["score_ppm"]) for each in then}
    now = {hit.entry.record_hash(): (hit.entry.id, hit.listed.text, ppm(hit.score)) for hit in found.hits}
    for sha256 in before.keys() | now.keys():
        if before.get(sha256) != now.get(sha256):
            yield f"{_told(now.get(sha256))} now, {_told(before.get(sha256))} then"


def _told(candidate: tuple[str, str, int] | None) -> str:
    if candidate is None:
        return "no candidate"
    entry_id, name, score = candidate
    return f"`{entry_id}` as `{name}` with {score / MILLION:.3f}"


def _engine_differs(claim: PartyScreened, matching: Matching) -> Iterator[str]:
    if claim.configuration_sha256 != matching.configuration_sha256():
        yield "configuration"
    if claim.normaliser_sha256 != matching.normaliser_sha256():
        yield "normaliser data"
    now = versions_of(matching)
    for each in claim.versions:
        if now.get(each.name) != each.version:
            yield f"{each.name} {now.get(each.name, 'absent')} instead of {each.version}"
