"""The client: an answer is taken as it is, silence is what the client says it is, and nobody waits longer than told."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from clients.python.peers import answering, behaving
from kansa.clients.python import Answer, Gate, Question, Spool

QUESTION = Question(
    "schedule",
    subject={"type": "account", "id": "acme", "properties": {"system": "slurm:hokkaido"}},
    resource={"type": "site", "id": "石狩1"},
    context={"purpose": "train"},
)


WORDS = "本人確認の期限が切れています"


def asking(url: str, **options: Any) -> Answer:
    """One question on a connection of its own."""
    with Gate(url, **options) as gate:
        return gate.ask(QUESTION)


def test_a_permit_is_a_permit() -> None:
    """AuthZEN: `decision: true` and nothing else permits; the question goes out in AuthZEN's words."""
    with answering(lambda _p, _b: (200, {"decision": True, "context": {"id": "dec_7"}})) as (url, asked):
        answer = asking(url, token="a.b.c", language="ja")  # noqa: S106 - no secret
    assert (answer.permitted, answer.decision_id, answer.answered) == (True, "dec_7", True)
    (request,) = asked
    assert request["path"] == "/access/v1/evaluation"
    assert request["body"]["action"] == {"name": "schedule"}
    assert request["body"]["resource"]["id"] == "石狩1"
    assert request["headers"]["authorization"] == "Bearer a.b.c"
    assert request["headers"]["accept-language"] == "ja"


@pytest.mark.parametrize(
    ("context", "state"),
    [({"state": "hold"}, "hold"), ({"state": "deny"}, "deny"), ({}, "hold"), (None, "hold")],
)
def test_false_is_a_hold_unless_it_says_deny(context: object, state: str) -> None:
    """Design 9: hold and deny are both false, told apart in `context.state`."""
    with answering(lambda _p, _b: (200, {"decision": False, "context": context})) as (url, _):
        assert asking(url).state == state


@pytest.mark.parametrize("document", [b"", b"no json", {"decision": "true"}, {"decision": 1}, [], {}])
def test_what_cannot_be_read_permits_nothing(document: object) -> None:
    """Only the boolean true permits; anything else is no answer, and no answer holds."""
    with answering(lambda _p, _b: (200, document)) as (url, _):
        answer = asking(url)
    assert (answer.state, answer.answered) == ("hold", False)


def silent(connection: socket.socket) -> None:
    """Takes the question and says nothing."""
    with connection:
        connection.recv(65536)
        time.sleep(1)


def dripping(connection: socket.socket) -> None:
    """Answers a byte at a time, for longer than anybody waits."""
    with connection, suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(20):
            time.sleep(0.1)
            connection.sendall(b" ")


@pytest.mark.parametrize("behave", [silent, dripping])
def test_the_time_out_holds_for_the_whole_exchange(behave: Callable[[socket.socket], None]) -> None:
    """A gate that keeps a caller busy byte by byte is as silent as one that says nothing."""
    with behaving(behave) as url:
        begun = time.monotonic()
        answer = asking(url, timeout=0.3)
    assert time.monotonic() - begun < 2
    assert (answer.state, answer.answered) == ("hold", False)
    assert answer.reason == "the gate did not answer: nothing within 0.3 s"


def test_nobody_listening_is_a_hold() -> None:
    """Fails closed: no gate, no permit."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = asking(f"http://127.0.0.1:{port}")
    assert (answer.state, answer.answered) == ("hold", False)


def test_a_kept_connection_that_the_gate_closed_is_opened_anew() -> None:
    """A restart of the gate between two questions costs no answer."""
    closing = b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"decision": true}'

    def once(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(closing)
        connection.close()

    with behaving(once) as url, Gate(url) as gate:
        assert [gate.ask(QUESTION).permitted for _ in range(3)] == [True, True, True]


def test_failing_open_spools_before_it_permits(tmp_path: Path) -> None:
    """A bypass is durable before the caller goes on; what was asked and why there was no answer stand in it."""
    spool = tmp_path / "bypassed.jsonl"
    with behaving(silent) as url:
        answer = asking(url, timeout=0.2, spool=Spool(spool))
    assert (answer.permitted, answer.answered) == (True, False)
    (line,) = spool.read_text().splitlines()
    kept = json.loads(line)
    assert kept["question"] == QUESTION.document()
    assert (kept["reason"], kept["cause"]) == ("timeout", "nothing within 0.2 s")


def test_failing_open_without_a_spool_to_write_is_a_hold(tmp_path: Path) -> None:
    """What cannot be recorded cannot be let through."""
    with behaving(silent) as url:
        answer = asking(url, timeout=0.2, spool=Spool(tmp_path / "missing" / "spool"))
    assert answer.state == "hold"


@pytest.mark.parametrize("status", [400, 401, 403, 413, 429])
def test_a_caller_that_is_turned_away_opens_nothing(status: int, tmp_path: Path) -> None:
    """A wrong token is no outage: a client that fails open holds, and spools nothing."""
    spool = tmp_path / "bypassed.jsonl"
    with answering(lambda _p, _b: (status, {})) as (url, _):
        answer = asking(url, spool=Spool(spool))
    assert (answer.state, answer.answered, spool.exists()) == ("hold", False, False)


def test_each_question_of_a_batch_has_an_answer() -> None:
    """AuthZEN evaluations: in order; fewer where the semantic stops early; a broken batch holds all."""
    answers = [{"decision": False, "context": {"state": "deny"}}, {"decision": True}]
    with answering(lambda _p, _b: (200, {"evaluations": answers})) as (url, asked), Gate(url) as gate:
        given = gate.ask_each([QUESTION, QUESTION, QUESTION], "permit_on_first_permit")
    assert [answer.state for answer in given] == ["deny", "permit"]
    assert asked[0]["body"]["options"] == {"evaluations_semantic": "permit_on_first_permit"}
    broken = [{"decision": True}, {}]
    with answering(lambda _p, _b: (200, {"evaluations": broken})) as (url, _), Gate(url) as gate:
        given = gate.ask_each([QUESTION, QUESTION])
    assert [answer.state for answer in given] == ["hold", "hold"]


@pytest.mark.parametrize("url", ["gate:8443", "ftp://gate", "https://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """A gate that nobody can ask is a mistake of the settings, not a silence."""
    with pytest.raises(ValueError, match="is not the address of a gate"):
        Gate(url)
