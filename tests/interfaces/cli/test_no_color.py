"""`NO_COLOR` on a real terminal: what is shown there has no colours, as https://no-color.org asks."""

import os
import pty
import re
import subprocess
import sys

import pytest

_COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
_HELP = "from kansa.__main__ import main; import sys; sys.argv = ['kansa', '--help']; main()"
_ANSWER = (
    "from rich.text import Text; from kansa.interfaces.cli.output import drawn, show; "
    "show(False, {}, drawn(Text('DENY', style='red')))"
)


def shown(program: str, **environment: str) -> str:
    """What a terminal of 256 colours receives from a program."""
    ours, theirs = pty.openpty()
    known = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=theirs,
        stderr=theirs,
        env=known | {"TERM": "xterm-256color"} | environment,
    )
    os.close(theirs)
    received = b""
    try:
        while part := os.read(ours, 4096):
            received += part
    except OSError:  # Linux ends a terminal that nobody writes to any more with EIO
        pass
    finally:
        os.close(ours)
        assert process.wait() == 0
    return received.decode()


@pytest.mark.parametrize("program", [_HELP, _ANSWER], ids=["help", "answer"])
def test_a_terminal_gets_no_colours_where_none_are_wanted(program: str) -> None:
    """The same text, and colours only where the variable is not set."""
    coloured, plain = shown(program), shown(program, NO_COLOR="1")

    assert _COLOUR.search(coloured)
    assert not _COLOUR.search(plain)
    assert re.sub(r"\x1b\[[\d;]*m", "", plain) == re.sub(r"\x1b\[[\d;]*m", "", coloured)
