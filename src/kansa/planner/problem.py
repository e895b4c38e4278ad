"""What is to be decided: workloads on sites within a window, caps on power, rooms, permits, costs. Frozen values.

Instants are microseconds UTC and intervals half-open; power is in watts at the facility's meter, cooling included; money
is in JPY. The costs of a stop, a move and an hour lost are the operator's to state: they set everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from kansa.clock import MICROSECONDS, format_instant

Kind = Literal["stay", "throttle", "pause", "move", "stop"]
Reason = Literal["denied", "unknown", "expires", "quantity", "no_room", "not_worth"]
"""Why a workload does not go to a site: a closed list. Only the second to the fourth have somebody to ask."""

THROTTLES: tuple[tuple[int, int], ...] = ((7900, 9100), (6600, 8400), (5300, 7300))
"""Power against throughput, in hundredths of a per cent: mean of eight workloads on 400 W parts (Emerald AI, Phoenix, 2025)."""


class Missing(NamedTuple):
    """A fact whose evidence is missing: what it is about, who can supply it and how long that takes, where known."""

    fact: str
    about: str
    owner: str | None = None
    lead: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        lead = None if self.lead is None else self.lead // MICROSECONDS
        return {"fact": self.fact, "about": self.about, "owner": self.owner, "lead_s": lead}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the gate said of a workload at a site: until when it permits, or why it does not and what is missing."""

    permitted: bool
    until: int | None = None
    reason: Reason | None = None
    missing: tuple[Missing, ...] = ()
    decision: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "permitted": self.permitted,
            "until": None if self.until is None else format_instant(self.until),
            "reason": self.reason,
            "missing": [each.as_json() for each in self.missing],
            "decision": self.decision,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Work that runs: `watts` at full throughput; to throttle or pause what is `firm` costs `Costs.firm` times as much."""

    id: str
    site_id: str
    item_class: str
    accelerators: int
    watts: int
    firm: bool = False
    checkpoint_mb: int = 0
    authorization_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place: accelerators by item class, those of deciding workloads included, and watts that decide nothing."""

    id: str
    accelerators: Mapping[str, int]
    base_watts: int = 0


class Cap(NamedTuple):
    """No more than `watts` at a site during `[start, end)`."""

    site_id: str
    start: int
    end: int
    watts: int


class Price(NamedTuple):
    """What a kilowatt-hour costs at a site during `[start, end)`."""

    site_id: str
    start: int
    end: int
    jpy_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the operator says that things cost, in JPY. `change` is what leaving the last plan costs a workload."""

    lost_accelerator_hour: float = 400.0
    move: float = 2_000.0
    stop: float = 200_000.0
    firm: float = 10.0
    change: float = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All of it, for a window `[start, end)`; work may be handed over at the instants of `handovers` only.

    `permissions` are by workload and site; a site that is not among them is not permitted. `quantities` are accelerators
    that may still be placed under an authorization. `link_mb_s` is what a site can send or receive.
    """

    start: int
    end: int
    handovers: tuple[int, ...]
    workloads: tuple[Workload, ...]
    sites: tuple[Site, ...]
    caps: tuple[Cap, ...]
    permissions: Mapping[tuple[str, str], Permission]
    quantities: Mapping[str, int] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    link_mb_s: int = 12_500
    costs: Costs = Costs()
    last: Mapping[str, "Action"] = field(default_factory=dict)

    def transfer(self, workload: Workload) -> int:
        """Return how long a checkpoint takes from one site to another, in microseconds."""
        return workload.checkpoint_mb * MICROSECONDS // self.link_mb_s


class Action(NamedTuple):
    """What a workload does: where to and when for a move, at which of `THROTTLES` for a throttle."""

    workload: str
    kind: Kind
    site_id: str
    at: int | None = None
    level: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "workload": self.workload,
            "kind": self.kind,
            "site": self.site_id,
            "at": None if self.at is None else format_instant(self.at),
            "throttle": None if self.level is None else {"power_bp": THROTTLES[self.level][0]},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One action a workload, what it costs, a proven lower bound of any plan's cost, and how it was found."""

    actions: tuple[Action, ...]
    cost: float
    bound: float | None
    solver: str

    @property
    def gap(self) -> float | None:
        """The part of the cost that a better plan could still save at most; None where no bound is known."""
        return None if self.bound is None else max(self.cost - self.bound, 0.0) / max(abs(self.cost), 1.0)

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "solver": self.solver,
            "cost_jpy": round(self.cost, 2),
            "bound_jpy": None if self.bound is None else round(self.bound, 2),
            "actions": [each.as_json() for each in self.actions],
        }
