"""Sources of access whose log is JSON events: each is read alone, and beginnings are joined with their ends."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kansa.clock import format_instant, to_datetime
from kansa.connectors.access.observed import Observed, Place, row_of
from kansa.connectors.access.options import AccessRules
from kansa.connectors.base import Names, Parsed, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.formats.json_values import JsonValue, values
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput, Problem
from kansa.records.draft import Draft

CHANGED = "kansa.account.changed.v0"
TWICE = Skipped("the same event again")
OF_SESSION = Skipped("part of a session")
NO_BEGINNING = Skipped("end of a session that began before these files")


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody was let in or refused; `key` is what its end names, None if it has none."""

    seen: Observed
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A session ended."""

    key: str
    time: int


@dataclass(frozen=True, slots=True)
class Changed:
    """An account, or what it may do, was changed. `account` is its key in the books of `system`."""

    unique: str
    time: int
    what: str
    system: str
    account: str | None
    told: Mapping[str, str | None] = field(default_factory=dict)


Meaning = Opened | Closed | Changed | Skipped
Read = Callable[[Mapping[str, Any]], Meaning]
"""Returns what an event means; raises `EventFault` where a field that it needs is missing or cannot be read."""


class EventFault(ValueError):
    """What is wrong with an event, and in which field."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.field = where


class EventSource(PlainSource):
    """Reads JSON events by what each of them means; an event that stands twice, as logs are delivered twice, counts once."""

    def __init__(
        self,
        rules: AccessRules,
        urn: str,
        read: Read,
        listed: Callable[[Path], Iterator[JsonValue]] = values,
    ) -> None:
        super().__init__(f"{urn}:{rules.source}")
        self._rules, self._read = rules, read
        self._listed = listed
        self._meanings: dict[Path, list[Meaning | Quarantined]] = {}
        self._places: dict[Path, list[tuple[int, Any]]] = {}
        self._errors: dict[Path, BadInput | OSError] = {}
        self._known: set[bytes] = set()
        self.unfinished: Mapping[Path, Sequence[str]] = {}

    def survey(self, paths: Sequence[Path]) -> None:
        """Read all files, and give beginnings the ends that stand anywhere in them."""
        for path in paths:
            meanings, places = self._meanings[path], self._places[path] = [], []
            try:
                for value in self._listed(path):
                    meaning = self._meaning(value, str(path))
                    meanings.append(meaning)
                    places.append((value.line, None if isinstance(meaning, Skipped) else value.value))
            except (BadInput, OSError) as error:
                self._errors[path] = error
        self._join()

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        if path not in self._meanings:
            self.survey([path])
        for meaning, (line, raw) in zip(self._meanings[path], self._places[path], strict=True):
            place = Place(str(path), line, raw)
            if isinstance(meaning, Opened):
                yield row_of(meaning.seen, place, self._rules, self.name, names)
            elif isinstance(meaning, Changed):
                yield self._changed(meaning, place, names)
            elif isinstance(meaning, Closed):
                yield NO_BEGINNING
            else:
                yield meaning
        if path in self._errors:
            raise self._errors[path]

    def _meaning(self, value: JsonValue, file: str) -> Meaning | Quarantined:
        if value.fault is not None:
            problem = Problem("event.json", f"the event is not JSON: {value.fault}", file, value.line)
            return Quarantined((problem,), value.value)
        event = value.value
        if not isinstance(event, dict):
            problem = Problem("event.json", "the event is no JSON object", file, value.line)
            return Quarantined((problem,), event)
        try:
            meaning = self._read(event)
        except EventFault as error:
            problem = Problem("event.field", str(error), file, value.line, error.field)
            return Quarantined((problem,), event)
        if not isinstance(meaning, Skipped):
            content = hashlib.sha256(json.dumps(event, sort_keys=True, default=str).encode()).digest()
            if content in self._known:
                return TWICE
            self._known.add(content)
        return meaning

    def _join(self) -> None:
        """Give beginnings their ends; an event that tells both takes the place of one that told the beginning alone."""
        ends: dict[str, list[tuple[int, Path, int]]] = {}
        whole: set[str] = set()
        for path, meanings in self._meanings.items():
            for at, meaning in enumerate(meanings):
                if isinstance(meaning, Closed):
                    ends.setdefault(meaning.key, []).append((meaning.time, path, at))
                elif isinstance(meaning, Opened) and meaning.key is not None and meaning.seen.end is not None:
                    whole.add(meaning.key)
        unfinished: dict[Path, list[str]] = {}
        for path, meanings in self._meanings.items():
            for at, meaning in enumerate(meanings):
                if not isinstance(meaning, Opened) or meaning.key is None or meaning.seen.end is not None:
                    continue
                if meaning.key in whole:
                    meanings[at] = OF_SESSION
                elif not self._end(meaning, ends.get(meaning.key, ()), meanings, at):
                    unfinished.setdefault(path, []).append(_as_line(self._places[path][at][1]))
        self.unfinished = unfinished

    def _end(
        self,
        meaning: Opened,
        ends: Sequence[tuple[int, Path, int]],
        meanings: list[Meaning | Quarantined],
        at: int,
    ) -> bool:
        later = sorted(end for end in ends if end[0] >= meaning.seen.start)
        if later:
            meanings[at] = replace(meaning, seen=replace(meaning.seen, end=later[0][0]))
            for _, path, number in later:
                self._meanings[path][number] = OF_SESSION
        return bool(later)

    def _changed(self, meaning: Changed, place: Place, names: Names) -> Row:
        account = None
        if meaning.account is not None:
            account = names.introduce("account", meaning.system, meaning.account)
        data: dict[str, Any] = {
            "account_id": account,
            "what": meaning.what,
            "valid_from": format_instant(meaning.time),
            "known_by": "measured",
        }
        data |= {name: text for name, text in meaning.told.items() if text}
        if meaning.account is not None:
            data["account"] = meaning.account
        draft = Draft(CHANGED, self.name, f"changed {meaning.unique}", meaning.time, data)
        return Parsed(draft, place.file, place.line, place.raw)


def text_in(event: Mapping[str, Any], *names: str) -> str | None:
    """Return a text that stands in an event under a path of names; None where there is none."""
    found: Any = event
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else None


def needed(event: Mapping[str, Any], *names: str) -> str:
    """Return a text that an event must have.

    Raises:
        EventFault: it has not.
    """
    found = text_in(event, *names)
    if found is None:
        where = ".".join(names)
        raise EventFault(where, f"the event has no `{where}`")
    return found


def time_in(event: Mapping[str, Any], name: str, zone: ZoneInfo | None = None) -> int:
    """Return the time of an event: RFC 3339, a stamp without offset in `zone` or UTC, or milliseconds since 1970.

    Raises:
        EventFault: it has none, or it cannot be read.
    """
    found = event.get(name)
    try:
        if isinstance(found, int) and not isinstance(found, bool):
            to_datetime(found * 1_000)
            return found * 1_000
        if isinstance(found, str):
            moment = datetime.fromisoformat(found)
            return instant_of(moment, zone or ZoneInfo("UTC"))
    except (ValueError, OverflowError) as error:
        raise EventFault(name, f"`{found}` is not a time") from error
    raise EventFault(name, f"the event has no `{name}`")


def _as_line(value: Any) -> str:

    return json.dumps(value, ensure_ascii=False, default=str)
