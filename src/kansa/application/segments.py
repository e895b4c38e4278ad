"""Taking rows into a vault as segments: what a crash left behind first, then what is new, file by file, entry by entry.

A segment is on the disk before its entry is appended. Where the process dies between the two, the next intake appends the
entry that was meant, or removes what no entry can name any more; nothing is entered twice.
"""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from kansa.errors import BadInput, KansaError
from kansa.evidence import folder, versions
from kansa.evidence.entry import Committed, Report, check_files, claim_in, draft_of, stated
from kansa.evidence.files import Written, missing
from kansa.evidence.schema import USE
from kansa.evidence.versions import Entering
from kansa.evidence.writer import DRAFT, MAX_ROWS, write
from kansa.ledger import keys
from kansa.ledger.ports import Appender
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records.draft import Draft, submit
from kansa.vault.vault import Vault

SEGMENT_BYTES = 16


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """What became of rows: all given are `new`, `superseding`, `moved`, `duplicates` or `repeated`.

    `entries` are the indexes of the segments' entries; `completed` and `removed` count segments that an earlier intake
    had left without an entry.
    """

    new: int
    superseding: int
    moved: int
    duplicates: int
    repeated: int
    entries: tuple[int, ...]
    completed: int
    removed: int


def take_rows(
    vault: Vault,
    rows: pa.Table,
    report: Report,
    *,
    appender: Appender | None = None,
    by_unit: bool = True,
    most: int = MAX_ROWS,
) -> RowsTaken:
    """Enter rows of uses, as segments of at most `most` rows. Entering them again adds nothing.

    `rows` has the columns of `kansa.evidence.schema.USE` but for `corrects` and `withdrawn`, its sealed fields as texts,
    and `subject`, the tenant (empty: not known). Later rows prevail over earlier ones.

    Raises:
        BadInput: `segment.rows`, if a value is outside the schema; `segment.refused`, if the ledger refuses the entry.
        KansaError: `vault.busy`, if another process takes in rows; `segment.unwritable`, if they cannot be written.
        BrokenVault: `vault.behind` or `segment.damaged`, if an earlier segment is not as the ledger names it.
    """
    with _writing(vault, appender) as (way, keeper), folder.only_writer(vault.places.segments):
        intake = _Intake(vault, way, keeper, by_unit=by_unit)
        completed, removed = intake.recover()
        entering = intake.versions(rows)
        entries = tuple(
            intake.enter(entering.rows.slice(at, most), report)
            for at in range(0, entering.rows.num_rows, most)
        )
    return RowsTaken(*entering[1:], entries, completed, removed)


def would_take(vault: Vault, rows: pa.Table) -> RowsTaken:
    """Return what would become of rows; nothing is written.

    Raises:
        BrokenVault: as `take_rows`.
    """
    segments = versions.overlapping(rows, vault.segments())
    check_files(segments)
    entering = versions.enter(rows, USE, segments, fingerprint_key(vault))
    return RowsTaken(*entering[1:], (), 0, 0)


def recover(vault: Vault) -> tuple[int, int]:
    """Deal with what a crash left behind; returns how many segments were completed, and how many removed.

    Raises:
        KansaError: `vault.busy`, if another process takes in rows.
    """
    with _writing(vault, None) as (way, keeper), folder.only_writer(vault.places.segments):
        return _Intake(vault, way, keeper).recover()


def fingerprint_key(vault: Vault) -> bytes:
    """Return the secret of the fingerprints, by which rows that were read before are known again."""
    return hmac.digest(vault.connector_key, b"kansa segment fingerprints 1", "sha256")


@contextmanager
def _writing(vault: Vault, appender: Appender | None) -> Iterator[tuple[Appender, ValueWriter]]:
    key = keys.load_key(vault.places.keys / "values.key", "values")
    with (
        vault.appending() if appender is None else nullcontext(appender) as way,
        closing(ValueWriter(vault.places.values, key, vault.random_bytes)) as keeper,
    ):
        yield way, keeper


class _Intake:
    """One intake, while the folder is held."""

    def __init__(self, vault: Vault, way: Appender, keeper: ValueWriter, *, by_unit: bool = True) -> None:
        self._vault, self._way, self._keeper, self._by_unit = vault, way, keeper, by_unit
        self._root = vault.places.segments

    def recover(self) -> tuple[int, int]:
        for left in folder.unfinished(self._root):
            folder.remove(left)
        completed = removed = 0
        while True:
            named = self._vault.segments()
            for each in named:
                (each.segment.folder / DRAFT).unlink(missing_ok=True)
            orphans = folder.orphans(self._root, {each.segment.folder.name for each in named})
            fitting = next((path for path in orphans if self._complete(path, named)), None)
            if fitting is None:
                break
            completed += 1
        for path in orphans:
            folder.remove(path)
            removed += 1
        return completed, removed

    def _complete(self, path: Path, named: Sequence[Committed]) -> bool:
        """Append the entry that was meant for a segment, if it is the next one and all its files are as it says."""
        draft = _draft_in(path)
        if draft is None or not _fits(draft, path, named):
            return False
        self._append(draft)
        return True

    def versions(self, rows: pa.Table) -> Entering:
        segments = versions.overlapping(rows, self._vault.segments())
        check_files(segments)
        for each in segments:
            if versions.fingerprints(each) is None:
                self._rebuild(each)
        return versions.enter(rows, USE, segments, fingerprint_key(self._vault))

    def enter(self, rows: pa.Table, report: Report) -> int:
        """Write rows as the next segment and append its entry; returns the entry's index."""
        named = self._vault.segments()
        number, previous = len(named), named[-1].entry if named else None
        segment = self._vault.random_bytes(SEGMENT_BYTES)

        def draft(written: Written) -> Draft:
            source = self._vault.segments_source
            return draft_of(written, USE.id, number=number, previous=previous, source=source, report=report)

        bulk_keys = self._keeper.bulk_keys(_keepers(rows))
        try:
            written = write(
                self._root,
                USE,
                rows,
                segment=segment,
                keeper_key=bulk_keys.__getitem__,
                by_unit=self._by_unit,
                draft=lambda written: msgspec.json.encode(draft(written)),
            )
        except ValueError as error:
            raise BadInput("segment.rows", f"the rows cannot be entered: {error}") from error
        except OSError as error:
            raise KansaError(
                "segment.unwritable",
                f"no segment can be written to `{self._root}`: {error}",
                help="make room and take the files in again: nothing of this segment was kept",
            ) from error
        index = self._append(draft(written))
        (self._root / segment.hex() / DRAFT).unlink(missing_ok=True)
        return index

    def _append(self, draft: Draft) -> int:
        (outcome,) = self._way.append([submit(draft, self._vault.connector_key)])
        if outcome.index is None:
            raise BadInput(
                outcome.code or "segment.refused",
                outcome.message or "the ledger refuses the entry of the segment",
            )
        return outcome.index

    def _rebuild(self, each: Committed) -> None:
        """Make the fingerprints of a segment anew, from the values that are still kept."""
        key = keys.load_key(self._vault.places.keys / "values.key", "values")
        with closing(ValueReader(self._vault.places.values, key)) as reader:
            bulk_keys = reader.bulk_keys()
        versions.rebuild(each, fingerprint_key(self._vault), bulk_keys.get)


def _keepers(rows: pa.Table) -> list[str]:
    keepers = pc.unique(pc.coalesce(rows.column("end_user"), rows.column("subject")))
    return [str(each) for each in keepers.to_pylist()]


def _draft_in(path: Path) -> Draft | None:
    try:
        return msgspec.json.decode((path / DRAFT).read_bytes(), type=Draft)
    except (OSError, msgspec.DecodeError):
        return None


def _fits(draft: Draft, path: Path, named: Sequence[Committed]) -> bool:
    """Tell whether a draft is of the next segment, and the folder holds the files that it states."""
    try:
        claim = claim_in(draft.type, draft.data)
        segment = stated(claim, path.parent)
    except KansaError:
        return False
    previous = named[-1].entry if named else None
    is_next = claim.number == len(named) and claim.previous == previous
    return is_next and segment.folder == path and not missing(segment)
