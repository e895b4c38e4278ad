"""The answer of coherence: segments without evidence, segments evidenced late, and the sums over all uses.

All sums are whole microseconds of accelerator time: an instant of a use counts `weight` times (the number of
accelerators that the use holds). Nothing is rounded, so use = evidenced + gap and the sum over `evidenced_by` is
evidenced, exactly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from kansa.clock import MICROSECONDS, to_datetime

Id = str | int


class Gap(NamedTuple):
    """A maximal `[start, end)` of a use in which the evidence of the facts in the mask `missing` was not found."""

    use_id: Id
    start: int
    end: int
    missing: int


class Late(NamedTuple):
    """A maximal `[start, end)` of a use with evidence that was not recorded in time, as masks of facts.

    `late`: evidenced, but no version said so within the grace. `before_log`: the same, at instants before the log
    began, when nothing could have been recorded. One of the two is always 0.
    """

    use_id: Id
    start: int
    end: int
    late: int
    before_log: int


class Shares(NamedTuple):
    """Device time in microseconds: installed = used + idle + unobserved."""

    installed: int
    used: int
    idle: int
    unobserved: int


class DeviceShares(NamedTuple):
    """One device's time in microseconds: installed = used + shared + idle + unobserved.

    `shared` is observed time in which uses held some accelerators of its node without saying which.
    """

    installed: int
    used: int
    shared: int
    idle: int
    unobserved: int


class Reported(NamedTuple):
    """How many windows a source has closed, from the first to the end of the last, and the device time they cover.

    Device time that several sources cover counts for each; microseconds.
    """

    windows: int
    start: int
    end: int
    observed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The whole time of the installed devices in `[start, end)`, in total and split; None: no site or node is said.

    `not_installed` is use in the period of units that the inventory knows neither as device nor as node: it is part of
    no other figure here. `by_source` is told of tables only, `by_node` and `by_device` of register rows only.
    """

    start: int
    end: int
    total: Shares
    by_site: Mapping[Id | None, Shares]
    by_node: Mapping[Id | None, Shares]
    by_device: Mapping[Id, DeviceShares]
    by_source: Mapping[str | None, Reported] = field(default_factory=dict)
    not_installed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Sums over all uses that were evaluated; fields that end in `_us` are weighted microseconds.

    `late_us` (and `before_log_us`) is the part of the evidenced time, on all four facts, in which at least one of
    them was not recorded in time; None if lateness was not asked for, or nobody says when the log began. `fact_gap_us` says for each fact how long it
    was missing, so its values overlap. `quarantined` counts uses that were set aside, and `ignored` evidence rows,
    by reason; `blank_ids` counts ids that were empty or blank, by table and column. `lateness_not_assessed` names the facts whose table says nothing of when it was recorded.
    """

    horizon: int | None
    uses: int
    gaps: int
    use_us: int
    gap_us: int
    late_us: int | None
    before_log_us: int | None
    fact_gap_us: Mapping[str, int]
    evidenced_by_us: Mapping[str, int]
    quarantined: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    blank_ids: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    lateness_not_assessed: tuple[str, ...] = ()
    balance: Balance | None = None

    @property
    def evidenced_us(self) -> int:
        """Time in which all four facts were evidenced, in time or late."""
        return self.use_us - self.gap_us

    def as_json(self) -> dict[str, object]:
        """Return the stable JSON value; seconds are `int` when whole, otherwise an exact `Decimal`."""
        shares = self.balance.total if self.balance else None
        sources = self.balance.by_source if self.balance else {}
        blank = {table: dict(columns) for table, columns in self.blank_ids.items()}
        return {
            "uses": self.uses,
            "use_seconds": seconds(self.use_us),
            "evidenced_seconds": seconds(self.evidenced_us),
            "late_seconds": seconds(self.late_us),
            "gap_seconds": seconds(self.gap_us),
            "gaps": self.gaps,
            "installed_seconds": seconds(shares.installed if shares else None),
            "used_seconds": seconds(shares.used if shares else None),
            "idle_seconds": seconds(shares.idle if shares else None),
            "unobserved_seconds": seconds(shares.unobserved if shares else None),
            "evidenced_by": {word: seconds(time) for word, time in self.evidenced_by_us.items()},
            "before_log_seconds": seconds(self.before_log_us),
            "gap_seconds_by_fact": {fact: seconds(time) for fact, time in self.fact_gap_us.items()},
            "lateness_not_assessed": list(self.lateness_not_assessed),
            "horizon": _stamp(self.horizon),
            "not_installed_seconds": seconds(self.balance.not_installed if self.balance else None),
            "balance_from": _stamp(self.balance.start if self.balance else None),
            "balance_to": _stamp(self.balance.end if self.balance else None),
            "quarantined": dict(self.quarantined),
            "ignored": {table: dict(reasons) for table, reasons in self.ignored.items()},
            **({"blank_ids": blank} if blank else {}),
            **({"sources": [_source(*one) for one in sources.items()]} if sources else {}),
        }

    def to_json(self) -> str:
        """Return the stable JSON on one line, with seconds as exact numbers."""
        return _encode(self.as_json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The sums with the rows behind them, each ordered by use and start."""

    result: Result
    gaps: tuple[Gap, ...]
    late: tuple[Late, ...]


def seconds(microseconds: int | None) -> int | Decimal | None:
    """Return microseconds as seconds: an `int` when whole, otherwise a `Decimal` with as many places as it needs."""
    if microseconds is None or microseconds % MICROSECONDS == 0:
        return None if microseconds is None else microseconds // MICROSECONDS
    sign, digits = (1, -microseconds) if microseconds < 0 else (0, microseconds)
    exact = Decimal((sign, tuple(int(digit) for digit in str(digits)), -6))
    return Decimal(f"{exact:f}".rstrip("0"))


def _source(name: str | None, told: Reported) -> dict[str, object]:
    return {
        "source": name,
        "windows": told.windows,
        "from": _stamp(told.start),
        "to": _stamp(told.end),
        "observed_seconds": seconds(told.observed),
    }


def _stamp(instant: int | None) -> str | None:
    return None if instant is None else to_datetime(instant).isoformat().replace("+00:00", "Z")


def _encode(value: object) -> str:
    """JSON in which a `Decimal` is a number with all its digits, which the standard encoder cannot write."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_encode(item) for item in value) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
