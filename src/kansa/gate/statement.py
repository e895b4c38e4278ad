"""Statements of standing: what a receiving operator may see of a customer of ours, signed, and no more.

A statement is an SD-JWT (RFC 9901) in its compact form, under the operator's statement key (Ed25519, JWS `Ed25519`, RFC 9864). Open
are who states, since and until when, and the log's tree head that it rests on; tenant, end user, state,
verification, sites, items and paths are disclosures, so that whoever hands the statement on shows only what the other must see. Names
and records of the customer never stand in it. The receiver needs the key, and nothing else.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from kansa.clock import MICROSECONDS
from kansa.errors import BadInput
from kansa.ids import RandomBytes
from kansa.records.sealing import SALT_BYTES, digest_of

TYPE = "kansa-standing+sd-jwt"
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


class Standing(msgspec.Struct, frozen=True, kw_only=True):
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
    standing: Standing,
    key: OKPKey,
    *,
    issuer: str,
    head: Head,
    now: int,
    until: int,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """A statement with all its disclosures, valid for `[now, until)` in whole seconds.

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
    return "~".join([signed, *map(_encode, disclosures), ""])


def narrow(statement: str, shown: Collection[str]) -> str:
    """The statement with only these of its disclosures: what whoever hands it on chooses to show."""
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
        payload = json.loads(verified.payload)
        disclosed = _disclosed(payload, rest[:-1])
        head = Head(**payload["log"])
        times = int(payload["nbf"]), int(payload["exp"])
    except JoseError:
        return Checked("signature")
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return Checked("malformed")
    if header.get("typ") != TYPE or payload.get("vct") != TYPE:
        return Checked("malformed")
    verdict: Verdict = "valid"
    if now < times[0] * MICROSECONDS:
        verdict = "not_yet"
    elif now >= times[1] * MICROSECONDS:
        verdict = "expired"
    return Checked(verdict, payload["iss"], times[1] * MICROSECONDS, head, disclosed)


def _disclosed(payload: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """The disclosed values; each must be a digest of the payload, once (RFC 9901, 7.1)."""
    wanted, found = set(payload["_sd"]), dict[str, Any]()
    for text in texts:
        raw = _decode(text)
        digest = digest_of(raw)
        _, name, value = json.loads(raw)
        if digest not in wanted or name in found or name not in DISCLOSED:
            raise ValueError(f"a disclosure of `{name}` does not belong here")
        wanted.remove(digest)
        found[name] = value
    return found


def _disclosure(name: str, value: Any, random_bytes: RandomBytes) -> bytes:
    return _compact([_encode(random_bytes(SALT_BYTES)), name, value])


def _name_of(text: str) -> str:
    return str(json.loads(_decode(text))[1])


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError("another spelling of the same bytes")
    return data


def key_from(seed: bytes) -> OKPKey:
    """The statement key of 32 random bytes (RFC 8037)."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": _encode(seed), "x": _encode(public)})
