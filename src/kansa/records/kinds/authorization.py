"""Authorization: the basis on which an end user, item class and site are in order at a time."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import (
    OPEN,
    Claim,
    Jurisdiction,
    OpenText,
    OpenTexts,
    OptionalSubject,
    Sealed,
    Subject,
    Subjects,
)

Basis = Annotated[Literal["licence", "veu", "licence_exception", "no_licence_required"], OPEN]


class AuthorizationRecorded(Claim, frozen=True, kw_only=True):
    """A basis under one jurisdiction; lists are exhaustive, there are no wildcards.

    A basis that several end users share is one record for each, under one `authorization_id`, so that one of them can be
    shown it without the others; `shared_with` names all of them, sealed, so that a list that changes is another content.
    """

    type: ClassVar[str] = "kansa.authorization.recorded.v0"
    apart: ClassVar[str | None] = "end_user_ids"

    authorization_id: Subject
    jurisdiction: Jurisdiction
    basis: Basis
    end_user_ids: Subjects
    item_classes: OpenTexts
    site_ids: Subjects
    quantity: Annotated[int | None, OPEN] = None
    number: Sealed = UNSET
    determined_by: Sealed = UNSET
    shared_with: list[str] | UnsetType = UNSET


class AuthorizationAmended(AuthorizationRecorded, frozen=True, kw_only=True):
    """A basis with an id of its own that takes the place of `supersedes` from `valid_from` on."""

    type: ClassVar[str] = "kansa.authorization.amended.v0"

    supersedes: Subject


class AuthorizationRevoked(Claim, frozen=True, kw_only=True):
    """The basis ends at `valid_from`. For end users who share it there is one record for each, as for the basis."""

    type: ClassVar[str] = "kansa.authorization.revoked.v0"
    apart: ClassVar[str | None] = "end_user_ids"

    authorization_id: Subject
    end_user_ids: Subjects
    reasons: Sealed = UNSET
    shared_with: list[str] | UnsetType = UNSET


class AuthorizationDrawn(Claim, frozen=True, kw_only=True):
    """Units were shipped or placed under the basis at `valid_from`, each named."""

    type: ClassVar[str] = "kansa.authorization.drawn.v0"

    authorization_id: Subject
    device_ids: Subjects
    contract_id: OptionalSubject = None
    document: Sealed = UNSET


class ConditionMet(Claim, frozen=True, kw_only=True):
    """A condition of the basis was met; `valid_to` is when it has to be met again."""

    type: ClassVar[str] = "kansa.authorization.condition_met.v0"

    authorization_id: Subject
    condition: OpenText
    met_by: Sealed = UNSET
    document: Sealed = UNSET


class NoticeReceived(Claim, frozen=True, kw_only=True):
    """An agency told the operator something that binds or warns it, received at `valid_from`.

    It concerns the parties, item classes, sites and destinations (ISO 3166-1 alpha-2) that it names; an empty list
    is no limit. `is_informed` is a licence requirement imposed on the operator (US), `inform` its Japanese
    counterpart.
    """

    type: ClassVar[str] = "kansa.notice.received.v0"

    jurisdiction: Jurisdiction
    notice: Annotated[
        Literal[
            "supplier_list",
            "project_guardian",
            "red_flag",
            "is_informed",
            "inform",
            "records_request",
            "other",
        ],
        OPEN,
    ]
    party_ids: Subjects = field(default_factory=list)
    site_ids: Subjects = field(default_factory=list)
    item_classes: OpenTexts = field(default_factory=list)
    destinations: OpenTexts = field(default_factory=list)
    agency: Sealed = UNSET
    number: Sealed = UNSET
    text: Sealed = UNSET
