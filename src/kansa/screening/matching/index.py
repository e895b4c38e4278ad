"""Entries in memory, ready to be searched by name and number: one party at a time, or many on all cores.

entry ─► forms ─► keys ─► Blocking                  ─┐
party ─► forms ─► keys ─► nearest listed forms ─► align ─► best pair for each entry ─► judge ─► hits
"""

import hashlib
import importlib.metadata
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from kansa.screening.entry import Entry, Profile, Schema
from kansa.screening.matching import addresses, alignment, blocking, parallel, rarity, score
from kansa.screening.matching.addresses import AddressBook, SharedAddress
from kansa.screening.matching.blocking import Blocking, Near
from kansa.screening.matching.gc_pause import uncollected
from kansa.screening.matching.identifiers import key_of
from kansa.screening.matching.keys import keys_of
from kansa.screening.matching.rarity import Rarity
from kansa.screening.matching.reach import ScoreUpperBound
from kansa.screening.matching.rows import Rows
from kansa.screening.matching.score import Named, NamePair, Score, judge, may_meet, meet, named, ways_meet
from kansa.screening.matching.search import Hit, Search
from kansa.screening.names import person_names, scripts
from kansa.screening.names.form import Way

_CHUNK = 512  # parties that are blocked together, and that a process takes at a time
_SCHEMAS: tuple[Schema | None, ...] = (*get_args(Schema), None)
_WAYS: tuple[Way, ...] = get_args(Way)


MOST_OF_ONE_TEXT = 1_000
"""Of entries that are listed under one and the same text; more than any list has."""


class Found(NamedTuple):
    """A party's hits with their full scores, by rank, and how many more reached the threshold than were asked for."""

    hits: tuple[tuple[Entry, Score], ...]
    more: int
    lookups: tuple["Lookup", ...]


class Lookup(NamedTuple):
    """One form of the party, as it was looked up, and what blocking found for it (`blocking.Near`)."""

    name: str
    way: Way
    words: str
    keys: int
    near: Near

    def as_data(self) -> dict[str, Any]:
        """In plain values; cosines in parts per million."""
        return {
            "name": self.name,
            "way": self.way,
            "words": self.words,
            "keys": self.keys,
            "seen": self.near.seen,
            "compared": len(self.near.rows),
            "cut": self.near.cut,
            "cut_at_ppm": round(self.near.cut_at * 1_000_000),
        }


class Index:
    """Entries, ready to be searched. Equal entries in equal order give equal answers, in any process."""

    def __init__(self, entries: Sequence[Entry], *, weigh: Rarity | None = None) -> None:
        """Use `build`; `weigh` fixes how much words tell instead of counting these entries' words."""
        self.entries = Rows(entries)
        unweighed = [
            (number, one) for number, entry in enumerate(self.entries) for one in named(entry, rarity.UNKNOWN)
        ]
        self.rarity = weigh or rarity.counted(one.weighed.form for _, one in unweighed)
        self._entry_of = [number for number, _ in unweighed]
        self._named = Rows(
            Named(one.name, one.weighed._replace(weights=self.rarity.weights(one.weighed.form)))
            for _, one in unweighed
        )
        self._blocking = Blocking(
            (keys_of(one.weighed.form) for one in self._named),
            [_code(self.entries[number].schema, one.weighed.form.way) for number, one in unweighed],
            _pools(),
        )
        self._reach = ScoreUpperBound(one.weighed for one in self._named)
        self._by_text: dict[tuple[str, Way], list[int]] = defaultdict(list)
        for row, one in enumerate(self._named):
            self._by_text[one.name.text, one.weighed.form.way].append(row)
        self._of_schema = Counter(entry.schema for entry in self.entries)
        self._by_number: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            for identifier in entry.identifiers:
                if (key := key_of(identifier)) is not None:
                    self._by_number[key].append(number)

    @classmethod
    def build(cls, entries: Iterable[Entry], *, like: "Index | None" = None) -> "Index":
        """Make entries ready to be searched. With `like`, words weigh as they do there: for the changed part of a list."""
        with uncollected():
            return cls(tuple(entries), weigh=None if like is None else like.rarity)

    def __len__(self) -> int:
        return len(self.entries)

    def search(self, party: Profile, *, threshold: float = 0.7, limit: int = 10) -> Search:
        """Return the entries that may be this party: at most `limit`, none whose value is below `threshold`."""
        return self.search_together([party], threshold=threshold, limit=limit)[0]

    def search_together(self, parties: Sequence[Profile], *, threshold: float, limit: int) -> list[Search]:
        """`search` for several parties in one look at the matrix."""
        answers = self.find(parties, threshold=threshold, limit=limit)
        return [self._answer(party, found) for party, found in zip(parties, answers, strict=True)]

    def search_many(
        self,
        parties: Iterable[Profile],
        *,
        threshold: float = 0.7,
        limit: int = 10,
        processes: int | None = None,
    ) -> Iterator[Search]:
        """`search` for each party, in order, on `processes` processes (by default one for each core we may use).

        The index is shared with the processes by forking, where the system forks; elsewhere one process does it all.
        """
        wanted = processes or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        chunks = _chunks(parties, _CHUNK)
        if wanted > 1 and parallel.possible():
            self.entries.load()
            self._named.load()
            yield from parallel.search(self, chunks, threshold=threshold, limit=limit, processes=wanted)
        else:
            for chunk in chunks:
                yield from self.search_together(chunk, threshold=threshold, limit=limit)

    def candidates(self, party: Profile) -> tuple[Lookup, ...]:
        """Return the forms of a party and the listed forms near each, before anything is compared."""
        return tuple(lookup for _, _, lookup in self._look_up([party]))

    def find(self, parties: Sequence[Profile], *, threshold: float, limit: int) -> list[Found]:
        """As `search`, with the full scores, for several parties in one look at the matrix."""
        met: list[dict[int, NamePair]] = [{} for _ in parties]
        lookups: list[list[Lookup]] = [[] for _ in parties]
        looked = list(self._look_up(parties))
        for (number, one, lookup), rows in zip(
            looked, self._reaching(parties, looked, threshold), strict=True
        ):
            lookups[number].append(lookup)
            self._meet(one, rows, met[number])
        return [
            self._judge(party, best, tuple(tried), threshold, limit)
            for party, best, tried in zip(parties, met, lookups, strict=True)
        ]

    def _look_up(self, parties: Sequence[Profile]) -> Iterator["_Looked"]:
        """Yield each form of each party, by the party's number."""
        forms = [(number, one) for number, party in enumerate(parties) for one in named(party, self.rarity)]
        keys = [keys_of(one.weighed.form) for _, one in forms]
        allowed = [_allowed()[_code(parties[number].schema, one.weighed.form.way)] for number, one in forms]
        pools = [_SCHEMAS.index(parties[number].schema) for number, _ in forms]
        found = self._blocking.near(keys, pools, allowed)
        for (number, one), own_keys, near in zip(forms, keys, found, strict=True):
            form = one.weighed.form
            met = self._with_same_text(near, one, parties[number].schema)
            yield number, one, Lookup(one.name.text, form.way, " ".join(form.texts), len(own_keys), met)

    def _with_same_text(self, near: Near, one: Named, schema: Schema | None) -> Near:
        """Whoever is listed under these very characters is compared, however many names are as near."""
        same = self._by_text.get((one.name.text, one.weighed.form.way), ())
        further = [
            row
            for row in same[:MOST_OF_ONE_TEXT]
            if row not in near.rows and may_meet(schema, self.entries[self._entry_of[row]].schema)
        ]
        if not further:
            return near
        return Near(
            (*near.rows, *further),
            (*near.cosines, *(1.0 for _ in further)),
            max(near.seen, len(near.rows) + len(further)),
            max(near.cut - len(further), 0),
            near.cut_at,
        )

    def _reaching(
        self, parties: Sequence[Profile], looked: Sequence["_Looked"], threshold: float
    ) -> list[Sequence[int]]:
        """For each form the near rows that may reach the threshold; all of a party that may be found by a number."""
        return self._reach.rows(
            [one.weighed for _, one, _ in looked],
            [lookup.near.rows for _, _, lookup in looked],
            [0.0 if parties[number].identifiers else threshold - _ROUNDING for number, _, _ in looked],
        )

    def _meet(self, one: Named, rows: Iterable[int], best: dict[int, NamePair]) -> None:
        """Compare with what is near. Lists repeat each other: equal forms come one after the other and are compared once."""
        before: Named | None = None
        found: NamePair | None = None
        for row in rows:
            entry, other = self._entry_of[row], self._named[row]
            if before is None or not _alike(before, other):
                found, before = meet(one, other), other
            elif found is not None:
                found = found._replace(theirs=other)
            if found is not None and (entry not in best or found.value > best[entry].value):
                best[entry] = found

    def _judge(
        self,
        party: Profile,
        best: Mapping[int, NamePair],
        lookups: tuple[Lookup, ...],
        threshold: float,
        limit: int,
    ) -> Found:
        """Return those that reach the threshold by value; the limit cuts by value too, so that no added field removes a hit."""
        numbers = {
            entry
            for identifier in party.identifiers
            if (key := key_of(identifier)) is not None
            for entry in self._by_number.get(key, ())
            if may_meet(party.schema, self.entries[entry].schema)
        }
        near_enough = numbers | {
            entry for entry, found in best.items() if found.value >= threshold - _ROUNDING
        }
        judged = [
            (entry, judge(party, self.entries[entry], best.get(entry))) for entry in sorted(near_enough)
        ]
        reached = [(entry, one) for entry, one in judged if one.value is not None and one.value >= threshold]
        reached.sort(key=lambda hit: (-(hit[1].value or 0.0), hit[0]))
        kept = sorted(reached[:limit], key=lambda hit: (-(hit[1].rank or 0.0), hit[0]))
        return Found(
            tuple((self.entries[entry], one) for entry, one in kept), len(reached) - len(kept), lookups
        )

    def _answer(self, party: Profile, found: Found) -> Search:
        compared = {self._entry_of[row] for lookup in found.lookups for row in lookup.near.rows}
        return Search(
            hits=tuple(
                Hit(
                    entry=entry,
                    asked=one.asked,
                    listed=one.listed,
                    score=one.value or 0.0,
                    reasons=one.reasons,
                    parts=tuple(msgspec.structs.asdict(part) for part in one.parts),
                )
                for entry, one in found.hits
            ),
            keys=tuple(lookup.as_data() for lookup in found.lookups),
            blocked=len(compared),
            cut_off=any(lookup.near.cut for lookup in found.lookups) or found.more > 0,
            more=found.more,
            not_asked=sum(n for schema, n in self._of_schema.items() if not may_meet(party.schema, schema)),
        )

    @cached_property
    def _address_book(self) -> AddressBook:
        return AddressBook(
            (number, address) for number, entry in enumerate(self.entries) for address in entry.addresses
        )

    def shared_addresses(self, party: Profile) -> tuple[tuple[Entry, SharedAddress], ...]:
        """Entries at one of the party's addresses, whatever their names: a flag of its own, likest first."""
        near = self._address_book.near(party.addresses)
        return tuple(
            (self.entries[number], flag)
            for number, flag in sorted(near.items(), key=lambda one: (-one[1].likeness, one[0]))
        )


_Looked = tuple[int, Named, Lookup]
_ROUNDING = 0.0001


def _alike(one: Named, other: Named) -> bool:
    a, b = one.weighed, other.weighed
    return (
        a.form.texts == b.form.texts
        and a.weights == b.weights
        and a.form.spans == b.form.spans
        and a.form.way == b.form.way
        and one.name.tier == other.name.tier
    )


def _chunks(parties: Iterable[Profile], size: int) -> Iterator[list[Profile]]:
    rest = iter(parties)
    while chunk := list(islice(rest, size)):
        yield chunk


def _code(schema: Schema | None, way: Way) -> int:
    return _SCHEMAS.index(schema) * len(_WAYS) + _WAYS.index(way)


@cache
def _allowed() -> NDArray[np.bool_]:
    """For each code of a party's form, the codes of listed forms that it may meet."""
    kinds = [(schema, way) for schema in _SCHEMAS for way in _WAYS]
    return np.array(
        [[may_meet(a, b) and ways_meet(one, other) for b, other in kinds] for a, one in kinds], dtype=np.bool_
    )


def _pools() -> NDArray[np.bool_]:
    """For each schema of a party, the codes of listed forms that it may meet in some way."""
    pools: NDArray[np.bool_] = np.any(_allowed().reshape(len(_SCHEMAS), len(_WAYS), -1), axis=1)
    return pools


class Engine:
    """Makes indexes, and says by what they judge (`search.Matching`)."""

    def index(self, entries: Sequence[Entry], *, like: Index | None = None) -> Index:
        """Make entries ready to be searched; with `like`, words weigh as they do there."""
        return Index.build(entries, like=like)

    def configuration_sha256(self) -> str:
        """Of every weight and limit that the value of a score depends on."""
        settings = {
            module.__name__.rpartition(".")[2]: {
                name: value
                for name, value in vars(module).items()
                if name.lstrip("_").isupper() and isinstance(value, (int, float, str, dict))
            }
            for module in (addresses, alignment, blocking, rarity, score, scripts)
        }
        return hashlib.sha256(json.dumps(settings, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def normaliser_sha256(self) -> str:
        """Of our tables and the versions of what folds, reads and analyses names."""
        digest = hashlib.sha256(json.dumps(self.versions(), sort_keys=True).encode())
        for table in sorted(
            files("kansa.screening").joinpath("data").iterdir(), key=lambda table: table.name
        ):
            digest.update(table.name.encode() + b"\0" + table.read_bytes())
        return digest.hexdigest()

    def versions(self) -> Mapping[str, str]:
        """Return the programs and data sets that take part, with their versions."""
        return {name: importlib.metadata.version(name) for name in _PARTS}

    def names_version(self) -> str:
        """Return what the table of names of persons depends on."""
        return f"{person_names.FORMAT} {importlib.metadata.version('rigour')}"

    def make_names(self) -> bytes | None:
        """Return the table of names of persons; None where rigour does not carry its data as expected."""
        return person_names.build()

    def use_names(self, table: memoryview) -> None:
        """From here on look names of persons up in this table; the answers are the same with and without."""
        person_names.use(table)


_PARTS = (
    "rigour",
    "PyICU",
    "rapidfuzz",
    "numpy",
    "scipy",
    "SudachiPy",
    "SudachiDict-core",
    "OpenCC",
    "pypinyin",
)
