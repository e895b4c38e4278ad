"""Statements of standing: what a receiving operator may see of a customer of ours, signed, and no more.

A statement is an SD-JWT (RFC 9901) in its compact form, under the operator's statement key (Ed25519, JWS `Ed25519`, RFC 9864). Open
are who states, since and until when, and the log's tree head that it rests on; tenant, end user, state,
verification, sites, items and paths are disclosures, so that whoever hands the statement on shows only what the other must see. Names
and records of the customer never stand in it. The receiver needs the key, and nothing else.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from kansa.clock import MICROSECONDS
from kansa.errors import BadInput
from kansa.ids import RandomBytes
from kansa.records.sd_jwt import decode, encode, process, strict_json
from kansa.records.sealing import SALT_BYTES, digest_of

TYPE = "kansa-standing+sd-jwt"
LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
ALGORITHM = "Ed25519"
DISCLOSED = (
    "tenant_id",
    "end_user_id",
    "status",
    "verification",
    "site_ids",
    "item_classes",
    "path_ids",
)
"""What may be disclosed, each on its own."""

Verdict = Literal["valid", "expired", "not_yet", "signature", "malformed", "unknown_key"]


class StatusStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What is stated of a tenant and an end user: ids, states and limits (None: not limited)."""

    tenant_id: str
    end_user_id: str
    status: str
    verification: str
    site_ids: list[str] | None = None
    item_classes: list[str] | None = None
    path_ids: list[str] | None = None


class Head(NamedTuple):
    """The evidence log's tree that a statement rests on."""

    origin: str
    size: int
    root: str


class Checked(NamedTuple):
    """A statement as its receiver may rely on it: only if the verdict is `valid`, and only what is disclosed."""

    verdict: Verdict
    issuer: str | None = None
    until: int | None = None
    head: Head | None = None
    disclosed: Mapping[str, Any] = {}


def issue(
    standing: StatusStatement,
    key: OKPKey,
    *,
    issuer: str,
    head: Head,
    now: int,
    until: int,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """Return a statement with all its disclosures, valid for `[now, until)` in whole seconds.

    Raises:
        BadInput: `statement.time`, if it would never be valid.
    """
    start, end = -(-now // MICROSECONDS), until // MICROSECONDS
    if end <= start:
        raise BadInput("statement.time", "the statement would end before it begins")
    values = msgspec.to_builtins(standing)
    disclosures = [_disclosure(name, values[name], random_bytes) for name in DISCLOSED]
    payload = {
        "iss": issuer,
        "iat": start,
        "nbf": start,
        "exp": end,
        "vct": TYPE,
        "log": head._asdict(),
        "_sd_alg": "sha-256",
        "_sd": sorted(digest_of(text) for text in disclosures),
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
    signed = jws.serialize_compact(header, _compact(payload), key, algorithms=[ALGORITHM])
    return "~".join([signed, *map(encode, disclosures), ""])


def narrow(statement: str, shown: Collection[str]) -> str:
    """Return the statement with only these of its disclosures: what whoever hands it on chooses to show.

    Raises:
        BadInput: `sd_jwt`, if something that stands there is no disclosure.
    """
    signed, *rest = statement.split("~")
    kept = [text for text in rest if text and _name_of(text) in shown]
    return "~".join([signed, *kept, ""])


def check(statement: str, keys: Iterable[OKPKey], now: int) -> Checked:
    """Judge a statement by the keys that its receiver trusts, at an instant; every fault is a verdict."""
    signed, *rest = statement.split("~")
    if not rest or rest[-1] != "":
        return Checked("malformed")
    try:
        header = jws.extract_compact(signed.encode()).headers()
        key = next((key for key in keys if key.thumbprint() == header.get("kid")), None)
        if key is None:
            return Checked("unknown_key")
        verified = jws.deserialize_compact(signed, key, algorithms=[ALGORITHM])
        if header.get("typ") != TYPE:
            return Checked("malformed")
        claims = _claims(process(strict_json(verified.payload), rest[:-1]))
    except JoseError:
        return Checked("signature")
    except (BadInput, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Checked("malformed")
    verdict: Verdict = "valid"
    if now < claims.nbf * MICROSECONDS:
        verdict = "not_yet"
    elif now >= claims.exp * MICROSECONDS:
        verdict = "expired"
    disclosed = {name: value for name in DISCLOSED if (value := getattr(claims, name)) is not msgspec.UNSET}
    return Checked(
        verdict, claims.iss, claims.exp * MICROSECONDS, Head(*msgspec.structs.astuple(claims.log)), disclosed
    )


_Seconds = Annotated[int, msgspec.Meta(ge=0, le=LAST_SECOND)]
_Texts = list[str] | None | msgspec.UnsetType


class _Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The claim `log`."""

    origin: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    root: str


class _Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a statement may say, with what was disclosed in its place; nothing else belongs in it."""

    iss: str
    iat: _Seconds
    nbf: _Seconds
    exp: _Seconds
    vct: Literal["kansa-standing+sd-jwt"]
    log: _Log
    tenant_id: str | msgspec.UnsetType = msgspec.UNSET
    end_user_id: str | msgspec.UnsetType = msgspec.UNSET
    status: str | msgspec.UnsetType = msgspec.UNSET
    verification: str | msgspec.UnsetType = msgspec.UNSET
    site_ids: _Texts = msgspec.UNSET
    item_classes: _Texts = msgspec.UNSET
    path_ids: _Texts = msgspec.UNSET


def _claims(payload: Mapping[str, Any]) -> _Claims:
    """Return the claims in their forms (msgspec.ValidationError is a ValueError)."""
    return msgspec.convert(payload, _Claims)


def _disclosure(name: str, value: Any, random_bytes: RandomBytes) -> bytes:
    return _compact([encode(random_bytes(SALT_BYTES)), name, value])


def _name_of(text: str) -> str:
    array = strict_json(decode(text))
    return str(array[1]) if isinstance(array, list) and len(array) == 3 else ""


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def key_from(seed: bytes) -> OKPKey:
    """Return the statement key of 32 random bytes (RFC 8037)."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": encode(seed), "x": encode(public)})
