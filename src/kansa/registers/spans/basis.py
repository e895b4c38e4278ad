"""Basis in force: from when to when each authorization holds, and when more was drawn on it than it allows.

A basis ends at its own end, when it is revoked, or when an amendment takes its place. What kind of basis it is stays
with the claim: whether a licence, a VEU, an exception or a determination answers a rule is for the rule to say.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import Interval, earliest
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.authorization import (
    AuthorizationAmended,
    AuthorizationDrawn,
    AuthorizationRecorded,
    AuthorizationRevoked,
)
from kansa.records.kinds.custody import DeviceMoved
from kansa.records.validity import validity

Ended = Literal["expired", "revoked", "superseded"]


class Basis(NamedTuple):
    """An authorization while it is in force (`span`, empty if never), with what ended it early."""

    span: Interval
    claim: AuthorizationRecorded
    noted: IndexedClaim
    enders: tuple[IndexedClaim, ...]

    @property
    def rests(self) -> tuple[IndexedClaim, ...]:
        """The records that say so."""
        return self.noted, *self.enders

    def covers(self, end_user: str, item: str | None, site: str | None) -> bool:
        """Tell whether it names all three; its lists are exhaustive."""
        claim = self.claim
        return end_user in claim.end_user_ids and item in claim.item_classes and site in claim.site_ids


class Draw(NamedTuple):
    """A device drawn on a basis at an instant."""

    at: int
    device: str
    noted: IndexedClaim


def bases(end_user: str, journal: Journal) -> list[Basis]:
    """Return the authorizations that name an end user and are in force for some time, in ledger order."""
    return [each for each in recorded(end_user, journal) if not each.span.is_empty]


def recorded(end_user: str, journal: Journal) -> list[Basis]:
    """Return every authorization that names an end user, in ledger order."""
    return [
        _basis(noted, claim, journal)
        for noted, claim in journal.of_kind(end_user, AuthorizationRecorded)
        if end_user in claim.end_user_ids
    ]


def naming_site(site: str, journal: Journal) -> list[Basis]:
    """Return every authorization that names a site, in ledger order."""
    return [
        _basis(noted, claim, journal)
        for noted, claim in journal.of_kind(site, AuthorizationRecorded)
        if site in claim.site_ids
    ]


def of_authorization(authorization: str, journal: Journal) -> list[Basis]:
    """Return the basis of this id, once for each time that it was recorded, in ledger order."""
    return [
        _basis(noted, claim, journal)
        for noted, claim in journal.of_kind(authorization, AuthorizationRecorded)
        if claim.authorization_id == authorization
    ]


def in_place_of(authorization: str, journal: Journal) -> list[Basis]:
    """Return the basis of this id and the amendments that took its place one after another, in ledger order."""
    ids = [authorization]
    for each in ids:
        amended = [c for _, c in journal.of_kind(each, AuthorizationAmended) if c.supersedes == each]
        ids += [claim.authorization_id for claim in amended if claim.authorization_id not in ids]
    found = [basis for each in ids for basis in of_authorization(each, journal)]
    return sorted(found, key=lambda basis: basis.noted.index)


def ended_by(basis: Basis, now: int) -> Ended | None:
    """Return why a basis that has begun is no longer in force at an instant; None while it is."""
    end = basis.span.end
    if end is None or now < end:
        return None
    by = [n.claim for n in basis.enders if parse_instant(n.claim.valid_from) == end]
    if any(isinstance(claim, AuthorizationRevoked) for claim in by):
        return "revoked"
    return "superseded" if by else "expired"


def draws(authorization: str, journal: Journal) -> list[Draw]:
    """Return the devices drawn on a basis, each once, in order of time.

    A device draws on it when a record says so (`authorization.drawn`) or a receipt names it as the supply's basis.
    """
    found = sorted(_drawn(authorization, journal), key=lambda draw: (draw.at, draw.noted.index, draw.device))
    first: dict[str, Draw] = {}
    for draw in found:
        first.setdefault(draw.device, draw)
    return list(first.values())


def overdraws(authorization: str, journal: Journal) -> dict[str, tuple[Basis, Draw]]:
    """Return the devices drawn on a basis beyond the quantity that it had in force then, with the draw that went beyond.

    A basis that several end users share is recorded once for each of them; what is drawn on it counts once for all.
    """
    recorded_ = of_authorization(authorization, journal)
    found: dict[str, tuple[Basis, Draw]] = {}
    for place, draw in enumerate(draws(authorization, journal)):
        basis = _limiting(recorded_, draw.at)
        if basis is not None and basis.claim.quantity is not None and place >= basis.claim.quantity:
            found[draw.device] = (basis, draw)
    return found


def drawn_on(device: str, journal: Journal) -> list[str]:
    """Return the bases on which a device was drawn."""
    named = [
        c.authorization_id for _, c in journal.of_kind(device, AuthorizationDrawn) if device in c.device_ids
    ]
    moved = [
        c for _, c in journal.of_kind(device, DeviceMoved) if c.device_id == device and c.step == "receiving"
    ]
    return sorted({*named, *(c.authorization_id for c in moved if c.authorization_id is not None)})


def drawn_under(contract: str, journal: Journal) -> list[Draw]:
    """Return the devices that were drawn on a basis under a contract, in order of time."""
    found = [
        Draw(parse_instant(drawn.valid_from), device, noted)
        for noted, drawn in journal.of_kind(contract, AuthorizationDrawn)
        if drawn.contract_id == contract
        for device in drawn.device_ids
    ]
    return sorted(found, key=lambda draw: (draw.at, draw.noted.index, draw.device))


def _limiting(recorded_: Sequence[Basis], instant: int) -> Basis | None:
    in_force = (each for each in reversed(recorded_) if each.span.covers(instant))
    return next(in_force, recorded_[-1] if recorded_ else None)


def _drawn(authorization: str, journal: Journal) -> Iterator[Draw]:
    for noted, drawn in journal.of_kind(authorization, AuthorizationDrawn):
        if drawn.authorization_id == authorization:
            at = parse_instant(drawn.valid_from)
            yield from (Draw(at, device, noted) for device in drawn.device_ids)
    for noted, moved in journal.of_kind(authorization, DeviceMoved):
        if moved.authorization_id == authorization and moved.step == "receiving":
            yield Draw(parse_instant(moved.valid_from), moved.device_id, noted)


def _basis(noted: IndexedClaim, claim: AuthorizationRecorded, journal: Journal) -> Basis:
    own = claim.authorization_id
    revoked = [n for n, c in journal.of_kind(own, AuthorizationRevoked) if c.authorization_id == own]
    amended = [n for n, c in journal.of_kind(own, AuthorizationAmended) if c.supersedes == own]
    enders = tuple(sorted((*revoked, *amended), key=lambda n: n.index))
    whole = validity(claim)
    end = earliest((whole.end, *(parse_instant(n.claim.valid_from) for n in enders)))
    return Basis(Interval(whole.start, end), claim, noted, enders)
