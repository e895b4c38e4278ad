"""What the report shows, as frozen values; nothing here knows HTML.

Times are instants, durations microseconds of device time (one accelerator for one microsecond). Names are
`{"ja": …, "en": …}` with either missing; a subject whose name is sealed or erased has none and is shown by its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kansa.drawing.figures import Named

Fact = Literal["identity", "access", "custody", "authorization"]
FACTS: tuple[Fact, ...] = get_args(Fact)
State = Literal["evidenced", "late", "before_log", "gap"]
Part = Literal[
    "end_user", "verification", "clearance",
    "path", "approval", "enablement", "mediator",
    "inventory", "provenance", "chain", "elsewhere",
    "classification", "basis", "jurisdiction", "site", "item",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balance:
    """`installed = used + idle + unobserved`, device time in microseconds."""

    installed: int
    used: int
    idle: int
    unobserved: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Device time of uses: evidenced on all four facts (by how it is known), and not.

    `late` and `before_log` are the parts of the evidenced time whose records came late, or could not be made at the
    time since no log was there yet; no instant is in both.
    """

    use: int
    by_known: Mapping[str, int]
    late: int
    before_log: int
    gap: int
    gap_by_fact: Mapping[Fact, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a lane with one state; `part` says what is missing in a gap."""

    start: int
    end: int
    state: State
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A stretch in which an end user's uses ran at a site (None: site unknown); `units` is the largest number at once."""

    start: int
    end: int
    site: Named | None
    units: int
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Swimlanes:
    """One tenant and end user over the period: a lane a fact, and where it ran."""

    tenant: Named | None
    end_user: Named | None
    methods: tuple[str, ...]
    mediators: tuple[Named, ...]
    facts: Mapping[Fact, tuple[Segment, ...]]
    placements: tuple[Placement, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class GapRow:
    """Gaps of one tenant and end user with the same missing part, joined where they touch.

    `units` are the distinct units concerned, `device_time` the weighted sum; `detail` names what the part is about
    (devices, sites, a jurisdiction, an item class). `cause` is equal for the rows, also of other facts and other
    tenants, that the same record would close. `responsible` is who can close it, by role (`operator_compliance`,
    `site_operations`, `export_control`, `mediator`, `supplier`, `tenant`) and name where known. `closable`: whether
    evidence can still close it, or the stretch stays a gap.
    """

    tenant: Named | None
    end_user: Named | None
    fact: Fact
    part: Part
    cause: str
    start: int
    end: int
    units: int
    device_time: int
    sites: tuple[Named, ...]
    detail: tuple[Named, ...]
    evidence_ended: int | None
    evidence_begins: int | None
    responsible_role: str
    responsible: Named | None
    closable: bool


@dataclass(frozen=True, slots=True)
class UnobservedRow:
    """Device time that no source has reported on: where and when."""

    site: Named | None
    start: int
    end: int
    devices: int
    device_time: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the report rests on."""

    origin: str
    size: int
    root: str
    checkpoint_at: int
    witnesses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a page is about and for whom: a tenant, an end user, both, or all; how much of the ledger it rests on.

    `audience` and the numbers of entries are None where nothing is handed out or withheld; `rows` of `segments` are what
    stands of the uses that are kept in bulk, 0 where there are none.
    """

    tenant: Named | None = None
    end_user: Named | None = None
    audience: str | None = None
    entries: int | None = None
    of_entries: int | None = None
    rows: int = 0
    segments: int = 0

    @property
    def of_some(self) -> bool:
        """Tell whether it is about some alone: the time in which they did not use a device may be the use of others."""
        return self.tenant is not None or self.end_user is not None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page, in its order.

    In none of its figures: `quarantined`, rows that could not be read, and `set_aside`, uses without length or of which
    two records say different things.
    """

    operator: Named
    simulated: bool
    generated_placement: bool
    start: int
    end: int
    known_at: int
    log_began: int | None
    ledger: Ledger
    balance: Balance
    by_site: tuple[tuple[Named, Balance], ...]
    coverage: Coverage
    lanes: tuple[Swimlanes, ...]
    gaps: tuple[GapRow, ...]
    unobserved: tuple[UnobservedRow, ...]
    quarantined: int
    set_aside: int
    lateness_assessed: bool
    scope: Scope = field(default_factory=Scope)
