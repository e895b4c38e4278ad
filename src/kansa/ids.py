"""Identifiers of subjects: random, one prefix a kind, meaningless to outsiders.

A source's own key (account, host name, serial) never becomes an identifier; it is a sealed field of the record
that introduced the subject.
"""

import base64
import re
import secrets
from collections.abc import Callable

PREFIXES = {
    "account": "acc",
    "authorization": "aut",
    "case": "cas",
    "contract": "ctr",
    "device": "dev",
    "flag": "flg",
    "node": "nod",
    "party": "pty",
    "path": "pth",
    "person": "per",
    "route": "rte",
    "site": "sit",
    "workload": "wkl",
}

RandomBytes = Callable[[int], bytes]
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_SHIFTS = range(120, -1, -10)
_ID = re.compile(r"[a-z]{3}_[a-z2-7]{26}")
_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


def base32(digest: bytes) -> str:
    """Return lower-case base32 without padding (RFC 4648)."""
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def mint(kind: str, random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return a new identifier of 128 random bits for a subject of this kind."""
    return f"{PREFIXES[kind]}_{base32(random_bytes(16))}"


def kind_of(identifier: str) -> str | None:
    """Return the kind that an identifier names, or None if it is not one of ours."""
    return _KINDS.get(identifier[:3]) if _ID.fullmatch(identifier) else None


def ulid(instant: int, random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return an id for a record that Kansa originates: 48 bits of milliseconds, 80 random bits, in Crockford's base32."""
    number = (instant // 1000 << 80) | int.from_bytes(random_bytes(10), "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
