"""Identity: the end user is verified, and people's standing decision permits the tenant to serve it.

One group an end user. A withdrawal ends every verification recorded before it; a later hold or deny takes its
stretch out of the permits recorded before it that it covers in scope. A decision that claims a signature counts only
if it holds; that a clearance is limited to items, sites or paths does not divide identity, the gate asks for it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kansa.clock import parse_instant
from kansa.records import canonical
from kansa.records.kinds.case import CaseDecided, CaseProposed, CaseReviewed
from kansa.records.kinds.end_user import EndUserVerified, VerificationWithdrawn
from kansa.records.kinds.person import KeyRevoked
from kansa.registers.approval import Standing, standing
from kansa.registers.facts.line import Line, resting_on, weakest
from kansa.registers.journal import Journal, Noted
from kansa.registers.span import Span, validity

TABLES = ("identity", "clearance", "part")

Held = tuple[Span, tuple[Noted, ...]]
CASE = CaseProposed | CaseReviewed | CaseDecided


class Decision(NamedTuple):
    """A recorded decision and what it is worth."""

    noted: Noted
    claim: CaseDecided
    standing: Standing


def touched(noted: Noted, journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, EndUserVerified | VerificationWithdrawn | CaseDecided):
        return _parties(noted)
    if isinstance(noted.claim, KeyRevoked):
        acts = journal.mentioning(noted.claim.person_id)
        return {party for act in acts if isinstance(act.claim, CASE) for party in _parties(act)}
    return ()


def _parties(noted: Noted) -> list[str]:
    return [subject for subject in noted.about if subject.startswith("pty_")]


def lines(key: str, journal: Journal) -> Iterator[Line]:
    claims = journal.mentioning(key)
    verified = list(_verifications(key, claims))
    for span, rests in verified:
        yield _part("verification", key, span, rests)
    decisions = list(_decisions(key, claims, journal))
    for decision in decisions:
        yield _clearance(decision)
    for tenant, span, rests in _clearances(decisions):
        yield _part("clearance", f"{tenant} {key}", span, rests)
        for verified_span, verified_rests in verified:
            both = span.meet(verified_span)
            if not both.is_empty:
                all_rests = (*rests, *verified_rests)
                known_by = weakest(noted.claim for noted in all_rests)
                yield Line("identity", (tenant, key, *both, known_by, resting_on(all_rests)))


def _verifications(end_user: str, claims: Iterable[Noted]) -> Iterator[Held]:
    withdrawn = [
        n for n in claims if isinstance(n.claim, VerificationWithdrawn) and n.claim.end_user_id == end_user
    ]
    for noted in claims:
        if isinstance(noted.claim, EndUserVerified) and noted.claim.end_user_id == end_user:
            later = [n for n in withdrawn if n.index > noted.index]
            span = validity(noted.claim)
            for withdrawal in later:
                at = parse_instant(withdrawal.claim.valid_from)
                span = Span(span.start, min(span.end, at) if span.end is not None else at)
            if not span.is_empty:
                yield span, (noted, *later)


def _decisions(end_user: str, claims: Iterable[Noted], journal: Journal) -> Iterator[Decision]:
    for noted in claims:
        claim = noted.claim
        if isinstance(claim, CaseDecided) and claim.end_user_id == end_user:
            yield Decision(noted, claim, standing(noted, journal))


def _clearances(decisions: Iterable[Decision]) -> Iterator[tuple[str, Span, tuple[Noted, ...]]]:
    counting = [each for each in decisions if each.standing.counts]
    for permit in (each for each in counting if each.claim.decision == "permit"):
        against = [each for each in counting if _stops(each, permit)]
        for span in validity(permit.claim).minus(validity(each.claim) for each in against):
            yield permit.claim.tenant_id, span, (*permit.standing.rests, *(each.noted for each in against))


def _stops(other: Decision, permit: Decision) -> bool:
    """Whether a hold or deny takes its stretch out of a permit: it was recorded later and covers it in scope."""
    return (
        other.claim.decision != "permit"
        and other.claim.tenant_id == permit.claim.tenant_id
        and other.noted.index > permit.noted.index
        and all(
            limit is None or (permitted is not None and set(permitted) <= set(limit))
            for limit, permitted in zip(_scope(other.claim), _scope(permit.claim), strict=True)
        )
    )


def _scope(claim: CaseDecided) -> tuple[list[str] | None, ...]:
    return claim.item_classes, claim.site_ids, claim.path_ids


def _clearance(decision: Decision) -> Line:
    """The decision as it stands: what it says of what, why it counts or not, on which records it was taken."""
    noted, claim, (ground, rests) = decision
    scope = ("item_classes", "site_ids", "path_ids")
    limits = {
        name: sorted(limit) for name, limit in zip(scope, _scope(claim), strict=True) if limit is not None
    }
    rested = next((n.claim.rests_on for n in rests if isinstance(n.claim, CaseProposed)), {})
    said = (claim.tenant_id, claim.end_user_id, claim.case_id, claim.decision, ground)
    texts = (canonical.encode(limits).decode(), canonical.encode(rested).decode())
    return Line("clearance", (*said, *texts, noted.index, *validity(claim), resting_on(rests)))


def _part(part: str, key: str, span: Span, rests: Iterable[Noted]) -> Line:
    return Line("part", (part, key, *span, resting_on(rests)))
