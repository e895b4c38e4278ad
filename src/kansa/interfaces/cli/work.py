"""`kansa work`: what waits for somebody, by when."""

from typing import Annotated, Literal

from cyclopts import Parameter

from kansa.interfaces.cli.options import At, duration
from kansa.interfaces.cli.output import Json, drawn_wide, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line

with lazy_imports():
    from rich.table import Table
    from rich.text import Text

    from kansa.application.flags import FlagService
    from kansa.application.work_list import work_list
    from kansa.presentation import work_list as presentation

WorkKind = Literal[
    "case", "screening", "flag", "source", "quarantine", "deadline", "overdraw", "condition", "gap"
]


def work(
    *,
    kind: Annotated[WorkKind | None, Parameter(help="Only what waits of this kind.")] = None,
    role: Annotated[str | None, Parameter(help="Only what waits for this role or person.")] = None,
    due_within: Annotated[
        str | None, Parameter(help="Only what is due within this time, such as P7D (ISO 8601).")
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List what waits for somebody, the most urgent first: cases, hits, flags, silent sources, deadlines, gaps. Exit 1 if anything is overdue."""
    vault = at.open()
    within = None if due_within is None else duration(due_within, "--due-within")
    found = work_list(vault, kind=kind, role=role, due_within=within)
    rules = FlagService(vault).rule_words(found.now)
    rows = presentation.rows(found, rules)
    table = Table(*next(rows), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(in_line(cell)) for cell in row))
    show(as_json, found.as_json(), [*drawn_wide(table), "", *presentation.closing_lines(found)])
    return 1 if found.overdue else 0
