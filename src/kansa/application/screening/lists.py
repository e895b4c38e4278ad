"""The lists of a vault: editions taken in, kept whole, and found again as they were.

Files as published and the entries read from them lie in `lists/` in the vault, each under the hash of what it says,
so that a screening of last year replays with last year's list. They are public data, or the operator's own lists, and
are readable by the vault's owner alone.
"""

import gzip
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from kansa.application.screening.engine import SHRINK_PERCENT
from kansa.clock import format_instant
from kansa.errors import BadInput, BrokenVault, Problem
from kansa.records import catalogue, envelope, sealing
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.claim import Claim
from kansa.records.kinds.screening import ListImported
from kansa.screening.edition import (
    Difference,
    Edition,
    File,
    Shrunk,
    difference,
    edition_of,
    record_set_hash,
    shrunk,
)
from kansa.screening.entry import Entry
from kansa.screening.lists import formats
from kansa.screening.lists.dates import partial_date
from kansa.screening.lists.reading import Document, Shortfall
from kansa.vault.vault import Vault

C = TypeVar("C", bound=Claim)


@dataclass(frozen=True, slots=True)
class Added:
    """An edition that was taken in, and what it changed. `problems` are all rows and fields that could not be read."""

    edition: Edition
    before: Edition | None
    difference: Difference
    problems: tuple[Problem, ...]
    passed_over: dict[str, int]


class ListArchive:
    """Files and entry sets, by hash."""

    def __init__(self, root: Path) -> None:
        self._root = root / "lists"

    def put(self, documents: Iterable[Document], entries: Sequence[Entry]) -> None:
        """Keep the files as published and the entries read from them; what is there already stays."""
        for document in documents:
            self._write(self._file(document.sha256()), document.data)
        self._write(self._set(record_set_hash(entries)), b"\n".join(map(msgspec.json.encode, entries)))

    def entries(self, record_set_sha256: str) -> list[Entry]:
        """Return the entries of an edition, as they were read.

        Raises:
            BrokenVault: `lists.missing` or `lists.damaged`: nobody can be screened against what is not as it was.
        """
        path = self._set(record_set_sha256)
        try:
            lines = gzip.decompress(path.read_bytes()).splitlines()
            entries = [_decoder.decode(line) for line in lines]
        except FileNotFoundError as error:
            raise BrokenVault(
                "lists.missing",
                f"the entries of the edition `{record_set_sha256[:12]}…` are not in the vault",
                help="add the same files again with `kansa lists add`",
            ) from error
        except (OSError, EOFError, msgspec.DecodeError) as error:
            raise BrokenVault("lists.damaged", f"`{path}` cannot be read: {error}") from error
        if record_set_hash(entries) != record_set_sha256:
            raise BrokenVault("lists.damaged", f"`{path}` is not what its name says")
        return entries

    def document(self, sha256: str) -> bytes | None:
        """Return a file as it was published, or None if it is not kept."""
        path = self._file(sha256)
        return gzip.decompress(path.read_bytes()) if path.exists() else None

    def _file(self, sha256: str) -> Path:
        return self._root / "files" / f"{sha256}.gz"

    def _set(self, sha256: str) -> Path:
        return self._root / "entries" / f"{sha256}.jsonl.gz"

    def _write(self, path: Path, data: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(gzip.compress(data, mtime=0))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)


_decoder = msgspec.json.Decoder(Entry)


def add(
    vault: Vault,
    format_: str,
    paths: Sequence[Path],
    *,
    name: str | None = None,
    date: str | None = None,
    source_url: str | None = None,
    accept_shrink: str | None = None,
    asks: Callable[[tuple[Shrunk, ...]], str | None] = lambda _shrunk: None,
    share_percent: int = SHRINK_PERCENT,
) -> Added:
    """Take in an edition and record it.

    `asks` is called with what shrinks when more than `share_percent` of the entries are gone, of the publication or of a
    list in it, and no reason is given; it returns the person's reason, or None.

    Raises:
        BadInput: the files cannot be read as that form; `list.date`; `list.shrinks`, if nobody gave a reason.
    """
    if date is not None and (len(date) != 10 or partial_date(date) != date):
        raise BadInput("list.date", f"`{date}` is not a date", help="write 2026-01-31")
    documents = documents_at(paths)
    reading = formats.read(format_, documents, name)
    now = vault.clock.now()
    edition = edition_of(reading, format_, documents, now, date)
    shelf = ListArchive(vault.places.root)
    before = editions(vault).get(edition.publication)
    gone = shrunk(before, edition, share_percent) if before is not None else ()
    if gone and accept_shrink is None:
        accept_shrink = asks(gone)
        if accept_shrink is None:
            told = "; ".join(f"`{each.what}` from {each.before} entries to {each.after}" for each in gone)
            raise BadInput(
                "list.shrinks",
                f"these would shrink: {told}",
                help="if the list is really so much shorter, say why with --accept-shrink REASON",
            )
    changes = difference(shelf.entries(before.record_set_sha256) if before else (), reading.entries)
    shelf.put(documents, reading.entries)
    data = _claim(vault, edition, before, changes)
    data["file_names"] = [file.name for file in edition.files]
    data |= {"source_url": source_url} if source_url else {}
    data |= {"shrink_reason": accept_shrink} if accept_shrink else {}
    index = vault.record(
        Draft(
            ListImported.type,
            f"{vault.settings.urn}:lists",
            f"{edition.publication} {now} {vault.reader.size()}",
            now,
            data,
        )
    )
    return Added(replace(edition, record=index), before, changes, reading.problems, dict(reading.passed_over))


def editions(vault: Vault, before: int | None = None) -> dict[str, Edition]:
    """Return the latest edition of each publication, by publication; with `before`, as it was below that ledger index."""
    found: dict[str, Edition] = {}
    for index, record in records_of(vault, ListImported.type, before):
        edition = _edition(index, record)
        found[edition.publication] = edition
    return dict(sorted(found.items()))


def edition_at(vault: Vault, index: int) -> Edition:
    """Return the edition that the `list.imported` at a ledger index recorded."""
    ((_, record),) = vault.records(index, index + 1)
    return _edition(index, record)


def records_of(vault: Vault, type_: str, stop: int | None = None) -> Iterator[tuple[int, Record]]:
    """Yield the records of one kind, in ledger order, without reading the others."""
    mark = f'"type":"{type_}"'.encode()
    for index, entry in vault.reader.entries(0, stop):
        if mark in entry:
            record = envelope.decode(entry)
            if record.type == type_:
                yield index, record


def claim_in(record: Record, disclosures: dict[str, sealing.Disclosure], kind: type[C]) -> C:
    """Return the typed claim of a record, with those of its sealed values that are given."""
    data = {
        name: value for name, value in sealing.reveal(record.data, disclosures).items() if name not in _META
    }
    return cast("C", catalogue.read(kind.type, data))


_META = frozenset({"about", "_sd"})


def _edition(index: int, record: Record) -> Edition:
    claim = claim_in(record, {}, ListImported)
    return Edition(
        publication=claim.publication,
        format=claim.format,
        importer=claim.importer,
        date=claim.edition_date,
        files=tuple(File("", file.sha256, file.bytes) for file in claim.files),
        record_set_sha256=claim.record_set_sha256,
        lists={each.list: each.entries for each in claim.lists},
        rows=claim.rows,
        entries=claim.entries,
        rejected=claim.rejected,
        set_aside=claim.set_aside,
        taken_at=record.recorded_at,
        shortfalls=tuple(
            Shortfall(f"{claim.publication}, file {each.file + 1}", each.what, each.missing)
            for each in claim.shortfalls
        ),
        record=index,
    )


def _claim(vault: Vault, edition: Edition, before: Edition | None, changes: Difference) -> dict[str, object]:
    numbers = {file.name: number for number, file in enumerate(edition.files)}
    shortfalls = [
        {"file": numbers[each.file], "what": each.what, "missing": each.missing}
        for each in edition.shortfalls
    ]
    return {
        **({"partial": True, "shortfalls": shortfalls} if shortfalls else {}),
        "valid_from": format_instant(edition.taken_at),
        "known_by": "documented",
        "publication": edition.publication,
        "format": edition.format,
        "importer": edition.importer,
        "edition_date": edition.date,
        "files": [{"sha256": file.sha256, "bytes": file.bytes} for file in edition.files],
        "record_set_sha256": edition.record_set_sha256,
        "lists": [{"list": list_, "entries": count} for list_, count in edition.lists.items()],
        "rows": edition.rows,
        "entries": edition.entries,
        "rejected": edition.rejected,
        "set_aside": edition.set_aside,
        "added": len(changes.added),
        "removed": len(changes.removed),
        "changed": len(changes.changed),
        "replaces": None if before is None else {"log": vault.settings.origin, "index": before.record},
    }


def documents_at(paths: Sequence[Path]) -> list[Document]:
    """Return files as published.

    Raises:
        BadInput: `list.file`, with every file that cannot be read.
    """
    found: list[Document] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(Document(path.name, path.read_bytes()))
        except OSError as error:
            problems.append(Problem("list.file", f"cannot be read: {error.strerror}", file=str(path)))
    if problems:
        raise BadInput("list.file", "a file of the list cannot be read", problems=problems)
    return found
