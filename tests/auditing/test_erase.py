"""`kansa erase`: what is sealed of a subject is gone from every store, that is on record, and nothing else breaks."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kansa.application.auditing.vault import audit_vault
from kansa.application.lookup import Lookup
from kansa.clock import DAY
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.ledger import policy
from kansa.records import sealing
from kansa.records.draft import submit
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault

WHO = cast()


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault."""
    root = tmp_path / "vault"
    small_vault(root)
    return root


def _erase(root: Path, *more: str, subject: str = WHO.tenant) -> int:
    return run(
        [
            "erase",
            subject,
            "--reasons",
            "asked to by the person",
            "--despite-retention",
            "--vault",
            str(root),
            *more,
        ]
    )


def _bytes(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def test_the_values_of_a_subject_are_gone_and_the_audit_explains_what_is_missing(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: the record says how many, from which stores; the audit stays whole, and counts them."""
    assert _erase(vault, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    opened = Vault(vault)
    erased = opened.records(told["entry"], told["entry"] + 1)
    ((_, record),) = erased
    parts = {part.name: part for part in audit_vault(opened).parts}
    own = [r for _, r in opened.records() if WHO.tenant in r.about and r.type == "kansa.party.registered.v0"]

    assert record.data["subject_id"] == WHO.tenant
    assert record.data["values"] == told["values"] > 0
    assert record.data["stores"] == ["values.db", "quarantine/"]
    assert opened.disclosures(own) == {}
    assert parts["sealed values"].ok
    assert parts["sealed values"].checked == parts["sealed values"].total - told["values"]
    assert f"{told['values']} are erased" in parts["sealed values"].notes[0]


def test_proofs_and_dossiers_from_before_verify_as_they_did(vault: Path) -> None:
    """Law: erasing breaks no proof; a dossier that was handed out says what it said."""
    path = vault.parent / "d.zip"
    run(["dossier", "build", "--vault", str(vault), "-o", str(path)])
    trust = policy.parse(Vault(vault).trust_policy().encode(), "trust")
    before = verify(path.read_bytes(), trust)
    _erase(vault)

    assert verify(path.read_bytes(), trust) == before
    run(["dossier", "build", "--vault", str(vault), "-o", str(path)])
    assert verify(path.read_bytes(), trust).verdict == before.verdict


def test_quarantined_rows_that_name_the_subject_are_expunged(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: no store of the vault keeps in clear what was sealed; place and reason of the row stay."""
    opened = Vault(vault)
    (registered,) = [
        r for _, r in opened.records() if WHO.tenant in r.about and r.type == "kansa.party.registered.v0"
    ]
    name = sealing.reveal(registered.data, opened.disclosures([registered]))["names"]["en"]
    row = {"file": "p.csv", "line": 3, "field": "since", "code": "x", "message": f"no date beside {name}"}
    other = row | {"line": 4, "row": {"name": "Somebody Else"}, "message": "no date"}
    lines = [json.dumps(row | {"row": {"name": name}, "problems": [row]}), json.dumps(other)]
    (vault / "quarantine" / "crm.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert _erase(vault, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    kept = [json.loads(line) for line in (vault / "quarantine" / "crm.jsonl").read_text("utf-8").splitlines()]

    assert told["rows"] == 1
    assert told["stores"] == ["values.db", "quarantine/", "quarantine/crm.jsonl"]
    assert kept == [{"file": "p.csv", "line": 3, "field": "since", "code": "x", "erased": WHO.tenant}, other]
    assert name.encode() not in _bytes(vault)


def test_erasing_again_records_nothing(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: a second erasure is harmless, and claims nothing."""
    _erase(vault)
    size = Vault(vault).reader.size()
    capsys.readouterr()

    assert _erase(vault) == 0
    assert "Nothing that is sealed is kept" in capsys.readouterr().out
    assert Vault(vault).reader.size() == size


def test_an_erasure_that_died_before_its_record_is_recorded_when_it_is_done_again(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: until then the audit calls the values lost; afterwards they are explained."""
    with closing(sqlite3.connect(vault / "values.db")) as connection:
        found = connection.execute("SELECT number FROM keeper WHERE subject = ?", (WHO.tenant,)).fetchone()
        connection.execute("DELETE FROM value WHERE keeper = ?", found)
        connection.execute("DELETE FROM keeper WHERE number = ?", found)
        connection.commit()
    assert not audit_vault(Vault(vault)).ok
    assert _erase(vault, "--json") == 0

    assert json.loads(capsys.readouterr().out)["values"] > 0
    assert audit_vault(Vault(vault)).ok


def test_values_that_come_back_from_a_copy_are_found(vault: Path) -> None:
    """Law: what a record says is erased must not be there."""
    copy = shutil.copy(vault / "values.db", vault.parent / "values.db")
    _erase(vault)
    for name in ("values.db-wal", "values.db-shm"):
        (vault / name).unlink(missing_ok=True)
    shutil.copy(copy, vault / "values.db")
    part = {each.name: each for each in audit_vault(Vault(vault)).parts}["sealed values"]

    assert "values.kept" in {fault.code for fault in part.faults}


def test_what_is_held_is_not_erased(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: a hold on record beats an erasure, until it ends."""
    opened = Vault(vault, at=BEGIN + 20 * DAY)
    hold = draft("hold.placed", "1", BEGIN, BEGIN + 30 * DAY, subject_id=WHO.tenant, matter="court")
    with opened.appending() as way:
        (outcome,) = way.append([submit(hold, opened.connector_key)])
    before = (vault / "values.db").read_bytes()

    assert _erase(vault) == 2
    assert f"entry {outcome.index} holds" in capsys.readouterr().err
    assert (vault / "values.db").read_bytes() == before
    assert _erase(vault, "--at", "2026-12-01") == 0


def test_an_unknown_subject_is_refused(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: nothing is said to be erased of whom the ledger does not know."""
    assert _erase(vault, subject="pty_" + "z" * 26) == 2
    assert _erase(vault, subject="nobody") == 2
    assert "has no subject" in capsys.readouterr().err


def test_what_finds_a_subject_by_its_names_goes_with_them(vault: Path) -> None:
    """Law: no tag of an erased name is left in the registers' file, nobody is found by it, and the audit agrees."""
    opened = Vault(vault)
    (name, *_) = opened.directory().names[WHO.tenant].values()
    key = "K-4711"
    introduced = [{"id": WHO.tenant, "system": "erp", "key": key}]
    data: dict[str, Any] = {"path_id": WHO.path, "tenant_id": WHO.tenant, "end_user_id": WHO.other}
    opened.record(draft("access_path.approved", "more", method="direct", introduces=introduced, **data))
    with opened.open_registers().connect() as connection:
        query = "SELECT exact, alike FROM called WHERE subject = ? AND what IN ('name', 'key')"
        tags = {tag for row in connection.execute(query, (WHO.tenant,)) for tag in row}
    assert Lookup(opened).party(name) == Lookup(opened).party(key) == WHO.tenant
    assert tags
    assert all(tag.encode() in _bytes(vault) for tag in tags)

    assert _erase(vault) == 0

    after = Vault(vault)
    for text in (name, key):
        with pytest.raises(BadInput, match="no party is called"):
            Lookup(after).party(text)
    assert WHO.tenant not in after.directory().names
    assert not [tag for tag in tags if tag.encode() in _bytes(vault)]
    assert Lookup(after).party(WHO.tenant) == WHO.tenant
    assert {part.name: part for part in audit_vault(after).parts}["registers"].ok
    assert after.rebuild() == after.reader.size()
    assert WHO.tenant not in after.directory().names
