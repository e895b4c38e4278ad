"""An edition: one publication as it was on a day, what it held, and how that differs from the edition before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kansa.screening.entry import Entry
from kansa.screening.lists.formats import IMPORTER
from kansa.screening.lists.reading import Document, Reading, Shortfall


class File(NamedTuple):
    """One file as published; `bytes` is its length."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What is known of an edition without its entries.

    `date` is ISO 8601, the publisher's where the file states it, else as the operator says, else None. `taken_at` is
    the instant at which it was imported, `shortfalls` says in what it is partial, `record` the ledger index of its `list.imported`; None outside a vault.
    """

    publication: str
    format: str
    importer: str
    date: str | None
    files: tuple[File, ...]
    record_set_sha256: str
    lists: Mapping[str, int]
    rows: int
    entries: int
    rejected: int
    set_aside: int
    taken_at: int
    shortfalls: tuple[Shortfall, ...] = ()
    record: int | None = None


class Difference(NamedTuple):
    """Ids of entries that came, went, or say something else."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def edition_of(
    reading: Reading, format_: str, documents: Iterable[Document], taken_at: int, date: str | None = None
) -> Edition:
    """Return the edition that was just read. `date` is used where the files state none."""
    return Edition(
        publication=reading.publication,
        format=format_,
        importer=IMPORTER,
        date=reading.date or date,
        files=tuple(File(each.name, each.sha256(), len(each.data)) for each in documents),
        record_set_sha256=record_set_hash(reading.entries),
        lists=reading.lists(),
        rows=reading.rows,
        entries=len(reading.entries),
        rejected=reading.rejected,
        set_aside=sum(problem.code == "list.field" for problem in reading.problems),
        taken_at=taken_at,
        shortfalls=reading.shortfalls,
    )


def record_set_hash(entries: Iterable[Entry]) -> str:
    """Hex SHA-256 over the sorted record hashes: what the edition says, whatever the order of its rows."""
    return hashlib.sha256("\n".join(sorted(entry.record_hash() for entry in entries)).encode()).hexdigest()


def difference(before: Iterable[Entry], after: Iterable[Entry]) -> Difference:
    """Return what came, went and changed, by id."""
    old = {entry.id: entry.record_hash() for entry in before}
    new = {entry.id: entry.record_hash() for entry in after}
    return Difference(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(id_ for id_ in new.keys() & old.keys() if new[id_] != old[id_])),
    )


class Shrunk(NamedTuple):
    """What would go from `before` entries to `after`: a list, or the whole publication."""

    what: str
    before: int
    after: int


def shrunk(before: Edition, after: Edition, share_percent: int) -> tuple[Shrunk, ...]:
    """Return where so much is gone that it may be a broken file: in the whole, and in each list, which may be a small part of it.

    A list of few entries may lose some of them, but not all.
    """
    whole = Shrunk(before.publication, before.entries, after.entries)
    lists = [Shrunk(list_, count, after.lists.get(list_, 0)) for list_, count in before.lists.items()]
    return tuple(
        each
        for each in dict.fromkeys((whole, *lists))
        if shrinks(each.before, each.after, share_percent)
        and (each is whole or each.after == 0 or each.before - each.after >= _SOME)
    )


_SOME = 5


def shrinks(before: int, after: int, share_percent: int) -> bool:
    """Tell whether so many entries are gone that it may be a broken file rather than a shorter list."""
    return (before - after) * 100 > share_percent * before
