"""A case as it stands: what was proposed, which steps were taken by whom, who may take the next, what was decided.

What is said of an act that is not yet recorded is what would be said of it afterwards: the same judgement, on a journal
that supposes it.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from kansa.people.approval import COUNTS, Ground, Taken, reviewed, standing, taken
from kansa.people.enrolment import Signature, has_role, in_force, route_at, signature
from kansa.records.journal import HypotheticalJournal, IndexedClaim, Journal
from kansa.records.kinds.case import (
    CaseDecided,
    CaseOpened,
    CaseProposed,
    CaseReviewed,
    RouteAdopted,
    Step,
)
from kansa.records.kinds.signed import Signed
from kansa.records.statement import sha256

State = Literal["open", "proposed", "reviewed", "returned", "decided"]
Separation = Literal["by_key_only", "none"]
"""How it is known that proposer, reviewer and approver are different persons; by identity provider nobody is yet."""

Refusal = Literal[
    "not_in_order",
    "no_route",
    "no_role",
    "not_next",
    "own_act",
    "returned",
    "not_proposed",
]
"""Why an act would count for nothing, beside the grounds of decisions."""


class Act(NamedTuple):
    """A record of the case with what it is worth."""

    noted: IndexedClaim
    ground: Ground | Signature


class CaseFile(NamedTuple):
    """A case. `proposal` is the latest in order; `taken` its steps so far, itself included."""

    opened: IndexedClaim
    case: CaseOpened
    proposal: tuple[IndexedClaim, CaseProposed] | None
    route: RouteAdopted | None
    taken: tuple[Taken, ...]
    returned: bool
    decisions: tuple[tuple[IndexedClaim, CaseDecided, Ground], ...]
    acts: tuple[Act, ...]

    @property
    def state(self) -> State:
        """How far it is; `decided` once a decision on the latest proposal counts."""
        if self.proposal is None:
            return "open"
        digest = sha256(self.proposal[1])
        if any(ground in COUNTS and claim.proposal_sha256 == digest for _, claim, ground in self.decisions):
            return "decided"
        if self.returned:
            return "returned"
        return "reviewed" if self.next_step is None or self.next_step == self.steps[-1] else "proposed"

    @property
    def steps(self) -> list[Step]:
        """The steps of its route."""
        return [] if self.route is None else list(self.route.steps)

    @property
    def next_step(self) -> Step | None:
        """The step that waits for somebody; None before a proposal."""
        return self.steps[len(self.taken)] if 0 < len(self.taken) < len(self.steps) else None

    @property
    def separation(self) -> Separation:
        """How its persons are told apart: by their keys, or not at all."""
        return "by_key_only" if any(ground == "signed" for _, _, ground in self.decisions) else "none"


def files(journal: Journal, opened: Iterable[IndexedClaim]) -> list[CaseFile]:
    """Return the cases that these records opened, in ledger order."""
    return [_file(journal, noted, noted.claim) for noted in opened if isinstance(noted.claim, CaseOpened)]


def case_file(journal: Journal, case_id: str) -> CaseFile | None:
    """Return a case, or None if nothing opened it."""
    found = files(journal, (n for n in journal.mentioning(case_id) if isinstance(n.claim, CaseOpened)))
    return found[0] if found else None


def refusal(
    noted: IndexedClaim, journal: Journal, *, to_be_signed: bool = False
) -> Ground | Signature | Refusal | None:
    """Return why an act that would be recorded as `noted` would count for nothing; None if it would count.

    `to_be_signed`: as it would be judged once it is signed with the key that its envelope names.
    """
    supposed = HypotheticalJournal(journal, noted, to_be_signed=to_be_signed)
    claim = noted.claim
    if not isinstance(claim, Signed):
        return None
    if isinstance(claim, CaseDecided):
        ground = standing(noted, supposed).ground
        return None if ground in {*COUNTS, "no_quorum"} else ground
    if isinstance(claim, CaseProposed | CaseReviewed):
        judged = signature(noted, supposed)
        if judged is not Signature.VALID:
            return judged
        return (
            _of_proposal(noted, claim, journal)
            if isinstance(claim, CaseProposed)
            else _of_review(noted, claim, journal)
        )
    return None if in_force(noted, supposed) else "not_in_order"


def _of_proposal(noted: IndexedClaim, claim: CaseProposed, journal: Journal) -> Refusal | None:
    route = route_at(claim.route_id, journal, noted.index, noted.recorded_at)
    if route is None:
        return "no_route"
    return None if _may(noted, route.steps[0], journal) else "no_role"


def _of_review(noted: IndexedClaim, claim: CaseReviewed, journal: Journal) -> Refusal | None:
    file = case_file(journal, claim.case_id)
    if file is None or file.proposal is None or sha256(file.proposal[1]) != claim.proposal_sha256:
        return "not_proposed"
    steps = [step for step in file.steps if step.step == claim.step]
    if not any(_may(noted, step, journal) for step in steps):
        return "no_role"
    if claim.outcome == "returned":
        return None
    if file.returned:
        return "returned"
    if file.next_step is None or file.next_step.step != claim.step or file.next_step == file.steps[-1]:
        return "not_next"
    return "own_act" if claim.signer_id in file.taken[-1].persons else None


def _file(journal: Journal, opened: IndexedClaim, case: CaseOpened) -> CaseFile:
    about = journal.mentioning(case.case_id)
    proposals = [(n, c) for n in about if isinstance(c := n.claim, CaseProposed) and signature(n, journal)]
    decided = tuple(
        (n, c, standing(n, journal).ground) for n in about if isinstance(c := n.claim, CaseDecided)
    )
    acts = tuple(_acts(journal, about))
    for noted, proposal in reversed(proposals):
        route = route_at(proposal.route_id, journal, noted.index, noted.recorded_at)
        steps = () if route is None else tuple(taken((noted, proposal), route, about[-1].index + 1, journal))
        if route is not None and steps:
            returned = any(
                claim.outcome == "returned"
                and any(s.step == claim.step and _may(n, s, journal) for s in route.steps)
                for n, claim in reviewed(proposal, about[-1].index + 1, journal)
            )
            return CaseFile(opened, case, (noted, proposal), route, steps, returned, decided, acts)
    return CaseFile(opened, case, None, None, (), returned=False, decisions=decided, acts=acts)


def _acts(journal: Journal, about: Iterable[IndexedClaim]) -> Iterator[Act]:
    for noted in about:
        if isinstance(noted.claim, CaseDecided):
            yield Act(noted, standing(noted, journal).ground)
        elif isinstance(noted.claim, CaseProposed | CaseReviewed):
            yield Act(noted, signature(noted, journal))


def _may(noted: IndexedClaim, step: Step, journal: Journal) -> bool:
    person = noted.claim.signer_id if isinstance(noted.claim, Signed) else None
    return person is not None and any(
        has_role(person, role, journal, noted.index, noted.recorded_at) for role in sorted(step.roles)
    )
