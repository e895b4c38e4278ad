"""What facts may ask: revealed claims, uses, tables of countries, and one instant; and what was asked."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, TypeVar, cast

from kansa.clock import DAY, HOUR, MICROSECONDS, parse_instant
from kansa.intervals import Interval
from kansa.records.journal import ClaimT, IndexedClaim, Journal, kind_topic, only
from kansa.records.kinds.claim import Claim
from kansa.registers.rows import Use
from kansa.registers.uses_by_subject import EVERYBODY

Value = bool | int | str | frozenset[str]
Reason = Literal["not_recorded", "erased", "contested", "incomplete", "no_table", "not_told"]
"""Why a fact is not known.

No record says; its value was erased (or withheld); records contradict each other; a chain is not complete; no table
covers the instant; nothing that Kansa records tells it.
"""
GroupsOf = Callable[[str, int], frozenset[str] | None]
"""The groups of a country (ISO 3166-1 alpha-2) at an instant; None if no table covers it."""

Around = Callable[["FactContext", str], "Indicators"]
"""The indicators around a reconfiguration, by its subject."""


class Spanned(Protocol):
    """Something that holds for a stretch of time."""

    @property
    def span(self) -> Interval:
        """When it holds."""
        ...


_SpannedT = TypeVar("_SpannedT", bound=Spanned)
_FoundT = TypeVar("_FoundT")


class FactValue(NamedTuple):
    """A fact as found: its value and the ledger indexes behind it; a value of None has its reason."""

    value: Value | None
    records: tuple[int, ...] = ()
    reason: Reason | None = None


class Indicators(NamedTuple):
    """How many rules were true of what a reconfiguration touches, by severity (the gravest first), before and after.

    `risk_rose` of None: more could not be assessed after than before.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    risk_rose: bool | None


class Dependencies(NamedTuple):
    """What was looked at: topics of the journal, and the first later instant at which an answer may change."""

    topics: frozenset[str]
    until: int | None


_NO_PURPOSES: Mapping[str, str] = MappingProxyType({})


class FactContext:
    """All evidence, as of `now`; a `Journal` itself. It notes what is asked of it until `looked` is called.

    `withheld` holds the indexes of claims some of whose sealed values are erased or withheld. `uses` finds the uses
    of a tenant, end user, path or site, and all of them under `EVERYBODY`. `around` tells the indicators just before
    and just after a reconfiguration; nothing is known of them without it.
    """

    def __init__(
        self,
        journal: Journal,
        now: int,
        *,
        withheld: Collection[int] = (),
        uses: Mapping[str, Sequence[Use]] | None = None,
        groups_of: GroupsOf = lambda _country, _at: None,
        operator: str | None = None,
        around: "Around | None" = None,
        purposes: Mapping[str, str] = _NO_PURPOSES,
    ) -> None:
        self.now = now
        self.operator = operator
        self.around = around
        self._journal = journal
        self._withheld = withheld
        self._uses = {} if uses is None else uses
        self._purposes = purposes
        self._groups_of = groups_of
        self._mentioned: dict[str, Sequence[IndexedClaim]] = {}
        self._by_kind: dict[tuple[str, type[Claim]], Any] = {}
        self._sorted: dict[tuple[str, type[Claim]], Any] = {}
        self._derived: dict[tuple[Any, str], tuple[Any, set[str]]] = {}
        self._topics: set[str] = set()
        self._until: int | None = None

    def looked(self) -> Dependencies:
        """Return what was looked at since the last call."""
        seen = Dependencies(frozenset(self._topics), self._until)
        self._topics.clear()
        self._until = None
        return seen

    def then(self, instant: int) -> "FactContext":
        """Return the same evidence at another instant, which does not move; what is looked at there is looked at here."""
        other = FactContext(
            self._journal,
            instant,
            withheld=self._withheld,
            uses=self._uses,
            purposes=self._purposes,
            groups_of=self._groups_of,
            operator=self.operator,
        )
        other._mentioned, other._sorted, other._topics = self._mentioned, self._sorted, self._topics
        other._by_kind = self._by_kind
        other._derived = self._derived
        return other

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        """Return the claims that mention a topic, as the journal does: in ledger order, begun or not."""
        self._topics.add(topic)
        return self._mentions(topic)

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        """Return the claims of a kind that mention a topic, as the journal does: in ledger order, begun or not."""
        self._topics.add(kind_topic(topic, kind))
        return self._claims_of_kind(topic, kind)

    def at(self, index: int) -> IndexedClaim | None:
        """Return the claim at an index, as the journal does."""
        return self._journal.at(index)

    def find(self, topic: str, kind: type[ClaimT], **having: object) -> list[tuple[IndexedClaim, ClaimT]]:
        """Return the claims of a kind (and its kinds below) that mention a topic and have begun, earliest first."""
        self._topics.add(kind_topic(topic, kind))
        return [
            (noted, claim)
            for noted, claim in self._of_kind(topic, kind)
            if all(getattr(claim, name) == value for name, value in having.items())
            and self.since(claim) is not None
        ]

    def current(self, topic: str, kind: type[ClaimT], **having: object) -> list[tuple[IndexedClaim, ClaimT]]:
        """Return those of `find` that have not ended."""
        return [said for said in self.find(topic, kind, **having) if not self.ended(said[1])]

    def derive(self, spans: Callable[[str, Journal], _FoundT], subject: str, /) -> _FoundT:
        """Return the spans of a subject (`registers.spans`), derived once for all that ask; they are the same at every instant."""
        kept = self._derived.get((spans, subject))
        if kept is None:
            asked, self._topics = self._topics, set()
            try:
                kept = self._derived[spans, subject] = (spans(subject, self), self._topics)
            finally:
                self._topics = asked
        self._topics |= kept[1]
        return cast("_FoundT", kept[0])

    def holding(self, spans: Iterable[_SpannedT]) -> list[_SpannedT]:
        """Return those of the spans of a fact (`registers.spans`) that cover now, in their order."""
        return [each for each in spans if self.covers(each.span)]

    def covers(self, span: Interval) -> bool:
        """Tell whether a stretch of time covers now."""
        return self.reached(span.start) and (span.end is None or not self.reached(span.end))

    def since(self, claim: Claim) -> int | None:
        """Return when a claim began; None if it has not."""
        start = parse_instant(claim.valid_from)
        return start if self.reached(start) else None

    def ended(self, claim: Claim) -> bool:
        """Tell whether a claim's validity is over."""
        return claim.valid_to is not None and self.reached(parse_instant(claim.valid_to))

    def reached(self, instant: int) -> bool:
        """Tell whether an instant is not later than now."""
        if instant <= self.now:
            return True
        self._changes(instant)
        return False

    def days_since(self, instant: int) -> int:
        """Return whole days since an instant that was reached."""
        return self._whole(instant, DAY)

    def hours_since(self, instant: int) -> int:
        """Return whole hours since an instant that was reached."""
        return self._whole(instant, HOUR)

    def seconds_since(self, instant: int) -> int:
        """Return whole seconds since an instant that was reached."""
        return self._whole(instant, MICROSECONDS)

    def mark_volatile(self) -> None:
        """Mark the answer as one that may differ at any later instant."""
        self._changes(self.now + 1)

    def uses(self, subject: str) -> list[Use]:
        """Return the uses of a tenant, end user, path or site that have begun."""
        self._topics.add(use_topic(subject))
        return [use for use in self._uses.get(subject, ()) if self.reached(use.start)]

    def purpose_in_bulk(self, workload: str) -> tuple[str | None, list[int]] | None:
        """Return the purpose with which a workload of segments was placed, and the entries that say so; None for others."""
        entries = sorted({index for use in self.uses(workload) for index in use.evidence})
        return (self._purposes.get(workload), entries) if entries else None

    def all_uses(self) -> list[Use]:
        """Return every use that has begun."""
        return self.uses(EVERYBODY)

    def running(self, use: Use) -> bool:
        """Tell whether a use that has begun still holds its unit."""
        return use.end is None or not self.reached(use.end)

    def groups(self, country: str) -> frozenset[str] | None:
        """Return the country groups now; None if no table covers it."""
        return self._groups_of(country, self.now)

    def is_withheld(self, noted: IndexedClaim) -> bool:
        """Tell whether some sealed value of the claim is erased or withheld."""
        return noted.index in self._withheld

    def _of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        found = self._sorted.get((topic, kind))
        if found is None:
            found = sorted(
                self._claims_of_kind(topic, kind), key=lambda said: (said[1].valid_from, said[0].index)
            )
            self._sorted[topic, kind] = found
        return found

    def _claims_of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        """Return the claims of a kind that mention a topic; others of the topic are not read, unless all were."""
        if topic in self._mentioned:
            return only(self._mentioned[topic], kind)
        found = self._by_kind.get((topic, kind))
        if found is None:
            found = self._by_kind[topic, kind] = self._journal.of_kind(topic, kind)
        return found

    def _mentions(self, topic: str) -> Sequence[IndexedClaim]:
        if topic not in self._mentioned:
            self._mentioned[topic] = self._journal.mentioning(topic)
        return self._mentioned[topic]

    def _whole(self, instant: int, unit: int) -> int:
        whole = (self.now - instant) // unit
        self._changes(instant + (whole + 1) * unit)
        return whole

    def _changes(self, instant: int) -> None:
        self._until = instant if self._until is None else min(self._until, instant)


def use_topic(subject: str) -> str:
    """Return the topic under which uses of a subject are looked up."""
    return f"use:{subject}"


def known(value: Value, rests: Iterable[IndexedClaim] | Iterable[int] = ()) -> FactValue:
    """Return a fact that rests on these records."""
    indexes = {each if isinstance(each, int) else each.index for each in rests}
    return FactValue(value, tuple(sorted(indexes)))


def unknown(reason: Reason = "not_recorded", rests: Iterable[IndexedClaim] = ()) -> FactValue:
    """Return a fact that is not known."""
    return FactValue(None, tuple(sorted({noted.index for noted in rests})), reason)


def sealed(world: FactContext, noted: IndexedClaim, value: object) -> FactValue:
    """Return a sealed text as a fact: unknown where it was never given, erased where it was."""
    if isinstance(value, str):
        return known(value, [noted])
    return unknown("erased" if world.is_withheld(noted) else "not_recorded", [noted])


def combined(parts: Iterable[FactValue], fold: Callable[[list[Value]], Value]) -> FactValue:
    """Return one fact from others: unknown, for the first reason, if any of them is."""
    all_parts = list(parts)
    records = sorted({record for part in all_parts for record in part.records})
    for part in all_parts:
        if part.value is None:
            return FactValue(None, tuple(records), part.reason)
    return FactValue(fold([part.value for part in all_parts if part.value is not None]), tuple(records))


def age_days(world: FactContext, noted: IndexedClaim | None) -> FactValue:
    """Return days since a claim's validity began; unknown without one."""
    if noted is None:
        return unknown()
    return known(world.days_since(parse_instant(noted.claim.valid_from)), [noted])


def grouped(world: FactContext, place: FactValue) -> FactValue:
    """Return the country groups of a place."""
    if not isinstance(place.value, str):
        return place
    groups = world.groups(place.value)
    return FactValue(groups, place.records, None if groups is not None else "no_table")
