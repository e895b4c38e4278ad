"""Who may ask: callers by the name in their client certificate or the subject of their signed token, each with limits.

    tokens: {issuer: https://idp.example, audience: kansa-gate, algorithms: [Ed25519], keys: jwks.json}
    callers:
    - {name: slurm-ishikari, token: slurm@ishikari.example, actions: [schedule, shift], per_second: 200, burst: 400}
    - {name: warehouse, certificate: warehouse.example, actions: [ship]}

A token (RFC 7519, signed as RFC 7515) needs issuer, audience, subject and expiry; its algorithm is one of the file's,
and only those with a public key are allowed. A certificate counts by a DNS or URI name of its subject alternative
names (RFC 9525), once the client CA has vouched for it. Whoever comes through the Unix socket is the vault's owner.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kansa.clock import MICROSECONDS, Clock
from kansa.config_files import ProblemCollector, Section, listing, load
from kansa.records.kinds.gate import Action

ALGORITHMS = frozenset({"Ed25519", "EdDSA", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256"})
ACTIONS: frozenset[str] = frozenset(Action.__args__)  # type: ignore[attr-defined]
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


def read_callers(path: Path) -> CallerRegistry:
    """Read a file of callers.

    Raises:
        BadInput: `serve.callers`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "serve.callers")
    top = load(path, sink)
    section = top.section("tokens")
    tokens = None if section is None else _tokens(section, path.parent)
    by_token: dict[str, Caller] = {}
    by_certificate: dict[str, Caller] = {}
    for each in top.sections("callers"):
        caller = _caller(each)
        known = {"token": by_token, "certificate": by_certificate}
        named = [(kind, each.text(kind)) for kind in known if kind in each]
        if not named:
            each.refuse("says neither `token` nor `certificate`: nobody could be this caller")
        for kind, name in named:
            if name in known[kind]:
                each.refuse(f"`{name}` is another caller already", kind)
            known[kind][name or ""] = caller
        each.close()
    if by_token and section is None:
        top.refuse(
            "callers with tokens need a `tokens` section", None, "give issuer, audience, algorithms, keys"
        )
    top.close()
    sink.settle("the callers")
    return CallerRegistry(by_token, by_certificate, tokens)


def _caller(section: Section) -> Caller:
    name = section.text("name", required=True) or ""
    actions = frozenset(section.texts("actions")) or ACTIONS
    if not actions <= ACTIONS:
        section.refuse(
            f"{listing(sorted(actions - ACTIONS))} is none of {listing(sorted(ACTIONS))}", "actions"
        )
    per_second = _count(section, "per_second") or DEFAULT_PER_SECOND
    return Caller(name, actions, per_second, _count(section, "burst") or 2 * per_second)


def _count(section: Section, name: str) -> int | None:
    number = section.number(name)
    if number is None:
        return None
    if not isinstance(number, int) or number < 1:
        section.refuse("must be a whole number from 1 on", name)
        return None
    return number


def _tokens(section: Section, folder: Path) -> Tokens | None:
    issuer = section.text("issuer", required=True) or ""
    audience = section.text("audience", required=True) or ""
    algorithms = section.texts("algorithms")
    if not algorithms or not ALGORITHMS.issuperset(algorithms):
        section.refuse(f"needs one or more of {listing(sorted(ALGORITHMS))}", "algorithms")
    file = section.text("keys", required=True)
    keys = None
    try:
        keys = KeySet.import_key_set(json.loads((folder / (file or "")).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        section.refuse(f"the keys cannot be read as a JWK set (RFC 7517): {error}", "keys")
    section.close()
    return None if keys is None else Tokens(issuer, audience, algorithms, keys)


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
