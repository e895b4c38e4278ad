"""`kansa reconcile`: kinds of evidence that should agree, compared; the result is a record."""

from typing import Annotated

from cyclopts import Parameter

from kansa.interfaces.cli.options import At, instant
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words
from kansa.texts.messages import said

with lazy_imports():
    from kansa.application.reconcile import default_period
    from kansa.application.reconcile import reconcile as compare

_TEXT = {
    "head": Words(
        "{compared}: {left} and {right}, {found} differences",
        "{compared}：{left} 件と {right} 件、相違 {found} 件",
    ),
    "not_assessed": Words(
        "{compared}: not assessed ({left} and {right})",
        "{compared}：判定できません（{left} 件と {right} 件）",
    ),
    "more": Words("and {count} more; `--json` lists all", "ほか {count} 件。`--json` はすべてを示します"),
}
SHOWN = 20


def reconcile(
    *,
    from_: Annotated[
        str | None, Parameter(name="--from", help="Start of the period; default 30 days ago.")
    ] = None,
    to: Annotated[str | None, Parameter(help="End of the period; default now.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Compare inventory with custody, accounting with telemetry, accounts with approvals, sessions with uses. Exit 1 if any differ."""
    vault = at.open()
    start, end = default_period(vault)
    zone = vault.settings.zone
    given = instant(from_, "--from", zone), instant(to, "--to", zone)
    period = (start if given[0] is None else given[0], end if given[1] is None else given[1])
    done = compare(vault, period)
    names = vault.directory()
    lines = []
    for each in done:
        key = "head" if each.assessed else "not_assessed"
        lines.append(
            _TEXT[key].say(
                compared=said(each.compared), left=each.left, right=each.right, found=len(each.differences)
            )
        )
        for one in each.differences[:SHOWN]:
            called = names.called(one.subject).get("en") or one.subject
            lines.append(f"  ! {said(one.what)}: {in_line(called)}")
        lines += (
            [f"  {_TEXT['more'].say(count=len(each.differences) - SHOWN)}"]
            if len(each.differences) > SHOWN
            else []
        )
    show(as_json, {"comparisons": [each.as_json() for each in done]}, lines)
    return 1 if any(each.differences for each in done) else 0
