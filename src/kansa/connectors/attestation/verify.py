"""Check attestation evidence: the device's certificates up to a root, its signature over the exchange."""

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from kansa.connectors.attestation.spdm import Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import Certificate

MAX_CHAIN = 10


class Identity(NamedTuple):
    """Who signed: the serial number in the certificate of the device's own key, and the root under which it stands."""

    attestation_id: str
    model: str | None
    root_sha256: str


def identity(chain: bytes, roots: bytes, at: int) -> "tuple[Identity, Certificate]":
    """Return the identity in a chain of certificates (PEM, the device's first), and the certificate that signs reports.

    Every certificate is signed by the next, valid at the instant, and the last is one of the roots.

    Raises:
        ValueError: it is not, and why.
    """
    from cryptography import x509  # noqa: PLC0415 - takes long to load
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - as above

    try:
        certificates = x509.load_pem_x509_certificates(chain)
        trusted = {each.fingerprint(_sha256()) for each in x509.load_pem_x509_certificates(roots)}
    except ValueError as error:
        raise ValueError(f"the certificates cannot be read: {error}") from error
    if not 2 <= len(certificates) <= MAX_CHAIN:
        raise ValueError(f"a chain of {len(certificates)} certificates")
    _check_chain(certificates, at)
    last = certificates[-1]
    if last.fingerprint(_sha256()) not in trusted:
        raise ValueError(f"the root `{last.subject.rfc4514_string()}` is not trusted")
    owner = certificates[1].subject
    serials = owner.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    names = owner.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not serials:
        raise ValueError("the device's certificate names no serial number")
    found = Identity(
        str(serials[0].value), str(names[0].value) if names else None, last.fingerprint(_sha256()).hex()
    )
    return found, certificates[0]


def _check_chain(certificates: "Sequence[Certificate]", at: int) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - takes long to load
    from cryptography.x509 import BasicConstraints, ExtensionNotFound  # noqa: PLC0415 - as above

    from kansa.clock import to_instant  # noqa: PLC0415 - beside what needs it

    for each, issuer in zip(certificates, [*certificates[1:], certificates[-1]], strict=True):
        try:
            each.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError) as error:
            raise ValueError(
                f"`{each.subject.rfc4514_string()}` is not signed by the next certificate"
            ) from error
        if not to_instant(each.not_valid_before_utc) <= at <= to_instant(each.not_valid_after_utc):
            raise ValueError(f"`{each.subject.rfc4514_string()}` is not valid at that time")
    for issuer in certificates[1:]:
        try:
            authority = issuer.extensions.get_extension_for_class(BasicConstraints).value.ca
        except ExtensionNotFound:
            authority = False
        if not authority:
            raise ValueError(f"`{issuer.subject.rfc4514_string()}` may not sign certificates")


def check_signature(exchange: Exchange, signer: "Certificate") -> None:
    """Check the signature over an exchange.

    Raises:
        ValueError: it does not verify.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - takes long to load
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - as above

    key = signer.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp384r1":
        raise ValueError("the key that signs is none of P-384")
    half = len(exchange.signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (exchange.signature[:half], exchange.signature[half:]))
    try:
        key.verify(utils.encode_dss_signature(r, s), exchange.signed, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature as error:
        raise ValueError("the signature over the report does not verify") from error


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes in hex."""
    return hashlib.sha256(content).hexdigest()


def _sha256() -> "SHA256":
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - takes long to load

    return hashes.SHA256()
