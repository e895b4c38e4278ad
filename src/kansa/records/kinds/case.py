"""Cases: how people come to a standing decision (clearance) on whether a tenant may serve an end user.

A case runs along an approval route: proposed, reviewed, decided, each by another person.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim, OpenText, OptionalSubject, Sealed, Subject
from kansa.records.kinds.signed import Digest, OptionalDigest, Signed

Decision = Annotated[Literal["permit", "hold", "deny"], OPEN]
Evidence = Annotated[list[int], OPEN]
"""Ledger indexes of the records that the person looked at."""
Scope = Annotated[list[str] | None, OPEN]
ScopeSubjects = Annotated[list[str] | None, msgspec.Meta(extra={"field": "subject"})]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step of a route: `quorum` different persons who have the role, or the role of its substitute."""

    step: str
    role: str
    quorum: Annotated[int, msgspec.Meta(ge=1)] = 1
    substitute: str | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that may take the step."""
        return frozenset(each for each in (self.role, self.substitute) if each is not None)


class RouteAdopted(Signed, frozen=True, kw_only=True):
    """The operator decides along this route: the first step proposes, the last decides, those between review.

    Signed by an administrator. The route takes the place of an earlier one of the same `name`. Once any is adopted,
    a permit that nobody signs is recorded but does not count. `decides_over` is what a permit may be decided over although it
    is open: `hits` of a screening, `flags` of high severity.
    """

    type: ClassVar[str] = "kansa.approval_route.adopted.v0"

    route_id: Subject
    name: OpenText
    steps: Annotated[list[Step], OPEN]
    pack: Annotated[str | None, OPEN] = None
    version: Annotated[str | None, OPEN] = None
    pack_sha256: OptionalDigest = None
    decides_over: Annotated[list[str] | UnsetType, OPEN] = UNSET


class CaseOpened(Claim, frozen=True, kw_only=True):
    """Somebody has to decide on the tenant and the end user, for this cause."""

    type: ClassVar[str] = "kansa.case.opened.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    case_id: Subject
    tenant_id: Subject
    end_user_id: Subject
    cause: Annotated[Literal["onboarding", "renewal", "change", "flag"], OPEN]
    opened_by: OptionalSubject = None
    reasons: Sealed = UNSET


class CaseProposed(Signed, frozen=True, kw_only=True):
    """What is to be decided: for which items, sites and paths (null: not limited by the clearance) and until when.

    `rests_on` holds, by aspect, the ledger indexes of the records that the decision would rest on; when others are
    current, the case is due again.
    """

    type: ClassVar[str] = "kansa.case.proposed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    case_id: Subject
    tenant_id: Subject
    end_user_id: Subject
    route_id: Subject
    decision: Decision
    item_classes: Scope = None
    site_ids: ScopeSubjects = None
    path_ids: ScopeSubjects = None
    rests_on: Annotated[dict[str, list[int]], OPEN] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=list)


class CaseReviewed(Signed, frozen=True, kw_only=True):
    """A person took a step between: endorsed the proposal (SHA-256 of what its proposer signed), or returned it."""

    type: ClassVar[str] = "kansa.case.reviewed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    case_id: Subject
    tenant_id: Subject
    end_user_id: Subject
    proposal_sha256: Digest
    step: OpenText
    outcome: Annotated[Literal["endorsed", "returned"], OPEN]
    evidence: Evidence = field(default_factory=list)


class CaseDecided(Signed, frozen=True, kw_only=True):
    """People's standing decision (clearance) on whether a tenant may serve an end user.

    Without `case_id` it is a decision that was made elsewhere: *recorded, not signed here*. With it, it is signed,
    and its scope and expiry are those of the proposal (SHA-256 of what its proposer signed).
    """

    type: ClassVar[str] = "kansa.case.decided.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    tenant_id: Subject
    end_user_id: Subject
    decision: Decision
    decided_by: Sealed = UNSET
    case_id: OptionalSubject = None
    proposal_sha256: OptionalDigest = None
    step: Annotated[str | None, OPEN] = None
    item_classes: Scope = None
    site_ids: ScopeSubjects = None
    path_ids: ScopeSubjects = None
    evidence: Evidence = field(default_factory=list)
