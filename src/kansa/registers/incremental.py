"""The incremental form of `derive`: stored registers that follow the ledger, moment by moment.

Each call is one transaction: rows and position move together, so a crash leaves the registers where they were.
New registers are filled by the pure fold at once; after that only the groups that a moment touches are computed.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from kansa.records import envelope
from kansa.records.envelope import Record
from kansa.records.journal import ClaimT, IndexedClaim, corrects, hides, note, only, topics
from kansa.registers import store
from kansa.registers.database import Connection, Registers
from kansa.registers.derive import FACTS, moments, touched, versions_by_group
from kansa.registers.versions import compare

Progress = Callable[[int, int], None]
Reveal = Callable[[int, Record], Record]
"""A record as it stands in the ledger at an index, with its sealed values put back where they are kept."""

ALTERED = (
    "the registers had been altered by something other than Kansa, or are of another history: they were derived anew"
    " from the ledger"
)
_log = logging.getLogger(__name__)
_MENTIONING = """
    SELECT entry FROM mention
    WHERE topic = ? AND NOT EXISTS (SELECT 1 FROM correction WHERE corrected = mention.entry) ORDER BY entry
"""


class Entries(Protocol):
    """A ledger as a reader sees it."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def entry(self, index: int) -> bytes:
        """One entry."""
        ...

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Entries in order, `[start, stop)`."""
        ...

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        ...


def follow(
    registers: Registers, ledger: Entries, progress: Progress | None = None, *, recount: bool = False
) -> int:
    """Bring the registers up to the ledger; returns the size that they then reflect.

    Registers of another history, or with a row that anything else altered, are derived anew, which is said in the
    log of the program. `progress(done, total)` is called after each moment that was folded. `recount`: the rows are
    counted even where nothing touched the file since they were last.

    Raises:
        BadInput: an entry is not an envelope.
    """
    with registers.connect() as connection:
        reflected = store.reflected(connection)
        if (
            reflected.size == ledger.size()
            and _stand(connection, ledger, reflected, recount=recount) is not None
        ):
            return reflected.size
    with registers.writing() as connection:
        return _follow(connection, ledger, progress, recount=recount)


def rebuild(registers: Registers, ledger: Entries) -> int:
    """Empty the registers and fill them from the ledger; returns the size that they then reflect."""
    with registers.writing() as connection:
        altered = store.reflected(connection).altered
        return _derive_anew(connection, ledger, ledger.size(), altered)


def _follow(connection: Connection, ledger: Entries, progress: Progress | None, *, recount: bool) -> int:
    reflected, size = store.reflected(connection), ledger.size()
    rows = _stand(connection, ledger, reflected, recount=recount)
    if reflected.size == 0 or reflected.size > size:
        return _derive_anew(connection, ledger, size, reflected.altered)
    if rows is None:
        _log.warning(ALTERED)
        return _derive_anew(connection, ledger, size, reflected.altered + 1)
    if reflected.size < size:
        store.watch(connection)
        last = _advance(connection, ledger, reflected, size, progress)
        now = store.Reflected(size, last, ledger.root(size), altered=reflected.altered)
        store.reflect(connection, now, rows + store.written(connection))
    return size


def _stand(
    connection: Connection, ledger: Entries, reflected: store.Reflected, *, recount: bool
) -> int | None:
    """Return the digest of the rows, if they are as they were written and reflect this ledger."""
    if reflected.size > ledger.size() or reflected.root != ledger.root(reflected.size):
        return None
    return store.rows_as_written(connection, reflected, recount=recount)


def _derive_anew(connection: Connection, ledger: Entries, size: int, altered: int) -> int:
    store.clear(connection)
    store.watch(connection)
    last = _fill(connection, ledger, size)
    now = store.Reflected(size, last, ledger.root(size), altered=altered)
    store.reflect(connection, now, store.written(connection))
    return size


def _fill(connection: Connection, ledger: Entries, size: int) -> int | None:
    noted_moments = list(moments(ledger.entries(0, size)))
    noted = {each.index: each for _, claims in noted_moments for each in claims}
    _index(connection, list(noted.values()), noted.get)
    store.insert(connection, versions_by_group(noted_moments))
    return noted_moments[-1][0] if noted_moments else None


def _advance(
    connection: Connection, ledger: Entries, since: store.Reflected, size: int, progress: Progress | None
) -> int | None:
    journal, last = StoredJournal(connection, ledger), since.recorded_at
    for recorded_at, claims in groupby(journal.take(since.size, size), key=lambda noted: noted.recorded_at):
        moment, now = list(claims), store.Moment(recorded_at, resumed=recorded_at == since.recorded_at)
        _index(connection, moment, journal.at)
        for group in touched(moment, journal):
            fact = FACTS[group.fact]
            known = store.current(connection, group, fact.TABLES)
            store.revise(connection, group, known, compare(known, fact.lines(group.key, journal)), now)
        last = recorded_at
        if progress is not None:
            progress(moment[-1].index + 1, size)
    return last


def _index(
    connection: Connection, claims: Sequence[IndexedClaim], at: Callable[[int], IndexedClaim | None]
) -> None:
    mentions = ((topic, noted.index) for noted in claims for topic in sorted(topics(noted)))
    corrections = ((noted.index, noted.root, hides(noted, at)) for noted in claims if corrects(noted.claim))
    connection.executemany("INSERT INTO mention VALUES (?, ?)", mentions)
    connection.executemany("INSERT INTO correction VALUES (?, ?, ?)", corrections)


class StoredJournal:
    """A journal over the stored mentions; claims are read from the ledger, and revealed, when they are asked for."""

    def __init__(
        self,
        connection: Connection,
        ledger: Entries,
        reveal: Reveal = lambda _index, record: record,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._reveal = reveal
        self._read: dict[int, IndexedClaim | None] = {}
        self._roots: dict[int, int] = {}

    def take(self, start: int, stop: int) -> Iterator[IndexedClaim]:
        """Yield the claims of `[start, stop)` in order, as they are read for the first time."""
        for index, entry in self._ledger.entries(start, stop):
            noted = self._note(index, entry)
            if noted is not None:
                yield noted

    def mentioning(self, topic: str) -> Sequence[IndexedClaim]:
        found = self._connection.execute(_MENTIONING, (topic,)).fetchall()
        return [noted for (index,) in found if (noted := self.at(index)) is not None]

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        return only(self.mentioning(topic), kind)

    def at(self, index: int) -> IndexedClaim | None:
        if index not in self._read:
            self._note(index, self._ledger.entry(index))
        return self._read[index]

    def _note(self, index: int, entry: bytes) -> IndexedClaim | None:
        record = self._reveal(index, envelope.read(entry))
        noted = note(index, record, self._roots)
        if noted is not None and noted.root != index and noted.root not in self._roots:
            self._roots[noted.root] = self._stored_root(noted.root)
            noted = note(index, record, self._roots)
        self._read[index] = noted
        return noted

    def _stored_root(self, corrected: int) -> int:
        query = "SELECT root FROM correction WHERE entry = ?"
        stored = self._connection.execute(query, (corrected,)).fetchone()
        return corrected if stored is None else int(stored[0])
