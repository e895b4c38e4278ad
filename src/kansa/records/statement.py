"""What a person signs: the canonical bytes of a claim's open fields, and whether an envelope signs them.

Nothing that counts stands outside what is signed: the statement is made from the record itself and compared with the
envelope's payload byte for byte. A field that is null is left out, so that a field added later does not change
statements made before it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from kansa.records import canonical, dsse
from kansa.records.catalogue import KINDS
from kansa.records.dsse import PublicKey, Sign
from kansa.records.kinds.signed import Attributable, Signed
from kansa.records.sealing import digest_of

PAYLOAD_TYPE = "application/vnd.kansa.statement+json"

_UNSIGNED = frozenset({"envelope", "corrects"})
_UNBOUND = frozenset({"reasons", "reasons_salt", "sealed_salt", "introduces"})


def statement(claim: Signed) -> bytes:
    """Return what the signer of a claim signs."""
    kind = KINDS[claim.type]
    fields: dict[str, Any] = msgspec.to_builtins(claim)
    said = {
        name: value
        for name, value in fields.items()
        if name not in kind.sealed and name not in _UNSIGNED and value is not None
    }
    return canonical.encode({"type": claim.type, **said})


def sha256(claim: Signed) -> str:
    """Return the hash by which others refer to what was signed, in hex."""
    return hashlib.sha256(statement(claim)).hexdigest()


def signed(claim: Signed, key: PublicKey) -> bool:
    """Tell whether the claim's envelope holds its statement under a signature of the key."""
    if claim.envelope is None:
        return False
    return dsse.signed_by(claim.envelope, PAYLOAD_TYPE, statement(claim), key)


def bind(type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a record with the digests that bind its sealed values to what is signed.

    Its reasons are bound by `reasons_digest`; of kinds that may also be recorded unsigned, the other sealed values by
    `sealed_digest`.
    """
    said = dict(data)
    if "reasons" in said:
        said["reasons_digest"] = digest_of(
            canonical.encode([said["reasons_salt"], "reasons", said["reasons"]])
        )
    if "sealed_salt" in said:
        said["sealed_digest"] = _sealed_digest(type_, said)
    return said


def message(type_: str, data: Mapping[str, Any]) -> bytes:
    """Return what a key signs of a record: the DSSE pre-authentication encoding of its statement.

    Raises:
        TypeError: records of this type are signed by nobody.
    """
    return dsse.pae(PAYLOAD_TYPE, statement(_claim(type_, data)))


def attach(type_: str, data: Mapping[str, Any], key: PublicKey, signature: bytes) -> dict[str, Any]:
    """Return the data of a record with a signature that was made of its `message`, elsewhere perhaps; it is not verified."""
    envelope = dsse.wrap(PAYLOAD_TYPE, statement(_claim(type_, data)), key, lambda _: signature)
    return {**data, "envelope": envelope.encode()}


def sign(type_: str, data: Mapping[str, Any], key: PublicKey, signing: Sign) -> dict[str, Any]:
    """Return the data of a signed record, from what it says and the key of its signer.

    Raises:
        ValidationError: the data do not fit the kind.
    """
    said = bind(type_, data)
    return attach(type_, said, key, signing(message(type_, said)))


def _claim(type_: str, data: Mapping[str, Any]) -> Signed:
    claim = msgspec.convert(dict(data), KINDS[type_].struct)
    if not isinstance(claim, Signed):
        raise TypeError(f"`{type_}` is not signed by a person")
    return claim


def _sealed_digest(type_: str, said: Mapping[str, Any]) -> str:
    bound = {name: said[name] for name in KINDS[type_].sealed - _UNBOUND if said.get(name) is not None}
    return digest_of(canonical.encode([said["sealed_salt"], "sealed", bound]))


def binds_sealed(claim: Attributable) -> bool:
    """Tell whether the sealed values of a record are those that were signed; so too if one of them is withheld."""
    kind = KINDS[claim.type]
    values = {name: getattr(claim, name) for name in kind.sealed}
    said = {name: value for name, value in values.items() if value is not UNSET}
    if claim.sealed_digest is None or "sealed_salt" not in said:
        return True
    return claim.sealed_digest == _sealed_digest(claim.type, said)


def binds_reasons(claim: Signed) -> bool:
    """Tell whether disclosed reasons are those that were signed; so too if none are disclosed."""
    if not (isinstance(claim.reasons, str) and isinstance(claim.reasons_salt, str)):
        return True
    return claim.reasons_digest == digest_of(canonical.encode([claim.reasons_salt, "reasons", claim.reasons]))
