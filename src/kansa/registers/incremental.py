"""The incremental form of `derive`: stored registers that follow the ledger, moment by moment.

Each step is one transaction: rows and position move together, so a crash leaves the registers where they were. New
registers are filled by the pure fold at once; after that only the groups that a moment touches are computed.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Protocol

from kansa.records import envelope
from kansa.records.catalogue import KINDS
from kansa.records.envelope import Record
from kansa.records.journal import ClaimT, IndexedClaim, corrects, hides, note, only, topics
from kansa.records.kinds.claim import Claim
from kansa.registers import called, store
from kansa.registers.database import Connection, Registers
from kansa.registers.derive import FACTS, affected_keys, moments, versions_by_group
from kansa.registers.versions import compare

Progress = Callable[[int, int], None]
Reveal = Callable[[int, Record], Record]
"""A record as it stands in the ledger at an index, with its sealed values put back where they are kept."""

ALTERED = (
    "the registers had been altered by something other than Kansa, or are of another history: they were derived anew"
    " from the ledger"
)
STEP = 5_000
"""Entries that are followed in one transaction."""
FIRST_STEP = 100_000
"""Entries that are folded at once, in memory, where there is nothing yet."""
_NAMED_AT_ONCE = 1_000
_MOST_KINDS = 12
_log = logging.getLogger(__name__)
_MENTIONING = """
    SELECT entry FROM mention
    WHERE topic = ?{} AND NOT EXISTS (SELECT 1 FROM correction WHERE corrected = mention.entry) ORDER BY entry
"""


class Entries(Protocol):
    """A ledger as a reader sees it."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def entry(self, index: int) -> bytes:
        """Return one entry."""
        ...

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Yield entries in order, `[start, stop)`."""
        ...

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        ...


def catch_up(
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
    size = ledger.size()
    while True:
        with registers.writing() as connection:
            done = _step(registers, connection, ledger, size, progress, recount=recount)
        if done >= size:
            return done


def rebuild(registers: Registers, ledger: Entries) -> int:
    """Empty the registers and fill them from the ledger; returns the size that they then reflect."""
    with registers.writing() as connection:
        _derive_anew(registers, connection, ledger, store.reflected(connection).altered)
    return catch_up(registers, ledger)


def forget_called(registers: Registers, ledger: Entries, subject: str) -> int:
    """Delete the rows by which a subject is found, of values that are kept no longer; returns how many."""
    with registers.writing() as connection:
        reflected = store.reflected(connection)
        rows = _stand(connection, ledger, reflected, recount=False)
        if rows is None:
            return 0  # whoever follows next derives them anew, from what is kept
        store.watch(connection)
        gone = called.forget(connection, registers.tags, subject, ledger.entry, registers.find)
        store.reflect(connection, reflected, rows + store.written(connection))
    registers.scrub()
    return gone


def _step(
    registers: Registers,
    connection: Connection,
    ledger: Entries,
    size: int,
    progress: Progress | None,
    *,
    recount: bool,
) -> int:
    """Bring the registers a step nearer to a size of the ledger; returns the size that they then reflect."""
    reflected = store.reflected(connection)
    rows = _stand(connection, ledger, reflected, recount=recount)
    if reflected.size == 0 or reflected.size > ledger.size():
        return _derive_anew(registers, connection, ledger, reflected.altered)
    if rows is None:
        _log.warning(ALTERED)
        return _derive_anew(registers, connection, ledger, reflected.altered + 1)
    if reflected.size >= size:
        return reflected.size
    stop = min(size, reflected.size + STEP)
    store.watch(connection)
    last = _advance(connection, ledger, reflected, stop, progress)
    _name(registers, connection, ledger, reflected.size, stop)
    now = store.Reflected(stop, last, ledger.root(stop), altered=reflected.altered)
    store.reflect(connection, now, rows + store.written(connection))
    return stop


def _stand(
    connection: Connection, ledger: Entries, reflected: store.Reflected, *, recount: bool
) -> int | None:
    """Return the digest of the rows, if they are as they were written and reflect this ledger."""
    if reflected.size > ledger.size() or reflected.root != ledger.root(reflected.size):
        return None
    return store.rows_as_written(connection, reflected, recount=recount)


def _derive_anew(registers: Registers, connection: Connection, ledger: Entries, altered: int) -> int:
    """Fill the registers by the pure fold, as far as that is done at once; what is left follows in steps."""
    size = min(ledger.size(), FIRST_STEP)
    store.clear(connection)
    store.watch(connection)
    last = _fill(connection, ledger, size)
    _name(registers, connection, ledger, 0, size)
    now = store.Reflected(size, last, ledger.root(size), altered=altered)
    store.reflect(connection, now, store.written(connection))
    return size


def _fill(connection: Connection, ledger: Entries, size: int) -> int | None:
    noted_moments = list(moments(ledger.entries(0, size)))
    noted = {each.index: each for _, claims in noted_moments for each in claims}
    _index(connection, list(noted.values()), noted.get)
    store.insert(connection, versions_by_group(noted_moments))
    return noted_moments[-1][0] if noted_moments else None


def _name(registers: Registers, connection: Connection, ledger: Entries, start: int, stop: int) -> None:
    """Take what the entries of `[start, stop)` say of what subjects are called, in parts that fit in memory."""
    for at in range(start, stop, _NAMED_AT_ONCE):
        part = ledger.entries(at, min(stop, at + _NAMED_AT_ONCE))
        called.take(connection, registers.tags, part, ledger.entry, registers.find)


def _advance(
    connection: Connection, ledger: Entries, since: store.Reflected, size: int, progress: Progress | None
) -> int | None:
    journal, last = StoredJournal(connection, ledger), since.recorded_at
    for recorded_at, claims in groupby(journal.take(since.size, size), key=lambda noted: noted.recorded_at):
        moment, now = list(claims), store.Moment(recorded_at, resumed=recorded_at == since.recorded_at)
        _index(connection, moment, journal.at)
        for group in affected_keys(moment, journal):
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
    mentions = ((topic, noted.claim.type, noted.index) for noted in claims for topic in sorted(topics(noted)))
    corrections = ((noted.index, noted.root, hides(noted, at)) for noted in claims if corrects(noted.claim))
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?)", mentions)
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
        return self._found(_MENTIONING.format(""), topic)

    def of_kind(self, topic: str, kind: type[ClaimT]) -> list[tuple[IndexedClaim, ClaimT]]:
        types = _types_below(kind)
        if types is None:
            return only(self.mentioning(topic), kind)
        query = _MENTIONING.format(f" AND kind IN ({', '.join('?' * len(types))})")
        return only(self._found(query, topic, *types), kind)

    def _found(self, query: str, *parameters: str) -> list[IndexedClaim]:
        rows = self._connection.execute(query, parameters).fetchall()
        return [noted for (index,) in rows if (noted := self.at(index)) is not None]

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


@cache
def _types_below(kind: type[Claim]) -> tuple[str, ...] | None:
    """Return the types of a kind and the kinds below it; None where they are too many to be asked for one by one."""
    found = tuple(each.type for each in KINDS.values() if issubclass(each.struct, kind))
    return found if len(found) <= _MOST_KINDS else None
