"""Reads a log by the operator's patterns: what opens a session, what closes it, what was refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kansa.connectors.access.observed import Observed, Place, row_of
from kansa.connectors.access.options import AccessRules
from kansa.connectors.base import Names, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.formats.log_lines import LogLine, log_lines
from kansa.connectors.syslog.options_file import SyslogOptions
from kansa.errors import BadInput

OTHER = Skipped("no pattern fits")
OF_SESSION = Skipped("part of a session")
NO_BEGINNING = Skipped("end of a session that began before these files")

At = tuple[Path, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of message."""

    means: str
    match: re.Pattern[str]
    program: str | None


class SyslogSource(PlainSource):
    """Reads syslog and journald by patterns; entries of all files of an ingest are joined to sessions."""

    def __init__(self, rules: AccessRules, options: SyslogOptions, urn: str, now: int) -> None:
        super().__init__(f"{urn}:{rules.source}")
        self._rules, self._year, self._now = rules, options.year, now
        self._patterns = [
            Pattern(each.means, re.compile(each.match), each.program) for each in options.patterns
        ]
        self._seen: dict[At, Observed] = {}
        self._ends: dict[At, bool] = {}
        self._surveyed: set[Path] = set()
        self.unfinished: Mapping[Path, Sequence[str]] = {}

    def survey(self, paths: Sequence[Path]) -> None:
        """Join openings and closings in the order of their times."""
        events = []
        for path in paths:
            self._surveyed.add(path)
            try:
                events += [
                    (entry.time, (path, entry.number), entry, *found)
                    for entry in log_lines(path, self._rules.zone, self._year, self._now)
                    if isinstance(entry, LogLine) and (found := self._fit(entry)) is not None
                ]
            except (BadInput, OSError):
                continue  # said when the file's turn comes
        open_: dict[tuple[str, str], tuple[At, str]] = {}
        for time, at, entry, pattern, said in sorted(events, key=lambda event: (event[0], event[1])):
            key = (entry.host, said.get("session") or f"{said.get('account')} {said.get('address')}")
            if pattern.means == "closed":
                begun = open_.pop(key, None)
                self._ends[at] = begun is not None
                if begun is not None:
                    self._seen[begun[0]] = replace(self._seen[begun[0]], end=time)
                continue
            self._seen[at] = _observed(entry, pattern, said)
            if pattern.means == "opened":
                open_[key] = (at, entry.raw)
        unfinished: dict[Path, list[str]] = {}
        for (path, _), raw in open_.values():
            unfinished.setdefault(path, []).append(raw)
        self.unfinished = unfinished

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        if path not in self._surveyed:
            self.survey([path])
        for entry in log_lines(path, self._rules.zone, self._year, self._now):
            if isinstance(entry, Quarantined):
                yield entry
                continue
            at = (path, entry.number)
            if at in self._seen:
                place = Place(str(path), entry.number, entry.raw)
                yield row_of(self._seen[at], place, self._rules, self.name, names)
            elif at in self._ends:
                yield OF_SESSION if self._ends[at] else NO_BEGINNING
            else:
                yield OTHER

    def _fit(self, entry: LogLine) -> tuple[Pattern, dict[str, str]] | None:
        for pattern in self._patterns:
            if pattern.program not in (None, entry.program):
                continue
            found = pattern.match.search(entry.message)
            if found is not None:
                return pattern, {name: text for name, text in found.groupdict().items() if text}
        return None


def _observed(entry: LogLine, pattern: Pattern, said: Mapping[str, str]) -> Observed:
    refused = said.get("reason", "refused") if pattern.means == "refused" else None
    return Observed(
        key=(
            entry.host,
            entry.program,
            said.get("account"),
            said.get("address"),
            said.get("session"),
            entry.time,
        ),
        start=entry.time,
        account=said.get("account", ""),
        target=said.get("target", entry.host),
        refused=refused,
        origin=said.get("address"),
        person=said.get("person"),
        credential=said.get("credential"),
        client=entry.program,
        session=said.get("session"),
    )
