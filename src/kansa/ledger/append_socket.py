"""The door: how other processes append through the one that holds the sequencer.

The holder listens on a Unix socket (0600) beside the log. A frame is its length in four bytes, big-endian, and a
msgpack message. `open_appender` takes the log when nobody holds it, and goes through the door otherwise. A holder that
ends in order says `Closing`, and whoever was waiting goes on, as the next holder if need be; of one that dies it is
not known what it still recorded, which is an error, and sending again is harmless.
"""

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger.ports import Appender, Outcome
from kansa.ledger.sequencer import Sequencer
from kansa.records.draft import Submission

MAX_FRAME_BYTES = 64 << 20
MOST_IN_A_FRAME = 1024
WAIT_SECONDS = 10.0
PROTOCOL = 1

_LENGTH = struct.Struct(">I")
_PAUSE_SECONDS = 0.02


class Welcome(msgspec.Struct, frozen=True, tag="welcome", array_like=True):
    """The door is open: whoever reads this is served, or told that it closes."""

    protocol: int


class Append(msgspec.Struct, frozen=True, tag="append", array_like=True):
    """Take these submissions."""

    protocol: int
    submissions: list[Submission]


class ConfirmClock(msgspec.Struct, frozen=True, tag="confirm", array_like=True):
    """Take the clock for right where it jumped."""

    protocol: int


class Done(msgspec.Struct, frozen=True, tag="done", array_like=True):
    """What became of them, in order."""

    outcomes: list[Outcome]


class Failed(msgspec.Struct, frozen=True, tag="failed", array_like=True):
    """None of them could be acknowledged: an error as the holder had it."""

    exit_code: int
    code: str
    message: str
    help: str | None


class Closing(msgspec.Struct, frozen=True, tag="closing", array_like=True):
    """The holder ends; what was asked last was not looked at."""


Request = Append | ConfirmClock
Answer = Welcome | Done | Failed | Closing
_encode = msgspec.msgpack.Encoder().encode
_read_request = msgspec.msgpack.Decoder(Request).decode
_read_answer = msgspec.msgpack.Decoder(Answer).decode


class LocalAppender(Appender, Protocol):
    """The sequencer, as far as the door goes."""

    def confirm_clock(self) -> None:
        """Take the clock for right where it jumped."""
        ...


class AppendServer:
    """The holder's side: takes submissions from other processes until it is closed."""

    def __init__(self, path: Path, sequencer: "LocalAppender") -> None:
        self._path = path
        self._sequencer = sequencer
        self._closing = threading.Event()
        self._guests: set[threading.Thread] = set()
        with reachable(path) as address:
            path.unlink(missing_ok=True)  # whoever held the log before is gone: the lock says so
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            before = os.umask(0o177)
            try:
                self._socket.bind(address)
            finally:
                os.umask(before)
        self._socket.listen()
        self._thread = threading.Thread(target=self._listen, name="kansa-door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer what has been asked, say `Closing` to the rest, and take the socket away."""
        self._closing.set()
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        for guest in list(self._guests):
            guest.join()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            guest = threading.Thread(target=self._serve, args=(connection,), name="kansa-guest", daemon=True)
            self._guests.add(guest)
            guest.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                _send(connection, Welcome(PROTOCOL))
                self._converse(connection)
        except OSError:
            return  # the guest went away; what it sent last may be recorded, and it may send it again
        finally:
            self._guests.discard(threading.current_thread())

    def _converse(self, connection: socket.socket) -> None:
        while True:
            connection.settimeout(_PAUSE_SECONDS)
            while not self._closing.is_set():
                with contextlib.suppress(TimeoutError):
                    if not connection.recv(1, socket.MSG_PEEK):
                        return
                    break
            connection.settimeout(WAIT_SECONDS)
            if self._closing.is_set():
                _send(connection, Closing())
                return
            _send(connection, self._answer(_receive(connection)))

    def _answer(self, frame: bytes) -> Answer:
        try:
            request = _read_request(frame)
            if request.protocol != PROTOCOL:
                raise BadInput(
                    "door.protocol", f"the door speaks protocol {PROTOCOL}, not {request.protocol}"
                )
            if isinstance(request, ConfirmClock):
                self._sequencer.confirm_clock()
                return Done([])
            return Done(self._sequencer.append(request.submissions))
        except msgspec.DecodeError as error:
            return Failed(BadInput.exit_code, "door.request", f"the request cannot be read: {error}", None)
        except KansaError as error:
            return Failed(error.exit_code, error.code, error.message, error.help)


class AppendClient:
    """Another process's side of the door.

    Raises:
        OSError: nobody opens.
        BadInput: `door.protocol`, if whoever opens speaks another.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with reachable(path) as address:
                self._socket.connect(address)
            self._socket.settimeout(WAIT_SECONDS)
            _check_protocol(_read_answer(_receive(self._socket)))
            self._socket.settimeout(None)
        except BaseException:
            self._socket.close()
            raise

    def ask(self, request: Request) -> list[Outcome] | None:
        """Return the outcomes, or None if the holder ends and did not look at the request.

        Raises:
            KansaError: as the holder raised it; `door.lost` if it died, so that nobody knows what it recorded.
            BadInput: `door.too_long`, if it is too large for a frame.
        """
        frame = _frame(request)
        try:
            with contextlib.suppress(BrokenPipeError):
                self._socket.sendall(frame)
            answer = _read_answer(_receive(self._socket))
        except OSError as error:
            raise KansaError(
                "door.lost",
                f"the process that holds the log ended before it answered: {error}",
                help="run it again: what was recorded is recognised",
            ) from error
        if isinstance(answer, Failed):
            raise _error(answer)
        return answer.outcomes if isinstance(answer, Done) else None

    def close(self) -> None:
        """Leave."""
        self._socket.close()


class SharedAppender:
    """The way to the sequencer, whichever process holds it; `open_appender` opens one."""

    def __init__(self, path: Path, open_sequencer: Callable[[], Sequencer]) -> None:
        self._path = path
        self._open_sequencer = open_sequencer
        self._guest: AppendClient | None = None
        self._held: tuple[Sequencer, AppendServer] | None = None
        self._enter()

    def append(self, submissions: Sequence[Submission]) -> list[Outcome]:
        if self._held is not None:
            return self._held[0].append(submissions)
        outcomes: list[Outcome] = []
        for start in range(0, len(submissions), MOST_IN_A_FRAME):
            part = list(submissions[start : start + MOST_IN_A_FRAME])
            answer = self._ask(Append(PROTOCOL, part))
            outcomes += self._held_now.append(part) if answer is None else answer
        return outcomes

    @property
    def holds(self) -> bool:
        """Whether this process is the one that holds the log."""
        return self._held is not None

    def confirm_clock(self) -> None:
        """Take the clock for right where it jumped; see `Sequencer.confirm_clock`."""
        if self._held is not None or self._ask(ConfirmClock(PROTOCOL)) is None:
            self._held_now.confirm_clock()

    def close(self) -> None:
        """Leave the door, or close it for others and let go of the log."""
        self._leave()
        if self._held is not None:
            sequencer, door = self._held
            door.close()
            sequencer.close()

    @property
    def _held_now(self) -> Sequencer:
        if self._held is None:
            raise KansaError("door.lost", "nobody holds the log", help="run it again")
        return self._held[0]

    def _ask(self, request: Request) -> list[Outcome] | None:
        """Return what the holder answers; None once this process holds the log itself."""
        while self._held is None:
            if self._guest is None:
                self._enter()
                continue
            try:
                outcomes = self._guest.ask(request)
            except KansaError as error:
                if error.code == "door.lost":
                    self._leave()
                raise
            if outcomes is not None:
                return outcomes
            self._leave()
        return None

    def _leave(self) -> None:
        if self._guest is not None:
            self._guest.close()
        self._guest = None

    def _enter(self) -> None:
        """Take the log, or the door of whoever has it; between the two it may change hands."""
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                sequencer = self._open_sequencer()
            except KansaError as held:
                if held.code != "vault.held":
                    raise
                with contextlib.suppress(OSError):
                    self._guest = AppendClient(self._path)
                    return
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                self._hold(sequencer)
                return

    def _hold(self, sequencer: Sequencer) -> None:
        try:
            self._held = sequencer, AppendServer(self._path, sequencer)
        except BaseException:
            sequencer.close()
            raise


@contextmanager
def open_appender(path: Path, open_sequencer: Callable[[], Sequencer]) -> Iterator[SharedAppender]:
    """Yield the way to append: as the holder of the log if nobody is, with a door at `path`, else through its holder's door.

    `open_sequencer` opens log and sequencer, and raises `vault.held` if another process holds the log.

    Raises:
        KansaError: `vault.held`, if the holder does not open its door within ten seconds; what opening raises.
    """
    way = SharedAppender(path, open_sequencer)
    try:
        yield way
    finally:
        way.close()


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Yield an address for a socket at any path: the kernel takes 107 bytes, so go through a descriptor of the directory."""
    descriptor = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def _frame(message: msgspec.Struct) -> bytes:
    try:
        body = _encode(message)
    except (OverflowError, TypeError, UnicodeEncodeError) as error:
        raise BadInput("door.request", f"the submissions cannot be sent: {error}") from error
    if len(body) > MAX_FRAME_BYTES:
        raise BadInput("door.too_long", f"{len(body)} bytes are more than the door takes at once")
    return _LENGTH.pack(len(body)) + body


def _send(connection: socket.socket, message: Answer) -> None:
    connection.sendall(_frame(message))


def _receive(connection: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > MAX_FRAME_BYTES:
        raise ConnectionError(f"a frame of {length} bytes is more than the door takes")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise ConnectionError("the connection ended")
        parts += part
    return bytes(parts)


def _check_protocol(answer: Answer) -> None:
    if isinstance(answer, Closing):
        raise ConnectionError("the door closes")
    if not isinstance(answer, Welcome) or answer.protocol != PROTOCOL:
        raise BadInput(
            "door.protocol",
            "the process that holds the log is of another version",
            help="end it, and try again",
        )


def _error(failed: Failed) -> KansaError:
    kinds: dict[int, type[KansaError]] = {BadInput.exit_code: BadInput, BrokenVault.exit_code: BrokenVault}
    kind = KansaError if failed.code in _PASSING else kinds.get(failed.exit_code, KansaError)
    return kind(failed.code, failed.message, help=failed.help)


_PASSING = frozenset({"vault.full", "vault.busy", "vault.unpublished", "ledger.stopped", "vault.held"})
