"""Reading a source's files into the ledger: every row accounted for, nothing twice, nothing lost.

Always: rows = records + duplicates + superseding + quarantined + refused + the sum of `passed_over`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.compute as pc

from kansa.clock import Clock, format_instant
from kansa.connectors.base import Parsed, Quarantined, Row, Skipped, Source, Window
from kansa.connectors.bulk import BulkRows
from kansa.connectors.key_registry import Key, KeyRegistry
from kansa.connectors.quarantine import Mending, QuarantineFile
from kansa.errors import BadInput, Problem
from kansa.ledger.ports import Appender, Outcome
from kansa.records.draft import Draft, Submission, apart, submit

BATCH = 1_000
MAX_WEIGHT = 50_000
"""A batch with more list items than this is sent before it is full: a frame to the sequencer has a limit."""

SHOWN = 50
"""How many problems a result holds for people to read; the quarantine file holds all."""

Recorded = Callable[[str, str], int | None]
"""Finds the index of a record by source and event id; `LogReader.find` is one."""

WRITTEN = frozenset({"appended", "superseding"})
_RANK = ("refused", "superseding", "appended", "duplicate")  # what a row is, if its parts differ

REPORTED = "kansa.source.reported.v0"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did. `problems` are the first ones; `unreadable` concern files of which nothing could be read.

    `remarks` are what the files leave open beyond single rows: why a window has gaps, names that nobody explained.
    """

    source: str
    files: tuple[str, ...]
    rows: int
    records: int
    quarantined: int
    duplicates: int
    superseding: int
    refused: int
    passed_over: Mapping[str, int]
    window: Window | None
    reported: str | None
    quarantine_file: str | None
    problems: tuple[Problem, ...]
    unreadable: tuple[Problem, ...]
    dry_run: bool
    remarks: tuple[Problem, ...] = ()
    segments: int = 0
    mended: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa ingest --json`."""
        window = self.window
        return {
            "source": self.source,
            "files": list(self.files),
            "rows": self.rows,
            "records": self.records,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "superseding": self.superseding,
            "refused": self.refused,
            "passed_over": dict(self.passed_over),
            "window": window
            and {
                "from": format_instant(window.start),
                "to": format_instant(window.end),
                "scope": list(window.scope),
                "inferred_from": window.inferred_from,
                "gaps": [
                    {"from": format_instant(low), "to": format_instant(high)} for low, high in window.gaps
                ],
            },
            "quarantine_file": self.quarantine_file,
            "problems": [msgspec.to_builtins(problem) for problem in self.problems],
            "unreadable": [msgspec.to_builtins(problem) for problem in self.unreadable],
            "remarks": [msgspec.to_builtins(problem) for problem in self.remarks],
            "dry_run": self.dry_run,
            "segments": self.segments,
            "mended": self.mended,
        }


def ingest(
    source: Source,
    paths: Sequence[Path],
    names: KeyRegistry,
    appender: Appender,
    *,
    connector_key: bytes,
    clock: Clock,
    recorded: Recorded | None = None,
    quarantine: Path | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    batch: int = BATCH,
    bulk: BulkRows | None = None,
) -> Ingested:
    """Read files, in order, and append what they say; then close the window by one `source.reported`.

    `recorded` tells what the ledger has already. With it, a row that was recorded once adds nothing even where a later
    content has taken its place since, unless the source goes back to earlier contents.

    With `bulk`, rows are read as tables and enter as segments; what a table cannot hold still enters as records.

    In a dry run `appender` is one that only rehearses, and ids minted on the way are forgotten. `progress` is told
    the rows read so far after every batch. A file that cannot be read at all does not keep the others from being
    read, but no window is closed then.

    Raises:
        BadInput: none of the files can be read; nothing was appended.
        KansaError: the ledger or the quarantine file cannot be written. What was recorded stays, and the same call may
            be made again.
    """
    mending = Mending(None if dry_run else quarantine, source.name, edited=getattr(source, "edited", False))
    with QuarantineFile(None if dry_run else quarantine, source.name, clock.now()) as kept:
        run = _Run(
            source,
            names,
            appender,
            connector_key,
            recorded,
            kept,
            progress or (lambda _: None),
            batch,
            dry_run,
            bulk,
            mending,
        )
        (source if bulk is None else bulk.reader).survey(paths)
        for path in paths:
            run.file(path)
        run.flush()
        run.flush_bulk()
        if run.unreadable and len(run.unreadable_files) == len(paths):
            raise BadInput("ingest.unreadable", "no file can be read", problems=run.unreadable)
        window = None if run.cut else source.window(names)
        reported = run.report(paths, window)
        names.settle(())
        run.settle(paths)
        return run.result(paths, window, reported, source.remarks(names))


@dataclass(slots=True)
class _Run:
    """The state of one ingest."""

    source: Source
    names: KeyRegistry
    appender: Appender
    connector_key: bytes
    recorded: Recorded | None
    quarantine: QuarantineFile
    progress: Callable[[int], None]
    batch: int
    dry_run: bool
    bulk: BulkRows | None = None
    mending: Mending = field(default_factory=lambda: Mending(None, "", edited=False))
    mended: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    unreadable_files: set[Path] = field(default_factory=set)
    waiting: list[tuple[Parsed, list[Submission]]] = field(default_factory=list)
    weight: int = 0
    rows: int = 0
    cut: bool = False
    earliest: int | None = None
    last_sequence: str | None = None

    def file(self, path: Path) -> None:
        try:
            if self.bulk is not None:
                self._parts(path, self.bulk)
            for row in self._opened(path) if self.bulk is None else ():
                self._row(row)
        except BadInput as error:
            self.names.forget()
            self.cut = True
            self.unreadable_files.add(path)
            found = error.problems or [Problem(error.code, error.message, str(path), help=error.help)]
            # What is wrong with the options is wrong for every file, and said once.
            self.unreadable += [each for each in found if each not in self.unreadable]

    def _row(self, row: Row) -> None:
        self.rows += 1
        if isinstance(row, Parsed):
            self._said(row)
        elif isinstance(row, Quarantined):
            self._quarantined(row)
        else:
            self._passed_over(row)

    def _parts(self, path: Path, bulk: BulkRows) -> None:
        """Take a file part by part: what makes keys known, then single rows, then the table."""
        try:
            bulk.begin(path)
            for part in bulk.reader.parts(path):
                self._introduce(part.introducing)
                before = self.rows
                for row in part.rows:
                    self._row(row)
                self.flush()
                self.rows += part.read - (self.rows - before)
                self.passed_over.update(part.passed_over)
                if part.table.num_rows:
                    first = pc.min(part.table.column("start")).as_py()
                    self.earliest = first if self.earliest is None else min(self.earliest, first)
                bulk.add(part.table, self.passed_over, self.counts["quarantined"] + self.counts["refused"])
                self.progress(self.rows)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInput("ingest.file", f"`{path}` cannot be read: {reason}") from error

    def _introduce(self, drafts: Sequence[Draft]) -> None:
        """Append records that make keys known, before a table that uses them is taken."""
        submissions = [submit(draft, self.connector_key) for draft in drafts]
        for outcome in self.appender.append(submissions) if submissions else ():
            if outcome.status == "refused":
                raise BadInput(
                    outcome.code or "ingest.refused", outcome.message or "the ledger refuses the record"
                )
        if submissions and not self.dry_run:
            self.names.settle({key for submission in submissions for key in _keys_in(submission)})

    def flush_bulk(self) -> None:
        """Hand over the tables that wait, and count what became of all of them."""
        if self.bulk is not None:
            self.bulk.flush(self.passed_over, self.counts["quarantined"] + self.counts["refused"])
            self.counts.update(self.bulk.counts)

    def _opened(self, path: Path) -> Iterator[Parsed | Quarantined | Skipped]:
        try:
            yield from self.source.rows(path, self.names)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInput("ingest.file", f"`{path}` cannot be read: {reason}") from error

    def _said(self, row: Parsed) -> None:
        try:
            drafts = [part for draft in row.drafts for part in apart(draft)]
            submissions = [submit(draft, self.connector_key) for draft in drafts]
        except BadInput as error:
            found = error.problems or (Problem(error.code, error.message, help=error.help),)
            placed = tuple(replace(problem, file=row.file, line=row.line) for problem in found)
            self._quarantined(Quarantined(placed, row.row))
            return
        if self._is_recorded(submissions):
            self.names.forget()
            self._count(row, Outcome(status="duplicate", id=submissions[0].id))
            return
        carried = self.names.carried()
        submissions = [_carrying(submission, carried) for submission in submissions]
        self.waiting.append((row, submissions))
        self.weight += sum(_weight(submission) for submission in submissions)
        if len(self.waiting) >= self.batch or self.weight >= MAX_WEIGHT:
            self.flush()

    def _is_recorded(self, submissions: list[Submission]) -> bool:
        recorded = self.recorded
        if recorded is None or self.source.goes_back:
            return False
        return all(recorded(each.source, each.id) is not None for each in submissions)

    def _quarantined(self, row: Quarantined) -> None:
        self.names.forget()
        self.counts["quarantined"] += 1
        self.cut = self.cut or row.cut
        self._show(row.problems, row.row)

    def _passed_over(self, row: Skipped) -> None:
        self.names.forget()
        self.passed_over[row.reason] += 1

    def _show(self, problems: tuple[Problem, ...], row: Any) -> None:
        self.quarantine.put(problems, row)
        self.problems += problems[: max(0, SHOWN - len(self.problems))]

    def flush(self) -> None:
        batch, self.waiting, self.weight = self.waiting, [], 0
        if batch:
            sent = [submission for _, submissions in batch for submission in submissions]
            outcomes = list(self.appender.append(sent))
            settled: set[Key] = set()
            for submission, outcome in zip(sent, outcomes, strict=True):
                settled |= _keys_in(submission) if outcome.status in WRITTEN else set()
            for row, submissions in batch:
                own, outcomes = outcomes[: len(submissions)], outcomes[len(submissions) :]
                self._count(row, min(own, key=lambda outcome: _RANK.index(outcome.status)))
            if not self.dry_run:
                self.names.settle(settled)
        self.progress(self.rows)

    def _count(self, row: Parsed, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        if outcome.status == "refused":
            self._show((_refusal(row, outcome),), {"row": row.row, "entry": outcome.other})
            return
        self.mending.recorded(row.file, row.line, row.row)
        self.earliest = row.draft.time if self.earliest is None else min(self.earliest, row.draft.time)
        self.last_sequence = row.draft.sequence or self.last_sequence

    def settle(self, paths: Sequence[Path]) -> None:
        """Close the quarantined rows that were mended."""
        read = [path for path in paths if path not in self.unreadable_files]
        wanted = self.mending.is_waiting or self.quarantine.put_now
        digests = {str(path): _digest(path) for path in read} if wanted else {}
        self.mended = self.mending.settle(digests, self.quarantine.put_now)

    def report(self, paths: Sequence[Path], window: Window | None) -> str | None:
        """Append one `source.reported` for each part of the window; its identity is part, scope and content.

        What files are called is no part of it. The first one counts the rows.
        """
        if window is None and self.earliest is None:
            return None
        parts: Sequence[tuple[int, int | None]] = window.parts if window is not None else ()
        start = window.start if window is not None else self.earliest or 0
        read = [path for path in paths if path not in self.unreadable_files]
        digests = [{"sha256": _digest(path)} for path in read]
        files = [{"name": path.name, **digest} for path, digest in zip(read, digests, strict=True)]
        drafts = [
            self._report(part, window, digests, counting=number == 0)
            for number, part in enumerate(parts or [(start, None)])
        ]
        submissions = [submit(draft, self.connector_key) for draft in drafts]
        named = [msgspec.structs.replace(each, data={**each.data, "files": files}) for each in submissions]
        outcomes = list(self.appender.append(named))
        return min(outcomes, key=lambda outcome: _RANK.index(outcome.status)).status

    def _report(
        self,
        part: tuple[int, int | None],
        window: Window | None,
        digests: list[dict[str, str]],
        *,
        counting: bool,
    ) -> Draft:
        start, end = part
        scope = window.scope if window is not None and end is not None else ()
        inferred = window.inferred_from if window is not None and end is not None else None
        quarantined = self.counts["quarantined"] + self.counts["refused"]
        data = {
            "valid_from": format_instant(start),
            "valid_to": format_instant(end) if end is not None else None,
            "known_by": "inferred" if inferred else "declared",
            "system": self.source.name,
            "scope": list(scope),
            "rows": self.rows if counting else 0,
            "quarantined": quarantined if counting else 0,
            "last_sequence": self.last_sequence,
            "files": digests,
            **({"inferred_from": inferred} if inferred else {}),
        }
        content = sorted(digest["sha256"] for digest in digests)
        key = json.dumps(["reported", start, end, scope, content])
        return Draft(REPORTED, self.source.name, key, end or start, data, progresses=True)

    def result(
        self,
        paths: Sequence[Path],
        window: Window | None,
        reported: str | None,
        remarks: Sequence[Problem],
    ) -> Ingested:
        return Ingested(
            source=self.source.name,
            files=tuple(str(path) for path in paths),
            rows=self.rows,
            records=self.counts["appended"],
            quarantined=self.counts["quarantined"],
            duplicates=self.counts["duplicate"],
            superseding=self.counts["superseding"],
            refused=self.counts["refused"],
            passed_over=dict(self.passed_over),
            window=window,
            reported=reported,
            quarantine_file=str(self.quarantine.path) if self.quarantine.path is not None else None,
            problems=tuple(self.problems),
            unreadable=tuple(self.unreadable),
            dry_run=self.dry_run,
            remarks=tuple(remarks),
            segments=self.bulk.segments if self.bulk is not None else 0,
            mended=self.mended,
        )


def _carrying(submission: Submission, carried: list[dict[str, str]]) -> Submission:
    """Return the submission with what its row introduced of its subjects.

    That is bookkeeping and no part of what the row says, so it has no share in the identity.
    """
    own = submission.data.get("introduces", [])
    meant = _texts_in(submission.data)
    added = [each for each in carried if each["id"] in meant and each not in own]
    if not added:
        return submission
    return msgspec.structs.replace(submission, data={**submission.data, "introduces": [*own, *added]})


def _texts_in(data: Mapping[str, Any]) -> set[str]:
    lists = (value if isinstance(value, list) else [value] for value in data.values())
    return {item for items in lists for item in items if isinstance(item, str)}


def _weight(submission: Submission) -> int:
    return sum(len(value) for value in submission.data.values() if isinstance(value, list))


def _keys_in(submission: Submission) -> set[Key]:
    return {(each["system"], each["key"]) for each in submission.data.get("introduces", ())}


def _refusal(row: Parsed, outcome: Outcome) -> Problem:
    advice = "if the source corrects its rows, say `progresses: true` in the mapping"
    return Problem(
        outcome.code or "ingest.refused",
        outcome.message or "the ledger refuses the record",
        row.file,
        row.line,
        help=advice if outcome.other is not None else None,
    )


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder that of the lines `<sha256>  <name>` of its files, as sha256sum writes them."""
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file())
        lines = "".join(f"{_digest(each)}  {each.relative_to(path).as_posix()}\n" for each in inside)
        return hashlib.sha256(lines.encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
