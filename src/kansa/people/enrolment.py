"""Whose signature a record bears, and in which role that person signed, read from the log alone.

The register of people is read forward: enrolments, keys, roles and routes are judged by what was recorded before them.
Only the revocation of a key reaches back: signatures that it made from its `valid_from` on count for nothing, those
recorded already included. So a decision never begins to count by what comes later, and may cease to.
"""

from collections.abc import Iterator
from enum import Enum
from typing import TypeVar
from weakref import WeakKeyDictionary

from kansa.errors import BadInput
from kansa.records import dsse
from kansa.records.dsse import PublicKey
from kansa.records.journal import (
    PEOPLE,
    ROUTES,
    HypotheticalJournal,
    IndexedClaim,
    Journal,
    key_topic,
    person_topic,
)
from kansa.records.kinds.case import RouteAdopted
from kansa.records.kinds.person import (
    ADMINISTRATOR,
    KeyRevoked,
    KeyRotated,
    PersonEnrolled,
    RoleGranted,
    RoleRevoked,
)
from kansa.records.kinds.signed import Signed
from kansa.records.statement import signed
from kansa.records.validity import validity

ALWAYS = 2**63
"""Stands for the end of the log where something is judged as of now."""

C = TypeVar("C", bound=Signed)

# What was in force when it was recorded stays so; held as long as the journal is.
_JUDGED: WeakKeyDictionary[Journal, dict[int, bool]] = WeakKeyDictionary()


class Signature(Enum):
    """Whether a record is signed by who it says, under a key that was theirs. True in a condition only if so."""

    VALID = "valid"
    UNSIGNED = "unsigned"
    KEY_UNKNOWN = "key_unknown"
    KEY_REPLACED = "key_replaced"
    KEY_REVOKED = "key_revoked"
    INVALID = "invalid"

    def __bool__(self) -> bool:
        return self is Signature.VALID


def signature(noted: IndexedClaim, journal: Journal, *, forward: bool = False) -> Signature:
    """Judge a record's signature; `forward`: only by what was recorded before it."""
    claim = noted.claim
    keyid = _keyid(claim)
    if not isinstance(claim, Signed) or keyid is None:
        return Signature.UNSIGNED
    key = _introduced(keyid, claim.signer_id, noted, journal)
    if key is None:
        return Signature.KEY_UNKNOWN
    if any(c.replaces == keyid for _, c in _about(claim.signer_id, KeyRotated, noted.index, journal)):
        return Signature.KEY_REPLACED
    until = noted.index if forward else ALWAYS
    revoked = (n for n, c in _about(claim.signer_id, KeyRevoked, until, journal) if c.key == keyid)
    if any(validity(n.claim).start <= noted.recorded_at for n in revoked):
        return Signature.KEY_REVOKED
    return Signature.VALID if _signed(noted, key, journal) else Signature.INVALID


def in_force(noted: IndexedClaim, journal: Journal) -> bool:
    """Tell whether a record of people or routes was in order when it was recorded."""
    judged = _JUDGED.setdefault(journal, {})
    if noted.index not in judged:
        judged[noted.index] = _in_force(noted, journal)
    return judged[noted.index]


def bootstrap(journal: Journal) -> str | None:
    """Return the first person enrolled, if that record is in order; otherwise nobody is anybody."""
    first = next(iter(journal.mentioning(PEOPLE)), None)
    if first is None or not isinstance(first.claim, PersonEnrolled) or first.claim.signer_id is not None:
        return None
    key = key_in(first.claim.public_key)
    return first.claim.person_id if key is not None and _signed(first, key, journal) else None


def has_role(person: str, role: str, journal: Journal, until: int, instant: int) -> bool:
    """Tell whether a person had a role at an instant, by the records before the index `until`."""
    since = -1 if role == ADMINISTRATOR and person == bootstrap(journal) else None
    for noted, granted in _about(person, RoleGranted, until, journal):
        if granted.role == role and _covers(noted, instant):
            since = noted.index
    if since is None:
        return False
    revoked = _about(person, RoleRevoked, until, journal)
    return not any(c.role == role and n.index > since and _covers(n, instant) for n, c in revoked)


def keys_of(person: str, journal: Journal, until: int = ALWAYS) -> list[PublicKey]:
    """Return the keys that a person could sign with, by the records before the index `until`: one, or none."""
    enrolled = (c.public_key for _, c in _about(person, PersonEnrolled, until, journal))
    rotated = (c.public_key for _, c in _about(person, KeyRotated, until, journal))
    gone = {c.replaces for _, c in _about(person, KeyRotated, until, journal)}
    gone |= {c.key for _, c in _about(person, KeyRevoked, until, journal)}
    found = (key_in(line) for line in (*enrolled, *rotated))
    return [key for key in found if key is not None and key.fingerprint not in gone]


def holder_of(fingerprint: str, journal: Journal, until: int = ALWAYS) -> str | None:
    """Return the person who could sign with a key, by the records before the index `until`."""
    for noted in journal.mentioning(key_topic(fingerprint)):
        claim = noted.claim
        if (
            noted.index < until
            and isinstance(claim, PersonEnrolled | KeyRotated)
            and in_force(noted, journal)
        ):
            theirs = {key.fingerprint for key in keys_of(claim.person_id, journal, until)}
            return claim.person_id if fingerprint in theirs else None
    return None


def routes(journal: Journal, until: int = ALWAYS) -> list[tuple[IndexedClaim, RouteAdopted]]:
    """Return the routes that the operator adopted before the index `until`, in ledger order."""
    return [
        (noted, noted.claim)
        for noted in journal.mentioning(ROUTES)
        if noted.index < until and isinstance(noted.claim, RouteAdopted) and in_force(noted, journal)
    ]


def route_at(route_id: str, journal: Journal, until: int, instant: int) -> RouteAdopted | None:
    """Return the route, if at an instant it was the latest adopted of its name."""
    adopted = [claim for noted, claim in routes(journal, until) if _covers(noted, instant)]
    names = [claim.name for claim in adopted if claim.route_id == route_id]
    latest = [claim for claim in adopted if names and claim.name == names[-1]]
    return latest[-1] if latest and latest[-1].route_id == route_id else None


def key_in(line: str) -> PublicKey | None:
    """Return the public key in a line, or None if it is none."""
    try:
        return dsse.parse_key(line)
    except BadInput:
        return None


def _in_force(noted: IndexedClaim, journal: Journal) -> bool:
    claim = noted.claim
    match claim:
        case PersonEnrolled(signer_id=None):
            return bootstrap(journal) == claim.person_id and _is_first(noted, journal)
        case PersonEnrolled() | RoleGranted():
            return claim.signer_id != claim.person_id and _by_administrator(noted, journal)
        case KeyRotated():
            theirs = claim.replaces in {
                key.fingerprint for key in keys_of(claim.person_id, journal, noted.index)
            }
            return theirs and _by_themself_or_administrator(noted, journal)
        case KeyRevoked() | RoleRevoked():
            return _by_themself_or_administrator(noted, journal)
        case RouteAdopted():
            return _by_administrator(noted, journal)
    return False


def _signed(noted: IndexedClaim, key: PublicKey, journal: Journal) -> bool:
    if isinstance(journal, HypotheticalJournal) and journal.supposes_signed(noted):
        return True
    return isinstance(noted.claim, Signed) and signed(noted.claim, key)


def _by_themself_or_administrator(noted: IndexedClaim, journal: Journal) -> bool:
    claim = noted.claim
    themself = isinstance(claim, KeyRotated | KeyRevoked | RoleRevoked) and claim.signer_id == claim.person_id
    return bool(signature(noted, journal, forward=True)) if themself else _by_administrator(noted, journal)


def _by_administrator(noted: IndexedClaim, journal: Journal) -> bool:
    signer = noted.claim.signer_id if isinstance(noted.claim, Signed) else None
    return (
        signer is not None
        and bool(signature(noted, journal, forward=True))
        and has_role(signer, ADMINISTRATOR, journal, noted.index, noted.recorded_at)
    )


def _introduced(keyid: str, person: str | None, noted: IndexedClaim, journal: Journal) -> PublicKey | None:
    """Return the key of this fingerprint, if the first record that brings it in gives it to the person."""
    for first in journal.mentioning(key_topic(keyid)):
        claim = first.claim
        if first.index >= noted.index or not isinstance(claim, PersonEnrolled | KeyRotated):
            return None
        if in_force(first, journal):
            return key_in(claim.public_key) if claim.person_id == person else None
    return None


def _about(
    person: str | None, kind: type[C], until: int, journal: Journal
) -> Iterator[tuple[IndexedClaim, C]]:
    """Yield the records of a kind on a person, recorded before the index `until`, that were in order."""
    if person is None:
        return
    for noted in journal.mentioning(person_topic(person)):
        if noted.index < until and isinstance(noted.claim, kind) and in_force(noted, journal):
            yield noted, noted.claim


def _covers(noted: IndexedClaim, instant: int) -> bool:
    span = validity(noted.claim)
    return span.start <= instant and (span.end is None or instant < span.end)


def _is_first(noted: IndexedClaim, journal: Journal) -> bool:
    return journal.mentioning(PEOPLE)[0].index == noted.index


def _keyid(claim: object) -> str | None:
    if not isinstance(claim, Signed) or claim.envelope is None or claim.corrects:
        return None
    return next(iter(dsse.keyids(claim.envelope)), None)
