"""Rows of an ingest that enter as tables: gathered from many parts, handed over as many at a time as a segment holds."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from kansa.connectors.base import Row
from kansa.evidence.entry import Report
from kansa.records.draft import Draft


class Part(Protocol):
    """A part of a file: `read` rows in all; `rows` one by one, `table` the others that say something, and what says nothing.

    `introducing` are records that must be appended before the table is taken.
    """

    @property
    def read(self) -> int: ...
    @property
    def introducing(self) -> tuple[Draft, ...]: ...
    @property
    def rows(self) -> Iterator[Row]: ...
    @property
    def table(self) -> pa.Table: ...
    @property
    def passed_over(self) -> Counter[str]: ...


class TableReader(Protocol):
    """Reads files as tables."""

    def survey(self, paths: Sequence[Path]) -> None:
        """Look through all files before the first one is read."""
        ...

    def parts(self, path: Path) -> Iterator[Part]:
        """Yield the parts of a file, in order.

        Raises:
            BadInput: the file cannot be read as what it should be.
        """
        ...


class Counted(Protocol):
    """What became of rows: all are in one of these; `entries` are the indexes of the entries that hold them."""

    @property
    def new(self) -> int: ...
    @property
    def superseding(self) -> int: ...
    @property
    def moved(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def repeated(self) -> int: ...
    @property
    def entries(self) -> tuple[int, ...]: ...


Take = Callable[[pa.Table, Report], Counted]
"""Enters rows, or says what would become of them."""


class BulkRows:
    """Gathers tables, and hands them over when there are `most` rows or no more."""

    def __init__(self, reader: TableReader, take: Take, system: str, connector: str, most: int) -> None:
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self.segments = 0
        self._take, self._system, self._connector, self._most = take, system, connector, most
        self._waiting: list[pa.Table] = []
        self._files: dict[Path, str] = {}
        self._reported: Counter[str] = Counter()
        self._quarantined = 0

    def begin(self, path: Path) -> None:
        """Take note of a file that is read."""
        with path.open("rb") as stream:
            self._files[path] = hashlib.file_digest(stream, "sha256").hexdigest()

    def add(self, table: pa.Table, passed_over: Mapping[str, int], quarantined: int) -> None:
        """Gather rows; `passed_over` and `quarantined` are how many others there were so far in this ingest."""
        if table.num_rows:
            self._waiting.append(table)
        if sum(each.num_rows for each in self._waiting) >= self._most:
            self.flush(passed_over, quarantined)

    def flush(self, passed_over: Mapping[str, int], quarantined: int) -> None:
        """Hand over what was gathered."""
        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting).combine_chunks()
        self._waiting = []
        since = {reason: count - self._reported[reason] for reason, count in passed_over.items()}
        files = [{"name": path.name, "sha256": digest} for path, digest in self._files.items()]
        report = Report(
            self._system,
            files,
            quarantined - self._quarantined,
            {reason: count for reason, count in since.items() if count},
            self._connector,
        )
        done = self._take(rows, report)
        self._reported, self._quarantined = Counter(passed_over), quarantined
        self.segments += len(done.entries)
        self.counts.update(
            appended=done.new,
            superseding=done.superseding + done.moved + done.repeated,
            duplicate=done.duplicates,
        )
