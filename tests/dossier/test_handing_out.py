"""A dossier is issued only for a file that stands whole at its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kansa.application import coherence, dossiers, whole_file
from kansa.application.erase import erase
from kansa.dossier.verify import verify
from kansa.errors import BadInput, KansaError
from kansa.vault.vault import Vault
from worlds import cast, small_vault

ISSUED = "kansa.dossier.issued.v0"
VOIDED = "kansa.dossier.voided.v0"
ORDER = dossiers.DossierRequest(audience="auditor")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world."""
    return small_vault(tmp_path / "vault")


def types_in(vault: Vault) -> list[str]:
    """The types of the records that Kansa itself made about dossiers."""
    return [record.type for _, record in vault.records() if record.type in (ISSUED, VOIDED)]


def test_what_is_handed_out_is_written_whole_and_verifies(vault: Vault, tmp_path: Path) -> None:
    """The file takes the place of an earlier one, and nothing else is left beside it."""
    place = tmp_path / "out" / "d.zip"
    place.parent.mkdir()
    place.write_text("an earlier one")
    written = dossiers.hand_out(vault, coherence.ask(vault, coherence.CoherenceQuestion()), ORDER, place)

    assert verify(place.read_bytes()).verdict == "consistent_only"
    assert place.stat().st_size == written
    assert [each.name for each in place.parent.iterdir()] == ["d.zip"]
    assert types_in(vault) == [ISSUED]


@pytest.mark.parametrize("whole", [True, False], ids=["whole vault", "tenant"])
def test_of_a_vault_whose_values_are_lost_nothing_is_issued(
    vault: Vault, tmp_path: Path, *, whole: bool
) -> None:
    """To its reader a lost value would look withheld; what was erased on record may be missing."""
    tenant = None if whole else cast().tenant
    answer = coherence.ask(vault, coherence.CoherenceQuestion(tenant=tenant))
    with closing(sqlite3.connect(vault.places.values)) as values, values:
        values.execute("delete from value")

    with pytest.raises(
        KansaError, match="lost, the first of entry 0, and no erasure is on record"
    ) as refused:
        dossiers.hand_out(vault, answer, ORDER, tmp_path / "d.zip")

    assert (refused.value.code, types_in(vault)) == ("values.lost", [])
    assert not (tmp_path / "d.zip").exists()

    for subject in {about for _, record in vault.records() for about in record.about}:
        erase(vault, subject, "the values are lost", None, despite_retention=True)
    dossiers.hand_out(vault, answer, ORDER, tmp_path / "d.zip")

    assert types_in(vault) == [ISSUED]


def test_where_nothing_can_be_written_nothing_is_issued(vault: Vault, tmp_path: Path) -> None:
    """A directory that is not there, one in the file's place, a disk that takes no more."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion())
    for place in (tmp_path / "nowhere" / "d.zip", tmp_path):
        with pytest.raises(BadInput, match="cannot be written"):
            dossiers.hand_out(vault, answer, ORDER, place)

    assert types_in(vault) == []


def test_a_full_disk_is_found_before_anything_is_issued(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the seal, and the room for it, is on the disk first."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    place = tmp_path / "d.zip"
    with pytest.raises(BadInput, match="No space left"):
        dossiers.hand_out(vault, coherence.ask(vault, coherence.CoherenceQuestion()), ORDER, place)

    assert not place.exists()
    assert types_in(vault) == []
    assert [each.name for each in tmp_path.iterdir()] == ["vault"]


def test_a_file_that_fails_after_it_was_issued_is_voided_on_record(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger does not say that somebody has what nobody has."""

    def refuse(_: whole_file.WholeFile) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(whole_file.WholeFile, "put", refuse)
    place = tmp_path / "d.zip"
    with pytest.raises(KansaError, match="was not written"):
        dossiers.hand_out(vault, coherence.ask(vault, coherence.CoherenceQuestion()), ORDER, place)

    assert not place.exists()
    assert types_in(vault) == [ISSUED, VOIDED]
    assert [each.name for each in tmp_path.iterdir()] == ["vault"]
