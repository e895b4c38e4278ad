"""How results, errors and progress reach the terminal: results on standard output, all else on standard error."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Protocol

import msgspec
from cyclopts import Parameter
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

Json = Annotated[
    bool, Parameter(name="--json", negative=(), help="Print the stable JSON result instead of text.")
]


class Report(Protocol):
    """Tells how far long work is."""

    def __call__(self, done: int, total: int, *, title: str | None = None) -> None:
        """`done` of `total`; `title` says what is being done now."""
        ...


_WHERE = {
    "en": "Look at the report   {report}\nVerify the dossier   {kansa} verify {dossier} --trust {trust}   → {verdict}\n"
    "Ask the vault        {kansa} coherence --vault {vault}",
    "ja": "報告書        {report}\n証跡一式の検証  {kansa} verify {dossier} --trust {trust}   → {verdict}\n"
    "保管庫への照会  {kansa} coherence --vault {vault} --language ja",
}


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

        def tell(done: int, total: int, *, title: str | None = None) -> None:
            bar.update(task, completed=done, total=total, description=title)

        yield tell


def step(language: str, made: Mapping[str, str], verdict: str) -> str:
    """Where to look next."""
    return _WHERE[language].format(**made, verdict=verdict, kansa=_called())


def _called() -> str:
    """How this program was called, so that what is shown can be typed."""
    return "kansa" if shutil.which("kansa") == str(Path(sys.argv[0]).resolve()) else sys.argv[0]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
