"""Typed claims in ledger order, found by what they mention; what the facts are derived from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kansa.errors import BadInput
from kansa.records import catalogue, dsse
from kansa.records.envelope import Record
from kansa.records.kinds.access_path import AccessPathRefused, AccessPathSession, ConfigurationTemporary
from kansa.records.kinds.account import AccountChanged, AccountObserved
from kansa.records.kinds.authorization import AuthorizationRecorded, NoticeReceived
from kansa.records.kinds.case import RouteAdopted
from kansa.records.kinds.claim import Claim
from kansa.records.kinds.custody import (
    DeviceAttested,
    DeviceIdentified,
    DeviceLocated,
    DeviceMoved,
    DeviceMoveWithdrawn,
    DeviceNamed,
    DeviceObserved,
    ItemClassified,
    SiteCommissioned,
)
from kansa.records.kinds.intake import SourceExpected
from kansa.records.kinds.operation import AuditPerformed, TrainingCompleted
from kansa.records.kinds.person import KeyRevoked, KeyRotated, PersonEnrolled, RoleGranted, RoleRevoked
from kansa.records.kinds.rule import RulePackAdopted, RuleReadingRecorded, RuleReinstated, RuleSuspended
from kansa.records.kinds.screening import ListImported, ScreeningSwept
from kansa.records.kinds.signed import Signed
from kansa.records.kinds.workload import (
    SitePower,
    SourceReported,
    WorkloadEnded,
    WorkloadPlaced,
    WorkloadShifted,
)

ClaimT = TypeVar("ClaimT", bound=Claim)

DILIGENCE = "diligence"
"""The topic of all claims but those of work, sessions, accounts, power, reports and single devices: what standing facts rest on."""
PEOPLE = "people"
ROUTES = "routes"
FOUND_BY_TYPE = (
    AuthorizationRecorded,
    ListImported,
    ScreeningSwept,
    NoticeReceived,
    AuditPerformed,
    TrainingCompleted,
    RulePackAdopted,
    RuleReadingRecorded,
    RuleReinstated,
    RuleSuspended,
    SiteCommissioned,
    ConfigurationTemporary,
    WorkloadShifted,
    AccountObserved,
    SourceExpected,
)
"""Kinds that are asked for whatever they are about: they are found by their type as well."""
_BULK = (
    AccessPathRefused,
    AccessPathSession,
    AccountChanged,
    AccountObserved,
    DeviceAttested,
    DeviceIdentified,
    DeviceLocated,
    DeviceMoved,
    DeviceMoveWithdrawn,
    DeviceNamed,
    DeviceObserved,
    SitePower,
    SourceReported,
    WorkloadEnded,
    WorkloadPlaced,
    WorkloadShifted,
)
BULK_TYPES = tuple(kind.type for kind in _BULK)
"""The types of the kinds that are no diligence."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexedClaim:
    """A claim with its place in the ledger; `root` is the index of the first record that it corrects, or its own."""

    index: int
    root: int
    recorded_at: int
    source: str
    about: tuple[str, ...]
    claim: Claim


class Journal(Protocol):
    """Reads claims noted so far; a corrected claim is no longer found."""

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        """Return the claims that mention a topic, in ledger order."""
        ...

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        """Return those of a kind, or of one of its kinds below, in ledger order."""
        ...

    def at(self, index: int) -> IndexedClaim | None:
        """Return the claim at an index, corrected or not; None if it is not here."""
        ...


def note(index: int, record: Record, roots: dict[int, int]) -> IndexedClaim | None:
    """Return the claim in a record, or None if its kind is not known or its data do not fit it.

    `roots` maps indexes of records to the roots of their corrections; it is read, and the record's own is added.
    """
    if catalogue.kind_named(record.type) is None:
        return None
    try:
        claim = catalogue.read(record.type, dict(record.data))
    except BadInput:
        return None
    root = index
    if corrected := corrects(claim):
        root = roots.get(corrected[0], corrected[0])
    roots[index] = root
    return IndexedClaim(index, root, record.recorded_at, record.source, record.about, claim)


def corrects(claim: Claim) -> tuple[int, ...]:
    """Return the index of the record that a claim takes the place of, if any."""
    return (claim.corrects.index,) if claim.corrects else ()


def hides(noted: IndexedClaim, at: Callable[[int], IndexedClaim | None]) -> int | None:
    """Return the index of the record that is no longer found because of this one, if any.

    That is the one that it corrects, unless a person signed it: that is revoked, or decided anew, but not corrected.
    """
    earlier = (at(index) for index in corrects(noted.claim) if index < noted.index)
    return next((each.index for each in earlier if each is not None and not is_signed(each.claim)), None)


def is_signed(claim: Claim) -> bool:
    """Tell whether a claim carries an envelope, good or bad."""
    return isinstance(claim, Signed) and claim.envelope is not None


def topics(noted: IndexedClaim) -> set[str]:
    """Return what a claim can be found by: its subjects, units, item classes and source; for people their keys as well."""
    claim = noted.claim
    found = set(noted.about)
    if not isinstance(claim, _BULK):
        found.add(DILIGENCE)
    if isinstance(claim, FOUND_BY_TYPE):
        found.add(claim.type)
    if isinstance(claim, WorkloadPlaced | WorkloadShifted):
        found.update(claim.units)
    elif isinstance(claim, ItemClassified):
        found.update((item_topic(claim.item_class), classification_topic(claim.item_class)))
    elif isinstance(claim, AuthorizationRecorded):
        found.update(map(item_topic, claim.item_classes))
    elif isinstance(claim, SourceReported):
        found.update((noted.source, *claim.scope))
    elif isinstance(claim, Signed):
        found.update(_signed_topics(claim))
    return found


def _signed_topics(claim: Signed) -> Iterator[str]:
    if isinstance(claim, PersonEnrolled):
        yield PEOPLE
    if isinstance(claim, PersonEnrolled | KeyRotated):
        with suppress(BadInput):
            yield key_topic(dsse.parse_key(claim.public_key).fingerprint)
    if isinstance(claim, PersonEnrolled | KeyRotated | KeyRevoked | RoleGranted | RoleRevoked):
        yield person_topic(claim.person_id)
    if isinstance(claim, RouteAdopted):
        yield ROUTES


def key_topic(fingerprint: str) -> str:
    """Return the topic of the records that bring a key in."""
    return f"key:{fingerprint}"


def person_topic(person: str) -> str:
    """Return the topic of what makes a person one who signs, without what the person signed."""
    return f"person:{person}"


def kind_topic(topic: str, kind: type[Claim]) -> str:
    """Return the claims of one kind that mention a topic, as something that may change."""
    return f"{topic} {kind.type}" if "type" in vars(kind) else topic


def changes(noted: IndexedClaim) -> set[str]:
    """Return what may answer otherwise because of a claim: its topics, alone and with its kind and the kinds it is one of."""
    kinds = [each for each in type(noted.claim).__mro__ if issubclass(each, Claim)]
    return {each for topic in topics(noted) for each in (topic, *(kind_topic(topic, kind) for kind in kinds))}


def item_topic(item_class: str) -> str:
    """Return the topic of an item class."""
    return f"item:{item_class}"


def classification_topic(item_class: str) -> str:
    """Return the topic of the classifications of an item class, without the many authorizations that name it."""
    return f"classified:{item_class}"


def only(noted: Iterable[IndexedClaim], kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
    """Return the claims of a kind, in the order given."""
    return [(each, each.claim) for each in noted if isinstance(each.claim, kind)]


class MemoryJournal:
    """A journal that holds all claims in memory."""

    def __init__(self) -> None:
        self._by_topic: dict[str, list[IndexedClaim]] = {}
        self._by_index: dict[int, IndexedClaim] = {}
        self._corrected: set[int] = set()

    def add(self, claims: Iterable[IndexedClaim]) -> None:
        """Note further claims, in ledger order."""
        for noted in claims:
            self._by_index[noted.index] = noted
            if (hidden := hides(noted, self.at)) is not None:
                self._corrected.add(hidden)
            for topic in topics(noted):
                self._by_topic.setdefault(topic, []).append(noted)

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        return [noted for noted in self._by_topic.get(topic, ()) if noted.index not in self._corrected]

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        return only(self.mentioning(topic), kind)

    def at(self, index: int) -> IndexedClaim | None:
        return self._by_index.get(index)

    def claims(self) -> Iterable[IndexedClaim]:
        """Return all claims, corrected or not, in ledger order."""
        return self._by_index.values()


class HypotheticalJournal:
    """A journal as it would be with one more claim, which nothing has recorded.

    `to_be_signed`: the claim is judged as it would be once the holder of the key that its envelope names has signed it.
    """

    def __init__(self, journal: Journal, noted: IndexedClaim, *, to_be_signed: bool = False) -> None:
        self._journal = journal
        self._noted = noted
        self._to_be_signed = to_be_signed
        self._topics = topics(noted)

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        found = self._journal.mentioning(topic)
        return [*found, self._noted] if topic in self._topics else found

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        return only(self.mentioning(topic), kind)

    def supposes_signed(self, noted: IndexedClaim) -> bool:
        """Tell whether a claim is the supposed one, and to be signed."""
        return self._to_be_signed and noted is self._noted

    def at(self, index: int) -> IndexedClaim | None:
        return self._noted if index == self._noted.index else self._journal.at(index)
