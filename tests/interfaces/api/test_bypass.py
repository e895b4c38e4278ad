"""What a client let through while the gate was away is in the evidence log once, however often it is delivered."""

import json
from pathlib import Path

import pytest

from clients.python.peers import behaving
from interfaces.api.serving import callers, token
from interfaces.api.test_serve import kansa, serving
from kansa.clients.python import Gate, Question, Spool
from kansa.clients.python.__main__ import main as client
from kansa.records.kinds.gate import GateBypassed
from kansa.vault.vault import Vault

QUESTION = Question(
    "schedule",
    subject={"type": "account", "id": "aoba", "properties": {"system": "slurm:hokkaido"}},
    resource={"type": "site", "id": "sit_" + "a" * 26, "properties": {"item_class": "3A090.a"}},
    context={"work": "slurm:hokkaido/7"},
)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A new vault."""
    root = tmp_path / "vault"
    assert kansa("init", "--origin", "a.example/kansa/evidence", "--name", "A", vault=root)[0] == 0
    return root


def bypassed(root: Path) -> list[dict[str, object]]:
    """What the ledger has of them."""
    return [dict(r.data) for _, r in Vault(root).records() if r.type == GateBypassed.type]


def test_a_spool_is_delivered_to_the_evidence_log_once(
    vault: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two bypasses in one moment are two; delivered again they are known; a line that is none stays beside the spool."""
    spool = tmp_path / "spool"
    with behaving(lambda connection: connection.close()) as away, Gate(away, spool=Spool(spool)) as gate:
        assert [gate.ask(QUESTION).permitted for _ in range(2)] == [True, True]
    lines = spool.read_text()
    spool.write_text(lines + "no line\n")
    callers(tmp_path)
    (tmp_path / "token").write_text(token())
    told = ("--token-file", str(tmp_path / "token"))
    with serving(vault, "--callers", str(tmp_path / "callers.yaml")) as (_, port):
        url = f"http://127.0.0.1:{port}"
        assert client(["deliver", str(spool), "--gate", url, *told]) == 1
        assert "2 delivered, 1 refused" in capsys.readouterr().out
        spool.write_text(lines)
        assert client(["deliver", str(spool), "--gate", url, *told]) == 0
    recorded = bypassed(vault)
    assert len(recorded) == 2
    assert {each["caller"] for each in recorded} == {"slurm"}
    assert {each["reason"] for each in recorded} == {"unreachable"}
    assert {each["item_class"] for each in recorded} == {"3A090.a"}
    (refused,) = (tmp_path / "spool.refused").read_text().splitlines()
    assert json.loads(refused)["line"] == "no line"


def test_a_spool_stays_while_the_gate_is_away(tmp_path: Path) -> None:
    """Nothing is lost by trying."""
    spool = tmp_path / "spool"
    Spool(spool).keep(QUESTION.document(), "timeout", "nothing within 0.2 s")
    kept = spool.read_text()
    with behaving(lambda connection: connection.close()) as away:
        assert client(["deliver", str(spool), "--gate", away]) == 1
    assert spool.with_name("spool.delivering").read_text() == kept
