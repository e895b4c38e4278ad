"""`kansa verify`: judging evidence that was handed out."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.interfaces.cli.output import Json, Page, show
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.dossier.alone import judge, text


def verify(
    file: Annotated[Path, Parameter(help="The dossier.")],
    /,
    *,
    trust: Annotated[
        Path | None, Parameter(help="Your policy: the log's key that you pinned, and your witnesses.")
    ] = None,
    allow_unpinned: Annotated[
        bool, Parameter(negative=(), help="Take a dossier that only agrees with itself for an answer.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Judge a dossier offline. Exit 0 for `ok` and `ok_unwitnessed`."""
    verdict = judge(file, trust)
    show(as_json, verdict.as_json(), Page(text(verdict)))
    return 0 if verdict.accepted(allow_unpinned=allow_unpinned) else 1
