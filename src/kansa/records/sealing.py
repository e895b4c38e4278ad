"""Sealed fields: RFC 9901 (SD-JWT) salted digests in the entry, disclosures outside it.

A disclosure is the exact UTF-8 of `[salt,name,value]` in the canonical profile; its digest is
base64url(SHA-256(base64url(disclosure))). An object's `_sd` lists the digests of its sealed fields, sorted.
Destroying a disclosure erases the value; no proof changes. Neither `...` nor `_sd_alg` is used.
"""

import binascii
import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kansa.errors import BadInput
from kansa.records import canonical

SALT_BYTES = 16
RESERVED = frozenset({"_sd", "...", "_sd_alg"})

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A sealed field's value with its salt; `text` is what its digest was taken of."""

    name: str
    value: Any
    text: bytes
    digest: str


def digest_of(text: bytes) -> str:
    """Return the digest that stands in an entry for a disclosure (RFC 9901, 4.2.3)."""
    return _base64url(hashlib.sha256(_base64url(text)).digest()).decode("ascii")


def seal(
    data: Mapping[str, Any],
    sealed: Collection[str],
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[dict[str, Any], tuple[Disclosure, ...]]:
    """Replace the fields named in `sealed` by digests; each gets a fresh 128-bit salt.

    Returns the object for the entry and the disclosures, in the order of the fields' names.

    Raises:
        BadInput: a reserved name is used as a field.
    """
    if RESERVED & data.keys():
        raise BadInput("record.reserved", f"the names {sorted(RESERVED & data.keys())} are kept for sealing")
    disclosures = tuple(
        _disclose(_base64url(random_bytes(SALT_BYTES)).decode("ascii"), name, data[name])
        for name in sorted(data.keys() & sealed)
    )
    kept = {name: value for name, value in data.items() if name not in sealed}
    if disclosures:
        kept["_sd"] = sorted(disclosure.digest for disclosure in disclosures)
    return kept, disclosures


def parse(text: bytes) -> Disclosure:
    """Read a disclosure.

    Raises:
        BadInput: `record.disclosure`, if it is not canonical or not `[salt,name,value]`.
    """
    try:
        array = canonical.decode(text)
    except BadInput as error:
        raise BadInput("record.disclosure", f"the disclosure cannot be read: {error.message}") from error
    if not (isinstance(array, list) and len(array) == 3 and all(isinstance(part, str) for part in array[:2])):
        raise BadInput("record.disclosure", "a disclosure is a list of salt, name and value")
    if array[1] in RESERVED:
        raise BadInput("record.disclosure", f"a disclosure must not be named `{array[1]}`")
    return Disclosure(array[1], array[2], text, digest_of(text))


def reveal(data: Mapping[str, Any], disclosures: Mapping[str, Disclosure]) -> dict[str, Any]:
    """Put disclosed values back where their digests stand, nested objects included; other digests stay sealed.

    Raises:
        BadInput: a digest that is ill-formed or occurs twice, a name that the object already has, a reserved name, or
            a disclosure under another digest than its own (RFC 9901, 7.1).
    """
    seen: set[str] = set()
    revealed: dict[str, Any] = _reveal(dict(data), disclosures, seen)
    return revealed


def digests(data: Any) -> list[str]:
    """Return every digest that stands in the data, in order of appearance; `reveal` refuses what is ill-formed."""
    if isinstance(data, dict):
        listed = data.get("_sd")
        own = [digest for digest in listed if isinstance(digest, str)] if isinstance(listed, list) else []
        return own + [digest for name, value in data.items() if name != "_sd" for digest in digests(value)]
    if isinstance(data, list):
        return [digest for value in data for digest in digests(value)]
    return []


def _reveal(value: Any, disclosures: Mapping[str, Disclosure], seen: set[str]) -> Any:
    if isinstance(value, list):
        return [_reveal(item, disclosures, seen) for item in value]
    if not isinstance(value, dict):
        return value
    if "..." in value or "_sd_alg" in value:
        raise BadInput("record.disclosure", "neither `...` nor `_sd_alg` is used in a record")
    plain = {name: _reveal(item, disclosures, seen) for name, item in value.items() if name != "_sd"}
    for digest in _digest_list(value):
        if digest in seen:
            raise BadInput("record.disclosure", f"the digest `{digest}` occurs twice")
        seen.add(digest)
        disclosure = disclosures.get(digest)
        if disclosure is None:
            continue
        if disclosure.digest != digest:
            raise BadInput("record.disclosure", f"the digest `{digest}` is not that of its disclosure")
        if disclosure.name in plain:
            raise BadInput("record.disclosure", f"the field `{disclosure.name}` is disclosed twice")
        plain[disclosure.name] = _reveal(disclosure.value, disclosures, seen)
    return plain


def _digest_list(value: Mapping[str, Any]) -> list[str]:
    listed = value.get("_sd", [])
    if not isinstance(listed, list) or any(
        not isinstance(d, str) or not _DIGEST.fullmatch(d) for d in listed
    ):
        raise BadInput("record.disclosure", "`_sd` must be a list of digests")
    return listed


def _disclose(salt: str, name: str, value: Any) -> Disclosure:
    text = canonical.encode([salt, name, value])
    return Disclosure(name, value, text, digest_of(text))


def _base64url(data: bytes) -> bytes:
    """RFC 4648, 5, without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE, b"=")


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
