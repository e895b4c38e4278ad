"""Hand-over: a permitted shift is to be followed by records at both ends; a shift is to be preceded by a permit.

Pure functions of permits (the gate's log) and uses (the registers). The origin's record is the end of a use there, the
target's the start of a use there, each of the same tenant and end user, in the time of the permit or `grace` after it,
and recorded by then.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from kansa.clock import HOUR
from kansa.registers.rows import Use

GRACE = HOUR
"""How long after a permit has ended both ends must be on record."""

End = Literal["origin", "target"]
ENDS: tuple[End, ...] = ("origin", "target")


class Permit(NamedTuple):
    """A permit of a shift, `decision` in the gate's log, for `[start, end)`."""

    decision: int
    tenant_id: str
    end_user_id: str | None
    from_site_id: str | None
    site_id: str
    start: int
    end: int

    def covers(self, move: "Move") -> bool:
        """Tell whether a move is one that this permits."""
        return (
            (self.tenant_id, self.site_id) == (move.tenant_id, move.site_id)
            and self.end_user_id in {None, move.end_user_id}
            and self.from_site_id in {None, move.from_site_id}
            and self.start <= move.started < self.end
        )


class Move(NamedTuple):
    """A workload that left a site and went on at another; `records` are the ledger indexes of both uses."""

    workload_id: str
    tenant_id: str | None
    end_user_id: str | None
    from_site_id: str
    site_id: str
    ended: int
    started: int
    records: tuple[int, ...]


class Followed(NamedTuple):
    """What followed a permit: the ends that were recorded in time, those recorded `late`, and when they were due."""

    permit: Permit
    recorded: tuple[End, ...]
    late: tuple[End, ...]
    records: tuple[int, ...]
    due: int

    def state(self, now: int) -> Literal["complete", "pending", "missed"]:
        """Return `pending` until it is due; `missed` is a finding, also where the records came late."""
        if self.recorded == ENDS:
            return "complete"
        return "pending" if now < self.due else "missed"


def followed(
    permits: Iterable[Permit], uses: Iterable[Use], recorded_at: Callable[[int], int], grace: int = GRACE
) -> list[Followed]:
    """Return what followed each permit, in their order; `recorded_at` gives the time of an entry of the evidence log."""
    of_tenant: dict[str | None, list[Use]] = defaultdict(list)
    for use in uses:
        of_tenant[use.tenant_id].append(use)
    return [
        _after(permit, of_tenant[permit.tenant_id], recorded_at, permit.end + grace) for permit in permits
    ]


def moves(uses: Iterable[Use]) -> list[Move]:
    """Return the moves between sites that the uses show, by workload and time."""
    of_workload: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        if use.site_id is not None:
            of_workload[use.workload_id].append(use)
    return [move for workload in sorted(of_workload) for move in _moves(of_workload[workload])]


def unpermitted(moved: Iterable[Move], permits: Iterable[Permit], since: int) -> list[Move]:
    """Return the moves from an instant on that no permit covers; before the gate's log began there was none to ask."""
    given = list(permits)
    return [move for move in moved if move.started >= since and not any(p.covers(move) for p in given)]


def waiting(after: Iterable[Followed], now: int) -> dict[str, int]:
    """Return how many permitted shifts of each tenant lack records though they are due; late records end the wait."""
    lacking = [each for each in after if now >= each.due and {*each.recorded, *each.late} != set(ENDS)]
    return dict(Counter(each.permit.tenant_id for each in lacking))


def _after(permit: Permit, uses: Iterable[Use], recorded_at: Callable[[int], int], due: int) -> Followed:
    found: dict[End, tuple[int, tuple[int, ...]]] = {}
    for use in uses:
        if permit.end_user_id not in {None, use.end_user_id}:
            continue
        recorded = max((recorded_at(index) for index in use.evidence), default=due)
        instants = (use.end, use.start)
        for end, site, instant in zip(ENDS, (permit.from_site_id, permit.site_id), instants, strict=True):
            if use.site_id == site and instant is not None and permit.start <= instant < due:
                found[end] = min(found.get(end, (recorded, use.evidence)), (recorded, use.evidence))
    in_time = tuple(end for end in ENDS if end in found and found[end][0] < due)
    late = tuple(end for end in ENDS if end in found and end not in in_time)
    records = sorted({index for _, indexes in found.values() for index in indexes})
    return Followed(permit, in_time, late, tuple(records), due)


def _moves(uses: list[Use]) -> Iterator[Move]:
    stays: list[Use] = []
    for use in sorted(uses, key=lambda use: (use.start, use.site_id or "", use.use_id)):
        if not stays or stays[-1].site_id != use.site_id:
            stays.append(use)
    for before, after in pairwise(stays):
        yield Move(
            after.workload_id,
            after.tenant_id,
            after.end_user_id,
            str(before.site_id),
            str(after.site_id),
            after.start if before.end is None else min(before.end, after.start),
            after.start,
            tuple(sorted({*before.evidence, *after.evidence})),
        )
