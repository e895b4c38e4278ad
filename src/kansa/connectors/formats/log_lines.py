"""Lines of a system's log with host, program and time: syslog in its three forms, journald's JSON and export format.

Syslog of RFC 3164 has neither year nor zone. The year is counted back from the last line, which is not later than the
file was written; where the months run backward a year ended. Stamps go out of order by seconds in any log, so that
only half a year counts as such a step.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from kansa.clock import DAY, MICROSECONDS, to_datetime
from kansa.connectors.base import Quarantined
from kansa.connectors.formats.json_lines import parse
from kansa.connectors.formats.lines import MAX_LINE, Line, lines
from kansa.connectors.formats.opened import opened
from kansa.connectors.formats.rows import bad_row
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MAX_FIELD = 16 << 20

_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_BSD = r"(?:" + "|".join(MONTHS) + r") [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?"
_SYSLOG = re.compile(
    rf"(?:<\d{{1,3}}>)?(?P<stamp>{_ISO}|{_BSD}) (?P<host>[^\s:]+|\S*:\S+[^\s:]) (?P<program>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)",
    re.DOTALL,
)
_RFC5424 = re.compile(
    rf"<\d{{1,3}}>1 (?P<stamp>{_ISO}) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?:\ufeff)?(?P<message>.*))?",
    re.DOTALL,
)
_MONTH = re.compile(r"(?:<\d{1,3}>)?(" + "|".join(MONTHS) + r") ([ \d]\d) (\d\d):(\d\d):(\d\d)")
_REPEATED = re.compile(r"message repeated \d+ times: \[ ?(.*)\]", re.DOTALL)


_YEARLESS = frozenset("JFMASOND<")
"""How a line begins whose stamp may have no year."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of a log; `time` is an instant, `pid` is empty where none is told."""

    number: int
    time: int
    host: str
    program: str
    pid: str
    message: str
    raw: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How stamps are read: in which zone, if they have no offset; `year` of the last line, else by `written`, an instant."""

    zone: ZoneInfo | None
    year: int | None
    written: int


def log_lines(
    path: Path, zone: ZoneInfo | None, year: int | None, now: int
) -> Iterator[LogLine | Quarantined]:
    """Yield the entries of a file in order; an entry that cannot be read spoils itself alone.

    Raises:
        BadInput: `log.none`, if nothing in the file is such an entry; `file.packed`.
    """
    written = min(now, int(path.stat().st_mtime * MICROSECONDS))
    reading = Reading(zone, year, written)
    read, first = 0, None
    for entry in _entries(path, reading):
        if isinstance(entry, LogLine):
            read += 1
        elif first is None and not read:
            first = entry
        yield entry
    if first is not None and not read:
        raise BadInput(
            "log.none",
            f"nothing in `{path}` is an entry of a log: {first.problems[0].message}",
            help="give syslog with host and program, `journalctl -o json` or `journalctl -o export`",
        )


def _entries(path: Path, reading: Reading) -> Iterator[LogLine | Quarantined]:
    with opened(path) as stream:
        begin = stream.read(4096)
    if begin.lstrip().startswith(b"{"):
        return _journal_json(path)
    if re.match(rb"\s*_?_?[A-Z][A-Z0-9_]*[=\n]", begin):
        return _journal_export(path)
    return _syslog(path, reading)


def _syslog(path: Path, reading: Reading) -> Iterator[LogLine | Quarantined]:
    years = _Years(path, reading)
    with opened(path) as stream:
        for line in lines(stream, "utf-8"):
            if line.text.strip():
                yield _syslog_line(line, str(path), reading.zone, years)


def _syslog_line(line: Line, file: str, zone: ZoneInfo | None, years: "_Years") -> LogLine | Quarantined:
    raw = line.text.rstrip("\r\n")
    if raw[:1] in _YEARLESS:
        years.follow(raw)
    if line.fault is not None and "longer" in line.fault:
        return bad_row(
            "log.unreadable", f"the row cannot be read: {line.fault}", file, line.number, raw[:2_000]
        )
    match = (_RFC5424.fullmatch(raw) if raw.startswith("<") else None) or _SYSLOG.fullmatch(raw)
    if match is None:
        return bad_row(
            "log.form",
            "the line is no syslog with time, host and program",
            file,
            line.number,
            raw,
        )
    try:
        time = _instant(match["stamp"], zone, years)
    except ValueError as error:
        return bad_row(
            "log.time",
            str(error),
            file,
            line.number,
            raw,
            advice="give `zone` in the options, or log with offsets",
        )
    message = match["message"] or ""
    repeated = _REPEATED.fullmatch(message)
    pid = match["pid"] or ""
    return LogLine(
        line.number,
        time,
        match["host"],
        match["program"],
        "" if pid == "-" else pid,
        repeated[1] if repeated else message,
        raw,
    )


def _instant(stamp: str, zone: ZoneInfo | None, years: "_Years") -> int:
    if stamp[0].isdigit():
        return instant_of(datetime.fromisoformat(stamp.replace(",", ".")), zone)
    month = MONTHS.index(stamp[:3]) + 1
    hour, minute, second = stamp[7:15].split(":")
    fraction = stamp[16:].ljust(6, "0")
    moment = datetime(  # noqa: DTZ001 - the log has none; `instant_of` reads it in its zone
        years.year, month, int(stamp[4:6]), int(hour), int(minute), min(int(second), 59), int(fraction)
    )
    return instant_of(moment, zone)


class _Years:
    """The year of each line of a file whose stamps have none; `follow` is told every line."""

    def __init__(self, path: Path, reading: Reading) -> None:
        self._path, self._reading = path, reading
        self._before: int | None = None
        self._is_surveyed = False
        self.year = 0

    def follow(self, raw: str) -> None:
        if not self._is_surveyed and _month(raw) is not None:
            self._is_surveyed = True
            turns, last = self._survey(self._path)
            self.year = (self._reading.year or self._of_last(last, self._reading)) - turns
        month = _month(raw)
        if month is not None:
            self.year += self._turn(month)
            self._before = month

    def _turn(self, month: int) -> int:
        if self._before is None or abs(month - self._before) <= 6:
            return 0
        return 1 if month < self._before else -1

    def _survey(self, path: Path) -> tuple[int, re.Match[str] | None]:
        turns, last = 0, None
        with opened(path) as stream:
            for line in lines(stream, "utf-8"):
                found = _MONTH.match(line.text)
                if found is not None:
                    month = MONTHS.index(found[1]) + 1
                    turns += self._turn(month)
                    self._before, last = month, found
        self._before = None
        return turns, last

    @staticmethod
    def _of_last(last: re.Match[str] | None, reading: Reading) -> int:
        latest = to_datetime(reading.written + DAY)
        if last is None:
            return latest.year
        month, day = MONTHS.index(last[1]) + 1, int(last[2])
        return latest.year if (month, day) <= (latest.month, latest.day) else latest.year - 1


def _month(raw: str) -> int | None:
    found = _MONTH.match(raw)
    return MONTHS.index(found[1]) + 1 if found is not None else None


def _journal_json(path: Path) -> Iterator[LogLine | Quarantined]:
    with opened(path) as stream:
        for line in lines(stream, "utf-8"):
            raw = line.text.rstrip("\r\n")
            if not raw.strip():
                continue
            try:
                fields = parse(raw) if line.fault is None else None
            except (ValueError, RecursionError) as error:
                yield bad_row("log.json", f"the line is not JSON: {error}", str(path), line.number, raw)
                continue
            if not isinstance(fields, dict):
                yield bad_row("log.json", "the line is not a JSON object", str(path), line.number, raw)
                continue
            yield _journal_entry(fields, line.number, str(path), raw)


def _journal_export(path: Path) -> Iterator[LogLine | Quarantined]:
    with opened(path) as stream:
        number, begin = 0, 1
        fields: dict[str, str] = {}
        while raw := stream.readline(MAX_LINE + 1):
            number += 1
            if raw in (b"\n", b"\r\n"):
                if fields:
                    yield _journal_entry(fields, begin, str(path), fields.get("MESSAGE", ""))
                fields, begin = {}, number + 1
                continue
            name, equals, value = raw.rstrip(b"\n").partition(b"=")
            if not equals:
                packed = _binary(stream)
                if packed is None:
                    message = f"the field `{name.decode('ascii', 'replace')[:80]}` is cut short"
                    yield bad_row("log.export", message, str(path), number, str(fields)[:2_000], cut=True)
                    return
                value = packed
            fields[name.decode("ascii", "replace")] = value.decode("utf-8", "backslashreplace")
        if fields:
            yield _journal_entry(fields, begin, str(path), fields.get("MESSAGE", ""))


def _binary(stream: BinaryIO) -> bytes | None:
    """Return a field of bytes: its length, 64 bits little-endian, the bytes, a line's end; None if there is less."""
    size = int.from_bytes(stream.read(8), "little")
    if size > MAX_FIELD:
        return None
    value = stream.read(size)
    return value if len(value) == size and stream.read(1) == b"\n" else None


def _journal_entry(fields: dict[str, Any], number: int, file: str, raw: str) -> LogLine | Quarantined:
    try:
        time = int(str(fields["__REALTIME_TIMESTAMP"]))
        to_datetime(time)
    except (KeyError, ValueError, OverflowError):
        return bad_row("log.time", "the entry has no `__REALTIME_TIMESTAMP`", file, number, raw)
    message = fields.get("MESSAGE", "")
    if isinstance(message, list):  # bytes that are not UTF-8
        message = bytes(each for each in message if isinstance(each, int) and 0 <= each < 256).decode(
            "utf-8", "backslashreplace"
        )
    program = fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM") or ""
    pid = fields.get("_PID") or fields.get("SYSLOG_PID") or ""
    host = fields.get("_HOSTNAME") or ""
    return LogLine(number, time, str(host), str(program), str(pid), str(message or ""), raw)
