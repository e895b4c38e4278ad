"""Verified: from when to when each verification of an end user holds.

A withdrawal ends every verification recorded before it, at the withdrawal's `valid_from`. A change of the end user
(`end_user.changed`, whatever changed) ends what was verified before it, at the change, until the end user is verified
again: by a verification that begins at or after the change and was not already on record when it came. A change that
names a tenant concerns how that tenant reaches the end user; it acts on that tenant's clearance (`spans.clearance`).
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from kansa.clock import parse_instant
from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.end_user import EndUserChanged, EndUserVerified, VerificationWithdrawn
from kansa.records.validity import validity

State = Literal["current", "expired", "withdrawn", "changed"]


class Verification(NamedTuple):
    """A verification: while it holds (`span`, empty if never), what it says itself (`whole`), what cut it short."""

    span: Interval
    whole: Interval
    noted: IndexedClaim
    enders: tuple[IndexedClaim, ...]

    @property
    def rests(self) -> tuple[IndexedClaim, ...]:
        """The records that say so."""
        return self.noted, *self.enders


def verified(end_user: str, journal: Journal) -> list[Verification]:
    """Return the verifications that hold for some time, in ledger order."""
    return [each for each in verifications(end_user, journal) if not each.span.is_empty]


def verifications(end_user: str, journal: Journal) -> list[Verification]:
    """Return every verification, in ledger order."""
    withdrawn = withdrawals(end_user, journal)
    changed = [n for n, c in changes(end_user, journal) if c.tenant_id is None]
    found = []
    for noted, claim in journal.of_kind(end_user, EndUserVerified):
        if claim.end_user_id == end_user:
            enders = [n for n in withdrawn if n.index > noted.index]
            enders += [n for n in changed if not renews(noted, n)]
            found.append(_ended(noted, enders))
    return found


def withdrawals(end_user: str, journal: Journal) -> list[IndexedClaim]:
    """Return the recorded withdrawals of an end user's verification, in ledger order."""
    return [n for n, c in journal.of_kind(end_user, VerificationWithdrawn) if c.end_user_id == end_user]


def changes(end_user: str, journal: Journal) -> list[tuple[IndexedClaim, EndUserChanged]]:
    """Return the recorded changes of an end user, in ledger order."""
    return [(n, c) for n, c in journal.of_kind(end_user, EndUserChanged) if c.end_user_id == end_user]


def renews(noted: IndexedClaim, change: IndexedClaim) -> bool:
    """Tell whether a verification or decision was made in view of a change.

    It begins at or after the change, and was not on record before the change came.
    """
    at = parse_instant(change.claim.valid_from)
    return made_after(parse_instant(noted.claim.valid_from), noted.index, noted.recorded_at, at, change.index)


def made_after(begins: int, index: int, recorded_at: int, changed_at: int, change_index: int) -> bool:
    """Return the same by instants and ledger indexes, for whoever keeps no more of the records."""
    return begins >= changed_at and (index > change_index or recorded_at >= changed_at)


def state_of(verification: Verification, now: int) -> State:
    """Return what a verification that has begun is at an instant: `current`, or why it no longer is."""
    span = verification.span
    if span.end is None or now < span.end:
        return "current"
    first = min(verification.enders, key=lambda noted: noted.claim.valid_from, default=None)
    if first is None:
        return "expired"
    return "changed" if isinstance(first.claim, EndUserChanged) else "withdrawn"


def _ended(noted: IndexedClaim, enders: Iterable[IndexedClaim]) -> Verification:
    """Return a verification cut at the first of its enders; those after its own end say nothing."""
    whole = validity(noted.claim)
    cutting = [n for n in enders if whole.end is None or parse_instant(n.claim.valid_from) < whole.end]
    ends = [parse_instant(n.claim.valid_from) for n in cutting]
    span = Interval(whole.start, min(ends)) if ends else whole
    return Verification(span, whole, noted, tuple(sorted(cutting, key=lambda n: n.index)))
