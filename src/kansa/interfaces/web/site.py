"""What all requests of one web process share: the vault, its overviews, the sessions, and where it is reached."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kansa.application.overview.overview import Overviews
from kansa.clock import SystemClock, to_instant
from kansa.interfaces.web.oidc import SignInThroughProvider
from kansa.interfaces.web.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Site:
    """One web process on one vault. `origin` is how browsers reach it, such as `http://localhost:8080`.

    `keys` are the files of people's keys by person where they are known, as in a demo: they are named in commands, and
    never read.
    """

    root: Path
    origin: str
    operator: Mapping[str, str]
    zone: str
    overviews: Overviews
    keys: Mapping[str, Path] = field(default_factory=dict)
    provider: SignInThroughProvider | None = None
    sessions: Sessions = field(default_factory=lambda: Sessions(SystemClock().now))

    @property
    def secure(self) -> bool:
        """Whether it is reached over TLS."""
        return self.origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; over TLS bound to this host and path by its prefix (RFC 6265bis, 4.1.3)."""
        return "__Host-kansa" if self.secure else "kansa-session"

    @property
    def relying_party(self) -> str:
        """The id for which passkeys are made: the host."""
        return self.origin.split("://", 1)[1].split(":", 1)[0].split("/", 1)[0]

    def key_of(self, person: str | None) -> str:
        """Return where somebody's key lies, to be named in a command."""
        found = self.keys.get(person or "")
        return "~/.ssh/id_ed25519.pub" if found is None else shlex.quote(str(found))

    def midnight(self, day: datetime) -> int:
        """Return the first instant of a day in the operator's zone."""
        return to_instant(day.replace(tzinfo=ZoneInfo(self.zone)))
