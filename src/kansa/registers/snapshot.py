"""What facts are computed from: revealed claims, the uses, the subjects; and what changed since a position."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

from kansa.records import sealing
from kansa.records.catalogue import kind_named
from kansa.records.envelope import Record
from kansa.records.journal import changes, corrects
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.database import Connection
from kansa.registers.incremental import Entries, StoredJournal
from kansa.registers.rows import Use
from kansa.registers.use_columns import UseColumns
from kansa.registers.uses_by_subject import CONCERNED, EVERYBODY, by_subject

Find = Callable[[Iterable[str]], Mapping[str, Disclosure]]


class SegmentUses(Protocol):
    """The uses that stand in segments."""

    def uses(self, connection: Connection, records: Sequence[Use]) -> Sequence[Use]:
        """Return the current ones, by the inventory that the registers have, beside those of records."""
        ...

    def purposes(self) -> Mapping[str, str]:
        """Return the purposes of workloads, where they have one."""
        ...

    @property
    def count_workloads(self) -> int:
        """How many workloads stand in them."""
        ...

    def users_since(self, recorded_at: int) -> set[str]:
        """Return the subjects of the rows that were recorded or corrected at an instant or later."""
        ...


class Revealing:
    """Puts sealed values back into records as they are read, workloads left out; remembers whose are not all kept."""

    def __init__(self, find: Find) -> None:
        self.withheld: set[int] = set()
        self._find = find

    def __call__(self, index: int, record: Record) -> Record:
        kind = kind_named(record.type)
        digests = sealing.digests(dict(record.data))
        if not digests or kind is None or kind.family == "workload":
            return record
        found = self._find(digests)
        if len(found) < len(digests):
            self.withheld.add(index)
        return replace(record, data=sealing.reveal(record.data, found))


class Evidence:
    """The registers and the ledger at one position, `size` entries, to read."""

    def __init__(
        self, connection: Connection, ledger: Entries, find: Find, segments: "SegmentUses | None" = None
    ) -> None:
        self._segments = segments
        self._connection = connection
        self._revealing = Revealing(find)
        self.journal = StoredJournal(connection, ledger, self._revealing)
        self.size = store.reflected(connection).size

    @property
    def withheld(self) -> set[int]:
        """The claims read so far of which some sealed value is erased or withheld."""
        return self._revealing.withheld

    def subjects(self, prefix: str) -> list[str]:
        """Return every subject of a kind, by the prefix of its ids, that a record mentions."""
        query = "SELECT DISTINCT topic FROM mention WHERE topic >= ? AND topic < ? ORDER BY topic"
        return [topic for (topic,) in self._connection.execute(query, (f"{prefix}_", f"{prefix}`"))]

    def parties_of(self, role: str) -> list[str]:
        """Return the parties that were ever registered in a role, sorted."""
        query = "SELECT DISTINCT party FROM role WHERE role = ? ORDER BY party"
        return [party for (party,) in self._connection.execute(query, (role,))]

    def rows(self, table: str) -> Sequence[Any]:
        """Return the rows of a register that are not superseded, with its columns as attributes."""
        return store.current_rows(self._connection, table)

    def count(self, table: str) -> int:
        """Return how many rows of a register are not superseded."""
        return store.count_current(self._connection, table)

    def topics_since(self, size: int) -> set[str]:
        """Return what entries from an index on mention, or correct, by topic and by topic and kind (`kind_topic`)."""
        return {
            changed
            for noted in self.journal.take(size, self.size)
            for each in (noted, *(self.journal.at(index) for index in corrects(noted.claim)))
            if each is not None
            for changed in changes(each)
        }

    @cached_property
    def uses(self) -> Mapping[str, Sequence[Use]]:
        """The current uses by whom and what they concern (`uses_by_subject.by_subject`)."""
        found = self._all_uses
        return found.by_subject() if isinstance(found, UseColumns) else by_subject(found)

    def workloads_in_bulk(self) -> Sequence[str]:
        """Return the workloads whose uses stand in segments, in order; no record mentions them."""
        found = self._all_uses
        return found.workloads() if isinstance(found, UseColumns) else ()

    def count_workloads_in_bulk(self) -> int:
        """Return how many workloads stand in segments, those whose every row was replaced by another tenant's included."""
        return 0 if self._segments is None else self._segments.count_workloads

    @cached_property
    def purposes(self) -> Mapping[str, str]:
        """The purposes of workloads whose uses stand in segments, where they have one."""
        return {} if self._segments is None else self._segments.purposes()

    @cached_property
    def _all_uses(self) -> Sequence[Use]:
        own = store.uses(self._connection)
        return own if self._segments is None else self._segments.uses(self._connection, own)

    def users_since(self, recorded_at: int) -> set[str]:
        """Return the subjects whose uses were recorded or superseded at an instant or later."""
        query = f"""
            SELECT DISTINCT {", ".join(CONCERNED)} FROM "use" WHERE recorded_at >= ?1 OR superseded_at >= ?1
        """  # noqa: S608 - our own names
        rows = self._connection.execute(query, (recorded_at,))
        found = {subject for row in rows for subject in row if subject is not None}
        if self._segments is not None:
            found |= self._segments.users_since(recorded_at)
        return found | {EVERYBODY} if found else found
