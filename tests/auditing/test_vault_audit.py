"""`kansa ledger audit` over a whole vault: whatever anybody changes in it is found, and every line has its denominator."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kansa.application.auditing.vault import Audited, audit_vault
from kansa.application.gate import open_gate
from kansa.errors import KansaError
from kansa.gate.log import Entry
from kansa.gate.refusal_reports import anchored
from kansa.interfaces.cli.app import run
from kansa.ledger.checkpoint_file import Kept
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records.draft import submit
from kansa.vault.vault import Vault
from worlds import cast, small_vault

WHO = cast()
ASK = ["gate", "ask", "schedule", "--tenant", WHO.tenant, "--path", WHO.path, "--site", WHO.site]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small vault with a decision of its gate, each log anchored in the other, and registers."""
    root = tmp_path_factory.mktemp("audited") / "vault"
    small_vault(root)
    run([*ASK, "--vault", str(root)])
    _anchor(root)
    run(["coherence", "--vault", str(root)])
    return root


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may harm."""
    return Path(shutil.copytree(made, tmp_path / "vault"))


def _anchor(root: Path) -> None:
    vault = Vault(root)
    with vault.appending() as way, open_gate(vault) as house:
        now, source = vault.clock.now(), f"{vault.settings.urn}:gate"
        with closing(SqliteReader(vault.places.gate)) as gate:
            way.append([submit(anchored(gate.latest(), now, source), vault.connector_key)])
        told = anchored(vault.reader.latest(), now, source)
        log = house.gate.log
        log.write(lambda _: [Entry(told.type, log.new_id(now), now, told.data)])


def _audit(root: Path, *given: Kept) -> Audited:
    return audit_vault(Vault(root), given)


def _sql(name: str, *statements: str) -> Callable[[Path], None]:
    def harm(root: Path) -> None:
        with closing(sqlite3.connect(root / name)) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount
            connection.commit()

    return harm


def _unlink(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def _chmod(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).chmod(0o644)


def _rewrite(name: str) -> Callable[[Path], None]:
    def harm(root: Path) -> None:
        next(root.glob(name)).write_bytes(b"{}")

    return harm


def test_a_vault_that_nobody_touched_is_whole_and_every_line_says_of_how_much(made: Path) -> None:
    """Both logs, what was published, anchors, values, decisions, registers, lists, rules, files."""
    done = _audit(made)
    parts = {part.name: part for part in done.parts}

    assert [fault for part in done.parts for fault in part.faults] == []
    assert done.ok
    for name in (
        "evidence log",
        "gate log",
        "evidence log, published",
        "gate log, published",
        "evidence log, anchored",
        "gate log, anchored",
        "sealed values",
        "decisions",
        "registers",
        "rule packs",
        "files",
    ):
        assert parts[name].checked == parts[name].total > 0, name


@pytest.mark.parametrize(
    ("part", "code", "harm"),
    [
        (
            "gate log",
            "audit.root",
            _sql(
                "gate.db",
                "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '\"outcome\":\"', '\"outcome\":\"x') AS BLOB)"
                " WHERE instr(body, 'gate.decided')",
            ),
        ),
        ("gate log", "vault.missing", _unlink("gate.db")),
        ("gate log, published", "vault.published", _unlink("published/gate-checkpoint")),
        ("evidence log, published", "vault.published", _unlink("published/checkpoint")),
        ("evidence log, published", "vault.published", _rewrite("published/checkpoint")),
        ("sealed values", "values.lost", _sql("values.db", "DELETE FROM value WHERE number = 1")),
        ("sealed values", "values.damaged", _sql("values.db", "UPDATE value SET sealed = zeroblob(60) WHERE number = 1")),
        ("evidence log", "audit.natural", _sql("ledger.db", "UPDATE entry SET natural = x'00' WHERE seq = 4")),
        ("registers", "audit.registers", _sql("registers.db", "DELETE FROM mention WHERE entry = 5")),
        ("registers", "audit.registers", _sql("registers.db", "UPDATE identity SET valid_to = NULL, valid_from = 1")),
        ("registers", "audit.registers", _sql("registers.db", "INSERT INTO mention VALUES ('diligence', 'x', 14)")),
        ("decisions", "audit.pack", _rewrite("packs/*.json")),
        ("rule packs", "audit.pack", _rewrite("packs/*.json")),
        ("files", "audit.mode", _chmod("registers.db")),
        ("files", "audit.mode", _chmod("published/checkpoint")),
    ],
)  # fmt: skip
def test_whatever_is_changed_is_found_in_its_part(
    vault: Path, part: str, code: str, harm: Callable[[Path], None]
) -> None:
    """Law: no file of a vault can be changed unseen, and the fault names what it is about."""
    harm(vault)
    found = {each.name: each for each in _audit(vault).parts}[part]

    assert code in {fault.code for fault in found.faults}


def _roll_back(root: Path, name: str, published: str, change: Callable[[], Any]) -> None:
    """Put a database back to where it was before a change, with what was published of it."""
    before = {each: (root / each).read_bytes() for each in (name, published)}
    change()
    for each in (f"{name}-wal", f"{name}-shm"):
        (root / each).unlink(missing_ok=True)
    for each, content in before.items():
        (root / each).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "published", "of"),
    [
        ("ledger.db", "published/checkpoint", "evidence"),
        ("gate.db", "published/gate-checkpoint", "gate"),
    ],
)
def test_a_log_rolled_back_below_an_anchor_is_refused_and_found(
    vault: Path, name: str, published: str, of: str
) -> None:
    """Law: though what was published went back with it, the other log still holds it: no append, no serving."""

    def change() -> None:
        run([*ASK, "--action", "login", "--vault", str(vault)])
        run(["dossier", "build", "--vault", str(vault), "-o", str(vault.parent / "d.zip")])
        run([*ASK, "--vault", str(vault), "--purpose", "train"])
        _anchor(vault)

    _roll_back(vault, name, published, change)
    found = {each.name: each for each in _audit(vault).parts}[f"{of} log, anchored"]
    assert "vault.behind" in {fault.code for fault in found.faults}
    with pytest.raises(KansaError) as refusal, Vault(vault).appending(), open_gate(Vault(vault)):
        pass

    assert refusal.value.code == "vault.behind"


def test_a_checkpoint_that_somebody_kept_holds_the_log(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: an auditor's own old checkpoint finds what every file in the vault was made to agree with."""
    kept = vault.parent / "kept"
    before = shutil.copytree(vault, vault.parent / "before")
    run(["dossier", "build", "--vault", str(vault), "-o", str(vault.parent / "d.zip")])
    kept.write_bytes((vault / "published" / "checkpoint").read_bytes())
    capsys.readouterr()

    assert run(["ledger", "audit", "--vault", str(vault), "--against", str(kept)]) == 0
    assert run(["ledger", "audit", "--vault", str(before)]) == 0
    assert run(["ledger", "audit", "--vault", str(before), "--against", str(kept)]) == 1
    assert "rolled back" in capsys.readouterr().out


def test_reading_a_log_that_is_behind_what_was_published_is_refused(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: no answer rests on a log that was rolled back; only the audit reads it, and says so."""
    older = (vault / "ledger.db").read_bytes()
    run(["dossier", "build", "--vault", str(vault), "-o", str(vault.parent / "d.zip")])
    (vault / "ledger.db").write_bytes(older)
    capsys.readouterr()

    for command in (["records"], ["coherence"], ["ledger", "status"], [*ASK]):
        assert run([*command, "--vault", str(vault)]) == 3
        assert "rolled back" in capsys.readouterr().err
    assert run(["ledger", "audit", "--vault", str(vault)]) == 1


def test_a_lost_checkpoint_is_written_anew_on_a_persons_word_only_and_that_is_recorded(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: until then nothing is appended; afterwards the record says at which size nothing had held the log."""
    (vault / "published" / "checkpoint").unlink()
    build = ["dossier", "build", "--vault", str(vault), "-o", str(vault.parent / "d.zip")]
    assert run(build) == 3
    assert "kansa ledger publish" in capsys.readouterr().err
    size = Vault(vault).unheld().size()
    assert run(["ledger", "publish", "--vault", str(vault), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(build) == run(["ledger", "audit", "--vault", str(vault)]) == 0
    (record,) = [r for _, r in Vault(vault).records() if r.type == "kansa.checkpoint.republished.v0"]

    assert (told["records"], record.data["size"]) == ([size], size)
    assert run(["ledger", "publish", "--vault", str(vault)]) == 0
    assert "None of 2 published checkpoints is missing" in capsys.readouterr().out


def test_a_second_place_holds_the_log_when_the_whole_vault_goes_back(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: a vault that was put back whole, published checkpoint and all, is behind its second place."""
    second = vault.parent / "second"
    assert run(["ledger", "publish", "--vault", str(vault), "--copy", str(second)]) == 2
    second.mkdir()
    assert run(["ledger", "publish", "--vault", str(vault), "--copy", str(second)]) == 0
    assert sorted(path.name for path in second.iterdir()) == ["checkpoint", "gate-checkpoint"]
    before = shutil.copytree(vault, vault.parent / "before")
    run(["dossier", "build", "--vault", str(vault), "-o", str(vault.parent / "d.zip")])
    assert (second / "checkpoint").read_bytes() == (vault / "published" / "checkpoint").read_bytes()
    capsys.readouterr()

    assert run(["records", "--vault", str(before)]) == 3
    assert run(["ledger", "audit", "--vault", str(before)]) == 1
    (second / "checkpoint").unlink()
    assert run(["records", "--vault", str(vault)]) == 3
