"""The answer once more in plain Python, for those who verify without trusting a database.

It shares no idea with the SQL stages. For every key of a fact it draws one timeline: from which instant on is the
fact evidenced, how strongly, and was that recorded in time. A use is then cut at its own ends and wherever one of
its four timelines changes; between two cuts nothing changes, so the state at the first instant holds for all.

    identity       ├──────────────┤░░░░░├───────────┤
    authorization  ├─────────────────────────┤░░░░░░░
    use                 [====|=====|====|=====)          four cuts, two of the pieces are gaps

Standard library only. Time and memory are (n + m) log (n + m) in uses, evidence rows and the pieces that come out.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple, Protocol

from kansa.clock import DAY
from kansa.coherence.facts import FACTS, LEVELS, OPEN, level
from kansa.coherence.result import Assessment, Gap, Late, Result
from kansa.coherence.row_quality import (
    Held,
    held_uses,
    horizon_of,
    ignored_rows,
    why_ignored,
    without_blank_ids,
)
from kansa.registers.rows import Authorization, Tables, Use

Key = tuple[str | None, ...]


def sweep(
    tables: Tables,
    *,
    known_at: int | None = None,
    horizon: int | None = None,
    grace: int = DAY,
    log_began: int | None = None,
) -> Assessment:
    """Hold every instant of every use against the four facts.

    Args:
        tables: rows in any order; instants in microseconds.
        known_at: take the tables back to what had been recorded by this instant.
        horizon: where running uses end; by default `row_quality.horizon_of`.
        grace: microseconds after an instant within which its evidence still counts as recorded in time.
        log_began: the first checkpoint; what was not in time before it is told apart from what is late.

    Returns:
        Gaps and late segments ordered by use and start, and the sums. Lateness is always assessed; the balance of
        device time is a question of its own (`balance.balance`).
    """
    tables, blank = without_blank_ids(tables)
    until = horizon_of(tables, horizon)
    uses, quarantined = held_uses(tables.use, until)
    timelines = _timelines(tables, uses, known_at, grace)
    sums, gaps, lates = _Sums(), [], []
    for use in uses:
        whole = _whole(use, timelines, log_began)
        pieces = (whole,) if whole is not None else tuple(_pieces(use, timelines, log_began))
        sums.add(pieces, use.weight)
        if whole is not None:
            if whole.missing:
                gaps.append(Gap(use.use.use_id, use.use.start, use.end, whole.missing))
            if whole.late or whole.before:
                lates.append(Late(use.use.use_id, use.use.start, use.end, whole.late, whole.before))
            continue
        gaps += [Gap(use.use.use_id, *run) for run in _runs((p.start, p.end, (p.missing,)) for p in pieces)]
        lates += [
            Late(use.use.use_id, *run) for run in _runs((p.start, p.end, (p.late, p.before)) for p in pieces)
        ]
    result = Result(
        horizon=until.at,
        uses=len(uses),
        gaps=len(gaps),
        use_us=sums.use,
        gap_us=sums.gap,
        late_us=sums.late,
        before_log_us=None if log_began is None else sums.before,
        fact_gap_us={fact.name: sums.missing[fact.bit] for fact in FACTS},
        evidenced_by_us={LEVELS[known]: sums.known[known] for known in reversed(range(len(LEVELS)))},
        quarantined=quarantined,
        ignored=ignored_rows(tables),
        blank_ids=blank,
    )
    return Assessment(result=result, gaps=tuple(gaps), late=tuple(lates))


class _State(NamedTuple):
    """A fact at an instant: its level if it is evidenced, and whether a version said so in time."""

    level: int | None
    in_time: bool


_NOTHING = _State(None, in_time=False)


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A fact's states; `states[i]` holds from `instants[i]` to the next instant."""

    instants: tuple[int, ...] = ()
    states: tuple[_State, ...] = ()

    def at(self, instant: int) -> _State:
        position = bisect_right(self.instants, instant)
        return self.states[position - 1] if position else _NOTHING

    def changes(self, start: int, end: int) -> tuple[int, ...]:
        return self.instants[bisect_right(self.instants, start) : bisect_left(self.instants, end)]

    def throughout(self, start: int, end: int) -> _State | None:
        """Return the state of all of `[start, end)`; None if it changes on the way."""
        position = bisect_right(self.instants, start)
        if position < len(self.instants) and self.instants[position] < end:
            return None
        return self.states[position - 1] if position else _NOTHING


_EMPTY = _Timeline()


class _Evidence(Protocol):
    """What the rows of the four evidence tables have in common."""

    @property
    def valid_from(self) -> int: ...
    @property
    def valid_to(self) -> int | None: ...
    @property
    def recorded_at(self) -> int | None: ...
    @property
    def superseded_at(self) -> int | None: ...
    @property
    def known_by(self) -> str | None: ...


class _Span(NamedTuple):
    """`[start, end)` in which a row makes a fact evidenced at a level, or in time."""

    start: int
    end: int
    means: int


_IN_TIME = len(LEVELS)


def _spans(row: _Evidence, known_at: int | None, grace: int) -> Iterator[_Span]:
    """Yield what one version says: it is evidence if nothing has replaced it, and in time from `recorded_at - grace` on."""
    recorded, superseded = row.recorded_at, OPEN if row.superseded_at is None else row.superseded_at
    if known_at is not None:
        if recorded is None or recorded > known_at:
            return
        superseded = superseded if superseded <= known_at else OPEN
    end = OPEN if row.valid_to is None else row.valid_to
    if superseded == OPEN:
        yield _Span(row.valid_from, end, level(row.known_by))
    if recorded is not None and max(row.valid_from, recorded - grace) < min(end, superseded):
        yield _Span(max(row.valid_from, recorded - grace), min(end, superseded), _IN_TIME)


def _timeline(spans: Iterable[_Span]) -> _Timeline:
    """Count what begins and ends at each instant; the strongest level that is covered at all is the level."""
    changes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for span in spans:
        changes[span.start].append((span.means, 1))
        changes[span.end].append((span.means, -1))
    covering, instants, states = [0] * (len(LEVELS) + 1), [], []
    for instant in sorted(changes):
        for means, change in changes[instant]:
            covering[means] += change
        strongest = max((known for known in range(len(LEVELS)) if covering[known]), default=None)
        instants.append(instant)
        states.append(_State(strongest, in_time=covering[_IN_TIME] > 0))
    return _Timeline(tuple(instants), tuple(states))


def _timelines(
    tables: Tables, uses: tuple[Held, ...], known_at: int | None, grace: int
) -> tuple[Mapping[Key, _Timeline], ...]:
    """For each fact, a timeline per key, in the order of `FACTS`."""
    identity, access, custody, authorization = (defaultdict[Key, list[_Span]](list) for _ in FACTS)
    for row in tables.identity:
        if why_ignored((row.tenant_id, row.end_user_id), row.valid_from, row.valid_to) is None:
            identity[row.tenant_id, row.end_user_id] += _spans(row, known_at, grace)
    for path in tables.access:
        if (
            why_ignored((path.tenant_id, path.end_user_id, path.path_id), path.valid_from, path.valid_to)
            is None
        ):
            access[path.tenant_id, path.end_user_id, path.path_id] += _spans(path, known_at, grace)
    for place in tables.custody:
        if why_ignored((place.device_id, place.site_id), place.valid_from, place.valid_to) is None:
            custody[place.device_id, place.site_id] += _spans(place, known_at, grace)
    bases = _bases(tables)
    for key in {(held.use.end_user_id, held.use.item_class, held.use.site_id) for held in uses}:
        for basis in bases.covering(key):
            authorization[key] += _spans(basis, known_at, grace)
    return tuple(
        {key: _timeline(spans) for key, spans in keyed.items()}
        for keyed in (identity, access, custody, authorization)
    )


@dataclass(frozen=True, slots=True)
class _Bases:
    """Authorizations by end user, and the item classes and sites that each covers."""

    of: Mapping[str, list[Authorization]]
    items: frozenset[tuple[str, str]]
    sites: frozenset[tuple[str, str]]

    def covering(self, key: tuple[str | None, str | None, str | None]) -> Iterator[Authorization]:
        end_user, item_class, site = key
        for basis in self.of.get(end_user, ()) if end_user is not None else ():
            if (basis.authorization_id, item_class) in self.items and (
                basis.authorization_id,
                site,
            ) in self.sites:
                yield basis


def _bases(tables: Tables) -> _Bases:
    of: dict[str, list[Authorization]] = defaultdict(list)
    for row in tables.authorization:
        if why_ignored((row.authorization_id, row.end_user_id), row.valid_from, row.valid_to) is None:
            of[row.end_user_id].append(row)
    items = frozenset(
        (row.authorization_id, row.item_class) for row in tables.authorization_item if None not in row
    )
    sites = frozenset(
        (row.authorization_id, row.site_id) for row in tables.authorization_site if None not in row
    )
    return _Bases(of, items, sites)


class _Piece(NamedTuple):
    """`[start, end)` of a use in which nothing changes; `known` is the weakest of the facts and the use itself."""

    start: int
    end: int
    missing: int
    late: int
    before: int
    known: int


def _whole(
    held: Held, timelines: tuple[Mapping[Key, _Timeline], ...], log_began: int | None
) -> _Piece | None:
    """Return a use in one piece, as most are; None if a fact changes or the log begins while it runs."""
    use, end = held.use, held.end
    if log_began is not None and use.start < log_began < end:
        return None
    states = []
    for key_of, of_fact in zip(_KEYS, timelines, strict=True):
        state = of_fact.get(key_of(use), _EMPTY).throughout(use.start, end)
        if state is None:
            return None
        states.append(state)
    unlogged = log_began is not None and use.start < log_began
    missing, late, known = _judged(tuple(states))
    return _Piece(
        use.start,
        end,
        missing=missing,
        late=0 if unlogged else late,
        before=late if unlogged else 0,
        known=min(known, level(use.known_by)),
    )


@lru_cache(maxsize=4096)
def _judged(states: tuple[_State, ...]) -> tuple[int, int, int]:
    """Return what four states at one instant say: the bits that are missing and late, and the weakest level."""
    paired = tuple(zip(FACTS, states, strict=True))
    missing = sum(fact.bit for fact, state in paired if state.level is None)
    late = sum(fact.bit for fact, state in paired if state.level is not None and not state.in_time)
    return (
        missing,
        late,
        min((state.level for state in states if state.level is not None), default=_STRONGEST),
    )


_STRONGEST = len(LEVELS) - 1
_KEYS: tuple[Callable[[Use], Key], ...] = tuple(attrgetter(*fact.key) for fact in FACTS)


def _pieces(
    held: Held, timelines: tuple[Mapping[Key, _Timeline], ...], log_began: int | None
) -> Iterator[_Piece]:
    """Cut a use wherever the state of one of its facts changes, and at the beginning of the log."""
    use = held.use
    mine = tuple(of_fact.get(key_of(use), _EMPTY) for key_of, of_fact in zip(_KEYS, timelines, strict=True))
    cuts = {use.start, held.end}.union(*(timeline.changes(use.start, held.end) for timeline in mine))
    if log_began is not None and use.start < log_began < held.end:
        cuts.add(log_began)
    for start, end in pairwise(sorted(cuts)):
        missing, late, known = _judged(tuple(timeline.at(start) for timeline in mine))
        unlogged = log_began is not None and start < log_began
        yield _Piece(
            start,
            end,
            missing=missing,
            late=0 if unlogged else late,
            before=late if unlogged else 0,
            known=min(known, level(use.known_by)),
        )


def _runs(pieces: Iterable[tuple[int, int, tuple[int, ...]]]) -> Iterator[tuple[int, ...]]:
    """Join neighbours with equal masks and leave out those in which no bit is set; pieces follow without holes."""
    held: tuple[int, ...] = ()
    begun = stopped = 0
    for start, end, masks in pieces:
        if masks != held:
            if any(held):
                yield begun, stopped, *held
            begun, held = start, masks
        stopped = end
    if any(held):
        yield begun, stopped, *held


class _Sums:
    """Weighted microseconds over all pieces seen so far."""

    def __init__(self) -> None:
        self.use = self.gap = self.late = self.before = 0
        self._masks, self.known = Counter[int](), Counter[int]()

    def add(self, pieces: tuple[_Piece, ...], weight: int) -> None:
        """Count the pieces of one use. Late time is a part of the time that is evidenced on all four facts."""
        for start, end, missing, late, before, known in pieces:
            time = (end - start) * weight
            self.use += time
            if missing:
                self.gap += time
                self._masks[missing] += time
                continue
            self.known[known] += time
            if late:
                self.late += time
            if before:
                self.before += time

    @property
    def missing(self) -> Mapping[int, int]:
        """How long each fact was missing, by its bit."""
        return {
            fact.bit: sum(time for mask, time in self._masks.items() if mask & fact.bit) for fact in FACTS
        }
