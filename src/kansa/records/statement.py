"""What a person signs: the canonical bytes of a claim's open fields, and whether an envelope signs them.

Nothing that counts stands outside what is signed: the statement is made from the record itself and compared with the
envelope's payload byte for byte. A field that is null is left out, so that a field added later does not change
statements made before it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from kansa.records import canonical, dsse
from kansa.records.catalogue import KINDS
from kansa.records.dsse import PublicKey, Sign
from kansa.records.kinds.signed import Signed
from kansa.records.sealing import digest_of

PAYLOAD_TYPE = "application/vnd.kansa.statement+json"

_UNSIGNED = frozenset({"envelope", "corrects"})


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


def sign(type_: str, data: Mapping[str, Any], key: PublicKey, signing: Sign) -> dict[str, Any]:
    """Return the data of a signed record, from what it says and the key of its signer.

    Raises:
        BadInput: the data do not fit the kind.
    """
    said = dict(data)
    if "reasons" in said:
        said["reasons_digest"] = digest_of(
            canonical.encode([said["reasons_salt"], "reasons", said["reasons"]])
        )
    claim = msgspec.convert(said, KINDS[type_].struct)
    if not isinstance(claim, Signed):
        raise TypeError(f"`{type_}` is not signed by a person")
    envelope = dsse.wrap(PAYLOAD_TYPE, statement(claim), key, signing)
    return {**said, "envelope": envelope.encode()}


def binds_reasons(claim: Signed) -> bool:
    """Tell whether disclosed reasons are those that were signed; so too if none are disclosed."""
    if not (isinstance(claim.reasons, str) and isinstance(claim.reasons_salt, str)):
        return True
    return claim.reasons_digest == digest_of(canonical.encode([claim.reasons_salt, "reasons", claim.reasons]))
