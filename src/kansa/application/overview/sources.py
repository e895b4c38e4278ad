"""List the sources with the windows that they closed, when they last reported, and what of their files was quarantined."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.clock import parse_instant
from kansa.records.kinds.workload import SourceReported
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Window:
    """A closed window: what happened in it was reported in full."""

    start: int
    end: int | None
    recorded_at: int
    rows: int
    quarantined: int
    entry: int


@dataclass(frozen=True, slots=True)
class Source:
    """A source, its closed windows in order of time, how many records it gave, and when the last was recorded.

    `gaps` are the stretches between its windows of which it reported nothing: neither used nor idle. `silent_since` is
    where the latest window ended, where that is long ago; None also where it never closed one.
    """

    name: str
    records: int
    last_recorded: int
    windows: tuple[Window, ...]

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """The stretches between windows."""
        found = []
        reached: int | None = None
        for each in self.windows:
            if reached is not None and each.start > reached:
                found.append((reached, each.start))
            end = each.start if each.end is None else each.end
            reached = end if reached is None else max(reached, end)
        return tuple(found)

    @property
    def closed_to(self) -> int | None:
        """Until when it reported in full; None if it never closed a window."""
        return max((each.end for each in self.windows if each.end is not None), default=None)

    @property
    def quarantined(self) -> int:
        """How many rows could not be read, of the files that closed windows."""
        return sum(each.quarantined for each in self.windows)


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not be read: where it stands, which field, why, what to do, and the row itself."""

    file: str
    line: int | None
    field: str | None
    code: str
    message: str
    help: str | None
    row: str


def sources_of(vault: Vault) -> tuple[Source, ...]:
    """Return every source that recorded anything, those that close windows first, by name."""
    counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    windows: defaultdict[str, list[Window]] = defaultdict(list)
    for index, record in vault.records():
        sums = counted[record.source]
        sums[0] += 1
        sums[1] = max(sums[1], record.recorded_at)
        if record.type == SourceReported.type:
            data = record.data
            end = data.get("valid_to")
            windows[record.source].append(
                Window(
                    parse_instant(str(data["valid_from"])),
                    parse_instant(end) if isinstance(end, str) else None,
                    record.recorded_at,
                    int(data.get("rows", 0)),
                    int(data.get("quarantined", 0)),
                    index,
                )
            )
    found = [
        Source(name, records, last, tuple(sorted(windows[name], key=lambda each: each.start)))
        for name, (records, last) in counted.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.closed_to is None, not each.windows, each.name)))


def quarantine_of(vault: Vault) -> tuple[QuarantinedRow, ...]:
    """Return the rows that wait in quarantine, by file and line."""
    found: list[QuarantinedRow] = []
    folder = vault.places.quarantine
    for file in sorted(folder.glob("*.jsonl")) if folder.exists() else ():
        lines = file.read_text("utf-8").splitlines()
        found += _rows(file.name, (msgspec.json.decode(line) for line in lines if line))
    return tuple(found)


def _rows(file: str, rows: Iterable[dict[str, Any]]) -> list[QuarantinedRow]:
    return [
        QuarantinedRow(
            str(row.get("file") or file),
            row.get("line") if isinstance(row.get("line"), int) else None,
            row.get("field") if isinstance(row.get("field"), str) else None,
            str(row.get("code", "")),
            str(row.get("message", "")),
            row.get("help") if isinstance(row.get("help"), str) else None,
            _text(row.get("row", row.get("text", ""))),
        )
        for row in rows
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
