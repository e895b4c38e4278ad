"""Passkeys of people: what a browser made, as a public key to enrol and as the bytes of a signature."""

import base64
import binascii
from collections.abc import Mapping

from kansa.errors import BadInput
from kansa.records.dsse import Passkey
from kansa.records.passkey import Assertion, challenge, decode

__all__ = ["assertion_of", "challenge", "is_passkey", "made_passkey"]

_ES256, _EDDSA = -7, -8
_POINT = b"\x04"


def assertion_of(given: Mapping[str, str]) -> bytes | None:
    """Return the signature in what a browser gave (`authenticator_data`, `client_data`, `signature`, base64url).

    None if it is no assertion.
    """
    try:
        parts = [_bytes(given[name]) for name in ("authenticator_data", "client_data", "signature")]
    except (KeyError, binascii.Error, ValueError):
        return None
    made = Assertion(*parts).encode()
    return None if decode(made) is None else made


def is_passkey(key: object) -> bool:
    """Tell whether a public key is that of a passkey."""
    return isinstance(key, Passkey)


def made_passkey(credential: str, asked: bytes, relying_party: str, origin: str) -> Passkey:
    """Return the public key of a passkey that a browser has just made for a challenge.

    Args:
        credential: What `navigator.credentials.create` gave, as JSON.
        asked: The challenge.
        relying_party: The id for which it was made.
        origin: Where it was made.

    Raises:
        BadInput: `passkey.made`, if it was not made for this challenge, place and a verified user, or is of another kind.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - costly, and needed at enrolment only
    from webauthn.helpers import decode_credential_public_key  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=asked,
            expected_rp_id=relying_party,
            expected_origin=origin,
            require_user_verification=True,
        )
        key = decode_credential_public_key(verified.credential_public_key)
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise BadInput(
            "passkey.made", f"the passkey cannot be used: {error}", help="make it again on this page"
        ) from error
    x, y = getattr(key, "x", b""), getattr(key, "y", b"")
    if int(key.alg) == _ES256 and isinstance(x, bytes) and isinstance(y, bytes):
        return Passkey(_POINT + x.rjust(32, b"\x00") + y.rjust(32, b"\x00"), "ES256", relying_party)
    if int(key.alg) == _EDDSA and isinstance(x, bytes):
        return Passkey(x, "EdDSA", relying_party)
    raise BadInput(
        "passkey.made", "the passkey is neither of ES256 nor of EdDSA", help="use another authenticator"
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
