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


Method = Annotated[Literal["direct", "brokered", "remote"], OPEN]
MethodBasis = Annotated[
    Literal[
        "own_network",
        "outside_network",
        "bastion",
        "broker",
        "session_manager",
        "pushed_key",
        "cluster_api",
        "console",
        "identity_provider",
        "stated",
    ],
    OPEN,
]
"""What the method was told by: the network of origin, a bastion or broker between, the cloud's session manager, a key
pushed to the host, the API of a cluster, a web console, an identity provider, or the operator's options."""


class AccessPathSession(Claim, frozen=True, kw_only=True):
    """Somebody was on the way to compute from `valid_from` to `valid_to`, as a system saw it; null: no end was seen.

    `method` is what was observed, whatever was approved, and `method_basis` what it was told by. `unit` is the node that
    was reached, where it is known; like the units of a workload it is open and not in `about`. `origin_country` comes
    from the operator's own table of networks.
    """

    type: ClassVar[str] = "kansa.access_path.session.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id", "path_id")

    path_id: OptionalSubject = None
    tenant_id: OptionalSubject = None
    end_user_id: OptionalSubject = None
    account_id: OptionalSubject = None
    method: Method
    method_basis: MethodBasis
    activity: Annotated[
        Literal["shell", "login", "exec", "attach", "port_forward", "session_manager", "key_push", "console"],
        OPEN,
    ]
    unit: Annotated[str | None, OPEN] = None
    person: Sealed = UNSET
    account: Sealed = UNSET
    credential: Sealed = UNSET
    origin: Sealed = UNSET
    origin_country: Sealed = UNSET
    target: Sealed = UNSET
    client: Sealed = UNSET
    session: Sealed = UNSET
    forwarded: Sealed = UNSET


class AccessPathRefused(Claim, frozen=True, kw_only=True):
    """A system refused somebody at `valid_from`: a failed login, a denied request."""

    type: ClassVar[str] = "kansa.access_path.refused.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id", "path_id")

    path_id: OptionalSubject = None
    tenant_id: OptionalSubject = None
    end_user_id: OptionalSubject = None
    account_id: OptionalSubject = None
    method: Method
    method_basis: MethodBasis
    person: Sealed = UNSET
    account: Sealed = UNSET
    credential: Sealed = UNSET
    origin: Sealed = UNSET
    origin_country: Sealed = UNSET
    target: Sealed = UNSET
    reason: Sealed = UNSET


class ConfigurationTemporary(Claim, frozen=True, kw_only=True):
    """The path is switched on for a reason and only until `valid_to`, which must be given."""

    type: ClassVar[str] = "kansa.configuration.temporary.v0"

    path_id: Subject
    reason: Sealed = UNSET
    approver: Sealed = UNSET
