"""Commit to which records there are about whom, and have dossiers show that they hold all of them.

`publish_index` puts the root of the subject index on record: daily, and before a dossier. What a dossier shows of it is
`subject_part`. Whoever re-reads the log can rebuild the index and sign it (`kansa witness index`); the signed statement
is kept, and goes into the seal of dossiers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from kansa.clock import format_instant
from kansa.dossier import complete
from kansa.evidence.subject_index import Place, SubjectIndex, Tag, parties_of, place_of, subjects_of
from kansa.ids import ulid
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.operation import SubjectIndex as SubjectIndexRecord
from kansa.records.kinds.party import PartyRegistered
from kansa.vault.subject_index import built, followed
from kansa.vault.vault import Vault

_LOOKED_BACK = 65_536


@dataclass(frozen=True, slots=True)
class Published:
    """A subject index on record: the first `size` entries, `subjects` of them, `records` that are about one, its root in hex."""

    entry: int
    size: int
    subjects: int
    records: int
    root: str
    new: bool

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "entry": self.entry,
            "size": self.size,
            "subjects": self.subjects,
            "records": self.records,
            "root": self.root,
            "new": self.new,
        }


def publish_index(vault: Vault) -> Published:
    """Bring the subject index up to the log and put its root on record; where nothing came since the last one, that stands."""
    size = vault.reader.size()
    last = newest_index(vault.reader)
    if last is not None and last[0] == size - 1 == last[1]["size"]:
        index, data = last
        return Published(index, data["size"], data["subjects"], data["records"], data["root"], new=False)
    found = followed(vault.places.subjects, vault.reader, size)
    subjects, root = len({tag.subject for tag in found.tags}), found.trie().root.hex()
    now = vault.clock.now()
    data = {
        "valid_from": format_instant(now),
        "known_by": "measured",
        "log": vault.reader.origin,
        "size": size,
        "root": root,
        "subjects": subjects,
        "records": found.records,
    }
    entry = vault.record(Draft(SubjectIndexRecord.type, f"{vault.urn}:kansa", ulid(now), now, data))
    return Published(entry, size, subjects, found.records, root, new=True)


def all_indexes(log: SqliteReader) -> list[Mapping[str, Any]]:
    """Return what the records of subject indexes state, newest first."""
    found = (envelope.decode(entry) for _, entry in log.backwards(SubjectIndexRecord.type))
    return [record.data for record in found if record.type == SubjectIndexRecord.type]


def newest_index(log: SqliteReader, known_at: int | None = None) -> tuple[int, Mapping[str, Any]] | None:
    """Return the newest subject index on record by then: the entry that states it, and its data."""
    for index, entry in log.backwards(SubjectIndexRecord.type, _LOOKED_BACK):
        record = envelope.decode(entry)
        if record.type == SubjectIndexRecord.type and (known_at is None or record.recorded_at <= known_at):
            return index, record.data
    return None


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """What a dossier shows so that its completeness can be assessed: the member, and entries that come along for it."""

    member: bytes
    entries: frozenset[int]


@dataclass(frozen=True, slots=True)
class Asked:
    """About whom and which period a dossier is, as known when (instants)."""

    tenant: str | None
    end_user: str | None
    start: int
    end: int
    known_at: int

    @property
    def subjects(self) -> set[str]:
        """Whom it is about."""
        return {each for each in (self.tenant, self.end_user) if each is not None}


def subject_part(
    vault: Vault, asked: Asked, shown: Iterable[int], known: Mapping[int, Record]
) -> SubjectPart | None:
    """Return what shows that a dossier holds every record about its subject; None if no index was on record by then.

    Args:
        vault: The vault.
        asked: About whom and which period the dossier is, and its time of knowledge.
        shown: The entries that the dossier shows anyway.
        known: All records by the time of knowledge, by index.
    """
    last = newest_index(vault.reader, asked.known_at)
    if last is None or not asked.subjects:
        return None
    entry, data = last
    newest = newest_index(vault.reader)
    latest = newest is not None and newest[0] == entry
    index = (
        followed(vault.places.subjects, vault.reader, data["size"])
        if latest
        else built(vault.reader, data["size"])
    )
    building = _Building(vault.reader, index, known, asked)
    chosen, tags = building.closed({*shown, entry})
    return SubjectPart(complete.member(index, entry, tags, building.namer(chosen, tags)), frozenset(chosen))


@dataclass(frozen=True, slots=True)
class _Building:
    """What a dossier must show of an index."""

    log: SqliteReader
    index: SubjectIndex
    known: Mapping[int, Record]
    asked: Asked

    def closed(self, chosen: set[int]) -> tuple[set[int], list[Tag]]:
        """Return the entries with those that come along, and the tags that they then need."""
        while True:
            tags = self._tags(chosen)
            more = self._coming_along(tags, chosen)
            if not more:
                return chosen, tags
            chosen = chosen | more

    def namer(self, chosen: set[int], tags: Sequence[Tag]) -> Callable[[Tag, bytes], tuple[str, ...] | None]:
        """Return what gives the parties of a set whose entries are all shown."""
        shown: Counter[tuple[Tag, bytes]] = Counter()
        parties: dict[bytes, tuple[str, ...]] = {}
        wanted = set(tags)
        for index in sorted(chosen):
            place = place_of(self.log.entry(index), self.log.entry) if index < self.index.size else None
            if place is not None:
                parties[place.together] = parties_of(self.known[index].about)
                shown.update((tag, place.together) for tag in _tags_in(place, wanted))

        def named(tag: Tag, together: bytes) -> tuple[str, ...] | None:
            whole = shown[tag, together] == self.index.tags[tag][together].length
            return parties[together] if whole else None

        return named

    def _tags(self, chosen: set[int]) -> list[Tag]:
        asked = self.asked
        facts = {i: (self.known[i].type, self.known[i].data) for i in chosen if i in self.known}
        return complete.tags_of(asked.tenant, asked.end_user, asked.start, asked.end, facts)

    def _coming_along(self, tags: Iterable[Tag], chosen: set[int]) -> set[int]:
        """Return entries of the tags that name none but registered parties and are not chosen, and what they correct."""
        wanted, subjects = set(tags), {tag.subject for tag in tags}
        registered = {*self.asked.subjects, *_registered(self.known[i] for i in chosen if i in self.known)}
        found: set[int] = set()
        for index, record in self.known.items():
            if index in chosen or index >= self.index.size:
                continue
            if subjects.isdisjoint(subjects_of(record.type, record.about, record.data.get("scope", ()))):
                continue
            place = place_of(self.log.entry(index), self.log.entry)
            own = registered >= set(parties_of(record.about))
            if own and place and any(_tags_in(place, wanted)):
                found |= {index, *self._corrected(record)} - chosen
        return found

    def _corrected(self, record: Record) -> Iterator[int]:
        while (corrects := record.data.get("corrects")) is not None:
            yield corrects["index"]
            record = self.known[corrects["index"]]


def _tags_in(place: Place, wanted: AbstractSet[Tag]) -> Iterator[Tag]:
    return (tag for s in place.subjects for b in place.buckets if (tag := Tag(s, b)) in wanted)


def _registered(records: Iterable[Record]) -> set[str]:
    found = (each.data.get("party_id") for each in records if each.type == PartyRegistered.type)
    return {each for each in found if isinstance(each, str)}
