"""Signatures of passkeys: WebAuthn assertions (W3C Web Authentication, Level 3, 7.2) that anybody can verify offline.

The challenge that the browser hands to the authenticator is the SHA-256 of the message that is signed. The authenticator
signs `authenticatorData ‖ SHA-256(clientDataJSON)`, so both are kept, byte for byte, beside its signature:

    string authenticatorData, string clientDataJSON, string signature        (strings as SSH writes them, RFC 4251, 5)

A key is written and named as OpenSSH writes and names security keys (PROTOCOL.u2f): `sk-ecdsa-sha2-nistp256@openssh.com`
or `sk-ssh-ed25519@openssh.com`, with the relying party's id as its application. Counters are passed over: keys that are
kept in step on several devices have none. Whether a key may leave its device (`backup_eligible`) stands in the assertion.
"""

import base64
import hashlib
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

Algorithm = Literal["ES256", "EdDSA"]

_USER_PRESENT, _USER_VERIFIED, _BACKUP_ELIGIBLE = 0x01, 0x04, 0x08
_LEAST_AUTHENTICATOR_BYTES = 37
_MOST_CLIENT_BYTES = 4_096


class Assertion(NamedTuple):
    """What an authenticator gave: its data, what the browser collected, and the signature of both."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def backup_eligible(self) -> bool:
        """Whether the key may be kept on several devices."""
        return bool(self.authenticator_data[32] & _BACKUP_ELIGIBLE)

    def encode(self) -> bytes:
        """Return it as the bytes of a signature."""
        return b"".join(len(part).to_bytes(4, "big") + part for part in self)


def decode(signature: bytes) -> Assertion | None:
    """Return the assertion in the bytes of a signature; None if they hold none, or something besides."""
    parts, rest = [], signature
    for _ in Assertion._fields:
        length = int.from_bytes(rest[:4], "big")
        if len(rest) < 4 + length:
            return None
        parts.append(rest[4 : 4 + length])
        rest = rest[4 + length :]
    found = Assertion(*parts)
    too_long = len(found.client_data) > _MOST_CLIENT_BYTES
    return None if rest or too_long or len(found.authenticator_data) < _LEAST_AUTHENTICATOR_BYTES else found


def challenge(message: bytes) -> str:
    """Return what the browser is asked to have signed for a message, as its client data names it (base64url)."""
    return base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=").decode()


def verifies(
    algorithm: Algorithm, point: bytes, relying_party: str, message: bytes, signature: bytes
) -> bool:
    """Tell whether an assertion signs a message, for this relying party, by a user whom the authenticator verified.

    Args:
        algorithm: Of the key.
        point: ES256: the uncompressed point on P-256, 65 bytes; EdDSA: the 32 bytes of the key.
        relying_party: The id for which the key was made, such as `kansa.example`.
        message: What was signed.
        signature: An assertion, as `Assertion.encode` writes it.
    """
    found = decode(signature)
    if found is None or not _is_for(found, relying_party, message):
        return False
    signed = found.authenticator_data + hashlib.sha256(found.client_data).digest()
    try:
        if algorithm == "ES256":
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            key.verify(found.signature, signed, ec.ECDSA(SHA256()))
        else:
            Ed25519PublicKey.from_public_bytes(point).verify(found.signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def on_curve(point: bytes) -> bool:
    """Tell whether 65 bytes are an uncompressed point on P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return point[:1] == b"\x04"


def _is_for(found: Assertion, relying_party: str, message: bytes) -> bool:
    """Tell whether the collected data are of an assertion of this message, made at an origin of the relying party."""
    try:
        said: dict[str, Any] = msgspec.json.decode(found.client_data, type=dict[str, Any])
    except msgspec.DecodeError:
        return False
    flags = found.authenticator_data[32]
    return (
        said.get("type") == "webauthn.get"
        and said.get("challenge") == challenge(message)
        and said.get("crossOrigin", False) is False
        and _is_origin_of(said.get("origin"), relying_party)
        and found.authenticator_data[:32] == hashlib.sha256(relying_party.encode()).digest()
        and flags & _USER_PRESENT != 0
        and flags & _USER_VERIFIED != 0
    )


def _is_origin_of(origin: object, relying_party: str) -> bool:
    """Tell whether an origin may speak for a relying party: its host or one below, over TLS, or this machine."""
    if not isinstance(origin, str):
        return False
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and host == "localhost"):
        return False
    return host == relying_party or host.endswith(f".{relying_party}")
