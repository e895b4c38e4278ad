"""Audit and erasure of segments: what is wrong is found with its place, what is erased is explained by its record."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evidence.bulk_rows import subject
from evidence.many_rows import row, rows
from kansa.application.auditing.part import Part
from kansa.application.auditing.vault import audit_vault
from kansa.application.erase import erase
from kansa.application.segments import take_rows
from kansa.clock import HOUR
from kansa.errors import KansaError
from kansa.evidence import folder
from kansa.evidence.entry import Report, draft_of
from kansa.evidence.schema import USE
from kansa.evidence.writer import GROUPS, LOCAL, ROWS, VALUES, write
from kansa.records.draft import submit
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, small_vault

WHO = cast()
OTHER = subject("pty", 2)
USER = subject("pty", 3)
REPORT = Report("slurm", [], 0, {}, "slurm 1")
TABLE = rows(
    [
        row(1, BEGIN, subject=WHO.tenant, user="taro.yamada"),
        row(2, BEGIN, subject=WHO.tenant, end_user=USER, user="hanako.sato"),
        row(3, BEGIN, subject=OTHER),
        row(4, BEGIN, subject=""),
    ]
)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A small vault with two segments, the second one of a correction."""
    made = small_vault(tmp_path / "vault")
    take_rows(made, TABLE, REPORT)
    take_rows(made, rows([row(3, BEGIN, subject=OTHER, end=BEGIN + HOUR)]), REPORT)
    return made


def parts(vault: Vault) -> tuple[Part, Part]:
    """Return what an audit says of segments and of their sealed values."""
    found = {part.name: part for part in audit_vault(vault).parts}
    return found["segments"], found["sealed values of segments"]


def codes(part: Part) -> list[str]:
    """Return the codes of the faults."""
    return [fault.code for fault in part.faults]


def folder_of(vault: Vault, number: int = 0) -> Path:
    """Return the folder of a segment."""
    return vault.segments()[number].segment.folder


def test_an_audit_says_how_many_rows_of_how_many_are_as_committed(vault: Vault) -> None:
    """Both parts carry their denominators."""
    for part in parts(vault):
        assert (part.ok, part.checked, part.total) == (True, 5, 5)


@pytest.mark.parametrize("name", [ROWS, GROUPS])
def test_a_missing_and_an_altered_file_are_told_apart(vault: Vault, name: str) -> None:
    """One is a vault that is behind its ledger, the other a damaged segment; the rest is still counted."""
    path = folder_of(vault) / name
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    assert (codes(parts(vault)[0]), parts(vault)[0].checked) == (["segment.damaged"], 1)
    path.unlink()
    assert codes(parts(vault)[0]) == ["vault.behind"]


def test_folders_without_an_entry_are_noted_and_no_fault(vault: Vault) -> None:
    """A crash leaves them; the next intake deals with them."""
    (vault.places.segments / ".new-00").mkdir()
    (vault.places.segments / "00").mkdir()
    found = parts(vault)[0]
    assert found.ok
    assert found.notes[0].startswith("2 folders")
    take_rows(vault, TABLE, REPORT)
    assert parts(vault)[0].notes == ()


def test_damaged_and_lost_values_are_faults(vault: Vault) -> None:
    """A blob that was altered is damaged; one whose key is gone without a record of an erasure is lost."""
    path = folder_of(vault) / VALUES
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert codes(parts(vault)[1]) == ["segment.values"]
    path.unlink()
    assert codes(parts(vault)[1]) == ["segment.values"]


def _enter(vault: Vault, table: pa.Table, corrects: int | None = None) -> None:
    """Enter rows as an operator would who goes past the intake."""
    wide = table.append_column("corrects", pa.array([corrects] * table.num_rows, pa.int64()))
    wide = wide.append_column("withdrawn", pa.array([False] * table.num_rows))
    named = vault.segments()
    made = write(vault.places.segments, USE, wide, segment=b"x" * 16, keeper_key=lambda _: b"k" * 32)
    draft = draft_of(
        made, USE.id, number=len(named), previous=named[-1].entry, source=vault.segments_source, report=REPORT
    )
    with vault.appending() as way:
        (outcome,) = way.append([submit(draft, vault.connector_key)])
    assert outcome.status == "appended"


def test_rows_of_one_segment_again_in_another_under_another_subject_are_found(vault: Vault) -> None:
    """Law: a row stands once in all segments together, whatever group it is shown in."""
    _enter(vault, rows([row(1, BEGIN, subject=OTHER)]))
    assert "segment.twice" in codes(parts(vault)[0])


@pytest.mark.parametrize(("job", "corrects"), [(1, 1), (9, 0), (3, 7)])
def test_a_correction_of_a_row_that_its_group_does_not_have_is_found(
    vault: Vault, job: int, corrects: int
) -> None:
    """Of another segment, of no row, of a segment that is not there."""
    _enter(vault, rows([row(job, BEGIN, subject=OTHER)]), corrects)
    assert "segment.corrects" in codes(parts(vault)[0])


def test_an_entry_that_hides_the_one_before_is_found(vault: Vault) -> None:
    """Numbers and links of entries leave none out."""
    named = vault.segments()
    made = write(
        vault.places.segments,
        USE,
        rows([row(8, BEGIN)])
        .append_column("corrects", pa.array([None], pa.int64()))
        .append_column("withdrawn", pa.array([False])),
        segment=b"y" * 16,
        keeper_key=lambda _: b"k" * 32,
    )
    draft = draft_of(
        made,
        USE.id,
        number=2,
        previous=named[0].entry,
        source=vault.segments_source,
        report=REPORT,
    )
    with vault.appending() as way:
        way.append([submit(draft, vault.connector_key)])
    assert "segment.list" in codes(parts(vault)[0])


@pytest.mark.parametrize(("who", "count"), [(WHO.tenant, 1), (USER, 1), (OTHER, 2)])
def test_the_values_of_a_subject_are_erased_and_all_proofs_stand(vault: Vault, who: str, count: int) -> None:
    """Law: its values are gone from every file, that is on record, rows and the others' values stay."""
    before = [use for use in vault.tables().use if use.use_id.startswith("s")]
    done = erase(vault, who, "asked to", despite_retention=True)
    assert "segments/" in done.stores
    rows_, values = parts(vault)
    assert (rows_.ok, rows_.checked) == (True, 5)
    assert (values.ok, values.checked, values.total) == (True, 5 - count, 5)
    assert values.notes == (f"those of {count} rows are erased, as `kansa.value.erased.v0` records say",)
    assert {use for use in vault.tables().use if use.use_id.startswith("s")} == set(before)
    marks = [
        mark
        for each in vault.segments()
        for mark in pq.read_table(each.segment.folder / LOCAL).column("fingerprint").to_pylist()
    ]
    assert marks.count(0) == count


def test_erasing_again_and_reading_again_bring_nothing_back(vault: Vault) -> None:
    """A file that is read again has no value of an erased row; erasing again records nothing."""
    erase(vault, USER, "asked to", despite_retention=True)
    assert erase(vault, USER, "asked to", despite_retention=True).entry is None
    done = take_rows(vault, TABLE, REPORT)
    assert (done.duplicates, done.entries) == (4, ())
    assert parts(vault)[1].ok


def test_an_erasure_waits_for_no_intake(vault: Vault) -> None:
    """While rows are taken in, an erasure is refused: the intake has keys in its memory."""
    with folder.only_writer(vault.places.segments), pytest.raises(KansaError) as found:
        erase(vault, USER, "asked to", despite_retention=True)
    assert found.value.code == "vault.busy"
