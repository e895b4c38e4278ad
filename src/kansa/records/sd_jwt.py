"""What a verifier makes of an SD-JWT's payload and disclosures: every rejection of RFC 9901, 7.1, steps 3 to 5.

The signature, the key and the times are the caller's (steps 2 and 6). Our own records use a narrower profile (`sealing`);
this reads what others may write: disclosures of objects and arrays, nested, with decoys.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kansa.errors import BadInput
from kansa.records.sealing import digest_of

MAX_DEPTH = 32
ALGORITHM = "sha-256"

_RESERVED = frozenset({"_sd", "..."})


def process(payload: Any, disclosures: Sequence[str]) -> dict[str, Any]:
    """Return the payload with its disclosed values in place, and without digests.

    Args:
        payload: the signed claims, as `strict_json` gives them.
        disclosures: as they stand between the tildes, base64url without padding.

    Raises:
        BadInput: `sd_jwt`, for the first thing that RFC 9901 has a verifier reject.
    """
    if not isinstance(payload, dict):
        raise _refusal("the payload is no object")
    if payload.get("_sd_alg", ALGORITHM) != ALGORITHM:
        raise _refusal(f"`_sd_alg` is not `{ALGORITHM}`")
    run = _Run(_read(disclosures))
    revealed: dict[str, Any] = run.object({k: v for k, v in payload.items() if k != "_sd_alg"}, 0)
    if stray := run.disclosures.keys() - run.used:
        raise _refusal(f"{len(stray)} disclosures are referred to by no digest")
    return revealed


def strict_json(data: bytes | str) -> Any:
    """Return a JSON value (RFC 8259, I-JSON): a name stands once in an object, and no NaN or Infinity.

    Raises:
        BadInput: `sd_jwt`, if it is none.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refusal(f"not JSON: {error}") from error


def decode(text: str) -> bytes:
    """Return the bytes of base64url without padding, of which there is one spelling only.

    Raises:
        BadInput: `sd_jwt`, if it is another spelling or none.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _refusal(f"not base64url: {error}") from error
    if encode(data) != text:
        raise _refusal("another spelling of the same bytes")
    return data


def encode(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _read(disclosures: Sequence[str]) -> dict[str, list[Any]]:
    """Return the disclosures' arrays by digest."""
    found: dict[str, list[Any]] = {}
    for text in disclosures:
        raw = decode(text)
        digest, array = digest_of(raw), strict_json(raw)
        if digest in found:
            raise _refusal("a disclosure stands twice")
        if not isinstance(array, list) or len(array) not in (2, 3):
            raise _refusal("a disclosure is no array of two or three elements")
        if not isinstance(array[0], str):
            raise _refusal("the salt of a disclosure is no text")
        found[digest] = array
    return found


@dataclass(slots=True)
class _Run:
    """One payload: its disclosures, the digests met so far, and those whose disclosure was used."""

    disclosures: Mapping[str, list[Any]]
    met: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def value(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise _refusal(f"it is nested deeper than {MAX_DEPTH}")
        if isinstance(value, dict):
            return self.object(value, depth)
        return self.array(value, depth) if isinstance(value, list) else value

    def object(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if "..." in value:
            raise _refusal("`...` stands outside of an array, or beside other names")
        if "_sd_alg" in value:
            raise _refusal("`_sd_alg` stands elsewhere than at the top")
        plain = {name: self.value(item, depth + 1) for name, item in value.items() if name != "_sd"}
        for digest in _listed(value):
            array = self._take(digest)
            if array is None:
                continue
            if len(array) != 3 or not isinstance(array[1], str):
                raise _refusal("the disclosure of a claim is no array of salt, name and value")
            if array[1] in _RESERVED:
                raise _refusal(f"a disclosure must not be named `{array[1]}`")
            if array[1] in plain:
                raise _refusal(f"the claim `{array[1]}` stands at its level already")
            plain[array[1]] = self.value(array[2], depth + 1)
        return plain

    def array(self, value: Sequence[Any], depth: int) -> list[Any]:
        kept = []
        for item in value:
            if not (isinstance(item, dict) and "..." in item):
                kept.append(self.value(item, depth + 1))
                continue
            digest = item["..."]
            if len(item) != 1 or not isinstance(digest, str):
                raise _refusal("`...` does not stand alone with one digest")
            array = self._take(digest)
            if array is not None:
                if len(array) != 2:
                    raise _refusal("the disclosure of an element is no array of salt and value")
                kept.append(self.value(array[1], depth + 1))
        return kept

    def _take(self, digest: str) -> list[Any] | None:
        if digest in self.met:
            raise _refusal("a digest stands twice")
        self.met.add(digest)
        array = self.disclosures.get(digest)
        if array is not None:
            self.used.add(digest)
        return array


def _listed(value: Mapping[str, Any]) -> list[str]:
    listed = value.get("_sd", [])
    if not isinstance(listed, list) or not all(isinstance(digest, str) for digest in listed):
        raise _refusal("`_sd` is no array of texts")
    return listed


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is no JSON number")


def _refusal(message: str) -> BadInput:
    return BadInput("sd_jwt", message)
