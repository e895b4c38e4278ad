"""What a person says under their own key."""

from typing import Annotated

import msgspec
from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, Claim, OptionalSubject, Sealed

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$", extra={"field": "open"})]
"""SHA-256 in hex."""
OptionalDigest = Annotated[str | None, OPEN]


class Signed(Claim, frozen=True, kw_only=True):
    """A claim that the person `signer_id` signs: `envelope` is a DSSE envelope over the other open fields.

    Reasons are sealed. The signature binds them by `reasons_digest`, the digest (RFC 9901, 4.2.3) of
    `[reasons_salt,"reasons",reasons]`; the salt keeps short reasons from being guessed. What is signed is never
    corrected by another record: it is revoked, or decided anew.
    """

    signer_id: OptionalSubject = None
    envelope: Annotated[str | None, OPEN] = None
    reasons: Sealed = UNSET
    reasons_salt: Sealed = UNSET
    reasons_digest: Annotated[str | None, OPEN] = None


class Attributable(Signed, frozen=True, kw_only=True):
    """A claim that somebody enrolled may sign; without an envelope it is the word of whoever its texts name.

    The signature binds the other sealed fields by `sealed_digest`, the digest of `[sealed_salt,"sealed",{name: value}]`.
    """

    sealed_salt: Sealed = UNSET
    sealed_digest: Annotated[str | None, OPEN] = None
