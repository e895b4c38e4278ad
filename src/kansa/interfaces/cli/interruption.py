"""End a command that was interrupted as a shell expects: what it began is cleaned up, and nothing but a line is said."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kansa.interfaces.cli.output import tell
from kansa.texts import Words

_STOPPED = Words(
    "stopped; what was recorded before stays recorded", "中断しました。それまでに記録したものは残っています"
)
_SIGNALLED = 128
"""A process that a signal ended leaves with this and the signal's number."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: everything that Ctrl-C cleans up is cleaned up."""


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end what runs in the block as Ctrl-C does; elsewhere than in the main thread nothing changes."""

    def end(_: int, __: FrameType | None) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupted(by: KeyboardInterrupt) -> int:
    """Say that the command was stopped, and return its exit code: 130 after Ctrl-C, 143 after SIGTERM."""
    came = signal.SIGTERM if isinstance(by, Terminated) else signal.SIGINT
    tell(f"kansa: {_STOPPED.say()}")
    return _SIGNALLED + came
