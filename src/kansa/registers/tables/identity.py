"""Identity: the end user is verified, and people's standing decision permits the tenant to serve it.

One group an end user; both spans come from `spans.verification` and `spans.clearance`. A decision that claims a
signature counts only if it holds; that a clearance is limited to items, sites or paths does not divide identity, the
gate asks for it.
"""

from collections.abc import Iterable, Iterator

from kansa.intervals import Interval
from kansa.records import canonical
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.case import CaseDecided, CaseProposed, CaseReviewed
from kansa.records.kinds.end_user import EndUserChanged, EndUserVerified, VerificationWithdrawn
from kansa.records.kinds.person import KeyRevoked
from kansa.records.validity import validity
from kansa.registers.spans.clearance import Decision, cleared, decisions, scope
from kansa.registers.spans.evidenced import identified
from kansa.registers.spans.verification import verified
from kansa.registers.tables.line import Line, resting_on, weakest

TABLES = ("identity", "clearance", "part")

CASE = CaseProposed | CaseReviewed | CaseDecided


def affected_keys(noted: IndexedClaim, journal: Journal) -> Iterable[str]:
    if isinstance(noted.claim, EndUserVerified | VerificationWithdrawn | EndUserChanged | CaseDecided):
        return _parties(noted)
    if isinstance(noted.claim, KeyRevoked):
        acts = journal.mentioning(noted.claim.person_id)
        return {party for act in acts if isinstance(act.claim, CASE) for party in _parties(act)}
    return ()


def _parties(noted: IndexedClaim) -> list[str]:
    return [subject for subject in noted.about if subject.startswith("pty_")]


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for each in verified(key, journal):
        yield _part("verification", key, each.span, each.rests)
    decided = decisions(key, journal)
    for decision in decided:
        yield _clearance(decision)
    for span, tenant, rests in cleared(decided):
        yield _part("clearance", f"{tenant} {key}", span, rests)
    for span, tenant, rests in identified(key, decided, journal):
        yield Line("identity", (tenant, key, *span, weakest(n.claim for n in rests), resting_on(rests)))


def _clearance(decision: Decision) -> Line:
    """Return the decision as it stands: what it says of what, why it counts or not, on which records it was taken."""
    noted, claim, (ground, rests) = decision.noted, decision.claim, decision.standing
    scopes = ("item_classes", "site_ids", "path_ids")
    limits = {
        name: sorted(limit) for name, limit in zip(scopes, scope(claim), strict=True) if limit is not None
    }
    rested = next((n.claim.rests_on for n in rests if isinstance(n.claim, CaseProposed)), {})
    said = (claim.tenant_id, claim.end_user_id, claim.case_id, claim.decision, ground)
    texts = (canonical.encode(limits).decode(), canonical.encode(rested).decode())
    return Line("clearance", (*said, *texts, noted.index, *validity(claim), resting_on(rests)))


def _part(part: str, key: str, span: Interval, rests: Iterable[IndexedClaim]) -> Line:
    return Line("part", (part, key, *span, resting_on(rests)))
