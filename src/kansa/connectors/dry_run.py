"""What would happen: decides as the sequencer does, over what it has seen itself, and writes nothing.

Of what the ledger holds it knows ids alone: it tells duplicates, but takes a row that would supersede or contradict a
recorded one for new.
"""

from collections.abc import Callable, Sequence

from kansa.ledger.ports import Outcome
from kansa.records.draft import Submission


class DryRunAppender:
    """An appender in memory; `recorded` finds the index of a record by source and event id."""

    def __init__(self, recorded: Callable[[str, str], int | None] = lambda _source, _id: None) -> None:
        self._recorded = recorded
        self.taken: list[Submission] = []
        self._by_id: dict[tuple[str, str], int] = {}
        self._latest: dict[tuple[str, bytes], int] = {}

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        return [self._take(submission) for submission in submissions]

    def find(self, source: str, event_id: str) -> int | None:
        """Return the index of the record with this event id, or that came under it."""
        known = self._by_id.get((source, event_id))
        return self._recorded(source, event_id) if known is None else known

    def _take(self, submission: Submission) -> Outcome:
        key = (submission.source, submission.natural)
        latest, known = self._latest.get(key), self.find(submission.source, submission.id)
        unchanged = latest is not None and self.taken[latest].id == submission.id
        if known is not None and (unchanged or latest is None or not submission.progresses):
            return Outcome(status="duplicate", id=submission.id, index=known)
        if latest is not None and not submission.progresses:
            message = f"record {latest} has the same natural key and other content"
            return Outcome(
                status="refused", id=submission.id, other=latest, code="ledger.contradicts", message=message
            )
        index = len(self.taken)
        self.taken.append(submission)
        self._by_id[submission.source, submission.id] = self._latest[key] = index
        status = "appended" if latest is None else "superseding"
        return Outcome(status=status, id=submission.id, index=index, other=latest)
