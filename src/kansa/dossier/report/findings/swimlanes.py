"""One lane a fact for each tenant and end user, and where their work ran."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from kansa.coherence.facts import FACTS
from kansa.coherence.result import Assessment, Result
from kansa.coherence.row_quality import Horizon, held_uses
from kansa.coherence.sweep import sweep
from kansa.coherence.why import Why
from kansa.dossier.report.findings.naming import maybe_named, named
from kansa.dossier.report.findings.stretches import highest, joined, most_at_once
from kansa.dossier.report.view import Coverage, Fact, Part, Placement, Segment, State, Swimlanes
from kansa.registers.directory import Directory
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Tables,
    Use,
)

RANKED: tuple[State, ...] = ("evidenced", "before_log", "late", "gap")
"""Of uses that run at once the one with the least to show decides; an instant is never both before the log and late."""

Group = tuple[str | None, str | None]
Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


def swimlanes(
    tables: Tables,
    reasons: Sequence[Why],
    directory: Directory,
    *,
    grace: int,
    log_began: int | None,
    generated: frozenset[str] = frozenset(),
) -> tuple[Swimlanes, ...]:
    """Return the lanes of every tenant and end user with a use, those with the most gap time first.

    `tables` are cut to the period already, so that every use has an end. Uses that coherence sets aside are
    not drawn. `generated` are the workloads whose placement was generated.
    """
    groups: dict[Group, list[Use]] = {(use.tenant_id, use.end_user_id): [] for use in tables.use}
    for held in held_uses(tables.use, Horizon(None))[0]:
        groups[held.use.tenant_id, held.use.end_user_id].append(held.use)
    parts, evidence = _parts(reasons), _Evidence.of(tables)
    lanes = [
        _lanes(
            group,
            uses,
            sweep(evidence.for_uses(group, uses), grace=grace, log_began=log_began),
            parts,
            directory,
            generated=generated,
        )
        for group, uses in groups.items()
    ]
    return tuple(sorted(lanes, key=lambda lane: (-lane.coverage.gap, -lane.coverage.use, str(lane.tenant))))


def coverage_of(result: Result) -> Coverage:
    """Return the sums of an assessment as the report shows them."""
    return Coverage(
        use=result.use_us,
        by_known=dict(result.evidenced_by_us),
        late=result.late_us or 0,
        before_log=result.before_log_us or 0,
        gap=result.gap_us,
        gap_by_fact={cast("Fact", fact.name): result.fact_gap_us[fact.name] for fact in FACTS},
    )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The evidence by whom or what it speaks of: to sweep one tenant's uses against everybody's takes too long."""

    identity: Mapping[Group, Sequence[Identity]]
    access: Mapping[Group, Sequence[Access]]
    custody: Mapping[str, Sequence[Custody]]
    authorization: Mapping[str, Sequence[Authorization]]
    items: Mapping[str, Sequence[AuthorizationItem]]
    sites: Mapping[str, Sequence[AuthorizationSite]]

    @classmethod
    def of(cls, tables: Tables) -> "_Evidence":
        return cls(
            identity=_grouped(tables.identity, lambda row: (row.tenant_id, row.end_user_id)),
            access=_grouped(tables.access, lambda row: (row.tenant_id, row.end_user_id)),
            custody=_grouped(tables.custody, lambda row: row.device_id),
            authorization=_grouped(tables.authorization, lambda row: row.end_user_id),
            items=_grouped(tables.authorization_item, lambda row: row.authorization_id),
            sites=_grouped(tables.authorization_site, lambda row: row.authorization_id),
        )

    def for_uses(self, group: Group, uses: Sequence[Use]) -> Tables:
        """Return the uses of a tenant and end user, with all evidence that can bear on them."""
        bases = self.authorization.get(group[1] or "", ())
        numbers = dict.fromkeys(basis.authorization_id for basis in bases)
        return Tables(
            use=tuple(uses),
            identity=tuple(self.identity.get(group, ())),
            access=tuple(self.access.get(group, ())),
            custody=tuple(
                r for unit in dict.fromkeys(u.device_id for u in uses) for r in self.custody.get(unit, ())
            ),
            authorization=tuple(bases),
            authorization_item=tuple(row for number in numbers for row in self.items.get(number, ())),
            authorization_site=tuple(row for number in numbers for row in self.sites.get(number, ())),
        )


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> Mapping[Key, Sequence[Row]]:
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _lanes(
    group: Group,
    uses: Sequence[Use],
    swept: Assessment,
    parts: Mapping[tuple[str, str], list[Why]],
    directory: Directory,
    *,
    generated: frozenset[str],
) -> Swimlanes:
    tenant, end_user = group
    paths = [p for use in uses for p in directory.paths.get(use.path_id or "", ()) if p.tenant_id == tenant]
    mediators = dict.fromkeys(path.mediator_id for path in paths if path.mediator_id is not None)
    return Swimlanes(
        tenant=maybe_named(tenant, directory),
        end_user=maybe_named(end_user, directory),
        methods=tuple(dict.fromkeys(path.method for path in paths)),
        mediators=tuple(named(mediator, directory) for mediator in mediators),
        facts={
            cast("Fact", fact.name): tuple(_segments(uses, swept, fact.name, fact.bit, parts))
            for fact in FACTS
        },
        placements=tuple(_placements(uses, directory, generated)),
        coverage=coverage_of(swept.result),
    )


def _segments(
    uses: Sequence[Use], swept: Assessment, fact: str, bit: int, parts: Mapping[tuple[str, str], list[Why]]
) -> Iterator[Segment]:
    ranked = [(use.start, use.end, 0) for use in uses if use.end is not None and use.end > use.start]
    ranked += [(late.start, late.end, 1) for late in swept.late if late.before_log & bit]
    ranked += [(late.start, late.end, 2) for late in swept.late if late.late & bit]
    ranked += [(gap.start, gap.end, 3) for gap in swept.gaps if gap.missing & bit]
    painted = highest(ranked)
    starts = [start for start, _, _ in painted]
    missing: dict[int, Counter[str]] = defaultdict(
        Counter
    )  # by segment; a reason lies in one, as gaps lie on top
    for use in uses:
        for reason in parts.get((use.use_id, fact), ()):
            missing[bisect_right(starts, reason.start) - 1][reason.part] += reason.end - reason.start
    for number, (start, end, rank) in enumerate(painted):
        yield Segment(start, end, RANKED[rank], _longest(missing[number]) if rank == 3 else None)


def _longest(missing: Mapping[str, int]) -> Part | None:
    """Return the part that is missing longest."""
    return cast("Part | None", max(sorted(missing), key=missing.__getitem__, default=None))


def _parts(reasons: Iterable[Why]) -> Mapping[tuple[str, str], list[Why]]:
    found: dict[tuple[str, str], list[Why]] = defaultdict(list)
    for reason in reasons:
        found[reason.use_id, reason.fact].append(reason)
    return found


def _placements(uses: Sequence[Use], directory: Directory, generated: frozenset[str]) -> Iterator[Placement]:
    held: dict[tuple[str | None, bool], list[tuple[int, int]]] = defaultdict(list)
    for use in uses:
        if use.end is not None and use.end > use.start:
            held[use.site_id, use.workload_id in generated].append((use.start, use.end))
    for (site, made), spans in held.items():
        for (start, end), inside in joined(spans, lambda span: span):
            yield Placement(start, end, maybe_named(site, directory), most_at_once(inside), made)
