"""Identity: the end user is verified, and people's standing decision permits the tenant to serve it.

One group an end user. A withdrawal ends every verification recorded before it; a later hold or deny takes its
stretch out of the permits recorded before it.
"""

from collections.abc import Iterable, Iterator

from kansa.clock import parse_instant
from kansa.records.kinds.case import CaseDecided
from kansa.records.kinds.end_user import EndUserVerified, VerificationWithdrawn
from kansa.registers.facts.line import Line, resting_on, weakest
from kansa.registers.journal import Journal, Noted
from kansa.registers.span import Span, validity

TABLES = ("identity", "part")

Held = tuple[Span, tuple[Noted, ...]]


def touched(noted: Noted, _journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, EndUserVerified | VerificationWithdrawn | CaseDecided):
        return [subject for subject in noted.about if subject.startswith("pty_")]
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    claims = journal.mentioning(key)
    verified = list(_verifications(key, claims))
    for span, rests in verified:
        yield _part("verification", key, span, rests)
    for tenant, span, rests in _clearances(key, claims):
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


def _clearances(end_user: str, claims: Iterable[Noted]) -> Iterator[tuple[str, Span, tuple[Noted, ...]]]:
    decided = [
        (n, n.claim) for n in claims if isinstance(n.claim, CaseDecided) and n.claim.end_user_id == end_user
    ]
    for noted, decision in decided:
        if decision.decision != "permit":
            continue
        against = [
            (other, validity(against))
            for other, against in decided
            if other.index > noted.index
            and against.decision != "permit"
            and against.tenant_id == decision.tenant_id
        ]
        for span in validity(decision).minus(stretch for _, stretch in against):
            yield decision.tenant_id, span, (noted, *(other for other, _ in against))


def _part(part: str, key: str, span: Span, rests: Iterable[Noted]) -> Line:
    return Line("part", (part, key, *span, resting_on(rests)))
