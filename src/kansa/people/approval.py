"""Whether a decision on a case counts: signed by persons who had the roles, along the route that the operator adopted.

A permit needs the whole route: a proposal, then for each step its quorum of endorsements after the step before, then
the quorum of approvals; nobody counts in two steps, and no key belongs to two persons. It needs an end. A hold or a deny
needs one person who may take the last step: who may approve, may stop. A decision without signature is *recorded, not
signed here*; once a route is adopted, an unsigned permit no longer counts.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from kansa.people.enrolment import Signature, has_role, route_at, routes, signature
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.case import CaseDecided, CaseProposed, CaseReviewed, RouteAdopted, Step
from kansa.records.kinds.signed import Signed
from kansa.records.statement import sha256

Ground = Literal[
    "signed",
    "recorded",
    "unsigned",
    "key_unknown",
    "key_replaced",
    "key_revoked",
    "invalid",
    "no_proposal",
    "not_as_proposed",
    "no_route",
    "no_role",
    "no_end",
    "self_approval",
    "returned",
    "not_endorsed",
    "no_quorum",
]
"""Why a decision counts (`signed`, `recorded`), or why not. `no_quorum` waits for others; all further are findings."""

COUNTS = frozenset({"signed", "recorded"})


class ApprovalStatus(NamedTuple):
    """What a decision is worth, and the records along its route, itself included."""

    ground: Ground
    rests: tuple[IndexedClaim, ...]

    @property
    def counts(self) -> bool:
        """Whether it decides anything."""
        return self.ground in COUNTS


class Taken(NamedTuple):
    """Steps of a route that were taken: the index by which the last was complete, by whom, in which records."""

    by: int
    persons: frozenset[str]
    rests: tuple[IndexedClaim, ...]


def standing(noted: IndexedClaim, journal: Journal) -> ApprovalStatus:
    """Judge a `case.decided` by all that is recorded."""
    claim = noted.claim
    if not isinstance(claim, CaseDecided):
        raise TypeError(f"entry {noted.index} decides nothing")
    if claim.case_id is None and claim.envelope is None and claim.signer_id is None:
        bypasses = claim.decision == "permit" and bool(routes(journal, noted.index))
        return ApprovalStatus("unsigned" if bypasses else "recorded", (noted,))
    judged = signature(noted, journal)
    if judged is not Signature.VALID:
        return ApprovalStatus(judged.value, (noted,))
    return _along_route(noted, claim, journal)


def _along_route(noted: IndexedClaim, claim: CaseDecided, journal: Journal) -> ApprovalStatus:
    proposed = _proposal(claim, noted.index, journal)
    if proposed is None:
        return ApprovalStatus("no_proposal", (noted,))
    rests = (proposed[0], noted)
    route = route_at(proposed[1].route_id, journal, proposed[0].index, proposed[0].recorded_at)
    if route is None:
        return ApprovalStatus("no_route", rests)
    if claim.step != route.steps[-1].step or not _may(noted, route.steps[-1], journal):
        return ApprovalStatus("no_role", rests)
    if not _as_proposed(claim, proposed[1]):
        return ApprovalStatus("not_as_proposed", rests)
    if claim.decision != "permit":
        return ApprovalStatus("signed", rests)
    return _permit(noted, claim, proposed, route, journal)


def taken(
    proposed: tuple[IndexedClaim, CaseProposed], route: RouteAdopted, until: int, journal: Journal
) -> list[Taken]:
    """Return the steps of a route that a proposal has gone through before the index `until`, the proposal first, in order."""
    noted, proposal = proposed
    if not signature(noted, journal) or not _may(noted, route.steps[0], journal):
        return []
    done = [Taken(noted.index, frozenset({proposal.signer_id or ""}), (noted,))]
    for step in route.steps[1:-1]:
        reviews = (
            n
            for n, c in reviewed(proposal, until, journal)
            if c.outcome == "endorsed" and c.step == step.step
        )
        complete = _quorum(reviews, step, done[-1], journal)
        if complete is None:
            break
        done.append(complete)
    return done


def reviewed(
    proposal: CaseProposed, until: int, journal: Journal
) -> Iterator[tuple[IndexedClaim, CaseReviewed]]:
    """Yield the reviews of a proposal that bear a valid signature, before the index `until`."""
    digest = sha256(proposal)
    for noted in journal.mentioning(proposal.case_id):
        claim = noted.claim
        if not isinstance(claim, CaseReviewed) or claim.proposal_sha256 != digest or noted.index >= until:
            continue
        if signature(noted, journal):
            yield noted, claim


def _permit(
    noted: IndexedClaim,
    claim: CaseDecided,
    proposed: tuple[IndexedClaim, CaseProposed],
    route: RouteAdopted,
    journal: Journal,
) -> ApprovalStatus:
    steps = taken(proposed, route, noted.index, journal)
    if not steps:
        return ApprovalStatus("no_proposal", (proposed[0], noted))
    rests = (*steps[-1].rests, noted)
    if claim.valid_to is None:
        return ApprovalStatus("no_end", rests)
    if any(_returns(n, c, route, journal) for n, c in reviewed(proposed[1], noted.index, journal)):
        return ApprovalStatus("returned", rests)
    if claim.signer_id in steps[-1].persons:
        return ApprovalStatus("self_approval", rests)
    if len(steps) < len(route.steps) - 1:
        return ApprovalStatus("not_endorsed", rests)
    approvals = (
        n
        for n in journal.mentioning(proposed[1].case_id)
        if n.index <= noted.index and _approves(n, claim) and signature(n, journal)
    )
    complete = _quorum(approvals, route.steps[-1], steps[-1], journal)
    return (
        ApprovalStatus("no_quorum", rests) if complete is None else ApprovalStatus("signed", complete.rests)
    )


def _quorum(acts: Iterable[IndexedClaim], step: Step, before: Taken, journal: Journal) -> Taken | None:
    """Return the step as it is complete: its first `quorum` persons, none of whom took an earlier step."""
    chosen: dict[str, IndexedClaim] = {}
    for noted in acts:
        person = _signer(noted)
        if noted.index > before.by and person not in before.persons and _may(noted, step, journal):
            chosen.setdefault(person, noted)
        if len(chosen) == step.quorum:
            last = max(each.index for each in chosen.values())
            return Taken(last, before.persons | chosen.keys(), (*before.rests, *chosen.values()))
    return None


def _proposal(claim: CaseDecided, until: int, journal: Journal) -> tuple[IndexedClaim, CaseProposed] | None:
    for noted in journal.mentioning(claim.case_id or ""):
        proposal = noted.claim
        if (
            isinstance(proposal, CaseProposed)
            and noted.index < until
            and sha256(proposal) == claim.proposal_sha256
        ):
            return noted, proposal
    return None


def _as_proposed(claim: CaseDecided, proposal: CaseProposed) -> bool:
    """Return the same case, parties and scope; a permit also to the same end, and only where one was proposed."""

    def scope(of: CaseDecided | CaseProposed) -> tuple[object, ...]:
        return of.case_id, of.tenant_id, of.end_user_id, of.item_classes, of.site_ids, of.path_ids

    permitted = (claim.decision, claim.valid_to) == (proposal.decision, proposal.valid_to)
    return scope(claim) == scope(proposal) and (claim.decision != "permit" or permitted)


def _approves(noted: IndexedClaim, claim: CaseDecided) -> bool:
    other = noted.claim
    return isinstance(other, CaseDecided) and (other.decision, other.proposal_sha256, other.step) == (
        "permit",
        claim.proposal_sha256,
        claim.step,
    )


def _returns(noted: IndexedClaim, claim: CaseReviewed, route: RouteAdopted, journal: Journal) -> bool:
    steps = [step for step in route.steps if step.step == claim.step]
    return claim.outcome == "returned" and any(_may(noted, step, journal) for step in steps)


def _may(noted: IndexedClaim, step: Step, journal: Journal) -> bool:
    person = _signer(noted)
    return any(has_role(person, role, journal, noted.index, noted.recorded_at) for role in sorted(step.roles))


def _signer(noted: IndexedClaim) -> str:
    return (noted.claim.signer_id or "") if isinstance(noted.claim, Signed) else ""
