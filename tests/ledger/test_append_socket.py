import os
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from kansa.clock import HOUR
from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger import append_socket
from kansa.ledger.append_socket import Append, AppendClient, AppendServer, open_appender
from kansa.ledger.ports import Appender, Outcome
from kansa.records.draft import Submission
from logs import START, Log, job, jobs

OTHER_PROCESS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from logs import Log, job
from kansa.ledger.append_socket import open_appender

log = Log(Path(sys.argv[2]))
with open_appender(log.door, log.sequencer) as appender:
    print("open", flush=True)
    for line in sys.stdin:
        outcomes = appender.append([job(int(word)) for word in line.split()])
        print(*(f"{each.status}:{each.index}" for each in outcomes), flush=True)
"""


class Other:
    """Another process that has the log open, and appends the jobs whose numbers it is told."""

    def __init__(self, log: Log) -> None:
        tests = Path(__file__).parent.parent
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, str(tests), str(log.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read() == "open"

    def append(self, *numbers: int) -> str:
        self.tell(*numbers)
        return self._read()

    def tell(self, *numbers: int) -> None:
        assert self.process.stdin is not None
        print(*numbers, file=self.process.stdin, flush=True)

    def kill(self) -> None:
        self.process.kill()
        self.leave()

    def leave(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def _other(log: Log) -> Iterator[Other]:
    other = Other(log)
    try:
        yield other
    finally:
        other.leave() if other.process.poll() is None else None


class _Clockless:
    """What a stand-in for the sequencer need not do."""

    def confirm_clock(self) -> None:
        raise AssertionError


def test_a_second_process_appends_through_the_first(log: Log) -> None:
    """Law: one sequencer, one order, whoever appends; the second process never touches the log."""
    with _other(log) as holder, open_appender(log.door, log.sequencer) as appender:
        assert holder.append(1, 2) == "appended:0 appended:1"
        outcomes = appender.append([job(2), job(3)])
        assert [(each.status, each.index) for each in outcomes] == [("duplicate", 1), ("appended", 2)]
        assert holder.append(3, 4) == "duplicate:2 appended:3"
    assert log.check() == 4


def test_whoever_comes_first_holds_the_log_for_the_others(log: Log) -> None:
    """Law: the holder opens the door; its guests come from other processes."""
    with open_appender(log.door, log.sequencer) as appender, _other(log) as guest:
        assert guest.append(1) == "appended:0"
        assert appender.append([job(1)])[0].status == "duplicate"
    assert log.check() == 1


def test_a_guest_goes_on_when_its_holder_leaves_in_order(log: Log) -> None:
    """Law: the holder says `Closing`; the guest takes the log itself, and nothing is lost, doubled or unclear."""
    with ExitStack() as stack:
        holder = stack.enter_context(_other(log))
        appender = stack.enter_context(open_appender(log.door, log.sequencer))
        assert [each.status for each in appender.append([job(1)])] == ["appended"]
        holder.leave()
        assert [(each.status, each.index) for each in appender.append([job(1), job(2)])] == [
            ("duplicate", 0),
            ("appended", 1),
        ]
        with _other(log) as guest:
            assert guest.append(3) == "appended:2"
    assert log.check() == 3


def test_a_holder_that_dies_is_an_error_and_sending_again_is_harmless(log: Log) -> None:
    """Law: what a dead holder recorded is not known; the same call again settles it."""
    with _other(log) as holder, open_appender(log.door, log.sequencer) as appender:
        appender.append([job(1)])
        holder.kill()
        with pytest.raises(KansaError) as refusal:
            appender.append([job(2)])
        assert refusal.value.code == "door.lost"
        assert log.door.exists()  # its socket is left, and stands in nobody's way
        assert [(each.status, each.index) for each in appender.append([job(1), job(2)])] == [
            ("duplicate", 0),
            ("appended", 1),
        ]
    assert log.check() == 2


def test_a_socket_that_a_dead_process_left_is_cleared_away(log: Log) -> None:
    """Law: the lock says who holds the log, not the socket."""
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(log.door))
    left.close()
    with open_appender(log.door, log.sequencer) as appender:
        assert appender.append([job(1)])[0].status == "appended"

    assert not log.door.exists()


def test_the_door_is_its_owners_alone(log: Log) -> None:
    """Law: the socket is 0600."""
    with open_appender(log.door, log.sequencer):
        assert stat.S_IMODE(log.door.stat().st_mode) == 0o600


def test_a_path_longer_than_a_socket_address_works(tmp_path: Path) -> None:
    """Law: vaults may lie deep; AF_UNIX allows 107 bytes."""
    log = Log(tmp_path / ("深い" * 20) / ("b" * 120)).create()
    with open_appender(log.door, log.sequencer), _other(log) as guest:
        assert guest.append(1) == "appended:0"


def test_a_large_call_goes_through_in_several_frames(log: Log) -> None:
    """Law: no frame grows without bound, and outcomes stay in order."""
    with _other(log), open_appender(log.door, log.sequencer) as appender:
        outcomes = appender.append(jobs(range(2100)))

    assert [each.index for each in outcomes] == list(range(2100))


def test_an_error_of_the_holder_arrives_as_it_was(log: Log) -> None:
    """Law: code, message, help and exit code pass through the door."""

    class _Fails(_Clockless):
        def append(self, submissions: object) -> list[Outcome]:
            raise errors[len(list(submissions)) - 1]  # type: ignore[call-overload] # the number of submissions chooses

    errors = [
        KansaError("vault.full", "the disk is full", help="free space"),
        BrokenVault("clock.jump", "the clock jumped", help="confirm"),
        BadInput("record.kind", "not a kind"),
    ]
    with closing(AppendServer(log.door, _Fails())), closing(AppendClient(log.door)) as guest:
        for number, error in enumerate(errors, 1):
            with pytest.raises(type(error)) as passed:
                guest.ask(Append(1, jobs(range(number))))
            assert (passed.value.code, passed.value.message, passed.value.help, passed.value.exit_code) == (
                error.code,
                error.message,
                error.help,
                error.exit_code,
            )
            assert type(passed.value) is type(error)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        struct.pack(">I", 5) + b"abc",
        struct.pack(">I", 3) + b"abc",
        struct.pack(">I", append_socket.MAX_FRAME_BYTES + 1) + b"x",
        b"\xff" * 1000,
        struct.pack(">I", 0),
        struct.pack(">I", 10_000) + b"\x91" * 10_000,
    ],
)
def test_nonsense_at_the_door_hurts_nobody(log: Log, data: bytes) -> None:
    """Law: whatever one guest sends, the others are served."""
    with open_appender(log.door, log.sequencer) as appender, socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(10)
        stranger.connect(str(log.door))
        stranger.sendall(data)
        stranger.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while stranger.recv(1 << 16):
                pass
        assert appender.append([job(1)])[0].status == "appended"
        with closing(AppendClient(log.door)) as guest:
            assert guest.ask(Append(1, [job(2)])) is not None


def _answer(stranger: socket.socket) -> append_socket.Answer:
    (length,) = struct.unpack(">I", stranger.recv(4))
    answer: append_socket.Answer = msgspec.msgpack.decode(stranger.recv(length), type=append_socket.Answer)
    return answer


def test_a_guest_of_another_protocol_is_told_so(log: Log) -> None:
    """Law: `door.protocol`, before anything is taken."""
    with open_appender(log.door, log.sequencer), socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(log.door))
        assert _answer(stranger) == append_socket.Welcome(1)
        frame = msgspec.msgpack.encode(Append(99, [job(1)]))
        stranger.sendall(struct.pack(">I", len(frame)) + frame)
        answer = _answer(stranger)

    assert isinstance(answer, append_socket.Failed)
    assert answer.code == "door.protocol"


def test_what_cannot_be_put_in_a_frame_is_refused_before_it_is_sent(log: Log) -> None:
    """Law: a number beyond 64 bits or a lone surrogate is bad input, and the way stays open."""
    with open_appender(log.door, log.sequencer), closing(AppendClient(log.door)) as guest:
        for value in (2**70, "\ud800", object()):
            strange = msgspec.structs.replace(job(1), data={"note": value})
            with pytest.raises(BadInput) as refusal:
                guest.ask(Append(1, [strange]))
            assert refusal.value.code == "door.request"
        assert guest.ask(Append(1, [job(1)])) is not None


def test_a_slow_commit_is_waited_for_when_the_holder_leaves(log: Log) -> None:
    """Law: what has been asked is answered before the door closes."""
    began = threading.Event()

    class _Slow(_Clockless):
        def append(self, submissions: list[Submission]) -> list[Outcome]:
            began.set()
            time.sleep(0.3)
            return [Outcome(status="appended", id=each.id, index=0) for each in submissions]

    found: list[list[Outcome] | None] = []
    opened = AppendServer(log.door, _Slow())  # type: ignore[arg-type] # a list is what the door hands on
    with closing(AppendClient(log.door)) as guest:
        thread = threading.Thread(target=lambda: found.append(guest.ask(Append(1, [job(1)]))))
        thread.start()
        assert began.wait(10)
        opened.close()
        thread.join(10)
        late = guest.ask(Append(1, [job(2)])) if found else None

    assert found[0] is not None
    assert found[0][0].status == "appended"
    assert late is None


def test_a_log_that_cannot_be_opened_is_not_waited_for(log: Log) -> None:
    """Law: only a held log sends to the door; any other refusal is the answer."""
    log.append(job(1))
    log.published.write_bytes(b"nonsense")
    started = time.monotonic()
    with pytest.raises(BrokenVault), open_appender(log.door, log.sequencer):
        pass

    assert time.monotonic() - started < append_socket.WAIT_SECONDS


def test_a_holder_that_opens_no_door_is_waited_for_and_then_named(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: after the time to wait, `vault.held`."""
    monkeypatch.setattr(append_socket, "WAIT_SECONDS", 0.2)
    with (
        closing(log.sequencer()),
        pytest.raises(KansaError) as refusal,
        open_appender(log.door, log.sequencer),
    ):
        pass

    assert refusal.value.code == "vault.held"


def test_many_processes_at_once_lose_nothing(log: Log) -> None:
    """Law: holders come and go while guests append; every record is there once."""
    others = [Other(log) for _ in range(4)]
    for start in range(0, 40, 8):
        for number, other in enumerate(others):
            other.tell(*range(start + 2 * number, start + 2 * number + 4))  # each overlaps with its neighbour
        for other in others:
            assert other._read().count(":") == 4
        others.pop(0).leave()
        others.append(Other(log))
    for other in others:
        other.leave()
    size = log.check()

    assert size == len({record.subject for record in log.records()}) == 42


@dataclass
class _Wall:
    wall: int = START
    steady: int = 0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> int:
        return self.steady


def test_a_clock_that_jumped_is_confirmed_through_the_door(log: Log) -> None:
    """Law: whoever may append may confirm; it is recorded at once, and only then does the log go on."""
    log.clock = clock = _Wall()
    with open_appender(log.door, log.sequencer) as holder, open_appender(log.door, log.sequencer) as guest:
        holder.append([job(1)])
        clock.wall += 2 * HOUR
        with pytest.raises(BrokenVault) as refusal:
            guest.append([job(2)])
        assert refusal.value.code == "clock.jump"
        guest.confirm_clock()
        assert [record.type for record in log.records()[1:]] == ["kansa.clock.anomaly.v0"]
        assert guest.append([job(2)])[0].index == 2
        holder.confirm_clock()  # nothing jumped since
    assert log.check() == 3


def test_only_submissions_come_through(log: Log) -> None:
    """Law: the way to write is `append` and nothing else; `holds` tells who keeps the sequencer."""
    with open_appender(log.door, log.sequencer) as appender:
        public = {name for name in dir(appender) if not name.startswith("_")}

    assert public == {"append", "close", "confirm_clock", "holds"}
    assert {name for name in vars(Appender) if not name.startswith("_")} == {"append"}
    assert os.path.lexists(log.ledger)
