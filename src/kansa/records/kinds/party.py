"""Customer due diligence: who the parties are, what they say they do, what people decided about them."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim, Names, OpenTexts, Sealed, Subject


class PartyRegistered(Claim, frozen=True, kw_only=True):
    """A party is known to the operator under a name."""

    type: ClassVar[str] = "kansa.party.registered.v0"

    party_id: Subject
    roles: OpenTexts = field(default_factory=list)
    names: Names | UnsetType = UNSET
    country: Sealed = UNSET
    registration_number: Sealed = UNSET
    address: Sealed = UNSET


class EndUseStated(Claim, frozen=True, kw_only=True):
    """The end user said what the compute is for."""

    type: ClassVar[str] = "kansa.end_use.stated.v0"

    end_user_id: Subject
    purpose: Annotated[Literal["train", "fine_tune", "infer", "other"], OPEN]
    statement: Sealed = UNSET


class CaseDecided(Claim, frozen=True, kw_only=True):
    """People's standing decision (clearance) on whether a tenant may serve an end user."""

    type: ClassVar[str] = "kansa.case.decided.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    tenant_id: Subject
    end_user_id: Subject
    decision: Annotated[Literal["permit", "hold", "deny"], OPEN]
    decided_by: Sealed = UNSET
    reasons: Sealed = UNSET
