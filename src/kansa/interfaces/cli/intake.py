"""`kansa ingest`: files in, every row accounted for."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, interval
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.ingest import take_in
    from kansa.connectors.ingest import Ingested


def ingest(
    source: Annotated[Literal["table", "slurm"], Parameter(help="Which reader.")],
    /,
    *paths: Annotated[Path, Parameter(help="The files, in the order in which they were written.")],
    map_: Annotated[
        Path | None, Parameter(name="--map", help="The file that says what the columns mean.")
    ] = None,
    window: Annotated[
        str | None,
        Parameter(help="The time that the files report on in full, FROM/TO; default as the mapping says."),
    ] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Say what would happen; write nothing.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record what files say. Rows that cannot be read are quarantined with file, line, field and reason."""
    if not paths:
        raise BadInput("ingest.files", "no file is given", help="name the files after the source")
    vault = at.open()
    bounds = interval(window, "--window", vault.settings.zone)
    with progress(f"reading {len(paths)} files") as report:
        done = take_in(
            vault,
            source,
            paths,
            map_,
            window=bounds,
            dry_run=dry_run,
            progress=lambda rows: report(rows, rows),
        )
    show(as_json, done.as_json(), _text(done, accounting=source == "slurm"))
    return 1 if done.quarantined or done.refused or done.unreadable or done.remarks else 0


def _text(done: Ingested, *, accounting: bool) -> str:
    lines = [f"{done.source}: {done.rows} rows of {len(done.files)} files"]
    counts = {
        "recorded": done.records,
        "corrected earlier records": done.superseding,
        "known already": done.duplicates,
        "quarantined": done.quarantined,
        "refused": done.refused,
        **{f"passed over: {reason}": count for reason, count in done.passed_over.items()},
    }
    lines += [f"{count:8}  {what}" for what, count in counts.items() if count]
    lines += [f"  {problem}" for problem in (*done.unreadable, *done.problems, *done.remarks)]
    lines += _window(done) if accounting or done.window is not None else ()
    if done.quarantine_file:
        lines.append(f"Quarantined rows lie in {done.quarantine_file}")
    return "\n".join(lines)


def _window(done: Ingested) -> list[str]:
    """Return what the files report on in full; idle time is only counted there."""
    window = done.window
    if window is None:
        return [
            "No window is closed, so that no device counts as used or idle on these files alone (`--window FROM/TO`)"
        ]
    gaps = f", except {len(window.gaps)} stretches" if window.gaps else ""
    bounds = f"{format_instant(window.start)} to {format_instant(window.end)}"
    inferred = f", inferred from {window.inferred_from}" if window.inferred_from else ""
    return [f"Reported in full: {bounds}{gaps}{inferred}"]
