"""Who owns and who directs a party, along chains: exact shares with bounds, control, the ultimate parent.

A chart says of each party who holds it at one instant. Shares are exact fractions. What nobody accounts for is not
taken to be harmless: it counts as nothing in the lower bound and as wholly held by the listed in the upper one, so a
chain that is not complete decides a threshold only where the bounds already do. Circles of holdings are solved as
the linear equations that they are.

Two readings of "owned by" are computed, since rules differ: `multiplied` follows economic interest (40 % of 60 % is
24 %); `cascaded` treats a party that is itself owned at the threshold as listed, and counts its whole share
(the way of OFAC's 50 per cent guidance of 2014-08-13; whether the US Affiliates Rule of 2025-09-29 counts so is
not verified here). Neither contains the other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from msgspec import UNSET

from kansa.clock import parse_instant
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyOwnershipDeclared

WHOLE_BP = 10_000
HALF = Fraction(1, 2)


class Stake(NamedTuple):
    """What one owner holds of a party; `share` of None and `controls` of None are not known."""

    owner: str
    share: Fraction | None
    controls: bool | None
    record: int


@dataclass(frozen=True, slots=True)
class Owners:
    """Who holds a party. `closed`: a record says that beyond these nobody listed and nobody directing is left."""

    stakes: tuple[Stake, ...] = ()
    closed: bool = False
    records: tuple[int, ...] = ()

    @property
    def contradictory(self) -> bool:
        """Whether more than the whole is held."""
        return self._accounted > 1

    @property
    def unaccounted(self) -> Fraction:
        """The part of which nobody says who holds it; the whole if the shares contradict each other."""
        if self.contradictory:
            return Fraction(1)
        if self.closed and all(stake.share is not None for stake in self.stakes):
            return Fraction(0)
        return 1 - self._accounted

    @property
    def _accounted(self) -> Fraction:
        return sum((stake.share for stake in self.stakes if stake.share is not None), Fraction(0))


Chart = Callable[[str], Owners]


class Bounds(NamedTuple):
    """The share is at least `least` and at most `most`; fractions of the whole."""

    least: Fraction
    most: Fraction

    def reaches(self, threshold: Fraction) -> bool | None:
        """Return whether the share is at or above a threshold; None where the bounds do not decide."""
        if self.least >= threshold:
            return True
        return False if self.most < threshold else None


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a party that listed parties hold, in both readings, and the records that it rests on."""

    multiplied: Bounds
    cascaded: Bounds
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parent:
    """The ultimate parent, reached by `chain` (the party first); None where it is not known, and why.

    `reason`: `not_declared`, `incomplete`, `contradictory`, `several`, `circle`.
    """

    party: str | None
    chain: tuple[str, ...]
    reason: str | None
    records: tuple[int, ...]


def owners_at(party: str, declared: Iterable[IndexedClaim], at: int) -> Owners:
    """Return who holds a party at an instant, from the claims that mention it in ledger order.

    The latest record on the same two (or on the rest) that has begun takes over from those before; where it has
    ended, that stake has.
    """
    latest: dict[str | None, IndexedClaim] = {}
    for noted in sorted(declared, key=lambda noted: (noted.claim.valid_from, noted.index)):
        claim = noted.claim
        if isinstance(claim, PartyOwnershipDeclared) and claim.party_id == party and _begun(claim, at):
            latest[claim.owner_id] = noted
    current = {owner: noted for owner, noted in latest.items() if not _ended(noted.claim, at)}
    rest = current.pop(None, None)
    return Owners(
        stakes=tuple(_stake(noted) for _, noted in sorted(current.items(), key=lambda item: str(item[0]))),
        closed=rest is not None,
        records=tuple(sorted(noted.index for noted in [*current.values(), *([rest] if rest else [])])),
    )


def held_by(party: str, listed: Collection[str], chart: Chart, threshold: Fraction = HALF) -> Share:
    """Return the share of a party that the `listed` hold together, directly and through others.

    `threshold` is that at which the cascaded reading treats a party in between as listed.
    """
    owners = _upstream(party, chart, listed)
    return Share(
        multiplied=_multiplied(party, listed, owners),
        cascaded=_cascaded(party, listed, owners, threshold),
        records=tuple(sorted({record for held in owners.values() for record in held.records})),
    )


def ultimate_parent(party: str, chart: Chart) -> Parent:
    """Follow control upward: who directs, or holds more than half.

    A party that nobody directs is its own ultimate parent; that nobody does must be declared, not merely unsaid.
    """
    chain, records = [party], set[int]()
    while True:
        owners = chart(chain[-1])
        records.update(owners.records)
        above, reason = _controller(owners)
        if above in chain:
            above, reason = None, "circle"
        if above is None:
            found = None if reason else chain[-1]
            return Parent(found, tuple(chain), reason, tuple(sorted(records)))
        chain.append(above)


def controlled_by(party: str, listed: Collection[str], chart: Chart) -> bool | None:
    """Return whether a chain of control leads from a listed party to this one; None where that is not known."""
    seen, frontier, open_ends = {party}, [party], False
    while frontier:
        owners = chart(frontier.pop())
        open_ends |= owners.contradictory or not owners.closed
        for stake in owners.stakes:
            directs = _directs(stake)
            if directs and stake.owner in listed:
                return True
            open_ends |= directs is None
            if directs is not False and stake.owner not in seen:
                seen.add(stake.owner)
                frontier.append(stake.owner)
    return None if open_ends else False


def _begun(claim: PartyOwnershipDeclared, at: int) -> bool:
    return parse_instant(claim.valid_from) <= at


def _ended(claim: object, at: int) -> bool:
    assert isinstance(claim, PartyOwnershipDeclared)  # noqa: S101 - narrows the type; the caller has looked
    return claim.valid_to is not None and parse_instant(claim.valid_to) <= at


def _stake(noted: IndexedClaim) -> Stake:
    claim = noted.claim
    assert isinstance(claim, PartyOwnershipDeclared)  # noqa: S101 - narrows the type; the caller has looked
    assert claim.owner_id is not None  # noqa: S101 - the rest was taken out
    return Stake(
        owner=claim.owner_id,
        share=None if claim.share_bp is UNSET else Fraction(claim.share_bp, WHOLE_BP),
        controls=None if claim.controls is UNSET else claim.controls,
        record=noted.index,
    )


def _directs(stake: Stake) -> bool | None:
    if stake.controls or (stake.share is not None and stake.share > HALF):
        return True
    return stake.controls


def _controller(owners: Owners) -> tuple[str | None, str | None]:
    """Return who directs a party, or the reason why that is not known; neither if nobody does."""
    if not owners.records:
        return None, "not_declared"
    if owners.contradictory:
        return None, "contradictory"
    directing = [stake.owner for stake in owners.stakes if _directs(stake)]
    if len(directing) == 1:
        return directing[0], None
    if directing:
        return None, "several"
    unsaid = not owners.closed or any(_directs(stake) is None for stake in owners.stakes)
    return None, "incomplete" if unsaid else None


def _upstream(party: str, chart: Chart, listed: Collection[str]) -> dict[str, Owners]:
    """Return the party and everyone above it up to the listed, owners before what they own as far as circles allow."""
    met: dict[str, Owners] = {}
    ordered: dict[str, Owners] = {}
    stack = [party]
    while stack:
        top = stack[-1]
        if top in met:
            ordered.setdefault(stack.pop(), met[top])
        else:
            met[top] = chart(top)
            above = [stake.owner for stake in met[top].stakes]
            stack += [owner for owner in above if owner not in met and owner not in listed]
    return ordered


def _multiplied(party: str, listed: Collection[str], owners: Mapping[str, Owners]) -> Bounds:
    terms: dict[str, dict[str, Fraction]] = {}
    direct: dict[str, Fraction] = {}
    for name, held in owners.items():
        shares = {} if held.contradictory else {s.owner: s.share for s in held.stakes if s.share}
        terms[name] = {owner: share for owner, share in shares.items() if owner not in listed}
        direct[name] = sum((share for owner, share in shares.items() if owner in listed), Fraction(0))
    open_too = {name: direct[name] + held.unaccounted for name, held in owners.items()}
    return Bounds(
        _solved(terms, direct, Fraction(0))[party],
        _solved(terms, open_too, Fraction(1))[party],
    )


def _solved(
    terms: Mapping[str, Mapping[str, Fraction]], constants: Mapping[str, Fraction], undetermined: Fraction
) -> dict[str, Fraction]:
    """Solve `x = constant + Σ term · x` exactly; a circle that holds itself wholly takes the value `undetermined`.

    Gaussian elimination in the order of `terms`; without circles every row is constant when it is reached.
    """
    position = {name: number for number, name in enumerate(terms)}
    rows: dict[str, tuple[Fraction, dict[str, Fraction]]] = {}
    for name in terms:
        constant, row = constants[name], dict(terms[name])
        while earlier := min((n for n in row if n in rows), key=position.__getitem__, default=None):
            factor = row.pop(earlier)
            inner_constant, inner = rows[earlier]
            constant += factor * inner_constant
            for other, share in inner.items():
                row[other] = row.get(other, Fraction(0)) + factor * share
        own = 1 - row.pop(name, Fraction(0))
        rows[name] = (
            (undetermined, {})
            if own == 0
            else (constant / own, {other: share / own for other, share in row.items()})
        )
    values: dict[str, Fraction] = {}
    for name, (constant, row) in reversed(rows.items()):
        values[name] = constant + sum(share * values[other] for other, share in row.items())
    return values


def _cascaded(
    party: str, listed: Collection[str], owners: Mapping[str, Owners], threshold: Fraction
) -> Bounds:
    def counted(name: str, among: Collection[str]) -> Fraction:
        held = owners[name]
        shares = () if held.contradictory else (s.share for s in held.stakes if s.share and s.owner in among)
        return sum(shares, Fraction(0))

    def most(name: str, among: Collection[str]) -> Fraction:
        return min(Fraction(1), counted(name, among) + owners[name].unaccounted)

    certain = _closure(listed, owners, counted, threshold)
    possible = _closure(listed, owners, most, threshold)
    return Bounds(counted(party, certain), most(party, possible))


def _closure(
    listed: Collection[str],
    owners: Iterable[str],
    share: Callable[[str, Collection[str]], Fraction],
    threshold: Fraction,
) -> set[str]:
    """Return the listed and all whom they, and those so found, hold at the threshold."""
    found = set(listed)
    before = -1
    while before != len(found):  # owners come first in `owners`, so that without circles one pass finds all
        before = len(found)
        found.update(name for name in owners if name not in found and share(name, found) >= threshold)
    return found
