"""How sources are: when each was last heard of, how far it lags, what of it lies in quarantine, whether it is silent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.collect.state import read_state
from kansa.application.quarantine import open_rows
from kansa.clock import MICROSECONDS, format_instant, parse_duration, parse_instant
from kansa.records import sealing
from kansa.records.kinds.intake import SourceExpected, SourceGap
from kansa.records.kinds.workload import SourceReported
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source. Instants are microseconds; `silent` is None where nobody said how often it reports."""

    name: str
    connector: str | None
    heard: int | None
    window_to: int | None
    rows: int
    quarantined: int
    gaps: int
    cadence: str | None
    grace: str | None
    answers: str | None
    due: int | None
    silent: bool | None
    collected: int | None
    error: str | None
    now: int

    @property
    def lag(self) -> int | None:
        """Return the time since it was last heard of; None if it never was."""
        return None if self.heard is None else max(0, self.now - self.heard)

    @property
    def is_well(self) -> bool:
        """Tell whether nothing about it needs anybody."""
        return not (self.silent or self.error or self.quarantined or self.gaps)

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "source": self.name,
            "connector": self.connector,
            "heard": _stamp(self.heard),
            "lag_seconds": None if self.lag is None else self.lag // MICROSECONDS,
            "window_to": _stamp(self.window_to),
            "rows": self.rows,
            "quarantined": self.quarantined,
            "gaps": self.gaps,
            "expected": None
            if self.cadence is None
            else {"every": self.cadence, "grace": self.grace, "answers": self.answers},
            "due": _stamp(self.due),
            "silent": self.silent,
            "collected": _stamp(self.collected),
            "error": self.error,
        }


def source_health(vault: Vault) -> list[SourceHealth]:
    """Return every source that reported, is expected to, or is collected; by name. What is quarantined and open counts."""
    expected: dict[str, Mapping[str, Any]] = {}
    heard: dict[str, int] = {}
    window: dict[str, int] = {}
    rows: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    for _, record in vault.records():
        if record.type == SourceExpected.type:
            expected[record.data["system"]] = sealing.reveal(record.data, vault.disclosures([record]))
        elif record.type == SourceReported.type:
            name = record.data["system"]
            heard[name] = max(heard.get(name, 0), record.recorded_at)
            rows[name] += record.data["rows"]
            if record.data.get("valid_to"):
                window[name] = max(window.get(name, 0), parse_instant(record.data["valid_to"]))
        elif record.type == SourceGap.type:
            gaps[record.data["system"]] += 1
    waiting = Counter(row.source for row in open_rows(vault))
    now, prefix = vault.clock.now(), f"{vault.urn}:"
    found = []
    for name in sorted({*expected, *heard, *waiting}):
        short = name.removeprefix(prefix)
        said, state = expected.get(name), read_state(vault.places.root / "collect", short)
        due = _due(said, heard.get(name))
        found.append(
            SourceHealth(
                short,
                said["connector"] if said is not None else None,
                heard.get(name),
                window.get(name),
                rows[name],
                waiting[name],
                gaps[name],
                said["cadence"] if said is not None else None,
                said["grace"] if said is not None else None,
                said.get("answers") if said is not None else None,
                due,
                None if due is None else now > due,
                state.ran,
                state.error,
                now,
            )
        )
    return found


def _due(said: Mapping[str, Any] | None, heard: int | None) -> int | None:
    """Return until when the source is expected to be heard of: from its last report, else from when it was first expected."""
    if said is None:
        return None
    since = heard if heard is not None else parse_instant(said["valid_from"])
    return since + parse_duration(said["cadence"]) + parse_duration(said["grace"])


def _stamp(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)
