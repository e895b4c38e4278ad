"""What goes wrong in operation: killed, stopped, a full disk, a clock that leaps, a change of everything under load."""

import http.client
import json
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gate.houses import CLEAR, POLICY, House, Standing, asking, basis, is_, question, rule
from interfaces.api.serving import bearer, callers
from kansa.clock import HOUR, MICROSECONDS, SystemClock
from kansa.gate.authzen import Evaluation
from kansa.gate.decision_point import DecisionPoint
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateDecided

PROCESS = Path(__file__).with_name("process.py")


@dataclass
class Crowd:
    """Clients that ask and ask, each about work of its own, until the server is gone."""

    port: int
    size: int = 8
    acknowledged: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._ask) for _ in range(self.size)]
        for thread in threads:
            thread.start()
        return threads

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"content-type": "application/json"} | bearer()
        try:
            while True:
                body = msgspec.json.encode(question("login", work=f"session {next(self._numbers)}"))
                connection.request("POST", "/access/v1/evaluation", body, headers)
                response = connection.getresponse()
                self._note(response.status, response.read())
        except (OSError, http.client.HTTPException):
            connection.close()

    def _note(self, status: int, body: bytes) -> None:
        if status != 200:
            self.odd.append(f"{status} {body!r}")
            return
        context = json.loads(body)["context"]
        self.acknowledged[context["id"]] = context["state"]


def _started(house: House) -> tuple[subprocess.Popen[str], int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    callers(house.folder)
    command = [sys.executable, str(PROCESS), str(house.folder), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process, port


def _kept(house: House) -> dict[str, Record]:
    return {record.id: record for record in house.records() if record.type == GateDecided.type}


def _ended(house: House, number: signal.Signals, seconds: float) -> tuple[Crowd, int, str]:
    process, port = _started(house)
    crowd = Crowd(port)
    threads = crowd.start()
    time.sleep(seconds)
    process.send_signal(number)
    for thread in threads:
        thread.join(30)
    said, _ = process.communicate(timeout=30)
    return crowd, process.returncode, said


def test_no_acknowledged_decision_is_lost_to_kill_9(tmp_path: Path) -> None:
    """Law: after each kill under load every answer that a client had is in the log, and the log is whole."""
    house = House(tmp_path / "gate").create()
    for seconds in (0.2, 0.5, 0.9):
        crowd, code, _ = _ended(house, signal.SIGKILL, seconds)
        kept = _kept(house)
        assert code == -signal.SIGKILL
        assert crowd.acknowledged
        assert crowd.odd == []
        assert {id_: kept[id_].data["outcome"] for id_ in crowd.acknowledged} == crowd.acknowledged
        assert house.audit().faults == ()


def test_a_stop_in_order_answers_what_was_asked_and_loses_nothing(tmp_path: Path) -> None:
    """Law: SIGTERM ends the process with 0; what clients had been told is in the log, and nothing else is."""
    house = House(tmp_path / "gate").create()
    crowd, code, said = _ended(house, signal.SIGTERM, 0.6)
    assert (code, said, crowd.odd) == (0, "closed\n", [])
    assert set(crowd.acknowledged) == set(_kept(house))
    assert house.audit().ok


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _answers(gate: DecisionPoint, *evaluations: Evaluation) -> list[Any]:
    return [answer for (answer,) in gate.answer([asking(each) for each in evaluations])]


def test_a_full_disk_holds_everybody_and_is_got_over(tmp_path: Path) -> None:
    """Law: what cannot be recorded is held and says so; with room again the gate permits, and nothing was lost."""
    house = House(tmp_path / "gate").create()
    permitted = set()
    answers: list[Any] = []
    with house.gate(basis(Standing(CLEAR, {"tenant.screening_age_s": SystemClock().now()}))) as gate:
        with _no_file_larger_than(400_000):
            for number in range(1_000):
                answers = _answers(gate, *(question(work=f"{number} {n}") for n in range(8)))
                if not answers[0].decision:
                    break
                permitted |= {answer.context.id for answer in answers}
        assert {answer.state for answer in answers} == {"hold"}
        assert {answer.context.error.code for answer in answers} == {"vault.full"}
        assert {answer.context.id for answer in answers} == {None}
        again = _answers(gate, question(work="with room"))
    assert again[0].decision is True
    assert permitted
    assert permitted | {again[0].context.id} == set(_kept(house))
    assert house.audit().ok


class LeapingClock(SystemClock):
    """The machine's clock, set wrong by `shift` microseconds; what counts seconds does not notice."""

    shift = 0

    def now(self) -> int:
        return super().now() + self.shift


@pytest.mark.parametrize("shift", [-2 * HOUR, 2 * HOUR])
def test_a_clock_that_leaps_holds_until_somebody_confirms_it(tmp_path: Path, shift: int) -> None:
    """Law: neither an old permit nor a new one is answered while the clock is wrong; confirming is on record."""
    clock = LeapingClock()
    house = House(tmp_path / "gate", clock).create()
    with house.gate(basis(Standing(CLEAR, {"tenant.screening_age_s": clock.now() + 2 * HOUR}))) as gate:
        (before,) = _answers(gate, question())
        clock.shift = shift
        during = _answers(gate, question(), question(purpose="train"))
        gate.log.confirm_clock()
        (after,) = _answers(gate, question(purpose="infer"))
    assert (before.state, after.state) == ("permit", "permit")
    assert [answer.state for answer in during] == ["hold", "hold"]
    assert {answer.context.error.code for answer in during} == {"clock.jump"}
    assert [record.type for record in house.records() if record.type.startswith("kansa.clock")] == [
        "kansa.clock.anomaly.v0"
    ]


def test_a_small_step_back_is_on_record_and_lengthens_no_permit(tmp_path: Path) -> None:
    """Law: time goes on from where it was; the record says by how much the clock was off."""
    clock = LeapingClock()
    house = House(tmp_path / "gate", clock).create()
    with house.gate(basis(Standing(CLEAR, {"tenant.screening_age_s": clock.now()}))) as gate:
        (before,) = _answers(gate, question())
        clock.shift = -60 * MICROSECONDS
        (after,) = _answers(gate, question(purpose="train"))
    assert (before.state, after.state) == ("permit", "permit")
    assert after.context.decided >= before.context.decided
    (anomaly,) = [record for record in house.records() if record.type == "kansa.clock.anomaly.v0"]
    assert anomaly.data["shift_ms"] < -50_000


def test_a_change_of_rules_and_facts_is_in_no_answer_or_in_all_of_it(tmp_path: Path) -> None:
    """Law: under load, each request is answered wholly on one basis: never new rules with old facts."""
    house = House(tmp_path / "gate").create()
    screened = {"tenant.screening_age_s": SystemClock().now()}
    stricter = [*POLICY, rule("kansa.test.gate.stricter", "hold", is_("tenant.clearance", "permit"))]
    bases = [
        basis(Standing(CLEAR, screened, entries=1)),
        basis(Standing({**CLEAR, "site.hold": True}, screened, entries=2), stricter),
    ]
    going = threading.Event()
    with house.gate(bases[0]) as gate:

        def swap() -> None:
            for number in count():
                if going.is_set():
                    return
                gate.basis = bases[number % 2]
                time.sleep(0.000_3)

        swapping = threading.Thread(target=swap)
        swapping.start()
        seen = []
        for number in range(150):
            request = asking(*(question(work=f"{number} {n}") for n in range(8)))
            seen += [{_said(answer) for answer in answers} for answers in gate.answer([request, request])]
        going.set()
        swapping.join()
    assert all(len(each) == 1 for each in seen)
    both = ("hold", ("kansa.test.gate.site-held", "kansa.test.gate.stricter"))
    assert set().union(*seen) == {("permit", ("kansa.test.gate.cleared",)), both}


def _said(answer: Any) -> tuple[str, tuple[str, ...]]:
    return answer.state, tuple(reason.rule for reason in answer.context.reasons)
