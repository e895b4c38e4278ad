"""Keeping a board up to the registers: read at the start what was recorded before, then only what is new.

Claims come from the ledger with what is still kept of their sealed values: few new ones at once, the many at the start by
the registers' index, read when they are asked for. When sources last reported, and whether the
devices of a site are where their chain of custody puts them, come from the registers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from kansa.clock import format_instant
from kansa.gate.fact_cache import Custody, FactCache, Report
from kansa.gate.lazy_journal import LazyJournal
from kansa.records import envelope, sealing
from kansa.records.envelope import Record
from kansa.records.journal import BULK_TYPES, DILIGENCE, IndexedClaim, note, topics
from kansa.records.kinds.custody import DeviceIdentified, DeviceMoved, DeviceObserved
from kansa.records.kinds.workload import SourceReported
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.database import Connection, Registers
from kansa.registers.incremental import Entries

Find = Callable[[Iterable[str]], Mapping[str, Disclosure]]
"""The sealed values that are still kept, by digest."""

MOST_AT_ONCE = 4096
_PLACES = f"""
    SELECT entry FROM mention WHERE topic = ? AND entry < ? AND kind NOT IN ({", ".join("?" * len(BULK_TYPES))})
    ORDER BY entry
"""  # noqa: S608 - question marks only
_CORRECTIONS = "SELECT entry, root, corrected FROM correction WHERE entry < ?"
_LATEST_WINDOWS = """
    SELECT scope_id, source, max(valid_to) FROM "window" WHERE superseded_at IS NULL GROUP BY scope_id, source
"""
_CUSTODY = """
    SELECT installed.site_id, count(*), sum(coalesce(custody.site_id != installed.site_id, 0)), sum(custody.site_id IS NULL)
    FROM installed LEFT JOIN custody ON custody.group_key = installed.device_id
      AND custody.superseded_at IS NULL AND custody.valid_to IS NULL AND custody.device_id = installed.device_id
    WHERE installed.superseded_at IS NULL AND installed.valid_to IS NULL AND installed.site_id IS NOT NULL
    GROUP BY installed.site_id
"""
_DEVICE = (DeviceIdentified.type, DeviceMoved.type, DeviceObserved.type)


class FactCacheUpdater:
    """Brings a board up to the registers, as often as it is asked."""

    def __init__(self, board: FactCache, ledger: Entries, find: Find, registers: Registers) -> None:
        self._board = board
        self._registers = registers
        self._ledger = ledger
        self._find = find
        self._roots: dict[int, int] = {}
        self._reports: dict[str, dict[str, Report]] = {}
        self._custody: Mapping[str, Custody] = {}

    def follow(self, connection: Connection) -> int:
        """Take what the registers reflect and the board does not; returns how many entries that is.

        The connection sees one state of the registers throughout.
        """
        start, stop = self._board.entries, store.reflected(connection).size
        if stop <= start:
            return 0
        kinds = self._kinds_in(start, stop)
        if kinds is None or SourceReported.type in kinds:
            self._read_reports(connection)
        if kinds is None or not kinds.isdisjoint(_DEVICE):
            self._custody = custody(connection)
        reports = {site: dict(of_site) for site, of_site in self._reports.items()}
        if stop - start > MOST_AT_ONCE:
            self._board.begin(self._indexed(connection, stop), stop, reports=reports, custody=self._custody)
        else:
            claims, withheld = self._load(range(start, stop))
            self._board.take(claims, stop, withheld=withheld, reports=reports, custody=self._custody)
        return stop - start

    def _kinds_in(self, start: int, stop: int) -> frozenset[str] | None:
        """Return the kinds among few new entries; None where there are too many to look."""
        if stop - start > MOST_AT_ONCE:
            return None
        return frozenset(envelope.read(entry).type for _, entry in self._ledger.entries(start, stop))

    def _indexed(self, connection: Connection, stop: int) -> LazyJournal:
        """Return what the registers know of the claims that standing facts may rest on; none of them is read.

        The registers were held against their digest when this process opened them.
        """
        corrections = connection.execute(_CORRECTIONS, (stop,)).fetchall()
        self._roots.update((entry, root) for entry, root, _ in corrections)
        hidden = [corrected for _, _, corrected in corrections if corrected is not None]
        return LazyJournal({}, hidden, self._load, ask=partial(self._places, stop), stop=stop)

    def _places(self, stop: int, topic: str) -> list[int]:
        """Return the entries of diligence before one that mention a topic; rows of entries that are followed do not change."""
        with self._registers.connect() as connection:
            return [entry for (entry,) in connection.execute(_PLACES, (topic, stop, *BULK_TYPES))]

    def _load(self, indexes: Sequence[int]) -> tuple[list[IndexedClaim], set[int]]:
        """Read claims of diligence, and which of them lack sealed values; others are left out."""
        records = {index: envelope.read(self._ledger.entry(index)) for index in indexes}
        digests = {index: sealing.digests(dict(record.data)) for index, record in records.items()}
        kept = self._find(digest for listed in digests.values() for digest in listed)
        claims, withheld = [], set()
        for index, record in records.items():
            noted = note(index, _revealed(record, kept) if digests[index] else record, self._roots)
            if noted is None or DILIGENCE not in topics(noted):
                continue
            claims.append(noted)
            if any(digest not in kept for digest in digests[index]):
                withheld.add(index)
        return claims, withheld

    def _read_reports(self, connection: Connection) -> None:
        ends: dict[str, dict[str, int]] = {}
        for site, source, until in connection.execute(_LATEST_WINDOWS):
            ends.setdefault(source, {})[site] = until
        self._reports = {}
        for source, until_by_site in ends.items():
            for site, report in self._last_of(connection, source, until_by_site):
                self._reports.setdefault(site, {})[source] = report

    def _last_of(
        self, connection: Connection, source: str, ends: Mapping[str, int]
    ) -> Iterator[tuple[str, Report]]:
        """Yield the last record of a source that closed each window; looked for from the latest on, where they are."""
        entries = "SELECT entry FROM mention WHERE topic = ? ORDER BY entry DESC"
        wanted = dict(ends)
        for (index,) in connection.execute(entries, (source,)):
            data = envelope.read(self._ledger.entry(index)).data
            for site in wanted.keys() & set(data.get("scope", ())):
                if data.get("valid_to") == format_instant(wanted[site]):
                    yield site, Report(wanted.pop(site), index)
            if not wanted:
                return


def custody(connection: Connection) -> dict[str, Custody]:
    """Return by site the devices that the inventory has there now, and where their chains of custody put them."""
    return {site: Custody(*counted) for site, *counted in connection.execute(_CUSTODY)}


def _revealed(record: Record, kept: Mapping[str, Disclosure]) -> Record:
    return replace(record, data=sealing.reveal(record.data, kept))
