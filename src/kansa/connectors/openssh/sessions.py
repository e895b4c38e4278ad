"""Joins sshd's messages to sessions: a connection is a host, an address and a port; its processes are known by number.

All entries of an ingest are joined in the order of their times, whatever file they stand in: logs are merged, rotated
and arrive late.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kansa.connectors.access.observed import Observed
from kansa.connectors.formats.log_lines import LogLine
from kansa.connectors.openssh.messages import Message

At = tuple[int, int]
"""The file and the number of the entry in this ingest."""

TWICE = "the same line again"
OF_SESSION = "part of a session"
BEFORE_LOGIN = "attempt before the login of the same connection"
FURTHER = "further message on the same refusal"
NO_BEGINNING = "end of a session that began before these files"

_REUSED = "its address and port began another session"
_BOOTED = "the host was started again"


@dataclass(slots=True)
class _Session:
    at: At
    line: LogLine
    said: Message
    end: int | None = None
    inferred_end: str | None = None
    activity: str = "login"
    forwarded: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Joined:
    """What becomes of entries, by their place: an observation, or why one is none of its own. `open_` have no end yet."""

    seen: dict[At, Observed] = field(default_factory=dict)
    skipped: dict[At, str] = field(default_factory=dict)
    open_: list[At] = field(default_factory=list)


Event = tuple[int, At, LogLine, Message]


def joined(events: Iterable[Event]) -> Joined:
    """Return what becomes of the messages of an ingest."""
    return _Joining().run(sorted(events, key=lambda event: (event[0], event[1])))


class _Joining:
    def __init__(self) -> None:
        self.done = Joined()
        self._open: dict[tuple[str, str, str], _Session] = {}
        self._by_process: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._refused: dict[tuple[str, str, str], list[At]] = {}
        self._sessions: list[_Session] = []
        self._lines: set[tuple[int, str, str, str]] = set()
        self._take: Mapping[str, Callable[[At, LogLine, Message], None]] = {
            "accepted": self._accepted,
            "refused": self._refusal,
            "gave_up": self._refusal,
            "ended": self._ended,
            "closed": self._closed,
            "started": self._started,
            "forwarded": self._forwarded,
            "booted": self._booted,
        }

    def run(self, events: list[Event]) -> Joined:
        for time, at, line, said in events:
            key = (time, line.host, line.pid, line.message)
            if key in self._lines:
                self.done.skipped[at] = TWICE
                continue
            self._lines.add(key)
            self._take[said.what](at, line, said)
        for session in self._sessions:
            self.done.seen[session.at] = _observed(session)
            if session.end is None:
                self.done.open_.append(session.at)
        return self.done

    def _accepted(self, at: At, line: LogLine, said: Message) -> None:
        peer = (line.host, said.address, said.port)
        for earlier in self._refused.pop(peer, ()):
            self.done.seen.pop(earlier, None)
            self.done.skipped[earlier] = BEFORE_LOGIN
        if (before := self._open.get(peer)) is not None:
            self._end(before, line.time, _REUSED)
        session = _Session(at, line, said)
        self._sessions.append(session)
        self._open[peer] = session
        self._by_process[line.host, line.pid] = peer

    def _refusal(self, at: At, line: LogLine, said: Message) -> None:
        peer = (line.host, said.address, said.port or line.pid)
        told = self._refused.setdefault(peer, [])
        if told:
            self.done.skipped[at] = FURTHER
            return
        told.append(at)
        self.done.seen[at] = Observed(
            key=(line.host, said.address, said.port, said.account, line.time),
            start=line.time,
            account=said.account,
            target=line.host,
            refused=said.told,
            origin=said.address,
            credential=said.credential,
        )

    def _ended(self, at: At, line: LogLine, said: Message) -> None:
        self._finish(at, self._open.get((line.host, said.address, said.port)), line)

    def _closed(self, at: At, line: LogLine, said: Message) -> None:
        peer = self._by_process.get((line.host, line.pid))
        session = self._open.get(peer) if peer is not None else None
        self._finish(
            at, session if session is not None and session.said.account == said.account else None, line
        )

    def _started(self, at: At, line: LogLine, said: Message) -> None:
        session = self._open.get((line.host, said.address, said.port))
        if session is not None:
            session.activity = "exec" if said.told.startswith(("command", "forced-command")) else "shell"
        self.done.skipped[at] = OF_SESSION if session is not None else NO_BEGINNING

    def _forwarded(self, at: At, line: LogLine, said: Message) -> None:
        session = self._open.get((line.host, said.address, said.port))
        if session is not None:
            session.forwarded.append(said.told)
        self.done.skipped[at] = OF_SESSION if session is not None else NO_BEGINNING

    def _booted(self, at: At, line: LogLine, _: Message) -> None:
        for session in [each for peer, each in self._open.items() if peer[0] == line.host]:
            self._end(session, line.time, _BOOTED)
        self.done.skipped[at] = OF_SESSION

    def _finish(self, at: At, session: _Session | None, line: LogLine) -> None:
        if session is not None:
            self._end(session, line.time, None)
            self.done.skipped[at] = OF_SESSION
        else:
            self.done.skipped[at] = OF_SESSION if self._is_late(line) else NO_BEGINNING

    def _is_late(self, line: LogLine) -> bool:
        """Tell whether the connection of this process was ended by an earlier message: sshd says it two or three times."""
        return any(
            each.line.host == line.host and each.end is not None and abs(each.end - line.time) < _SOON
            for each in self._sessions[-_RECENT:]
        )

    def _end(self, session: _Session, time: int, inferred: str | None) -> None:
        session.end, session.inferred_end = max(time, session.line.time), inferred
        peer = (session.line.host, session.said.address, session.said.port)
        if self._open.get(peer) is session:
            del self._open[peer]


_SOON = 5_000_000
_RECENT = 200


def _observed(session: _Session) -> Observed:
    line, said = session.line, session.said
    return Observed(
        key=(line.host, said.address, said.port, line.time),
        start=line.time,
        end=session.end,
        account=said.account,
        target=line.host,
        activity=session.activity,
        origin=said.address,
        person=said.person,
        credential=said.credential or said.told,
        session=line.pid or None,
        forwarded=", ".join(session.forwarded) or None,
        inferred_end=session.inferred_end,
    )
