"""List the authorizations: the basis under each jurisdiction, for whom, which items and sites, how long, how much is drawn."""

from collections import defaultdict
from dataclasses import dataclass

from kansa.clock import parse_instant
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.authorization import (
    AuthorizationAmended,
    AuthorizationDrawn,
    AuthorizationRecorded,
    AuthorizationRevoked,
)
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization; `quantity` None: none is stated. `revoked` is when it was, None if it was not."""

    id: str
    number: str | None
    jurisdiction: str
    basis: str
    end_users: tuple[str, ...]
    items: tuple[str, ...]
    sites: tuple[str, ...]
    start: int
    end: int | None
    quantity: int | None
    drawn: int
    revoked: int | None
    superseded_by: str | None
    determined_by: str | None
    entries: tuple[int, ...]

    def state(self, now: int) -> str:
        """Return whether it is in force, to come, ended, revoked or superseded at an instant."""
        if self.revoked is not None and self.revoked <= now:
            return "revoked"
        if self.superseded_by is not None:
            return "superseded"
        if now < self.start:
            return "to_come"
        return "ended" if self.end is not None and self.end <= now else "in_force"


def authorizations_of(vault: Vault) -> tuple[Authorization, ...]:
    """Return every authorization on record, by jurisdiction and begin."""
    claims: defaultdict[str, list[tuple[IndexedClaim, AuthorizationRecorded]]] = defaultdict(list)
    drawn: defaultdict[str, set[str]] = defaultdict(set)
    revoked: dict[str, int] = {}
    superseded: dict[str, str] = {}
    with vault.evidence() as evidence:
        for subject in evidence.subjects("aut"):
            for noted in evidence.journal.mentioning(subject):
                claim = noted.claim
                if isinstance(claim, AuthorizationRecorded) and claim.authorization_id == subject:
                    claims[subject].append((noted, claim))
                    if isinstance(claim, AuthorizationAmended):
                        superseded[claim.supersedes] = subject
                elif isinstance(claim, AuthorizationRevoked):
                    revoked[claim.authorization_id] = parse_instant(claim.valid_from)
                elif isinstance(claim, AuthorizationDrawn):
                    drawn[claim.authorization_id] |= set(claim.device_ids)
    found = [
        _one(id_, own, len(drawn[id_]), revoked.get(id_), superseded.get(id_)) for id_, own in claims.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.jurisdiction, each.start, each.id)))


def _one(
    id_: str,
    own: list[tuple[IndexedClaim, AuthorizationRecorded]],
    drawn: int,
    revoked: int | None,
    superseded: str | None,
) -> Authorization:
    claim = own[-1][1]
    return Authorization(
        id_,
        claim.number if isinstance(claim.number, str) else None,
        claim.jurisdiction,
        claim.basis,
        tuple(dict.fromkeys(user for _, each in own for user in each.end_user_ids)),
        tuple(claim.item_classes),
        tuple(claim.site_ids),
        parse_instant(claim.valid_from),
        parse_instant(claim.valid_to) if claim.valid_to else None,
        claim.quantity,
        drawn,
        revoked,
        superseded,
        claim.determined_by if isinstance(claim.determined_by, str) else None,
        tuple(noted.index for noted, _ in own),
    )
