"""List the authorizations: the basis under each jurisdiction, for whom, which items and sites, how long, how much is drawn."""

from dataclasses import dataclass
from typing import Literal

from kansa.registers.spans.basis import Basis, draws, ended_by, of_authorization
from kansa.vault.vault import Vault

State = Literal["in_force", "to_come", "expired", "revoked", "superseded"]


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization and where it stands, as the spans of its basis say.

    `quantity` None: none is stated. `start` and `end` bound when it is in force; `end` None is open.
    """

    id: str
    number: str | None
    jurisdiction: str
    basis: str
    end_users: tuple[str, ...]
    item_classes: tuple[str, ...]
    sites: tuple[str, ...]
    state: State
    start: int
    end: int | None
    quantity: int | None
    drawn: int
    determined_by: str | None
    entries: tuple[int, ...]


def authorizations_of(vault: Vault) -> tuple[Authorization, ...]:
    """Return every authorization on record, by jurisdiction and begin."""
    now = vault.clock.now()
    found = []
    with vault.evidence() as evidence:
        for subject in evidence.subjects("aut"):
            recorded = of_authorization(subject, evidence.journal)
            if recorded:
                found.append(_one(subject, recorded, len(draws(subject, evidence.journal)), now))
    return tuple(sorted(found, key=lambda each: (each.jurisdiction, each.start, each.id)))


def _one(id_: str, recorded: list[Basis], drawn: int, now: int) -> Authorization:
    latest = recorded[-1]
    claim, span = latest.claim, latest.span
    ended = ended_by(latest, now)
    state: State = "to_come" if now < span.start else "in_force" if ended is None else ended
    return Authorization(
        id_,
        claim.number if isinstance(claim.number, str) else None,
        claim.jurisdiction,
        claim.basis,
        tuple(dict.fromkeys(user for each in recorded for user in each.claim.end_user_ids)),
        tuple(claim.item_classes),
        tuple(claim.site_ids),
        state,
        span.start,
        span.end,
        claim.quantity,
        drawn,
        claim.determined_by if isinstance(claim.determined_by, str) else None,
        tuple(each.noted.index for each in recorded),
    )
