"""What would happen: decides as the sequencer does, over what it has seen itself, and writes nothing.

Of what the ledger holds it knows ids alone: it tells duplicates, but takes a row that would supersede or contradict a
recorded one for new.
"""

from collections.abc import Callable, Sequence

from kansa.ledger.ports import Outcome
from kansa.records.draft import Submission


class Rehearsal:
    """An appender in memory; `recorded` finds the index of a record by source and event id."""

    def __init__(self, recorded: Callable[[str, str], int | None] = lambda _source, _id: None) -> None:
        self._recorded = recorded
        self.taken: list[Submission] = []
        self._by_id: dict[str, int] = {}
        self._latest: dict[bytes, int] = {}

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        return [self._take(submission) for submission in submissions]

    def _take(self, submission: Submission) -> Outcome:
        same = self._by_id.get(submission.id)
        same = self._recorded(submission.source, submission.id) if same is None else same
        if same is not None:
            return Outcome(status="duplicate", id=submission.id, index=same)
        other = self._latest.get(submission.natural)
        if other is not None and not submission.progresses:
            message = f"another content stands under the same key in entry {other}"
            return Outcome(
                status="refused", id=submission.id, other=other, code="ledger.conflict", message=message
            )
        index = len(self.taken)
        self.taken.append(submission)
        self._by_id[submission.id] = self._latest[submission.natural] = index
        status = "appended" if other is None else "superseding"
        return Outcome(status=status, id=submission.id, index=index, other=other)
