"""Rows taken into a vault as segments: nothing twice, versions, moves, two times, crashes, damage."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evidence.bulk_rows import subject
from evidence.many_rows import row, rows
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.dossiers import DossierRequest, build
from kansa.application.segments import RowsTaken, take_rows
from kansa.clock import DAY, HOUR
from kansa.dossier.verify import verify
from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.evidence.entry import Report
from kansa.evidence.writer import LOCAL, ROWS
from kansa.ledger import policy
from kansa.registers.rows import Use
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, small_vault

WHO = cast()
REPORT = Report("slurm", [{"name": "a.txt", "sha256": "0" * 64}], 0, {"a job step": 3}, "slurm 1")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A small vault."""
    return small_vault(tmp_path / "vault")


def bulk_uses(vault: Vault, known_at: int | None = None) -> list[Use]:
    """Return the uses that stand in segments."""
    return [use for use in vault.tables(known_at).use if use.use_id.startswith("s")]


def taken(vault: Vault, table: pa.Table) -> tuple[int, int, int, int]:
    """Take rows in; returns how many were new, superseding, moved, duplicates."""
    done: RowsTaken = take_rows(vault, table, REPORT)
    return done.new, done.superseding, done.moved, done.duplicates


def test_rows_are_uses_with_class_and_weight_of_the_inventory(vault: Vault) -> None:
    """A row without class and weight takes those of its node at its start; one that says them keeps them."""
    plain = row(1, BEGIN + HOUR, units=[WHO.node], end=BEGIN + 2 * HOUR, subject=WHO.tenant, path=WHO.path)
    said = row(2, BEGIN + HOUR, units=sorted(WHO.devices), accelerators=4, item_class="b200", subject="")
    assert taken(vault, rows([plain, said])) == (2, 0, 0, 0)
    found = {(use.workload_id, use.device_id): use for use in bulk_uses(vault)}
    assert len(found) == 3
    own = found[plain["workload"], WHO.node]
    assert (own.item_class, own.weight, own.tenant_id, own.path_id) == ("h100-sxm5", 2, WHO.tenant, WHO.path)
    other = found[said["workload"], WHO.devices[0]]
    assert (other.item_class, other.weight, other.tenant_id, other.end) == ("b200", 4, None, None)
    assert own.evidence == (vault.segments()[0].entry,)


def test_the_same_rows_again_add_nothing(vault: Vault) -> None:
    """Law: reading again is harmless, whatever part of the file and in whatever order; no empty segment is made."""
    table = rows(row(number, BEGIN + number * HOUR) for number in range(20))
    assert taken(vault, table) == (20, 0, 0, 0)
    assert taken(vault, table) == (0, 0, 0, 20)
    assert taken(vault, table.take([7, 3, 3])) == (0, 0, 0, 3)
    assert len(vault.segments()) == 1


@pytest.mark.parametrize("change", [{"end": BEGIN + 9 * HOUR}, {"job_name": "other"}, {"site": WHO.site}])
def test_a_changed_row_takes_the_place_of_the_earlier_one(vault: Vault, change: dict[str, object]) -> None:
    """An open or a sealed value changed: the row corrects the segment that has it, and an older file changes nothing."""
    first = row(1, BEGIN)
    assert taken(vault, rows([first, row(2, BEGIN)])) == (2, 0, 0, 0)
    assert taken(vault, rows([{**first, **change}])) == (0, 1, 0, 0)
    assert taken(vault, rows([first])) == (0, 0, 0, 1)
    assert len(bulk_uses(vault)) == 2


def test_a_row_of_another_tenant_leaves_a_tombstone(vault: Vault) -> None:
    """The use is the new tenant's alone; the old one's group says that it is gone and nothing of where it went."""
    first = row(1, BEGIN)
    assert taken(vault, rows([first])) == (1, 0, 0, 0)
    moved = {**first, "subject": subject("pty", 2)}
    assert taken(vault, rows([moved])) == (0, 0, 1, 0)
    assert [use.tenant_id for use in bulk_uses(vault)] == [subject("pty", 2)]
    assert taken(vault, rows([{**moved, "end": BEGIN + HOUR}])) == (0, 1, 0, 0)
    assert [(use.tenant_id, use.end) for use in bulk_uses(vault)] == [(subject("pty", 2), BEGIN + HOUR)]


def test_a_later_placement_of_a_workload_ends_the_earlier_one(vault: Vault) -> None:
    """A job that was queued again holds its units from then on."""
    taken(vault, rows([row(1, BEGIN), row(1, BEGIN + HOUR, end=BEGIN + 3 * HOUR)]))
    assert sorted((use.start, use.end) for use in bulk_uses(vault)) == [
        (BEGIN, BEGIN + HOUR),
        (BEGIN + HOUR, BEGIN + 3 * HOUR),
    ]


def test_a_keybook_knows_when_a_workload_of_segments_began(vault: Vault) -> None:
    """What is asked of earlier runs of a requeued job is answered from segments as from records."""
    taken(vault, rows([row(1, BEGIN + HOUR), row(1, BEGIN), row(2, BEGIN)]))
    names = vault.keybook()
    assert names.runs_of(row(1, 0)["workload"]) == (BEGIN, BEGIN + HOUR)
    assert names.runs_of(row(9, 0)["workload"]) == ()


def test_of_two_lines_on_the_same_thing_the_later_one_prevails(vault: Vault) -> None:
    """Equal lines are one; of different ones the last is entered, and the other is counted as replaced."""
    done = take_rows(
        vault, rows([row(1, BEGIN), row(1, BEGIN, end=BEGIN + HOUR), row(2, BEGIN), row(2, BEGIN)]), REPORT
    )
    assert (done.new, done.duplicates, done.repeated) == (2, 1, 1)
    assert [use.end for use in bulk_uses(vault) if use.workload_id == row(1, 0)["workload"]] == [BEGIN + HOUR]


def test_uses_are_as_known_at_an_instant(vault: Vault, tmp_path: Path) -> None:
    """A version that was recorded later is not known earlier."""
    taken(vault, rows([row(1, BEGIN)]))
    then = vault.segments()[0].recorded_at
    later = Vault(tmp_path / "vault", at=then + HOUR)
    taken(later, rows([row(1, BEGIN, end=BEGIN + HOUR)]))
    assert [use.end for use in bulk_uses(later, then)] == [None]
    assert [use.end for use in bulk_uses(later)] == [BEGIN + HOUR]
    assert bulk_uses(later, then - 1) == []


def test_rows_are_cut_into_segments_that_link_to_each_other(vault: Vault) -> None:
    """Every entry names the one before; uses do not depend on how rows were cut."""
    table = rows(row(number, BEGIN + number * HOUR) for number in range(10))
    done = take_rows(vault, table, REPORT, most=4)
    found = [record.data for index, record in vault.records() if index in done.entries]
    assert [each["number"] for each in found] == [0, 1, 2]
    assert [each["previous"] for each in found] == [None, *done.entries[:2]]
    assert len(bulk_uses(vault)) == 10
    assert taken(vault, table) == (0, 0, 0, 10)


def test_a_value_outside_the_schema_is_refused_and_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    """What cannot be provable is not entered; the error names the column."""
    with pytest.raises(BadInput, match="item_class"):
        taken(vault, rows([row(1, BEGIN, item_class='h"')]))
    assert [path.name for path in (tmp_path / "vault" / "segments").iterdir()] == [".lock"]
    assert vault.segments() == []


def test_an_entry_whose_file_is_missing_is_a_vault_that_is_behind(vault: Vault) -> None:
    """Law: what the ledger names and the disk does not have is never passed over in silence."""
    taken(vault, rows([row(1, BEGIN)]))
    path = vault.segments()[0].segment.folder / ROWS
    data = path.read_bytes()
    path.unlink()
    with pytest.raises(BrokenVault) as found:
        vault.tables()
    assert found.value.code == "vault.behind"
    path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    with pytest.raises(BrokenVault) as found:
        vault.tables()
    assert found.value.code == "segment.damaged"


def test_fingerprints_that_are_lost_are_made_anew(vault: Vault) -> None:
    """They follow from the values: a changed sealed value is found, and an equal row is known."""
    first = row(1, BEGIN, user="利用者")
    taken(vault, rows([first, row(2, BEGIN, job_name=None)]))
    path = vault.segments()[0].segment.folder / LOCAL
    before = path.read_bytes()
    path.unlink()
    assert taken(vault, rows([first, row(2, BEGIN, job_name="x")])) == (0, 1, 0, 1)
    assert pq.read_table(path).equals(pq.read_table(pa.BufferReader(before)))


def test_a_dossier_shows_the_segments_that_may_reach_into_its_period(vault: Vault) -> None:
    """One whose rows begin later is listed, and its rows are left out."""
    taken(vault, rows([row(1, BEGIN + 3 * DAY)]))
    order = DossierRequest(audience="regulator")
    for days, looked_at in ((4, 1), (3, 0)):
        data = build(vault, ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + days * DAY)), order)
        told = verify(data, policy.parse(vault.trust_policy().encode())).about["rows"]
        assert (told["segments"], told["looked_at"], told["rows"]) == (1, looked_at, looked_at)


def test_files_are_their_owners_alone(vault: Vault) -> None:
    """Nobody else may read what a vault keeps."""
    taken(vault, rows([row(1, BEGIN)]))
    for path in (vault.places.segments, *vault.places.segments.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_full_disk_leaves_nothing_and_the_same_rows_can_be_taken_in_later(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever writing fails, no folder and no entry stays; the error says what to do."""
    real = pq.write_table
    for last in range(3):
        written = iter(range(last))

        def fails(*args: Any, left: Iterator[int] = written, **named: Any) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(*args, **named)

        monkeypatch.setattr(pq, "write_table", fails)
        with pytest.raises(KansaError) as found:
            taken(vault, rows([row(1, BEGIN)]))
        assert found.value.code == "segment.unwritable"
        assert [path.name for path in vault.places.segments.iterdir()] == [".lock"]
    monkeypatch.undo()
    assert vault.segments() == []
    assert taken(vault, rows([row(1, BEGIN)])) == (1, 0, 0, 0)
