"""A journal of what is said, in the order in which it was recorded."""

from kansa.clock import HOUR
from kansa.records.draft import Draft, complete, submit
from kansa.records.journal import MemoryJournal
from kansa.registers.derive import moments
from worlds import BEGIN, dice

KEY = b"k" * 32


def journal_of(*drafts: Draft, at: list[int] | None = None) -> MemoryJournal:
    """Return the journal of some drafts; entry `n` is recorded at `at[n]`, or all an hour before the story begins."""
    salts, times = dice(1), at or [BEGIN - HOUR] * len(drafts)
    entries = [
        (index, complete(submit(each, KEY), time, salts).record.encode())
        for index, (each, time) in enumerate(zip(drafts, times, strict=True))
    ]
    journal = MemoryJournal()
    for _, claims in moments(entries):
        journal.add(claims)
    return journal
