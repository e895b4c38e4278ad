"""How results, errors and progress reach the terminal: results on standard output, all else on standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from kansa.errors import BadInput, KansaError

Report = Callable[[int, int], None]


def show(as_json: bool, value: dict[str, Any], text: str) -> None:  # noqa: FBT001 - the option itself
    """Print a result, as JSON or as text."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")


def show_error(error: KansaError, as_json: bool) -> None:  # noqa: FBT001 - the option itself
    """Say what went wrong, where, and what to do."""
    problems = error.problems if isinstance(error, BadInput) else ()
    if as_json:
        told = {"code": error.code, "message": error.message, "help": error.help}
        listed = [msgspec.to_builtins(problem) for problem in problems]
        sys.stdout.write(
            json.dumps({"error": {**told, "problems": listed}}, ensure_ascii=False, indent=2) + "\n"
        )
        return
    sys.stderr.write(f"kansa: {error.message}\n")
    for problem in problems:
        sys.stderr.write(f"  {problem}\n")
    if error.help:
        sys.stderr.write(f"  {error.help}\n")


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Show how far long work is, while the block lasts; nothing where standard error is no terminal."""
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
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
