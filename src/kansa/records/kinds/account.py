"""Accounts in identity providers, and for which end user each is: identity workflows tied to onboarding records."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, Claim, OptionalSubject, Sealed, Subject


class AccountObserved(Claim, frozen=True, kw_only=True):
    """An identity provider has this account from `valid_from` on; `valid_to` is when it was switched off or deleted.

    `party_id` is the end user, or else the tenant, whose onboarding record the account belongs to; null: no onboarding
    record knows the account, which is a finding.
    """

    type: ClassVar[str] = "kansa.account.observed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id", "account_id")

    account_id: Subject
    party_id: OptionalSubject = None
    user_name: Sealed = UNSET
    external_id: Sealed = UNSET
    person: Sealed = UNSET
    organization: Sealed = UNSET
    groups: Sealed = UNSET


class AccountChanged(Claim, frozen=True, kw_only=True):
    """Somebody changed an account or what it may do at `valid_from`; `by` is who, `detail` what the system says of it."""

    type: ClassVar[str] = "kansa.account.changed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id", "account_id")

    account_id: OptionalSubject = None
    party_id: OptionalSubject = None
    what: Annotated[
        Literal[
            "created",
            "changed",
            "disabled",
            "enabled",
            "deleted",
            "locked",
            "credential",
            "role_granted",
            "role_revoked",
            "role_changed",
        ],
        OPEN,
    ]
    account: Sealed = UNSET
    by: Sealed = UNSET
    origin: Sealed = UNSET
    detail: Sealed = UNSET
