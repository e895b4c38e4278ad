"""How results, errors and progress reach the terminal: results on standard output, all else on standard error."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Protocol

from cyclopts import Parameter

from kansa import terminal
from kansa.errors import BadInput, KansaError
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line, json_text, visible
from kansa.texts.messages import said
from kansa.texts.problems import in_words

with lazy_imports():
    import msgspec
    from rich.console import Console, RenderableType
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

Json = Annotated[
    bool, Parameter(name="--json", negative=(), help="Print the stable JSON result instead of text.")
]


class Report(Protocol):
    """Tells how far long work is."""

    def __call__(self, done: int, total: int, *, title: str | None = None) -> None:
        """`done` of `total`; `title` says what is being done now."""
        ...


_WHERE = {
    "en": (
        "Look at the report   {report}",
        "Verify the dossier   {kansa} verify {dossier} --trust {trust}   → {verdict}",
        "Ask the vault        {kansa} coherence --vault {vault}",
    ),
    "ja": (
        "報告書        {report}",
        "証跡一式の検証  {kansa} verify {dossier} --trust {trust}   → {verdict}",
        "保管庫への照会  {kansa} coherence --vault {vault} --language ja",
    ),
}


_QUIET = ContextVar("kansa_quiet", default=False)


@contextmanager
def quietly(quiet: bool) -> Iterator[None]:  # noqa: FBT001 - the option itself
    """Let commands in the block print no text and no progress where this is wanted: JSON, errors and exit codes alone."""
    before = _QUIET.set(quiet)
    try:
        yield
    finally:
        _QUIET.reset(before)


class Drawn(str):
    """A line that was escaped part by part: what control characters it holds are our own looks."""

    __slots__ = ()


class Page(str):
    """A text of several lines in which no value can begin one: a rule's page, a verdict. Its line breaks are kept."""

    __slots__ = ()


def show(as_json: bool, value: dict[str, Any], text: str | Iterable[str]) -> None:  # noqa: FBT001 - the option itself
    """Print a result, as JSON or as lines; a text alone is one line.

    Nothing in it can steer the terminal, and no value that stands in a line can begin another.
    """
    if as_json:
        terminal.write(json_text(value, default=_plain))
    elif _QUIET.get():
        return
    else:
        terminal.write_as_it_is(joined([text] if isinstance(text, str) else text))


def show_line(value: dict[str, Any]) -> None:
    """Print one JSON object on one line."""
    terminal.write(json_text(value, indent=None, default=_plain))


def tell(text: str) -> None:
    """Say something beside the result, in one line on standard error."""
    terminal.write(in_line(text), sys.stderr)


def drawn(renderable: RenderableType) -> list[Drawn]:
    """Draw what `rich` renders as lines: its texts are escaped, its looks are kept where they can be seen."""
    console = Console(force_terminal=sys.stdout.isatty(), highlight=False)
    lines = []
    for line in console.render_lines(renderable, pad=False):
        with console.capture() as capture:
            for part in line:
                console.out(in_line(part.text), style=part.style, end="", highlight=False)
        lines.append(Drawn(capture.get().rstrip()))
    return lines


def drawn_wide(renderable: RenderableType) -> Iterator[str]:
    """Draw what `rich` renders as lines of plain text, as wide as they need."""
    console = Console(width=10_000, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(renderable, soft_wrap=True)
    return (line.rstrip() for line in capture.get().splitlines())


def joined(lines: Iterable[str]) -> str:
    """Join lines to what may be written as it is: each is escaped within itself, unless it was drawn."""
    return "\n".join(map(_escaped, lines))


def _escaped(line: str) -> str:
    if isinstance(line, Drawn):
        return line
    return visible(line) if isinstance(line, Page) else in_line(line)


def show_error(error: KansaError, as_json: bool) -> None:  # noqa: FBT001 - the option itself
    """Say what went wrong, where, and what to do."""
    problems = error.problems if isinstance(error, BadInput) else ()
    if as_json:
        told = {"code": error.code, "message": error.message, "help": error.help}
        listed = [msgspec.to_builtins(problem) for problem in problems]
        terminal.write(json_text({"error": {**told, "problems": listed}}))
        return
    tell(f"kansa: {said(error.message)}")
    for problem in problems:
        tell(f"  {in_words(problem)}")
    if error.help:
        tell(f"  {said(error.help)}")


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Show how far long work is, while the block lasts; nothing where standard error is no terminal."""
    if _QUIET.get() or not sys.stderr.isatty():
        yield _unseen
        return
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def tell(done: int, total: int, *, title: str | None = None) -> None:
            bar.update(task, completed=done, total=total, description=title)

        yield tell


def _unseen(done: int, total: int, *, title: str | None = None) -> None:
    """Tell nobody how far long work is."""


def steps(language: str, made: Mapping[str, str], verdict: str) -> list[str]:
    """Return where to look next, a line each."""
    said = {**made, "verdict": verdict, "kansa": _called()}
    return [line.format(**said) for line in _WHERE[language]]


def _called() -> str:
    """Return how this program was called, so that what is shown can be typed."""
    return "kansa" if shutil.which("kansa") == str(Path(sys.argv[0]).resolve()) else sys.argv[0]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
