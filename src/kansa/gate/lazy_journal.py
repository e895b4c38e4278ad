"""Claims found by what they mention, and read when something first asks for them.

At the start only which claims are corrected is taken over from the registers; which entries mention what is asked of them when it is
needed. A claim is read from the ledger, and its sealed values opened, once; so a gate answers seconds after it starts, however many
end users there are, and holds in memory what was asked about.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from kansa.records.journal import DILIGENCE, ClaimT, IndexedClaim, hides, only, topics

Load = Callable[[Sequence[int]], tuple[Iterable[IndexedClaim], Collection[int]]]
"""Reads claims by index, and says which of them lack some of their sealed values."""


Ask = Callable[[str], list[int]]
"""Returns the entries that mention a topic, in order."""


class LazyJournal:
    """A journal over an index of topics. Not safe to use from several threads at once.

    `places` is that index, or with `ask` the part of it that was asked for; `ask` knows the entries before `stop`.
    """

    def __init__(
        self,
        places: Mapping[str, list[int]] | None = None,
        corrected: Iterable[int] = (),
        load: Load = lambda _: ((), ()),
        *,
        ask: Ask = lambda _topic: [],
        stop: int = 0,
    ) -> None:
        self._places = dict(places or {})
        self._indexes = {index for found in self._places.values() for index in found}
        self._corrected = set(corrected)
        self._load = load
        self._ask, self._stop = ask, stop
        self._later: dict[str, list[int]] = {}
        self._read: dict[int, IndexedClaim | None] = {}
        self.withheld: set[int] = set()
        """The claims read so far some of whose sealed values are erased or withheld."""

    def add(self, claims: Iterable[IndexedClaim], withheld: Collection[int] = ()) -> None:
        """Note further claims, in ledger order."""
        self.withheld.update(withheld)
        for noted in claims:
            self._read[noted.index] = noted
            self._indexes.add(noted.index)
            if (hidden := hides(noted, self.at)) is not None:
                self._corrected.add(hidden)
            for topic in topics(noted):
                known = self._places.get(topic)
                (self._later.setdefault(topic, []) if known is None else known).append(noted.index)

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        indexes = [index for index in self._at(topic) if index not in self._corrected]
        self._take([index for index in indexes if index not in self._read])
        return [noted for index in indexes if (noted := self._read[index]) is not None]

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        return only(self.mentioning(topic), kind)

    def at(self, index: int) -> IndexedClaim | None:
        if index not in self._indexes and index >= self._stop:
            return None
        if index not in self._read:
            self._take([index])
        return self._read[index]

    def claims(self) -> Iterable[IndexedClaim]:
        """Return all claims, corrected or not, in ledger order; reads those that were not asked for yet."""
        indexes = sorted(self._indexes | set(self._at(DILIGENCE)))
        self._take([index for index in indexes if index not in self._read])
        return [noted for index in indexes if (noted := self._read[index]) is not None]

    def _at(self, topic: str) -> list[int]:
        if topic not in self._places:
            self._places[topic] = self._ask(topic) + self._later.pop(topic, [])
        return self._places[topic]

    def _take(self, indexes: Sequence[int]) -> None:
        if not indexes:
            return
        claims, withheld = self._load(indexes)
        self.withheld.update(withheld)
        self._read.update(dict.fromkeys(indexes))
        self._read.update((noted.index, noted) for noted in claims)
