"""Worlds of a few claims, as facts see them."""

from collections.abc import Iterable, Mapping

from kansa.clock import DAY
from kansa.facts.context import FactContext
from kansa.records import sealing
from kansa.records.draft import Draft, complete, submit
from kansa.records.envelope import Record
from kansa.records.journal import MemoryJournal, note
from kansa.registers.derive import derive
from kansa.registers.snapshot import Revealing
from kansa.registers.uses_by_subject import by_subject
from worlds import BEGIN, dice

KEY = b"k" * 32
GROUPS: Mapping[str, frozenset[str]] = {
    "JP": frozenset({"A:1", "A:5"}),
    "CN": frozenset({"D:1", "D:4", "D:5", "D:5+MO"}),
    "MO": frozenset({"D:1", "D:4", "D:5+MO"}),
}


def world(
    drafts: Iterable[Draft],
    now: int = BEGIN + 5 * DAY,
    *,
    erased: frozenset[str] = frozenset(),
    operator: str | None = None,
) -> FactContext:
    """A world of these drafts, recorded one an hour; the values of what was kept for `erased` subjects are gone."""
    random_bytes = dice(3)
    entries, records, kept = list[bytes](), list[Record](), dict[str, sealing.Disclosure]()
    for number, draft in enumerate(drafts):
        done = complete(submit(draft, KEY), BEGIN + number * 3_600_000_000, random_bytes)
        entries.append(done.record.encode())
        records.append(done.record)
        if done.keeper not in erased:
            kept.update((each.digest, each) for each in done.disclosures)
    reveal = Revealing(lambda digests: {digest: kept[digest] for digest in digests if digest in kept})
    roots = dict[int, int]()
    told = [note(index, reveal(index, record), roots) for index, record in enumerate(records)]
    journal = MemoryJournal()
    journal.add(each for each in told if each is not None)
    uses = by_subject(derive(enumerate(entries)).use)
    return FactContext(
        journal,
        now,
        withheld=reveal.withheld,
        uses=uses,
        groups_of=lambda country, _at: GROUPS.get(country, frozenset()),
        operator=operator,
    )
