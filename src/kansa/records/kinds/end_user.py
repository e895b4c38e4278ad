"""End-user verification: that the end user is who it is said to be, and until when that holds."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, Claim, OptionalSubject, Sealed, Subject


class EndUserVerified(Claim, frozen=True, kw_only=True):
    """Someone verified the end user by a stated method, for a stated time."""

    type: ClassVar[str] = "kansa.end_user.verified.v0"

    end_user_id: Subject
    method: Sealed = UNSET
    verifier: Sealed = UNSET


class VerificationWithdrawn(Claim, frozen=True, kw_only=True):
    """Every verification recorded before this one ends at `valid_from`."""

    type: ClassVar[str] = "kansa.end_user.verification_withdrawn.v0"

    end_user_id: Subject
    reasons: Sealed = UNSET


class EndUserChanged(Claim, frozen=True, kw_only=True):
    """Something about the end user, or how the tenant reaches it, changed at `valid_from`; what rests on it is due.

    `other_id` is the party that came in: the new end user, owner, reseller or integrator.
    """

    type: ClassVar[str] = "kansa.end_user.changed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id",)

    end_user_id: Subject
    tenant_id: OptionalSubject = None
    path_id: OptionalSubject = None
    other_id: OptionalSubject = None
    what: Annotated[
        Literal["end_user", "end_use", "ownership", "headquarters", "reseller", "integrator", "address"], OPEN
    ]
    reasons: Sealed = UNSET
