"""`kansa plan`: shifts of work that stay within evidence, planned before power forces them; and any plan checked."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, interval
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import json_text

with lazy_imports():
    from kansa.application.planning import (
        check_plan,
        plan_shift,
        read_actions,
        read_area_prices,
        read_planning,
        read_signal,
    )
    from kansa.intervals import Interval
    from kansa.presentation import plan as presentation

app = App(name="plan", help="Shifts of work that stay within evidence, planned before power forces them.")

Signal = Annotated[
    Path,
    Parameter(
        help="What the grid says: CSV with `site`, `start`, `end`, `cap_kw`, or OpenADR 3 events as JSON."
    ),
]
Window = Annotated[str, Parameter(help="From when to when to plan, as FROM/TO.")]
Settings = Annotated[
    Path, Parameter(help="Sites, power and costs, a YAML file: see `kansa schema planning`.")
]


@app.command
def shift(
    *,
    signal: Signal,
    window: Window,
    settings: Settings,
    prices: Annotated[
        Path | None, Parameter(help="Day-ahead prices: CSV with `date`, `time_code`, `area`, `price`.")
    ] = None,
    seconds: Annotated[float, Parameter(help="How long to search for a better plan.")] = 15.0,
    quick: Annotated[bool, Parameter(negative=(), help="Take the first plan that holds.")] = False,
    output: Annotated[
        Path | None, Parameter(name=("--output", "-o"), help="Write the plan here, as JSON.")
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Plan what runs around a signal: throttle, pause, or move to where permits and evidence reach. Exit 1 if a rule breaks."""
    vault = at.open()
    file, span = read_planning(settings), _window(window, vault.settings.zone)
    with progress("asking the gate and planning"):
        found = plan_shift(
            vault,
            read_signal(vault, signal, span),
            file,
            span,
            prices=() if prices is None else read_area_prices(vault, prices, file),
            seconds=seconds,
            quick=quick,
        )
    if output is not None:
        output.write_text(json_text(found.as_json()) + "\n", "utf-8")
    show(as_json, found.as_json(), presentation.lines(found))
    return 0 if found.checked.holds else 1


@app.command
def check(
    plan: Annotated[
        Path, Parameter(help="The plan: ours as JSON, or any as CSV with `workload`, `kind`, `site`, `at`.")
    ],
    /,
    *,
    signal: Signal,
    window: Window,
    settings: Settings,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Check any plan, whoever made it, against permits, evidence, power, rooms and links. Exit 1 if a rule breaks."""
    vault = at.open()
    file, span = read_planning(settings), _window(window, vault.settings.zone)
    found = check_plan(vault, read_actions(vault, plan), read_signal(vault, signal, span), file, span)
    show(as_json, found.as_json(), presentation.checked_lines(found))
    return 0 if found.holds else 1


def _window(text: str, zone: str) -> Interval:
    found = interval(text, "--window", zone)
    if found is None:
        raise BadInput("option.interval", "`--window` is needed")
    return Interval(*found)
