"""The only writer of a log: puts submissions in order, seals them, and signs a checkpoint with every commit.

Callers on any number of threads wait; whoever comes first commits for all that wait with it. A submission that
cannot become a record is refused alone. An acknowledged outcome is on the disk.
"""

import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kansa.clock import Clock, format_instant
from kansa.errors import BadInput, KansaError
from kansa.ids import RandomBytes, ulid
from kansa.ledger.checkpoint_file import NOTHING_BESIDE, Beside
from kansa.ledger.commits import Commits
from kansa.ledger.note import SigningKey
from kansa.ledger.ports import LogWriter, Outcome, Row, Sealed, Values, Version, Writing
from kansa.ledger.timestamps import Stamp
from kansa.records import draft, envelope
from kansa.records.draft import Completed, Submission
from kansa.records.kinds.operation import ClockAnomaly

MOST_IN_A_COMMIT = 4096
MAX_ID_LENGTH = 200
MAX_NATURAL_BYTES = 64


class Sequencer:
    """Appends submissions to a log. Safe to call from many threads; `close` when done.

    The log is the sequencer's from here on: it closes it, also where it cannot open. A vault whose clock is simulated passes a `SimulatedClock`.

    Raises:
        BrokenVault: `vault.behind`, `vault.forked`, `vault.published` if the log does not continue what was
            published or what stands `beside` it; `vault.key` if the key is another log's.
    """

    def __init__(
        self,
        log: LogWriter,
        values: Values,
        key: SigningKey,
        clock: Clock,
        *,
        published: Path,
        beside: Beside = NOTHING_BESIDE,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        self._values = values
        self._random_bytes = random_bytes
        self._waiting: deque[_Job] = deque()
        self._turn = threading.Lock()
        self._commits = Commits(log, key, clock, published=published, beside=beside)

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        return self._commits.origin

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Append submissions and return one outcome each, in order; what is `appended` or `superseding` is durable on return.

        Sending again is harmless. More than `MOST_IN_A_COMMIT` submissions are taken in several commits.

        Raises:
            KansaError: `vault.full`, `vault.busy`, `vault.unpublished`: nothing that was acknowledged is lost, and
                the same call may be made again.
            BrokenVault: `clock.jump`, until the clock is confirmed; `vault.changed` if something else wrote.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(submissions), MOST_IN_A_COMMIT):
            outcomes += self._take(_Job(submissions[start : start + MOST_IN_A_COMMIT]))
        return outcomes

    def confirm_clock(self) -> None:
        """Take the clock for right where it jumped, and record that somebody said so; otherwise nothing happens.

        Raises:
            KansaError: as `append`; then the clock is not confirmed.
        """
        self._take(_Job((), confirms=True))

    def close(self) -> None:
        """Publish what is not published yet and let go of the log; the value store is the caller's."""
        with self._turn:
            self._commits.close()

    def _take(self, job: "_Job") -> list[Outcome]:
        self._waiting.append(job)
        with self._turn:
            if not job.done:
                self._serve()
        if job.error is not None:
            raise job.error
        return job.outcomes

    def _serve(self) -> None:
        """Commit for all that wait, in one transaction."""
        jobs: list[_Job] = []
        room = MOST_IN_A_COMMIT
        while self._waiting and (not jobs or len(self._waiting[0].submissions) <= room):
            jobs.append(self._waiting.popleft())
            room -= len(jobs[-1].submissions)
        try:
            self._commit(jobs)
        except BaseException as error:
            told = (
                error
                if isinstance(error, Exception)
                else KansaError("ledger.stopped", "the append was stopped")
            )
            for job in jobs:
                job.error = told
            if told is not error:
                raise
        finally:
            for job in jobs:
                job.done = True

    def _commit(self, jobs: "list[_Job]") -> None:
        outcomes: list[list[Outcome]] = []

        def fill(writing: Writing, size: int, stamp: Stamp) -> list[Row]:
            batch = _Batch(writing, self.origin, size, stamp, self._random_bytes)
            if stamp.confirmed:
                batch.speak_of_clock()
            outcomes.extend([batch.take(submission) for submission in job.submissions] for job in jobs)
            if batch.sealed:
                self._values.put(batch.sealed)
            return batch.rows

        self._commits.commit(fill, confirmed=any(job.confirms for job in jobs))
        for job, each in zip(jobs, outcomes, strict=True):
            job.outcomes = each


@dataclass(slots=True)
class _Job:
    """What one caller waits for."""

    submissions: Sequence[Submission]
    confirms: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class _Batch:
    """The records of one commit while they are made."""

    def __init__(
        self, writing: Writing, origin: str, size: int, stamp: Stamp, random_bytes: RandomBytes
    ) -> None:
        self.rows: list[Row] = []
        self.sealed: list[Sealed] = []
        self._writing = writing
        self._origin = origin
        self._size = size
        self._stamp = stamp
        self._random_bytes = random_bytes
        self._latest: dict[tuple[str, bytes], Version] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._said_of_clock = stamp.shift_ms is None

    def take(self, submission: Submission) -> Outcome:
        """Decide on a submission; if it becomes a record, it is the next row."""
        try:
            _check_identity(submission)
            return self._decide(submission)
        except BadInput as error:
            return _refused(submission, error.code, _in_full(error))
        except ValueError as error:
            return _refused(submission, "record.field", str(error))

    def speak_of_clock(self) -> None:
        """Append, before the first record of a commit whose clock was behind or had to be confirmed, one that says so."""
        if self._said_of_clock:
            return
        self._said_of_clock = True
        anomaly = clock_anomaly(self._origin, self._stamp, self._random_bytes)
        self._add(anomaly, None, self._complete(anomaly))

    def _decide(self, submission: Submission) -> Outcome:
        latest = self._latest_of(submission)
        if latest is None:
            return self._add_new(submission)
        if latest.submitted == submission.id:
            return Outcome(status="duplicate", id=submission.id, index=latest.index)
        known = self._find(submission.source, submission.id)
        if submission.progresses:
            return self._correct(submission, latest, known)
        if known is not None:
            return Outcome(status="duplicate", id=submission.id, index=known)
        return _refused(
            submission,
            "ledger.contradicts",
            f"record {latest.index} has the same natural key and other content, and `{submission.source}` is a"
            " source whose records do not change",
            other=latest.index,
        )

    def _add_new(self, submission: Submission) -> Outcome:
        known = self._find(submission.source, submission.id)
        if known is not None:
            return _refused(
                submission,
                "ledger.id_taken",
                f"record {known} has the id `{submission.id}` under another natural key",
                other=known,
            )
        index = self._add(submission, None, self._complete(submission))
        return Outcome(status="appended", id=submission.id, index=index)

    def _correct(self, submission: Submission, latest: Version, known: int | None) -> Outcome:
        """Put the submission in the place of the latest version.

        A row that goes back to an earlier content is a correction like any other: its event id is then made of its
        own and the index that it corrects, since the first is taken.
        """
        event_id = submission.id if known is None else draft.again(submission.id, latest.index)
        renamed = msgspec.structs.replace(submission, id=event_id)
        concerns = envelope.decode(self._body(latest.index)).about
        completed = self._complete(renamed, corrects=(self._origin, latest.index), concerns=concerns)
        index = self._add(renamed, None if known is None else submission.id, completed)
        return Outcome(status="superseding", id=event_id, index=index, other=latest.index)

    def _complete(
        self,
        submission: Submission,
        corrects: tuple[str, int] | None = None,
        concerns: Iterable[str] = (),
    ) -> tuple[bytes, Completed]:
        completed = draft.complete(
            submission,
            self._stamp.recorded_at,
            self._random_bytes,
            corrects=corrects,
            concerns=concerns,
            simulated=self._stamp.simulated,
        )
        return completed.record.encode(), completed

    def _add(self, submission: Submission, submitted: str | None, made: tuple[bytes, Completed]) -> int:
        self.speak_of_clock()
        body, completed = made
        row = Row(
            self._size + len(self.rows),
            body,
            submission.source,
            submission.id,
            submission.natural,
            submitted,
        )
        self.rows.append(row)
        if completed.disclosures:
            self.sealed.append(Sealed(completed.keeper, completed.disclosures))
        under = submitted or submission.id
        self._latest[submission.source, submission.natural] = Version(row.index, under)
        self._ids[submission.source, submission.id] = row.index
        return row.index

    def _latest_of(self, submission: Submission) -> Version | None:
        pending = self._latest.get((submission.source, submission.natural))
        return pending or self._writing.latest(submission.source, submission.natural)

    def _find(self, source: str, event_id: str) -> int | None:
        pending = self._ids.get((source, event_id))
        return self._writing.find(source, event_id) if pending is None else pending

    def _body(self, index: int) -> bytes:
        pending = index - self._size
        return self._writing.body(index) if pending < 0 else self.rows[pending].body


def clock_anomaly(origin: str, stamp: Stamp, random_bytes: RandomBytes) -> Submission:
    """Return the record of a log that says how its clock was off; for a stamp with a shift."""
    at = format_instant(stamp.recorded_at)
    event_id = ulid(stamp.recorded_at, random_bytes)
    return Submission(
        id=event_id,
        natural=hashlib.sha256(event_id.encode()).digest()[:16],
        type=ClockAnomaly.type,
        source=f"urn:kansa:{origin}:sequencer",
        time=stamp.recorded_at,
        data={
            "valid_from": at,
            "known_by": "measured",
            "shift_ms": stamp.shift_ms,
            "confirmed": stamp.confirmed,
        },
        sequence=None,
        progresses=False,
    )


def _check_identity(submission: Submission) -> None:
    if not 0 < len(submission.id) <= MAX_ID_LENGTH or not submission.source:
        raise BadInput("record.identity", "a record needs a source and an id of at most 200 characters")
    if not 0 < len(submission.natural) <= MAX_NATURAL_BYTES:
        raise BadInput("record.identity", "a natural tag has 1 to 64 bytes")


def _refused(submission: Submission, code: str, message: str, other: int | None = None) -> Outcome:
    return Outcome(status="refused", id=submission.id, other=other, code=code, message=message)


def _in_full(error: BadInput) -> str:
    return "; ".join([error.message, *map(str, error.problems)])
