"""Access-path control: by which ways a tenant reaches compute, and when each was open."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, Claim, OptionalSubject, Sealed, Subject


class AccessPathApproved(Claim, frozen=True, kw_only=True):
    """A way to compute is approved for an end user of a tenant.

    A `brokered` path names the mediator; a path without `end_user_id` is approved for nobody in particular and
    evidences no one's access.
    """

    type: ClassVar[str] = "kansa.access_path.approved.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id")

    path_id: Subject
    tenant_id: Subject
    end_user_id: OptionalSubject = None
    method: Annotated[Literal["direct", "brokered", "remote"], OPEN]
    mediator_id: OptionalSubject = None
    endpoint: Sealed = UNSET
    permitted_countries: Sealed = UNSET
    approved_by: Sealed = UNSET


class AccessPathEnabled(Claim, frozen=True, kw_only=True):
    """The path was switched on at `valid_from`, until it is disabled or `valid_to`."""

    type: ClassVar[str] = "kansa.access_path.enabled.v0"

    path_id: Subject


class AccessPathDisabled(Claim, frozen=True, kw_only=True):
    """The path was switched off at `valid_from`."""

    type: ClassVar[str] = "kansa.access_path.disabled.v0"

    path_id: Subject


class ConfigurationTemporary(Claim, frozen=True, kw_only=True):
    """The path is switched on for a reason and only until `valid_to`, which must be given."""

    type: ClassVar[str] = "kansa.configuration.temporary.v0"

    path_id: Subject
    reason: Sealed = UNSET
    approver: Sealed = UNSET
