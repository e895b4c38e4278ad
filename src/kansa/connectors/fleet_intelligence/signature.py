"""A Sigstore-format bundle over a report: read it, and check it with the key that the operator trusts.

Source: sigstore/protobuf-specs, bundle v0.1 to v0.3 (`messageSignature`); cosign's older bundle (`base64Signature`). A
certificate inside a bundle is not trusted for being there: the key decides.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any


def signature_in(bundle: Any, report: bytes) -> bytes:
    """Return the signature of a bundle.

    Raises:
        ValueError: it has none over bytes, or its digest is of another file.
    """
    whole = bundle if isinstance(bundle, Mapping) else {}
    message = whole.get("messageSignature")
    text = message.get("signature") if isinstance(message, Mapping) else whole.get("base64Signature")
    signed = text if isinstance(text, str) else ""
    if not signed:
        raise ValueError("the bundle has no `messageSignature`")
    said = message.get("messageDigest") if isinstance(message, Mapping) else None
    if isinstance(said, Mapping) and isinstance(said.get("digest"), str):
        algorithm = str(said.get("algorithm", "")).replace("_", "").lower().removeprefix("sha2")
        if algorithm not in {"sha256", "256"} or _decoded(said["digest"]) != hashlib.sha256(report).digest():
            raise ValueError("the bundle is of another file: its digest is not the report's")
    return _decoded(signed)


def verify(report: bytes, signature: bytes, public_key: bytes) -> str:
    """Check a signature over a report with a key in PEM; returns the algorithm.

    Raises:
        ValueError: it does not verify, or the key is of no kind that signs reports.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - takes long to load
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa  # noqa: PLC0415 - as above

    try:
        key = serialization.load_pem_public_key(public_key)
    except (ValueError, TypeError) as error:
        raise ValueError(f"the public key cannot be read: {error}") from error
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            digest = hashes.SHA384() if key.curve.key_size > 256 else hashes.SHA256()
            key.verify(signature, report, ec.ECDSA(digest))
            return f"ecdsa-{key.curve.name}-{digest.name}"
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, report)
            return "ed25519"
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, report, padding.PKCS1v15(), hashes.SHA256())
            return "rsa-pkcs1v15-sha256"
    except InvalidSignature as error:
        raise ValueError(
            "the signature over the report does not verify with the key of the options"
        ) from error
    raise ValueError("the public key is of no kind that signs reports")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError("a field of the bundle is no base64") from error
