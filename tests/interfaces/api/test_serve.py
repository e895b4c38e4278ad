"""`kansa serve` as it is used: a real process, its Unix socket, other commands beside it."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from interfaces.api.serving import bearer, callers
from kansa.gate.log import origin_of
from kansa.ledger import keys, note
from kansa.ledger.audit import audit
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.kinds.gate import GateRefused, LogAnchored
from kansa.vault.vault import Vault

KANSA = [sys.executable, "-m", "kansa"]
QUESTION = {
    "subject": {"type": "tenant", "id": "pty_" + "a" * 26},
    "action": {"name": "onboard"},
    "resource": {"type": "tenant", "id": "pty_" + "a" * 26},
}


def kansa(*words: str, vault: Path) -> tuple[int, Any]:
    """Run a command; its exit code and its JSON."""
    done = subprocess.run(
        [*KANSA, *words, "--vault", str(vault), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new vault."""
    root = tmp_path_factory.mktemp("serve") / "vault"
    assert kansa("init", "--origin", "a.example/kansa/evidence", "--name", "A", vault=root)[0] == 0
    return root


@contextmanager
def serving(vault: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The serving process and its port; it must end with 0."""
    command = [*KANSA, "serve", "--port", "0", "--vault", str(vault), *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found is not None, line + process.stderr.read()
        try:
            yield process, int(found[1])
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.stderr.read()
            assert process.wait(timeout=30) == 0, said


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body of a page of the server."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def post(port: int, body: Any, path: str = "/access/v1/evaluation", **headers: str) -> tuple[int, Any]:
    """Status and answer of an evaluation."""
    sent = {"content-type": "application/json"} | headers
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("POST", path, json.dumps(body), sent)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_a_served_vault_is_asked_over_http_and_by_command_and_both_logs_know_of_each_other(
    vault: Path,
) -> None:
    """Law: one process answers both ways; at its end refusals are told and each log is anchored in the other."""
    callers(vault.parent)
    with serving(vault, "--callers", str(vault.parent / "callers.yaml")) as (_, port):
        assert get(port, "/healthz")[0] == get(port, "/readyz")[0] == 200
        assert post(port, QUESTION)[0] == 401
        status, answer = post(port, QUESTION, **bearer())
        code, asked = kansa("gate", "ask", "onboard", "--tenant", QUESTION["subject"]["id"], vault=vault)
        busy, _ = kansa("gate", "replay", answer["context"]["id"], vault=vault)
        confirmed, _ = kansa("ledger", "confirm-clock", vault=vault)
        assert post(port, {}, path="/local/clock/confirm", **bearer())[0] == 403
        metrics = get(port, "/metrics")[1]
        assert get(port, "/.well-known/authzen-configuration")[0] == 404  # it is not reached over https
        other = subprocess.run(
            [*KANSA, "serve", "--port", "0", "--vault", str(vault)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (status, answer["decision"], code, asked["decision"], busy) == (200, False, 1, False, 0)
    assert confirmed == 0
    assert asked["context"]["id"] != answer["context"]["id"]
    assert 'kansa_gate_answers_total{state="hold"} 2.0' in metrics
    assert (other.returncode, "another process" in other.stderr) == (3, True)

    opened = Vault(vault)
    evidence = [record for _, record in opened.records()]
    (refused,) = [record for record in evidence if record.type == GateRefused.type]
    assert refused.data["decision"] == {"log": origin_of(opened.settings.origin), "index": 1}
    anchor = [record for record in evidence if record.type == LogAnchored.type][-1]
    gate = SqliteReader(opened.places.gate)
    assert gate.root(anchor.data["size"]) == note.checkpoint_in(anchor.data["checkpoint"].encode()).root
    back = [
        record for _, entry in gate.entries() if (record := envelope.decode(entry)).type == LogAnchored.type
    ][-1]
    head = note.checkpoint_in(back.data["checkpoint"].encode())
    assert opened.reader.root(head.size) == head.root
    key = keys.load_log_key(opened.places.keys / "gate.key").verifier
    assert audit(gate, key).faults == audit(opened.reader, opened.log_key.verifier).faults == ()


def test_registers_are_rebuilt_while_the_gate_answers(vault: Path) -> None:
    """Law: another command empties and fills the registers; no question goes unanswered for it."""
    answered: list[int] = []
    ending = threading.Event()
    callers(vault.parent)
    with serving(vault, "--callers", str(vault.parent / "callers.yaml")) as (_, port):

        def ask() -> None:
            while not ending.is_set():
                answered.append(post(port, QUESTION, **bearer())[0])

        asking = threading.Thread(target=ask)
        asking.start()
        rebuilt = [kansa("rebuild", vault=vault)[0] for _ in range(2)]
        time.sleep(1.2)
        ready = get(port, "/readyz")[0]
        ending.set()
        asking.join()
    assert rebuilt == [0, 0]
    assert ready == 200
    assert len(answered) > 10
    assert set(answered) == {200}


def test_a_port_that_others_reach_needs_a_certificate(vault: Path) -> None:
    """Law: nothing is answered in the clear beyond this machine."""
    command = [*KANSA, "serve", "--host", "0.0.0.0", "--vault", str(vault)]  # noqa: S104 - what is refused
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "there is no certificate" in done.stderr) == (2, True)
