"""End-user verification: that the end user is who it is said to be, and until when that holds."""

from typing import ClassVar

from msgspec import UNSET

from kansa.records.kinds.claim import Claim, Sealed, Subject


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
