"""Say who let which end user through a path at an instant, on what, and whether the controls held while the work moved."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kansa.clock import format_instant
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.workload import WorkloadShifted
from kansa.registers.rows import Use
from kansa.registers.spans import access, basis, clearance, evidenced, verification
from kansa.registers.spans.access import Approval
from kansa.trace import statements
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import REACHES, Reach
from kansa.trace.statement import Statement, ids_in, in_order

ANSWERED = ("identity", "access", "authorization")
"""The facts that stand for an end user and a path whatever runs; custody is a matter of what ran where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An end user for whom the path was approved then; `missing` are the facts without evidence at the instant."""

    tenant: str
    end_user: str
    evidenced: tuple[str, ...]
    missing: tuple[str, ...]
    statements: tuple[Statement, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "tenant": self.tenant,
            "end_user": self.end_user,
            "evidenced": list(self.evidenced),
            "missing": list(self.missing),
            "statements": [each.as_json() for each in self.statements],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What held units through the path at the instant; `missing` counts accelerators without evidence, by fact."""

    workload: str
    site: str | None
    end_user: str | None
    accelerators: int
    missing: Mapping[str, int]
    since: int
    entries: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "workload": self.workload,
            "site": self.site,
            "end_user": self.end_user,
            "accelerators": self.accelerators,
            "missing": dict(self.missing),
            "since": format_instant(self.since),
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move of a workload between sites, and what had no evidence before and from it on until it ended or moved again."""

    workload: str
    origin: str | None
    site: str | None
    at: int
    cause: str | None
    missing_before: tuple[str, ...]
    missing_after: tuple[str, ...]
    entries: tuple[int, ...]
    handover: tuple[Statement, ...] = ()

    @property
    def held(self) -> bool:
        """Tell whether every fact that was evidenced before was evidenced all the time after."""
        return set(self.missing_after) <= set(self.missing_before)

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "workload": self.workload,
            "from": self.origin,
            "to": self.site,
            "at": format_instant(self.at),
            "cause": self.cause,
            "missing_before": list(self.missing_before),
            "missing_after": list(self.missing_after),
            "held": self.held,
            "handover": [each.as_json() for each in self.handover],
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The answer on a path at an instant; `uses` of how many uses through the path that are on record."""

    path: str
    at: int
    known_at: int
    served: tuple[Served, ...]
    path_statements: tuple[Statement, ...]
    running: tuple[Running, ...]
    moves: tuple[Move, ...]
    uses: int

    @property
    def is_evidenced(self) -> bool:
        """Tell whether somebody was let through, nothing was missing then, and every move kept what was evidenced."""
        lacking = [*(each.missing for each in self.served), *(each.missing for each in self.running)]
        return bool(self.served) and not any(lacking) and all(move.held for move in self.moves)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa who --json`, without names."""
        return {
            "path": self.path,
            "at": format_instant(self.at),
            "known_at": format_instant(self.known_at),
            "served": [each.as_json() for each in self.served],
            "statements": [each.as_json() for each in self.path_statements],
            "running": [each.as_json() for each in self.running],
            "moves": [each.as_json() for each in self.moves],
            "uses": self.uses,
            "evidenced": self.is_evidenced,
        }

    def subjects(self) -> set[str]:
        """Return every id that it names."""
        said = [*self.path_statements, *(s for each in self.served for s in each.statements)]
        found = ids_in([*said, *(s for move in self.moves for s in move.handover)]) | {self.path}
        found |= {id_ for each in self.served for id_ in (each.tenant, each.end_user)}
        named = [(r.workload, r.site, r.end_user) for r in self.running]
        named += [(m.workload, m.origin, m.site) for m in self.moves]
        return found | {id_ for ids in named for id_ in ids if id_ is not None}


def who(path: str, at: int, world: EvidenceAsOf, known_at: int) -> Who:
    """Return who authorized which end user for a path at an instant, and what became of what ran through it then.

    `world` reaches as far as is asked about what came after the instant.
    """
    reach = REACHES["path"](path, world)
    running = [use for use in reach.uses if world.span(use).covers(at)]
    return Who(
        path=path,
        at=at,
        known_at=known_at,
        served=tuple(_served(approval, at, world) for approval in _in_force(path, at, world)),
        path_statements=in_order(_enablement(path, at, world)),
        running=tuple(_running(group, at, world) for group in statements.together(running).values()),
        moves=tuple(_moves({use.workload_id for use in running}, reach, world)),
        uses=len(reach.uses),
    )


def _in_force(path: str, at: int, world: EvidenceAsOf) -> list[Approval]:
    found = [a for a in access.approved(path, world.journal) if a.span.covers(at)]
    return [a for a in found if a.claim.end_user_id is not None]


def _enablement(path: str, at: int, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield what switched the path on at the instant, else the stretch before it, and the approvals for nobody."""
    on = access.enabled(path, world.journal)
    here = [held for held in on if held.span.covers(at)]
    before = [held for held in on if held.span.start <= at]
    yield from (statements.enabled(path, held) for held in here or before[-1:])
    for approval in access.approved(path, world.journal):
        if approval.span.covers(at) and approval.claim.end_user_id is None:
            yield statements.approved(approval)


def _served(approval: Approval, at: int, world: EvidenceAsOf) -> Served:
    claim = approval.claim
    tenant, end_user = claim.tenant_id, claim.end_user_id or ""
    spans = {
        "identity": [
            each.span for each in world.derive(evidenced.identity_of, end_user) if each.tenant == tenant
        ],
        "access": [
            each.span
            for each in world.derive(evidenced.opened, claim.path_id)
            if (each.claim.tenant_id, each.claim.end_user_id) == (tenant, end_user)
        ],
        "authorization": [each.span for each in world.derive(evidenced.authorized, end_user)],
    }
    stands = {fact: any(span.covers(at) for span in spans[fact]) for fact in ANSWERED}
    said = [statements.approved(approval)]
    said += [
        statements.verified(end_user, each, at)
        for each in _latest(verification.verifications(end_user, world.journal), at)
    ]
    decisions = [d for d in clearance.decisions(end_user, world.journal) if d.claim.tenant_id == tenant]
    said += [statements.decided(d) for d in decisions if any(span.covers(at) for span in d.spans)]
    said += [
        statements.basis_of(held, at) for held in world.derive(basis.bases, end_user) if held.span.covers(at)
    ]
    return Served(
        tenant=tenant,
        end_user=end_user,
        evidenced=tuple(fact for fact in ANSWERED if stands[fact]),
        missing=tuple(fact for fact in ANSWERED if not stands[fact]),
        statements=in_order(said),
    )


def _latest(found: Iterable[verification.Verification], at: int) -> list[verification.Verification]:
    """Return the verifications that hold at an instant, else the last that had begun."""
    begun = [each for each in found if each.whole.start <= at]
    return [each for each in begun if each.span.covers(at)] or begun[-1:]


def _running(group: list[Use], at: int, world: EvidenceAsOf) -> Running:
    missing: Counter[str] = Counter()
    for use in group:
        for fact in evidenced.missing(use, at, world.derive):
            missing[fact] += use.weight
    first = group[0]
    return Running(
        workload=first.workload_id,
        site=first.site_id,
        end_user=first.end_user_id,
        accelerators=sum(use.weight for use in group),
        missing=dict(missing),
        since=first.start,
        entries=tuple(sorted({index for use in group for index in use.evidence})),
    )


def _moves(workloads: set[str], reach: Reach, world: EvidenceAsOf) -> Iterator[Move]:
    """Yield the moves of workloads from one site to another, in order of time."""
    handed = list(statements.handovers(reach, world))
    found = [
        move
        for workload in sorted(workloads)
        for move in _moves_of([use for use in reach.uses if use.workload_id == workload], handed, world)
    ]
    yield from sorted(found, key=lambda move: (move.at, move.workload))


def _moves_of(uses: list[Use], handed: list[Statement], world: EvidenceAsOf) -> Iterator[Move]:
    begun = sorted({use.start for use in uses})
    for before, start in pairwise(begun):
        left = [use for use in uses if use.start == before]
        taken = [use for use in uses if use.start == start]
        if {use.site_id for use in left} == {use.site_id for use in taken}:
            continue
        noted = _shift(taken, world)
        yield Move(
            workload=taken[0].workload_id,
            origin=left[0].site_id,
            site=taken[0].site_id,
            at=start,
            cause=noted.claim.cause if noted and isinstance(noted.claim, WorkloadShifted) else None,
            missing_before=_missing(left, world),
            missing_after=_missing(taken, world),
            entries=tuple(sorted({index for use in (*left, *taken) for index in use.evidence})),
            handover=tuple(
                each
                for each in handed
                if each.subjects.get("origin") == left[0].site_id
                and each.subjects.get("site") == taken[0].site_id
                and each.subjects.get("workload") in (None, taken[0].workload_id)
                and abs(each.start - start) <= _NEAR
            ),
        )


def _shift(taken: list[Use], world: EvidenceAsOf) -> IndexedClaim | None:
    shifts = world.journal.of_kind(taken[0].workload_id, WorkloadShifted)
    indexes = {index for use in taken for index in use.evidence}
    return next((noted for noted, _ in shifts if noted.index in indexes), None)


def _missing(uses: list[Use], world: EvidenceAsOf) -> tuple[str, ...]:
    found = {fact for use in uses for fact, spans in world.gaps(use).items() if spans}
    return tuple(fact for fact in evidenced.FACTS if fact in found)


_NEAR = 3_600_000_000  # a permit is given before the move; a permit's own length bounds how long before
