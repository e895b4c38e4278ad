"""List each party's latest screening, with its candidates and what people made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.screening.disposition import dispositions
from kansa.application.screening.lists import claim_in, records_of
from kansa.records.kinds.screening import PartyScreened
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Candidate:
    """One listed entry that resembles a party, as the screening recorded it, and the standing of people's judgement."""

    entry_id: str
    data: Mapping[str, Any]
    verdict: str | None
    lapsed: str | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class ScreenedParty:
    """The latest screening of a party: when, against which editions, with which candidates."""

    party: str
    index: int
    at: int
    publications: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def screened_parties(vault: Vault) -> tuple[ScreenedParty, ...]:
    """Return every screened party's latest screening; those with open candidates first, then the latest."""
    latest: dict[str, ScreenedParty] = {}
    judged = dispositions(vault)
    now = vault.clock.now()
    for index, record in records_of(vault, PartyScreened.type):
        claim = claim_in(record, vault.disclosures([record]), PartyScreened)
        if claim.party_id is None:
            continue
        found: list[Candidate] = []
        candidates = claim.candidates if isinstance(claim.candidates, list) else []
        for each in candidates:
            standing = judged.standing(
                party_id=claim.party_id,
                party_sha256=str(claim.party_sha256),
                entry_id=each["entry_id"],
                entry_sha256=each["entry_sha256"],
                now=now,
            )
            is_open = standing.verdict in {None, "inconclusive"}
            found.append(Candidate(each["entry_id"], each, standing.verdict, standing.lapsed, is_open))
        latest[claim.party_id] = ScreenedParty(
            claim.party_id,
            index,
            record.recorded_at,
            tuple(sorted({edition.publication for edition in claim.editions})),
            tuple(found),
        )
    return tuple(
        sorted(latest.values(), key=lambda each: (not any(c.is_open for c in each.candidates), -each.index))
    )
