"""Who may ask: callers by the name in their client certificate or the subject of their signed token, each with limits.

    tokens: {issuer: https://idp.example, audience: kansa-gate, algorithms: [Ed25519], keys: jwks.json}
    callers:
    - {name: slurm-ishikari, token: slurm@ishikari.example, actions: [schedule, shift], per_second: 200, burst: 400}
    - {name: warehouse, certificate: warehouse.example, actions: [ship]}

A token (RFC 7519, signed as RFC 7515) needs issuer, audience, subject and expiry; its algorithm is one of the file's,
and only those with a public key are allowed. A certificate counts by a DNS or URI name of its subject alternative
names (RFC 9525), once the client CA has vouched for it. Whoever comes through the Unix socket is the vault's owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kansa.clock import MICROSECONDS, Clock
from kansa.records.kinds.gate import Action

ACTIONS: frozenset[str] = frozenset(get_args(Action))
MOST_TOKENS = 4096
LEEWAY_SECONDS = 30
DEFAULT_PER_SECOND = 1_000


@dataclass(frozen=True, slots=True)
class Caller:
    """One system that may ask: for which actions, and how many questions a second, in bursts of how many."""

    name: str
    actions: frozenset[str] = ACTIONS
    per_second: int = DEFAULT_PER_SECOND
    burst: int = 2 * DEFAULT_PER_SECOND


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed token has to say to count, and the keys that may have signed it."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    keys: KeySet


@dataclass(frozen=True, slots=True)
class CallerRegistry:
    """The callers by the subject of their token and by the name in their certificate."""

    by_token: Mapping[str, Caller] = field(default_factory=dict)
    by_certificate: Mapping[str, Caller] = field(default_factory=dict)
    tokens: Tokens | None = None


LOCAL = Caller("local", per_second=1_000_000, burst=1_000_000)
"""The vault's owner, who reaches the Unix socket (mode 0600)."""


class CallerAuthenticator:
    """Tells who asks, and whether now is too often.

    A token that was good once is good until it expires, without another look at its signature.
    """

    def __init__(self, book: CallerRegistry, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._seen: dict[bytes, tuple[Caller, int]] = {}
        self._room: dict[str, tuple[float, int]] = {}

    def by_token(self, token: bytes) -> Caller | None:
        """Return the caller of a bearer token; None if it is not good, not now, or nobody's."""
        now = self._clock.now() // MICROSECONDS
        caller, until = self._seen.get(token, (None, 0))
        if caller is not None and now < until:
            return caller
        return self._examine(token, now)

    def by_certificate(self, names: tuple[str, ...]) -> Caller | None:
        """Return the caller of a client certificate that the client CA vouched for, by its names."""
        return next(
            (self._book.by_certificate[name] for name in names if name in self._book.by_certificate), None
        )

    def admits(self, caller: Caller, questions: int) -> bool:
        """Tell whether the caller may put so many questions now; if so, they count against what it may ask."""
        now = self._clock.monotonic()
        room, since = self._room.get(caller.name, (float(caller.burst), now))
        room = min(caller.burst, room + (now - since) * caller.per_second / MICROSECONDS)
        admitted = room >= questions
        self._room[caller.name] = (room - questions if admitted else room, now)
        return admitted

    def _examine(self, token: bytes, now: int) -> Caller | None:
        tokens = self._book.tokens
        if tokens is None:
            return None
        try:
            claims = jwt.decode(token, tokens.keys, algorithms=tokens.algorithms).claims
            _registry(tokens, now).validate(claims)
        except (JoseError, ValueError, TypeError):
            return None
        caller = self._book.by_token.get(str(claims["sub"]))
        if caller is not None:
            if len(self._seen) >= MOST_TOKENS:
                self._seen.clear()
            self._seen[token] = (caller, int(claims["exp"]))
        return caller


def _registry(tokens: Tokens, now: int) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": tokens.issuer},
        aud={"essential": True, "value": tokens.audience},
        sub={"essential": True},
        exp={"essential": True},
    )
