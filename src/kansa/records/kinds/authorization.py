"""Authorization: the basis on which an end user, item class and site are in order at a time."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, Claim, Jurisdiction, OpenTexts, Sealed, Subject, Subjects

Basis = Annotated[Literal["licence", "veu", "licence_exception", "no_licence_required"], OPEN]


class AuthorizationRecorded(Claim, frozen=True, kw_only=True):
    """A basis under one jurisdiction; lists are exhaustive, there are no wildcards."""

    type: ClassVar[str] = "kansa.authorization.recorded.v0"

    authorization_id: Subject
    jurisdiction: Jurisdiction
    basis: Basis
    end_user_ids: Subjects
    item_classes: OpenTexts
    site_ids: Subjects
    quantity: Annotated[int | None, OPEN] = None
    number: Sealed = UNSET
    determined_by: Sealed = UNSET


class AuthorizationAmended(AuthorizationRecorded, frozen=True, kw_only=True):
    """A basis with an id of its own that takes the place of `supersedes` from `valid_from` on."""

    type: ClassVar[str] = "kansa.authorization.amended.v0"

    supersedes: Subject


class AuthorizationRevoked(Claim, frozen=True, kw_only=True):
    """The basis ends at `valid_from`."""

    type: ClassVar[str] = "kansa.authorization.revoked.v0"

    authorization_id: Subject
    end_user_ids: Subjects
    reasons: Sealed = UNSET
