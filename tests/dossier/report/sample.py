"""A report as an operator would see one: fictional, consistent, with a gap of every kind that readers meet."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kansa.clock import DAY, HOUR, parse_instant
from kansa.dossier.report.view import (
    Balance,
    Coverage,
    Fact,
    GapRow,
    Ledger,
    Part,
    Placement,
    Report,
    Segment,
    State,
    Swimlanes,
    UnobservedRow,
)
from kansa.drawing.figures import Named

START = parse_instant("2025-12-31T15:00:00.000Z")  # 1 January 2026, midnight in Japan
END = START + 14 * DAY
FACTS: tuple[Fact, ...] = ("identity", "access", "custody", "authorization")

ISHIKARI = Named("site-7f3a", {"en": "Ishikari", "ja": "石狩"})
INZAI = Named("site-19c0", {"en": "Inzai", "ja": "印西"})
KITAKYUSHU = Named("site-b2e8", {"en": "Kitakyushu", "ja": "北九州"})
ORION = Named("party-0rn1", {"en": "Orion Resale", "ja": "オリオン再販"})
SUMIDA = Named("party-5um1", {"en": "Sumida SI", "ja": "墨田システムインテグレーション"})


@dataclass(frozen=True)
class Fault:
    """A stretch of one fact in hours from the start that is a gap or, without a part, late or of before the log."""

    fact: Fact
    start: float
    end: float
    part: Part | None = None
    detail: tuple[Named, ...] = ()
    role: str = "operator_compliance"
    closable: bool = True
    by: Named | None = None
    renewed: bool = False
    before_log: bool = False
    cause: str = ""

    @property
    def state(self) -> State:
        return "gap" if self.part else "before_log" if self.before_log else "late"


@dataclass(frozen=True)
class Customer:
    """One tenant and end user, its uses as (from hour, to hour, site, units), and what is wrong."""

    tenant: Named | None
    end_user: Named | None
    methods: tuple[str, ...]
    uses: Sequence[tuple[float, float, Named | None, int]]
    faults: Sequence[Fault] = ()
    mediators: tuple[Named, ...] = ()
    known: Mapping[str, int] = field(default_factory=lambda: {"measured": 3, "documented": 1})
    generated: bool = False


def at(hour: float) -> int:
    """An instant some hours into the period."""
    return START + round(hour * HOUR)


def lanes_of(customer: Customer) -> Swimlanes:
    """Cut each use at the faults of each fact, and count device time once per instant."""
    facts = {fact: tuple(_segments(customer, fact)) for fact in FACTS}
    placements = tuple(
        Placement(at(start), at(end), site, units, customer.generated)
        for start, end, site, units in customer.uses
    )
    late, before_log, gap = (
        _device_time(customer, [f for f in customer.faults if f.state == state])
        for state in ("late", "before_log", "gap")
    )
    use = sum(round((end - start) * units * HOUR) for start, end, _, units in customer.uses)
    weight = sum(customer.known.values())
    known = {by: (use - gap) * part // weight for by, part in customer.known.items()}
    strongest = next(iter(known))
    known[strongest] += use - gap - sum(known.values())
    by_fact = {
        fact: size
        for fact in FACTS
        if (size := _device_time(customer, [f for f in customer.faults if f.part and f.fact == fact]))
    }
    coverage = Coverage(use, known, late, before_log, gap, by_fact)
    return Swimlanes(
        customer.tenant,
        customer.end_user,
        customer.methods,
        customer.mediators,
        facts,
        placements,
        coverage,
    )


def _segments(customer: Customer, fact: Fact) -> Iterable[Segment]:
    faults = [f for f in customer.faults if f.fact == fact]
    for start, end, _, _ in customer.uses:
        bounds = sorted({start, end, *(b for f in faults for b in (f.start, f.end) if start < b < end)})
        for left, right in itertools.pairwise(bounds):
            fault = next((f for f in faults if f.start <= left < f.end), None)
            state: State = "evidenced" if fault is None else fault.state
            yield Segment(at(left), at(right), state, fault.part if fault else None)


def _device_time(customer: Customer, faults: Sequence[Fault]) -> int:
    total = 0
    for start, end, _, units in customer.uses:
        bounds = sorted({start, end, *(b for f in faults for b in (f.start, f.end) if start < b < end)})
        for left, right in itertools.pairwise(bounds):
            if any(f.start <= left < f.end for f in faults):
                total += round((right - left) * units * HOUR)
    return total


def gaps_of(customer: Customer) -> list[GapRow]:
    """A row for each fault that is a gap, over the uses that it touches."""
    found = []
    for fault in customer.faults:
        if fault.part is None:
            continue
        touched = [use for use in customer.uses if use[0] < fault.end and fault.start < use[1]]
        start = max(fault.start, min(use[0] for use in touched))
        end = min(fault.end, max(use[1] for use in touched))
        found.append(
            GapRow(
                tenant=customer.tenant,
                end_user=customer.end_user,
                fact=fault.fact,
                part=fault.part,
                cause=fault.cause or f"{fault.part} {customer.end_user.id if customer.end_user else None}",
                start=at(start),
                end=at(end),
                units=max(use[3] for use in touched),
                device_time=_device_time(customer, [fault]),
                sites=tuple({use[2].id: use[2] for use in touched if use[2]}.values()),
                detail=fault.detail,
                evidence_ended=at(fault.start) if fault.renewed else None,
                evidence_begins=at(fault.end) if fault.renewed else None,
                responsible_role=fault.role,
                responsible=fault.by,
                closable=fault.closable,
            )
        )
    return found


CUSTOMERS = (
    Customer(
        Named("party-a0ba", {"en": "Aoba Robotics", "ja": "青葉ロボティクス"}),
        Named("party-a0ba", {"en": "Aoba Robotics", "ja": "青葉ロボティクス"}),
        ("direct",),
        (
            (0, 74, ISHIKARI, 32),
            (74, 191.5, INZAI, 32),
            (196.25, 292.8, ISHIKARI, 32),
            (292.8, 314.4, KITAKYUSHU, 16),
            (314.4, 336, ISHIKARI, 32),
        ),
        (
            Fault("identity", 220.8, 249.6, "verification", closable=False, renewed=True),
            Fault("access", 122.3, 158.3),
            Fault("custody", 74, 93.6, "chain", (Named("ishi-r3-n07", {}),), "site_operations"),
            Fault("authorization", 292.8, 314.4, "site", (KITAKYUSHU,), "export_control", closable=False),
            Fault("authorization", 60, 60.05, "jurisdiction", (Named("US", {}),), "export_control"),
        ),
        known={"attested": 4, "measured": 9, "documented": 3, "declared": 1},
    ),
    Customer(
        Named("party-5um1", {"en": "Sumida SI", "ja": "墨田システムインテグレーション"}),
        Named("party-m1n4", {"en": "Minato Language Lab", "ja": "みなと言語研究所"}),
        ("brokered", "remote"),
        ((12, 130, INZAI, 24), (12, 336, KITAKYUSHU, 8)),
        (
            Fault("access", 12, 24, before_log=True),
            Fault("access", 24, 36),
            Fault("access", 290, 306, "enablement", (Named("vpn-minato", {}),), "mediator", by=SUMIDA),
        ),
        (SUMIDA,),
        {"attested": 1, "measured": 8, "documented": 3, "declared": 2, "inferred": 1},
    ),
    Customer(
        Named("party-kaed", {"en": "Kaede Bio"}),
        Named("party-kaed", {"en": "Kaede Bio"}),
        ("remote",),
        ((0, 168, ISHIKARI, 8), (180, 336, INZAI, 8)),
        known={"attested": 9, "measured": 1},
    ),
    Customer(
        ORION,
        None,
        ("brokered",),
        ((96, 200, KITAKYUSHU, 8),),
        (
            Fault("identity", 96, 200, "end_user", role="mediator", by=ORION),
            Fault("access", 96, 200, "end_user", role="mediator", by=ORION),
            Fault("authorization", 96, 200, "end_user", role="mediator", by=ORION),
        ),
        (ORION,),
        {"declared": 1},
    ),
    Customer(
        Named("party-9q2x", {}),
        Named("party-77zk", {}),
        ("direct",),
        ((30, 40, INZAI, 4), (44, 45, INZAI, 4)),
        (
            Fault("custody", 30, 33, "provenance", (Named("dev-41c", {}), Named("dev-41d", {})), "supplier"),
            Fault("custody", 36, 36.004, "inventory", role="site_operations"),
        ),
        known={"documented": 1},
    ),
)


def report(
    customers: Sequence[Customer] = CUSTOMERS, *, start: int = START, end: int = END, **changes: object
) -> Report:
    """The whole report; `changes` replace fields of it."""
    lanes = tuple(map(lanes_of, customers))
    use = sum(lane.coverage.use for lane in lanes)
    unobserved = (UnobservedRow(INZAI, at(126), at(132), 248, 1_488 * HOUR),)
    share = (end - start) * max(1, -(-2 * use // (126 * (end - start))))  # a device's time, or several's
    installed = 126 * share
    missing = 1_488 * HOUR
    sites = (
        (ISHIKARI, _balance(share * 48, use * 4 // 10, 0)),
        (INZAI, _balance(share * 62, use * 5 // 10, missing)),
        (KITAKYUSHU, _balance(share * 16, use - use * 4 // 10 - use * 5 // 10, 0)),
    )
    made = Report(
        operator=Named("party-hkt0", {"en": "Hokuto Cloud", "ja": "北斗クラウド"}),
        simulated=True,
        generated_placement=False,
        start=start,
        end=end,
        known_at=end + 9 * HOUR,
        log_began=at(24),
        ledger=Ledger(
            "kansa.example/hokuto-cloud/evidence",
            41_207,
            "9f2b61c07d5e4a1188c3f0b7d2a96e5514c8a3b0e7f1d2c49586a7b8091e2f3d",
            end + 8 * HOUR + 59 * 60_000_000,
            0,
        ),
        balance=Balance(installed, use, installed - use - missing, missing),
        by_site=sites,
        coverage=total(lane.coverage for lane in lanes),
        lanes=lanes,
        gaps=tuple(gap for customer in customers for gap in gaps_of(customer)),
        unobserved=unobserved,
        quarantined=3,
        set_aside=2,
        lateness_assessed=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # tests name fields that exist


def total(coverages: Iterable[Coverage]) -> Coverage:
    """Coverage of all."""
    every = list(coverages)
    known: dict[str, int] = {}
    by_fact: dict[Fact, int] = {}
    for coverage in every:
        for by, size in coverage.by_known.items():
            known[by] = known.get(by, 0) + size
        for fact, size in coverage.gap_by_fact.items():
            by_fact[fact] = by_fact.get(fact, 0) + size
    return Coverage(
        sum(c.use for c in every),
        known,
        sum(c.late for c in every),
        sum(c.before_log for c in every),
        sum(c.gap for c in every),
        by_fact,
    )


def _balance(installed: int, used: int, unobserved: int) -> Balance:
    return Balance(installed, used, installed - used - unobserved, unobserved)


def many(lanes: int, segments: int, seed: int = 7) -> Report:
    """A report of a large operator: `lanes` end users, `segments` stretches on each of their lanes."""
    chance = random.Random(seed)
    hours = 14 * 24.0
    customers = []
    for i in range(lanes):
        named = Named(f"party-{i:04}", {"en": f"End user {i}", "ja": f"最終需要者{i}"})
        step = hours / segments
        faults = [
            Fault(fact, j * step, (j + chance.random()) * step, chance.choice(("chain", None)))
            for j in range(segments // 2 if i % 3 else 0)
            for fact in FACTS[i % 4 : i % 4 + 1]
        ]
        customers.append(Customer(named, named, ("direct",), ((0, hours, INZAI, 8),), faults))
    return report(customers)
