r"""The one way to a terminal: what came from a file is shown there, and never steers it.

Control characters (C0, DEL, C1: escape sequences among them), characters that reorder or hide text (Unicode's
bidirectional, invisible and tag characters, UAX #9 and UTS #55) and lone surrogates are written as `\x1b` or
`\u202e`. A line break is kept by `visible`, which takes whole texts, and written as `\n` by `in_line`, which takes
one value: a name from a file cannot begin a line of its own. JSON keeps its meaning: there the same characters are
JSON escapes.
"""

import json
import re
import sys
from collections.abc import Callable
from typing import Any, TextIO

_UNSAFE = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_IN_TEXT = re.compile(f"[{_UNSAFE}]")
_IN_LINE = re.compile(f"[{_UNSAFE}\\n]")


def visible(text: str) -> str:
    """Escape all that could steer a terminal in a text of several lines; line breaks and tabs are kept."""
    return _IN_TEXT.sub(_escape, text)


def in_line(value: object) -> str:
    """Write a value so that it stays within its line: as `visible`, and line breaks are escaped as well."""
    return _IN_LINE.sub(_escape, str(value))


def json_text(value: Any, *, indent: int | None = 2, default: Callable[[Any], Any] | None = None) -> str:
    """Write JSON that a terminal can show: the same value to every reader, unsafe characters as JSON escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return _IN_TEXT.sub(lambda found: json.dumps(found[0])[1:-1], written)


def write(text: str, stream: TextIO | None = None) -> None:
    """Write lines to standard output or another stream, escaped; one line break ends them.

    What the stream's encoding cannot write is escaped as well.
    """
    write_as_it_is(visible(text), stream)


def write_as_it_is(text: str, stream: TextIO | None = None) -> None:
    """Write lines that were escaped part by part, since they hold looks of our own (colours)."""
    out = sys.stdout if stream is None else stream
    line = text.rstrip("\n") + "\n"
    try:
        out.write(line)
    except UnicodeEncodeError:
        encoding = out.encoding or "ascii"
        out.write(line.encode(encoding, "backslashreplace").decode(encoding))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x0A:
        return "\\n"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
