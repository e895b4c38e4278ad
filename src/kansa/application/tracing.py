"""Trace a subject from procurement to access, and say who let whom through a path: of a vault, as known at a time."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from kansa.application.lookup import Lookup
from kansa.clock import format_instant
from kansa.coherence.row_quality import horizon_of
from kansa.dossier.verify import Shown, open_verified
from kansa.errors import BadInput
from kansa.ids import kind_of
from kansa.ledger import policy
from kansa.records import envelope
from kansa.records.journal import Journal, MemoryJournal, note
from kansa.registers.directory import Directory, directory
from kansa.registers.rows import Tables
from kansa.registers.snapshot import Revealing
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import REACHES
from kansa.trace.statement import Trace
from kansa.trace.trace import trace
from kansa.trace.who import Who, who
from kansa.vault.vault import Vault

KINDS = tuple(REACHES)
"""What can be traced."""


class Called(NamedTuple):
    """What a subject is called: names by language, the first key that a source uses for it, the first of its numbers."""

    names: Mapping[str, str]
    key: str | None
    number: str | None

    def as_json(self) -> dict[str, Any]:
        """Return what is known, as a stable JSON value."""
        said = {"names": dict(self.names), "key": self.key, "number": self.number}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAnswer:
    """A trace, with what its subjects are called, out of a ledger of `entries`."""

    trace: Trace
    called: Mapping[str, Called]
    entries: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa trace --json`."""
        named = {id_: each.as_json() for id_, each in self.called.items()}
        return self.trace.as_json() | {"called": named, "ledger_entries": self.entries}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAnswer:
    """Who was let through a path, with what its subjects are called, out of a ledger of `entries`."""

    who: Who
    called: Mapping[str, Called]
    entries: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa who --json`."""
        named = {id_: each.as_json() for id_, each in self.called.items()}
        return self.who.as_json() | {"called": named, "ledger_entries": self.entries}


def trace_subject(
    vault: Vault, kind: str, subject: str, *, as_of: int | None = None, known_at: int | None = None
) -> TraceAnswer:
    """Return the chain of a subject, by id, source key, name or number, as of an instant (default: now).

    Raises:
        BadInput: `trace.kind`, or that of the look-up, `tenant.unknown` and the like.
    """
    _refuse_unknown(kind)
    names = Lookup(vault)
    with _evidence(vault, as_of, known_at) as (world, known):
        found = trace(kind, _meant(kind, subject, names, world.journal), world, known)
        return TraceAnswer(
            trace=found, called=_called(found.subjects(), names.directory), entries=vault.reader.size()
        )


def who_passed(vault: Vault, path: str, at: int, *, known_at: int | None = None) -> WhoAnswer:
    """Return who authorized which end user for a path at an instant, and what became of what ran through it then.

    Raises:
        BadInput: `path.unknown` or `path.ambiguous`; `who.future`, if the instant has not come.
    """
    now = vault.clock.now()
    if at > now:
        raise _not_come(at)
    names = Lookup(vault)
    with _evidence(vault, None, known_at) as (world, known):
        found = who(names.path(path), at, world, known)
        return WhoAnswer(
            who=found, called=_called(found.subjects(), names.directory), entries=vault.reader.size()
        )


@dataclass(frozen=True, slots=True)
class DossierBooks:
    """A dossier that verifies, as a lookup and a trace read it."""

    shown: Shown

    def directory(self) -> Directory:
        """Return what the disclosed values call subjects."""
        return directory([record for _, record in sorted(self.shown.records.items())], self.shown.disclosures)

    def tables(self) -> Tables:
        """Return the registers that follow from the entries shown."""
        return self.shown.tables

    def evidence(self, as_of: int | None) -> EvidenceAsOf:
        """Return the evidence shown, as of an instant (default: when it was issued)."""
        kept = self.shown.disclosures
        reveal = Revealing(lambda wanted: {digest: kept[digest] for digest in wanted if digest in kept})
        journal, roots = MemoryJournal(), dict[int, int]()
        noted = (note(i, reveal(i, record), roots) for i, record in sorted(self.shown.records.items()))
        journal.add(each for each in noted if each is not None)
        at = self.shown.issued_at if as_of is None else as_of
        reported = horizon_of(self.shown.tables).at
        return EvidenceAsOf(journal, self.shown.tables.use, at, at if reported is None else min(at, reported))


def open_dossier(file: Path, trust: Path | None) -> DossierBooks:
    """Return a dossier that verifies under the reader's policy.

    Raises:
        BadInput: a file cannot be read, or the policy is not one; `dossier.not_ok`, if it does not verify.
    """
    trusted = None if trust is None else policy.parse(_bytes(trust), str(trust))
    verdict, shown = open_verified(_bytes(file), trusted)
    if shown is None or not verdict.accepted(allow_unpinned=trust is None):
        raise BadInput("dossier.not_ok", f"`{file}` does not verify", help="`kansa verify` says why")
    return DossierBooks(shown)


def trace_in_dossier(
    books: DossierBooks, kind: str, subject: str, *, as_of: int | None = None
) -> TraceAnswer:
    """Return the chain of a subject from a dossier alone: what it leaves out is missing there.

    Raises:
        BadInput: as `trace_subject`.
    """
    _refuse_unknown(kind)
    names = Lookup(books)
    world = books.evidence(as_of)
    found = trace(kind, _meant(kind, subject, names, world.journal), world, books.shown.known_at)
    called = _called(found.subjects(), names.directory)
    return TraceAnswer(trace=found, called=called, entries=len(books.shown.entries))


def who_in_dossier(books: DossierBooks, path: str, at: int) -> WhoAnswer:
    """Return who was let through a path at an instant, from a dossier alone.

    Raises:
        BadInput: as `who_passed`; `who.future`, if the dossier was made before the instant.
    """
    if at > books.shown.issued_at:
        raise _not_come(at)
    names = Lookup(books)
    found = who(names.path(path), at, books.evidence(None), books.shown.known_at)
    called = _called(found.subjects(), names.directory)
    return WhoAnswer(who=found, called=called, entries=len(books.shown.entries))


def _refuse_unknown(kind: str) -> None:
    if kind not in REACHES:
        raise BadInput("trace.kind", f"`{kind}` cannot be traced", help=f"one of {', '.join(KINDS)}")


def _not_come(at: int) -> BadInput:
    return BadInput(
        "who.future", f"{format_instant(at)} has not come yet", help="ask of a time that has passed"
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("dossier.file", f"`{file}` cannot be read: {error.strerror}") from error


@contextmanager
def _evidence(vault: Vault, as_of: int | None, known_at: int | None) -> Iterator[tuple[EvidenceAsOf, int]]:
    """Yield all evidence as of an instant and the time of knowledge."""
    tables = vault.tables(known_at)
    head = vault.reader.head().recorded_at
    known = head if known_at is None else min(known_at, head)
    at = vault.clock.now() if as_of is None else as_of
    reported = horizon_of(tables).at
    with vault.evidence() as evidence:
        world = EvidenceAsOf(evidence.journal, tables.use, at, at if reported is None else min(at, reported))
        yield (world if known_at is None else replace(world, journal=_known(vault, known_at))), known


def _known(vault: Vault, known_at: int) -> Journal:
    """Return the claims that were recorded by an instant, their sealed values put back where they are kept."""
    records = [
        (index, record)
        for index, record in ((i, envelope.decode(entry)) for i, entry in vault.reader.entries())
        if record.recorded_at <= known_at
    ]
    kept = vault.disclosures(record for _, record in records)
    reveal, journal, roots = (
        Revealing(lambda wanted: {d: kept[d] for d in wanted if d in kept}),
        MemoryJournal(),
        dict[int, int](),
    )
    noted = (note(index, reveal(index, record), roots) for index, record in records)
    journal.add(each for each in noted if each is not None)
    return journal


def _meant(kind: str, text: str, names: Lookup, journal: Journal) -> str:
    """Return the id of a subject; an id that records mention is known, whether or not anything names it."""
    if kind_of(text) is not None and journal.mentioning(text):
        return text
    resolve: Mapping[str, Callable[[str], str]] = {
        "device": names.device,
        "tenant": names.tenant,
        "end-user": names.end_user,
        "contract": names.contract,
        "authorization": names.authorization,
        "path": names.path,
        "site": names.site,
        "workload": names.workload,
    }
    return resolve[kind](text)


def _called(subjects: set[str], directory: Directory) -> dict[str, Called]:
    found = {
        id_: Called(
            directory.names.get(id_, {}),
            next(iter(directory.keys_of.get(id_, ())), None),
            next(iter(directory.numbers.get(id_, ())), None),
        )
        for id_ in sorted(subjects)
    }
    return {id_: each for id_, each in found.items() if any(each)}
