"""What an operator can show at an instant: each control fresh, stale or missing, with the records that answer.

At an instant `t` counts what had been recorded by `t` and had begun by `t`: readiness on a past day is what could
have been shown on that day, not what was added later. Only open fields are read. Pure: no clock, no store.
"""

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kansa.controls.pack import OPERATOR, Control, ControlPack, Evidence, Sign
from kansa.intervals import earliest
from kansa.records.journal import IndexedClaim, hides
from kansa.records.kinds.claim import Claim
from kansa.records.kinds.end_user import EndUserChanged, VerificationWithdrawn
from kansa.records.validity import validity
from kansa.registers.spans.verification import made_after

State = Literal["fresh", "stale", "missing"]
STATES: tuple[State, ...] = ("fresh", "stale", "missing")
Shows = Literal["fresh", "stale", "missing", "nobody"]
"""A control's worst answer; `nobody` where its population is empty."""


class Answer(NamedTuple):
    """What there is for one subject. `until` is when it ceases to be fresh as things stand; None: it is not, or never."""

    subject: str
    state: State
    records: tuple[int, ...]
    until: int | None


class Shown(NamedTuple):
    """A control at an instant, with an answer for each member of its population, in the order of their ids."""

    control: Control
    answers: tuple[Answer, ...]

    @property
    def state(self) -> Shows:
        """The worst answer."""
        found = {answer.state for answer in self.answers}
        return next((state for state in reversed(STATES) if state in found), "nobody")

    @property
    def counts(self) -> Mapping[str, int]:
        """How many answers there are of each state."""
        return tally((self,))


def tally(shown: Iterable[Shown]) -> Mapping[str, int]:
    """Return how many answers of several controls there are of each state."""
    found = Counter(answer.state for each in shown for answer in each.answers)
    return {state: found[state] for state in STATES}


class _Seen(NamedTuple):
    """One record that says something of a subject; `hidden_at` is when a correction of it was recorded."""

    start: int
    entry: int
    recorded_at: int
    end: int | None
    hidden_at: int | None
    per: str | None
    kind: str


class Records:
    """The records that a pack of controls asks for, in memory, by what they say and of whom."""

    def __init__(self, pack: ControlPack, claims: Iterable[IndexedClaim]) -> None:
        """`claims` in ledger order; of kinds that the pack does not ask for, none is kept."""
        self._pack = pack
        self._found: dict[Sign, dict[str, list[_Seen]]] = {sign: defaultdict(list) for sign in pack.signs()}
        by_type = defaultdict[str, list[Sign]](list)
        for sign in self._found:
            by_type[sign.type].append(sign)
        kept = [noted for noted in claims if noted.claim.type in by_type]
        by_index = {noted.index: noted for noted in kept}
        corrected: dict[int, int] = {}
        for noted in kept:
            if (hidden := hides(noted, by_index.get)) is not None:
                corrected.setdefault(hidden, noted.recorded_at)
        for noted in kept:
            for sign in by_type[noted.claim.type]:
                seen = _seen(noted, sign, corrected.get(noted.index))
                for subject in _subjects(noted.claim, sign):
                    self._found[sign][subject].append(seen)
        for by_subject in self._found.values():
            for listed in by_subject.values():
                listed.sort()

    def at(self, instant: int) -> tuple[Shown, ...]:
        """Return every control of the pack at an instant (µs UTC), in the order of the pack."""
        populations = {
            name: self._members(of.evidence, instant) for name, of in self._pack.populations.items()
        }
        populations[OPERATOR] = (OPERATOR,)
        return tuple(
            Shown(
                control,
                tuple(self._answer(control, subject, instant) for subject in populations[control.about]),
            )
            for control in self._pack.controls
        )

    def _members(self, evidence: Evidence, instant: int) -> tuple[str, ...]:
        named = {subject for sign in evidence.any for subject in self._found[sign]}
        there = (s for s in named if self._find(evidence, s, instant, None)[0] == "fresh")
        return tuple(sorted(there))

    def _answer(self, control: Control, subject: str, instant: int) -> Answer:
        state, seen = self._find(control.evidence, subject, instant, control.fresh)
        if seen is None:
            return Answer(subject, state, (), None)
        until = _end(control.evidence, seen, control.fresh)
        return Answer(subject, state, (seen.entry,), until if state == "fresh" else None)

    def _find(
        self, evidence: Evidence, subject: str, instant: int, fresh: int | None
    ) -> tuple[State, _Seen | None]:
        """Return the newest record that is fresh, else the newest that is not, else none."""
        enders = list(self._newest_first(evidence.ended_by, subject, instant))
        stale: _Seen | None = None
        for seen in self._newest_first(evidence.any, subject, instant):
            end = _end(evidence, seen, fresh)
            if (end is None or instant < end) and not any(_ends(ender, seen) for ender in enders):
                return "fresh", seen
            stale = stale or seen
        return ("missing", None) if stale is None else ("stale", stale)

    def _newest_first(self, signs: Sequence[Sign], subject: str, instant: int) -> Iterator[_Seen]:
        """Yield the records that had begun and were recorded by then, and that no correction recorded by then hides."""
        begun = (self._begun(sign, subject, instant) for sign in signs)
        for seen in heapq.merge(*begun, reverse=True):
            if seen.recorded_at <= instant and (seen.hidden_at is None or seen.hidden_at > instant):
                yield seen

    def _begun(self, sign: Sign, subject: str, instant: int) -> Iterator[_Seen]:
        listed = self._found[sign].get(subject, [])
        count = bisect_right(listed, instant, key=lambda seen: seen.start)
        return (listed[position] for position in reversed(range(count)))


def _seen(noted: IndexedClaim, sign: Sign, hidden_at: int | None) -> _Seen:
    span = validity(noted.claim)
    per = getattr(noted.claim, sign.per) if sign.per else None
    return _Seen(span.start, noted.index, noted.recorded_at, span.end, hidden_at, per, noted.claim.type)


def _end(evidence: Evidence, seen: _Seen, fresh: int | None) -> int | None:
    """Return when a record ceases to be fresh: as it says itself, or of age; None is never."""
    if evidence.closed_windows:
        stated, born = None, seen.start if seen.end is None else seen.end
    else:
        stated, born = seen.end, seen.start
    return earliest((stated, None if fresh is None else born + fresh))


def _ends(ender: _Seen, seen: _Seen) -> bool:
    """Tell whether one record ends another about the same thing.

    A change of the end user and a withdrawn verification end what they end everywhere (`registers.spans.verification`);
    any other record ends what began before it.
    """
    if ender.per != seen.per:
        return False
    if ender.kind == EndUserChanged.type:
        return not made_after(seen.start, seen.entry, seen.recorded_at, ender.start, ender.entry)
    if ender.kind == VerificationWithdrawn.type:
        return ender.entry > seen.entry
    return (ender.start, ender.entry) > (seen.start, seen.entry)


def _subjects(claim: Claim, sign: Sign) -> tuple[str, ...]:
    """Of whom a claim is a sign; none if it is not one."""
    if any(getattr(claim, name) not in values for name, values in sign.where):
        return ()
    if any(getattr(claim, name) is None for name in sign.having):
        return ()
    if sign.of is None:
        return (OPERATOR,)
    value: Any = getattr(claim, sign.of)
    return tuple(value) if isinstance(value, list) else (value,) if value else ()
