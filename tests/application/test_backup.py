"""Backups of a vault in use, verified; what comes back; and what a restored older vault does not hide."""

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from kansa.application.backup import back_up, restore
from kansa.application.completeness import publish_index
from kansa.application.doctor import examine
from kansa.application.erase import erase
from kansa.errors import BadInput, BrokenVault
from kansa.interfaces.cli.app import run
from kansa.ledger.checkpoint_file import Kept
from kansa.vault.vault import Vault
from worlds import cast, draft, small_vault

WHO = cast()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world."""
    return small_vault(tmp_path / "vault")


def more(vault: Vault, number: int = 0) -> int:
    """One more record."""
    return vault.record(draft("site.registered", f"more {number}", site_id=WHO.site, country="JP"))


def test_a_backup_comes_back_whole(vault: Vault, tmp_path: Path) -> None:
    """Entries, values and answers as they were; the audit of what came back has no fault."""
    done = back_up(vault, tmp_path / "b")
    back = restore(tmp_path / "b", vault.places.keys, tmp_path / "back")
    restored = Vault(tmp_path / "back")
    records = [record for _, record in vault.records()]

    assert back.ok, [part for part in back.parts if not part.ok]
    assert (done.size, back.size) == (vault.reader.size(), vault.reader.size())
    assert list(restored.reader.entries()) == list(vault.reader.entries())
    assert restored.disclosures(records) == vault.disclosures(records)
    assert not list((tmp_path / "b").rglob("*.key"))
    assert {p.stat().st_mode & 0o077 for p in (tmp_path / "b").rglob("*")} == {0}


def test_while_it_is_written_each_backup_is_as_of_one_commit(vault: Vault, tmp_path: Path) -> None:
    """A thread records; every backup is whole, and none has fewer entries than the one before."""
    stop = threading.Event()

    def write() -> None:
        own = Vault(vault.places.root)
        number = 1
        while not stop.is_set():
            more(own, number)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        sizes = [back_up(vault, tmp_path / "b").size for _ in range(4)]
    finally:
        stop.set()
        thread.join()
    back = restore(tmp_path / "b", vault.places.keys, tmp_path / "back")

    assert sizes == sorted(sizes)
    assert back.ok, [part for part in back.parts if not part.ok]
    assert back.size == sizes[-1]


def test_what_did_not_change_is_not_copied_again_and_what_was_erased_is_in_no_later_backup(
    vault: Vault, tmp_path: Path
) -> None:
    """Files are copied when they were written since; a value that was erased is not in its bytes any more."""
    (vault.places.packs).mkdir(mode=0o700, exist_ok=True)
    (vault.places.packs / "a.json").write_text("{}")
    first = back_up(vault, tmp_path / "b")
    again = back_up(vault, tmp_path / "b")
    (vault.places.packs / "a.json").unlink()
    before = values_in(tmp_path / "b")
    erased = erase(vault, WHO.tenant, "asked to", despite_retention=True)
    back_up(vault, tmp_path / "b")

    assert first.copied > again.copied
    assert not (tmp_path / "b" / "packs" / "a.json").exists()
    assert erased.values > 0
    assert values_in(tmp_path / "b") == before - erased.values + 1  # the reasons of the erasure are kept
    assert restore(tmp_path / "b", vault.places.keys, tmp_path / "back").ok


def values_in(folder: Path) -> int:
    """How many sealed values a backup holds."""
    with closing(sqlite3.connect(folder / "values.db")) as values:
        return int(values.execute("SELECT count(*) FROM value").fetchone()[0])


def test_a_backup_that_was_altered_or_is_not_finished_is_refused(vault: Vault, tmp_path: Path) -> None:
    """Every file by its hash; without its manifest it is none; keys of nobody; a folder that is in use."""
    back_up(vault, tmp_path / "b")
    keys = vault.places.keys
    for name in ("ledger.db", "values.db", "vault.json"):
        shutil.copytree(tmp_path / "b", tmp_path / name)
        data = bytearray((tmp_path / name / name).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / name / name).write_bytes(data)
        with pytest.raises(BrokenVault, match="is not the file that was copied"):
            restore(tmp_path / name, keys, tmp_path / "back")
    with pytest.raises(BadInput, match="holds no keys"):
        restore(tmp_path / "b", tmp_path, tmp_path / "back")
    with pytest.raises(BadInput, match="is not empty"):
        restore(tmp_path / "b", keys, vault.places.root)
    (tmp_path / "b" / "backup.json").unlink()
    with pytest.raises(BadInput, match="holds no backup"):
        restore(tmp_path / "b", keys, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_an_older_backup_is_found_by_a_checkpoint_that_somebody_kept(vault: Vault, tmp_path: Path) -> None:
    """Before anything is made of it."""
    back_up(vault, tmp_path / "b")
    more(vault)
    kept = Kept("`kept`", vault.reader.latest())

    with pytest.raises(BrokenVault) as behind:
        restore(tmp_path / "b", vault.places.keys, tmp_path / "back", [kept])

    assert behind.value.code == "vault.behind"
    assert not (tmp_path / "back").exists()


def test_the_doctor_finds_what_is_altered_and_mends_what_is_derived_alone(vault: Vault) -> None:
    """A row of the subject index; then an entry, which no mending touches."""
    publish_index(vault)
    assert examine(vault).ok
    with closing(sqlite3.connect(vault.places.subjects)) as index, index:
        index.execute("UPDATE chain SET count = count + 1")
    found = examine(vault)
    mended = examine(vault, mend=True)

    assert not found.ok
    assert [part.name for part in found.parts if not part.ok] == ["subject index"]
    assert (mended.mended, mended.ok) == (("subject index",), True)
    assert examine(vault).ok

    with closing(sqlite3.connect(vault.places.ledger)) as ledger, ledger:
        ledger.execute(
            "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'JP', 'US') AS BLOB) WHERE instr(body, '\"country\":\"JP\"')"
        )
    broken = examine(vault, mend=True)
    assert not broken.ok


def test_as_commands(vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Back up, restore, see the doctor."""
    root = str(vault.places.root)
    assert run(["backup", str(tmp_path / "b"), "--vault", root]) == 0
    keys, back = str(vault.places.keys), str(tmp_path / "back")
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "b"), "--keys", keys, "--vault", back, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert run(["doctor", "--vault", back]) == 0
    assert "NOT" not in capsys.readouterr().out
