"""The subject index: how many entries of a log are about whom, which, and that there are no others.

A sparse trie (`kansa.evidence.trie`) over tags. A tag is a subject in a bucket: a UTC month that the record's validity
touches, or `standing` where that is open or longer than two months; a correction stands in the buckets of what it
corrects as well. A tag's value lists, for each set of parties that its entries are about, their count and the head of a
hash chain over them, in order:

    head₀ = 32 zero bytes, headₙ = SHA-256(0x14 ‖ headₙ₋₁ ‖ leaf hash of the entry)
    set   = SHA-256(0x16 ‖ the ids of the parties, sorted, each followed by a newline)
    value = SHA-256(0x15 ‖ for each set by its hash: set ‖ count in eight bytes, big-endian ‖ head)

So whoever shows all entries of a set shows that they are all; of records that name others too, a reader learns how many
there are, and cannot be told that one about known parties is among them. Subjects are parties, and of records of some
groups what they govern (paths, bases, devices, contracts, sites); entries of segments, classifications and people stand
under their kind. Pure; the same function for who builds, who rebuilds and who verifies.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from kansa.clock import format_instant
from kansa.evidence import trie
from kansa.evidence.trie import Leaf, Proof, Trie
from kansa.ids import kind_of
from kansa.ledger.strict import to_base64
from kansa.ledger.tree import leaf_hash

STANDING = "standing"
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "kansa.authorization.": "authorization",
        "kansa.access_path.": "path",
        "kansa.configuration.": "path",
        "kansa.device.": "device",
        "kansa.contract.": "contract",
        "kansa.site.registered.": "site",
    }
)
"""Beside every party, the kind of subject under which records of a group stand: so a site's tag shows nobody's work."""
WINDOW = "kansa.source.reported.v0"
PLACES = frozenset({"site", "node", "device"})
"""What a source's window stands under: the sites, nodes and devices in its scope."""
SEGMENT = "kansa.evidence.segment.v0"
CLASSIFIED = "kansa.item.classified.v0"
PEOPLE = (
    "kansa.approval_route.adopted.v0",
    "kansa.key.revoked.v0",
    "kansa.key.rotated.v0",
    "kansa.person.enrolled.v0",
    "kansa.role.granted.v0",
    "kansa.role.revoked.v0",
)
TYPES = frozenset({SEGMENT, CLASSIFIED, *PEOPLE})
"""Kinds whose records stand under the kind itself, whomever they are about."""

HEAD = bytes(32)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_STAMP_LENGTH = len("2026-01-01T00:00:00.000Z")
_FIRST_INSTANT = "-01T00:00:00.000Z"
_FOR_GOOD = frozenset({STANDING})
_MOST_TOGETHER = 3
_DEEPEST = 64

EntryAt = Callable[[int], bytes]
"""Return the entry at an index; `KeyError` or `IndexError` if it is not there."""


class Tag(NamedTuple):
    """A subject in a bucket."""

    subject: str
    bucket: str

    @property
    def key(self) -> bytes:
        """Where the tag stands in the trie."""
        return trie.key_of(self.bucket, self.subject)


class Chain(NamedTuple):
    """How many entries there are, and the head of the hash chain over them."""

    length: int = 0
    head: bytes = HEAD

    def followed_by(self, leaf: bytes) -> "Chain":
        """Return the chain with one more entry, by its leaf hash."""
        return Chain(self.length + 1, hashlib.sha256(b"\x14" + self.head + leaf).digest())


_EMPTY_CHAIN = Chain()


class _Corrects(msgspec.Struct, gc=False):
    index: int


class _Data(msgspec.Struct):
    about: list[str] = msgspec.field(default_factory=list)
    scope: list[str] = msgspec.field(default_factory=list)
    valid_from: str | None = None
    valid_to: str | None = None
    corrects: _Corrects | None = None


class _Entry(msgspec.Struct, gc=False):
    type: str
    data: _Data


_decoder = msgspec.json.Decoder(_Entry)


class Place(NamedTuple):
    """Where an entry stands in the index: its subjects, its buckets, and the hash of the set of its parties."""

    subjects: tuple[str, ...]
    buckets: frozenset[str]
    together: bytes


def place_of(entry: bytes, entry_at: EntryAt) -> Place | None:
    """Return where an entry stands; None if it is about nobody who is indexed.

    Args:
        entry: The entry's canonical bytes.
        entry_at: Gives entries that it corrects.

    Raises:
        KeyError: it corrects an entry that is not there (`IndexError` where the log gives that).
    """
    try:
        found = _decoder.decode(entry)
    except msgspec.DecodeError:
        return None
    data = found.data
    subjects, together = _standing_under(found.type, tuple(data.about), tuple(data.scope))
    if not subjects:
        return None
    own = _own_buckets(data.valid_from, data.valid_to)
    return Place(subjects, own if data.corrects is None else _buckets(data, entry_at), together)


@lru_cache(maxsize=1 << 16)
def _standing_under(
    kind: str, about: tuple[str, ...], scope: tuple[str, ...]
) -> tuple[tuple[str, ...], bytes]:
    """Return the subjects and the set of parties of a record; many records in a row have the same."""
    return subjects_of(kind, about, scope), set_of(parties_of(about))


def subjects_of(kind: str, about: Iterable[str], scope: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the subjects under which a record of a kind stands; `scope` is what a source's window speaks for."""
    group = next((subject for prefix, subject in GROUPS.items() if kind.startswith(prefix)), None)
    own = {each for each in about if (found := kind_of(each)) == "party" or (found and found == group)}
    places = {each for each in scope if kind_of(each) in PLACES} if kind == WINDOW else set[str]()
    return tuple(sorted(own | places | ({kind} & TYPES)))


def parties_of(about: Iterable[str]) -> tuple[str, ...]:
    """Return the parties among subjects, sorted."""
    return tuple(sorted({each for each in about if kind_of(each) == "party"}))


def set_of(parties: Iterable[str]) -> bytes:
    """Return the hash of a set of parties."""
    return hashlib.sha256(b"\x16" + "".join(f"{each}\n" for each in sorted(parties)).encode()).digest()


def value_of(sets: Mapping[bytes, Chain]) -> bytes:
    """Return the hash of a tag's value."""
    told = b"".join(
        together + chain.length.to_bytes(8, "big") + chain.head for together, chain in sorted(sets.items())
    )
    return hashlib.sha256(b"\x15" + told).digest()


def months(start: int, end: int) -> Iterator[str]:
    """Yield the UTC months that a period touches, from instants; `end` is not part of it."""
    last = format_instant(max(start, end - 1))[:7]
    month = format_instant(start)[:7]
    while month <= last:
        yield month
        month = _next(month)


@dataclass
class SubjectIndex:
    """The index of the first `size` entries, while it is folded."""

    size: int = 0
    records: int = 0
    tags: dict[Tag, dict[bytes, Chain]] = field(default_factory=dict)

    def fold(self, entries: Iterable[bytes], entry_at: EntryAt) -> set[Tag]:
        """Take the entries that follow; returns the tags that changed."""
        changed: set[Tag] = set()
        tags = self.tags
        for entry in entries:
            place = place_of(entry, entry_at)
            self.size += 1
            if place is None:
                continue
            self.records += 1
            leaf, together = leaf_hash(entry), place.together
            for subject in place.subjects:
                for bucket in place.buckets:
                    tag = Tag(subject, bucket)
                    sets = tags.get(tag)
                    if sets is None:
                        sets = tags[tag] = {}
                    sets[together] = sets.get(together, _EMPTY_CHAIN).followed_by(leaf)
                    changed.add(tag)
        return changed

    def trie(self) -> Trie:
        """Return the trie over all tags."""
        return trie.build(Leaf(tag.key, value_of(sets)) for tag, sets in self.tags.items())


def statement(origin: str, size: int, root: bytes) -> str:
    """Return the text that an outsider signs (C2SP signed-note) who rebuilt the index from the log: three lines."""
    return f"{origin}/subjects\n{size}\n{to_base64(root)}\n"


class Shown(NamedTuple):
    """One set of a tag as a dossier shows it: the parties where they are named, else the set's hash alone."""

    parties: tuple[str, ...] | None
    together: bytes
    chain: Chain


class TagProof(NamedTuple):
    """A tag as a dossier shows it, with its place in the trie."""

    tag: Tag
    sets: tuple[Shown, ...]
    proof: Proof


class Incomplete(ValueError):
    """Entries are missing, or the proof does not hold."""


class Checked(NamedTuple):
    """What a tag came to: the entries that are shown, and how many are withheld since they name others too."""

    indexes: frozenset[int]
    withheld: int


class Places:
    """Where the entries that are shown stand, worked out once for all tags; in ledger order."""

    def __init__(self, entries: Mapping[int, bytes]) -> None:
        self.entries = entries

    @cached_property
    def _placed(self) -> list[tuple[int, Place | KeyError | None]]:
        found: list[tuple[int, Place | KeyError | None]] = []
        for index in sorted(self.entries):
            try:
                found.append((index, place_of(self.entries[index], self.entries.__getitem__)))
            except KeyError as error:
                found.append((index, error))
        return found

    def before(self, size: int) -> Iterator[tuple[int, Place]]:
        """Yield the entries before one that stand somewhere.

        Raises:
            Incomplete: one corrects an entry that is not shown.
        """
        for index, place in self._placed:
            if index >= size:
                return
            if isinstance(place, KeyError):
                raise Incomplete(f"entry {index} corrects one that is not shown") from place
            if place is not None:
                yield index, place


def check(shown: TagProof, root: bytes, size: int, places: Places, known: Iterable[str]) -> Checked:
    """Check that all entries of a tag are shown, but those of sets that name parties beyond `known`.

    Args:
        shown: The tag's sets and proof.
        root: The root of the index.
        size: How many entries the index covers.
        places: The entries that are shown, and where they stand.
        known: The parties that the reader knows: a set of these alone must be shown.

    Raises:
        Incomplete: what is missing, or does not hold.
    """
    subject, bucket = shown.tag
    stated = {each.together: each for each in shown.sets}
    if len(stated) != len(shown.sets):
        raise Incomplete(f"a set of `{subject}` in {bucket} stands twice")
    value = value_of({each.together: each.chain for each in shown.sets}) if stated else None
    if not trie.holds(root, shown.tag.key, value, shown.proof):
        raise Incomplete(f"the index does not hold what is stated about `{subject}` in {bucket}")
    counted, indexes = _counted(shown.tag, size, places)
    for together, chain in counted.items():
        if together not in stated or (
            stated[together].parties is not None and stated[together].chain != chain
        ):
            raise Incomplete(_missing(shown.tag, stated.get(together), chain))
    withheld = 0
    hidden = {each.together for each in shown.sets if each.parties is None}
    for each in shown.sets:
        if each.parties is not None:
            if set_of(each.parties) != each.together or each.together not in counted:
                raise Incomplete(_missing(shown.tag, each, Chain()))
        else:
            withheld += each.chain.length - counted.get(each.together, Chain()).length
    if hidden and not hidden.isdisjoint(_sets_of(subject, known)):
        raise Incomplete(f"records about `{subject}` in {bucket} are withheld, and name nobody else")
    return Checked(frozenset(indexes), withheld)


def _missing(tag: Tag, stated: Shown | None, found: Chain) -> str:
    count = 0 if stated is None else stated.chain.length
    return (
        f"the index has {count} records about `{tag.subject}` in {tag.bucket} together with these parties,"
        f" and {found.length} are shown, or others"
    )


def _counted(tag: Tag, size: int, places: Places) -> tuple[dict[bytes, Chain], list[int]]:
    found: dict[bytes, Chain] = {}
    indexes: list[int] = []
    for index, place in places.before(size):
        if tag.subject in place.subjects and tag.bucket in place.buckets:
            chain = found.get(place.together, Chain())
            found[place.together] = chain.followed_by(leaf_hash(places.entries[index]))
            indexes.append(index)
    return found, indexes


def _sets_of(subject: str, known: Iterable[str]) -> set[bytes]:
    """Return the hashes of all sets of up to three known parties, with the subject where it is one."""
    own = {subject} if kind_of(subject) == "party" else set()
    others = sorted(set(known) - own)
    sizes = range(_MOST_TOGETHER + 1 - len(own))
    return {set_of({*own, *some}) for count in sizes for some in combinations(others, count)}


def _buckets(data: _Data, entry_at: EntryAt, depth: int = 0) -> frozenset[str]:
    own = _own_buckets(data.valid_from, data.valid_to)
    if data.corrects is None or depth == _DEEPEST:
        return own
    try:
        earlier = _decoder.decode(entry_at(data.corrects.index))
    except msgspec.DecodeError:
        return own
    return own | _buckets(earlier.data, entry_at, depth + 1)


def _own_buckets(start: str | None, end: str | None) -> frozenset[str]:
    if start is None or end is None or len(start) != _STAMP_LENGTH or len(end) != _STAMP_LENGTH:
        return _FOR_GOOD
    return _months_of(start[:7], end[:7], end.endswith(_FIRST_INSTANT))


@lru_cache(maxsize=1 << 12)
def _months_of(first: str, last: str, excluded: bool) -> frozenset[str]:  # noqa: FBT001 - whether `last` is not touched
    if not _MONTH.fullmatch(first) or not _MONTH.fullmatch(last):
        return _FOR_GOOD
    last = max(first, _before(last) if excluded else last)
    return frozenset({first, last}) if last in (first, _next(first)) else _FOR_GOOD


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + 1:04d}-01" if number == 12 else f"{year:04d}-{number + 1:02d}"


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1:04d}-12" if number == 1 else f"{year:04d}-{number - 1:02d}"
