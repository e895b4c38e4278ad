"""In which form Slurm's accounting lies in a file, and what stands in the way of reading it."""

import codecs
import re
from pathlib import Path
from typing import Literal

from kansa.connectors.formats.opened import opened
from kansa.errors import BadInput, Problem

Form = Literal["json", "text"]

_LOOKED_AT = 1 << 16
_ANSWER = re.compile(r'\s*[\[{]\s*("\w+"\s*:.*|[\[{].*)?')
_NAMES = re.compile(r"(?:^|\W)JobID(?:Raw)?(?:\W|$)")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHOWN = 60


def form_of(path: Path, *, headed: bool = True) -> Form:
    """Tell JSON from text by how a file begins.

    `headed` is whether text begins with column names; where the options name the columns it does not.

    Raises:
        BadInput: `slurm.encoding`, the file is UTF-16 or UTF-32; `slurm.before`, other lines stand before the JSON or
            before the column names. Both say the line in which the accounting begins.
    """
    with opened(path) as stream:
        head = stream.read(_LOOKED_AT)
    encoding = _wide(head)
    text = head.decode(encoding or "utf-8-sig", "replace")
    if encoding is not None:
        raise _refused(path, _encoded(path, encoding), *_before(path, text, headed=headed))
    if text.lstrip(" \t\r\n\x1e")[:1] in {"{", "["}:
        return "json"
    if problems := _before(path, text, headed=headed):
        raise _refused(path, *problems)
    return "text"


def _wide(head: bytes) -> str | None:
    """Return the encoding of a file that spends several bytes on every letter; None for all others."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    start = head[:64]
    if len(start) >= 4 and start.count(0) * 3 >= len(start):
        return "utf-16-le" if start[0] else "utf-16-be"
    return None


def _refused(path: Path, *problems: Problem) -> BadInput:
    first = problems[0]
    return BadInput(first.code, f"`{path}` cannot be read as it is", problems=problems, help=first.help)


def _encoded(path: Path, encoding: str) -> Problem:
    name = encoding.upper()[:6]
    return Problem(
        "slurm.encoding",
        f"the file is {name}, as PowerShell's `>` writes it; only UTF-8 is read",
        str(path),
        1,
        help="write it as UTF-8, as with `sacct --json | Out-File -Encoding utf8 sacct.json`",
    )


def _before(path: Path, text: str, *, headed: bool) -> list[Problem]:
    """Return what stands before the JSON or the column names, if they begin in a later line."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip(" \t\r\ufeff")), "")
    if _ANSWER.fullmatch(first.strip("\r\ufeff")) or _NAMES.search(first) or (not headed and "|" in first):
        return []
    for number, line in enumerate(lines, start=1):
        what = "the JSON begins" if _ANSWER.fullmatch(line.strip("\r")) else None
        if what is None and headed and _NAMES.search(line):
            what = "the column names stand"
        if what is not None:
            shown = first.strip()
            shown = f"{shown[:_SHOWN]}…" if len(shown) > _SHOWN else shown
            message = f"{what} in line {number}; before it stands `{shown}`"
            advice = "take the lines before it out, and keep them out with `2>sacct.log`"
            return [Problem("slurm.before", message, str(path), number, help=advice)]
    return []
