"""Who is signed in: sessions, one-time links, what waits for a signature, and drafts that outlive a session.

Everything is held in the memory of the web process, secrets as their SHA-256: whoever reads the memory of the process or a
core file finds no cookie. A restart ends all sessions; nothing that counts is lost, since what counts is in the ledger.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from kansa.application.signing import Prepared
from kansa.clock import HOUR

IDLE = HOUR // 2
ABSOLUTE = 10 * HOUR
LINK = HOUR // 6
"""How long a session lasts without a request, how long at most, and how long a one-time link may be used."""
MOST_KEPT = 10_000


@dataclass(slots=True)
class Session:
    """Somebody who is signed in. `person` is None for the owner of the vault's files who is not enrolled: they read only."""

    person: str | None
    method: str
    opened: int
    seen: int
    csrf: str
    acted: int = 0
    notice: str | None = None
    pending: "OrderedDict[str, Pending]" = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class Pending:
    """An act that was prepared for somebody's signature, where it leads, and from which entry on it may be on record.

    `then` are further acts to sign after it, by their names; `of` is how many there are in all.
    """

    prepared: Prepared
    back: str
    command: str
    since: int
    then: tuple[str, ...] = ()
    of: int = 1


class Sessions:
    """The sessions of one web process. Times are the wall's, also where the vault's are simulated."""

    def __init__(self, wall: Callable[[], int]) -> None:
        self._wall = wall
        self._turn = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._links: dict[str, tuple[str | None, int]] = {}
        self._challenges: OrderedDict[str, tuple[bytes, int]] = OrderedDict()
        self._drafts: OrderedDict[tuple[str | None, str], dict[str, str]] = OrderedDict()

    def open(self, person: str | None, method: str) -> str:
        """Begin a session; returns the secret of its cookie."""
        secret, now = secrets.token_urlsafe(32), self._wall()
        with self._turn:
            self._sessions[_hashed(secret)] = Session(person, method, now, now, secrets.token_urlsafe(18))
            self._limit(self._sessions)
        return secret

    def get(self, secret: str | None) -> Session | None:
        """Return the session of a cookie that has neither been idle nor lasted too long, and mark it as seen."""
        if not secret:
            return None
        now, key = self._wall(), _hashed(secret)
        with self._turn:
            found = self._sessions.get(key)
            if found is None:
                return None
            if now - found.seen > IDLE or now - found.opened > ABSOLUTE:
                del self._sessions[key]
                return None
            found.seen = now
            return found

    def close(self, secret: str | None) -> None:
        """End a session."""
        if secret:
            with self._turn:
                self._sessions.pop(_hashed(secret), None)

    def of(self, person: str | None) -> list[Session]:
        """Return the sessions of a person."""
        with self._turn:
            return [each for each in self._sessions.values() if each.person == person]

    def link(self, person: str | None) -> str:
        """Return the token of a link by which a person, or the vault's owner, signs in once."""
        token = secrets.token_urlsafe(32)
        with self._turn:
            self._links[_hashed(token)] = person, self._wall() + LINK
        return token

    def peek(self, token: str) -> tuple[bool, str | None]:
        """Tell whether a link can still be used, and for whom it is."""
        with self._turn:
            person, until = self._links.get(_hashed(token), (None, 0))
        return self._wall() < until, person

    def use(self, token: str) -> tuple[bool, str | None]:
        """Use a link up; tell whether it could be used, and for whom it is."""
        with self._turn:
            person, until = self._links.pop(_hashed(token), (None, 0))
        return self._wall() < until, person

    def challenge(self) -> tuple[str, bytes]:
        """Return a name for a challenge, and 32 random bytes for an authenticator to sign."""
        name, content = secrets.token_urlsafe(18), secrets.token_bytes(32)
        with self._turn:
            self._challenges[name] = content, self._wall() + LINK
            self._limit(self._challenges)
        return name, content

    def take_challenge(self, name: str) -> bytes | None:
        """Return a challenge once; None if there is none of that name any more."""
        with self._turn:
            content, until = self._challenges.pop(name, (None, 0))
        return content if self._wall() < until else None

    def keep(self, person: str | None, place: str, fields: dict[str, str]) -> None:
        """Keep what somebody typed in a form, also beyond the end of their session."""
        with self._turn:
            self._drafts[person, place] = fields
            self._limit(self._drafts)

    def draft(self, person: str | None, place: str) -> dict[str, str]:
        """Return what somebody typed in a form and did not finish."""
        with self._turn:
            return dict(self._drafts.get((person, place), {}))

    def forget(self, person: str | None, place: str) -> None:
        """Drop a draft that has become an act."""
        with self._turn:
            self._drafts.pop((person, place), None)

    def _limit(self, kept: "OrderedDict[str, Session] | OrderedDict[str, tuple[bytes, int]] | OrderedDict[tuple[str | None, str], dict[str, str]]") -> None:  # fmt: skip
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
