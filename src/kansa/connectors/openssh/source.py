"""Reads sshd's log into sessions and refusals."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kansa.connectors.access.observed import Place, row_of
from kansa.connectors.access.options import AccessRules
from kansa.connectors.base import Names, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.formats.log_lines import LogLine, log_lines
from kansa.connectors.openssh.messages import PROGRAMS, Message, message_of
from kansa.connectors.openssh.sessions import Event, Joined, joined
from kansa.errors import BadInput

OTHER = Skipped("no message of sshd")
NOTHING = Skipped("no login, session or end")
_BOOT = Message("booted")


@dataclass(slots=True)
class _File:
    """What stands in a file, entry by entry: 0 is another program's, 1 nothing for us, 2 an event, 3 unreadable."""

    kinds: array = field(default_factory=lambda: array("B"))  # type: ignore[type-arg] # no generic at run time before 3.12
    lines: dict[int, LogLine] = field(default_factory=dict)
    bad: dict[int, Quarantined] = field(default_factory=dict)
    error: BadInput | OSError | None = None


class OpenSshSource(PlainSource):
    """Reads syslog and journald; entries of all files of an ingest are joined to sessions."""

    def __init__(self, rules: AccessRules, urn: str, year: int | None, now: int) -> None:
        super().__init__(f"{urn}:{rules.source}")
        self._rules, self._year, self._now = rules, year, now
        self._files: dict[Path, _File] = {}
        self._joined = Joined()

    def survey(self, paths: Sequence[Path]) -> None:
        """Read all files and join their entries; what cannot be read is said when its file's turn comes."""
        events: list[Event] = []
        for number, path in enumerate(paths):
            found = self._files[path] = _File()
            try:
                events += self._events(path, number, found)
            except (BadInput, OSError) as error:
                found.error = error
        self._joined = joined(events)

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        if path not in self._files:
            self.survey([path])
        found, number = self._files[path], list(self._files).index(path)
        if found.error is not None and not found.kinds:
            raise found.error
        for at, kind in enumerate(found.kinds):
            if kind == _EVENT:
                yield self._row((number, at), found.lines[at], str(path), names)
            else:
                yield found.bad[at] if kind == _BAD else (NOTHING if kind == _NOTHING else OTHER)
        if found.error is not None:
            raise found.error

    @property
    def unfinished(self) -> Mapping[Path, Sequence[str]]:
        """The lines, by file, whose sessions have no end in what was read: whoever follows a log reads them again."""
        paths = list(self._files)
        kept: dict[Path, list[str]] = {}
        for number, at in sorted(self._joined.open_):
            kept.setdefault(paths[number], []).append(self._files[paths[number]].lines[at].raw)
        return kept

    def _row(self, at: tuple[int, int], line: LogLine, file: str, names: Names) -> Row:
        seen = self._joined.seen.get(at)
        if seen is None:
            return Skipped(self._joined.skipped[at])
        return row_of(seen, Place(file, line.number, line.raw), self._rules, self.name, names)

    def _events(self, path: Path, number: int, found: _File) -> Iterator[Event]:
        for at, entry in enumerate(log_lines(path, self._rules.zone, self._year, self._now)):
            if isinstance(entry, Quarantined):
                found.kinds.append(_BAD)
                found.bad[at] = entry
                continue
            said = _said(entry)
            if said is None:
                found.kinds.append(_NOTHING if entry.program in PROGRAMS else _OTHER)
                continue
            found.kinds.append(_EVENT)
            found.lines[at] = entry
            yield entry.time, (number, at), entry, said


_OTHER, _NOTHING, _EVENT, _BAD = range(4)


def _said(entry: LogLine) -> Message | None:
    if entry.program in PROGRAMS:
        return message_of(entry.message)
    if entry.program == "kernel" and "Linux version " in entry.message:
        return _BOOT
    return None
