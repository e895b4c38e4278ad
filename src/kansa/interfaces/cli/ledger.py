"""`kansa ledger …`: what was written, and that it is whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa import terminal
from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports
from kansa.texts.formats import number_text, time_text

with lazy_imports():
    from rich.cells import cell_len, set_cell_size

    from kansa.application import ledger as log
    from kansa.application import timestamping
    from kansa.application.auditing.part import Part
    from kansa.application.auditing.vault import audit_vault
    from kansa.application.completeness import publish_index
    from kansa.application.republish import republish
    from kansa.application.whole_file import read_file, write_file
    from kansa.application.witness_http import HttpTransport
    from kansa.interfaces.api.app import CONFIRM_CLOCK
    from kansa.texts.commands import LEDGER
    from kansa.texts.messages import said

app = App(name="ledger", help="What was written, and that it is whole.")


@app.command
def status(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Show size, root and key of the log, and when it was last written."""
    found = log.status(at.open())
    show(as_json, found.as_json(), _status_lines(found))
    return 0


@app.command
def trust(*, at: At = At()) -> int:  # noqa: B008 - frozen
    """Print a trust policy that pins this log's key; readers keep it and give it to `kansa verify --trust`."""
    terminal.write(at.open().trust_policy())
    return 0


@app.command
def audit(
    *,
    against: Annotated[tuple[Path, ...], Parameter(help="Checkpoints of the evidence log that you kept, to hold it against.")] = (),
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Recompute everything: both logs (evidence and gate), what was published and anchored, values, registers, files."""
    vault = at.open()
    with progress("auditing") as report:
        done = audit_vault(vault, [log.kept_checkpoint(path) for path in against], report)
    evidence, value = done.evidence, log.audit_json(done)
    state = LEDGER["whole" if done.ok else "not_whole"].say()
    lines = [LEDGER["audit"].say(entries=evidence.size, checkpoints=evidence.checkpoints, state=state)]
    lines += [line for part in done.parts for line in _part_lines(part)]
    show(as_json, value, lines)
    return 0 if done.ok else 1


@app.command
def publish(
    *,
    copy: Annotated[Path | None, Parameter(help="A directory, best on another machine's disk, where the checkpoints are published as well from now on.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Write checkpoints anew where the published ones were lost, and record that; `--copy` adds a second place."""
    done = republish(at.open(), copy)
    lines = [LEDGER["wrote"].say(place=place) for place in done.places] or [
        LEDGER["published"].say(count=done.published)
    ]
    lines += [LEDGER["missing"].say(entry=index) for index in done.records]
    show(as_json, {"places": list(done.places), "records": list(done.records)}, lines)
    return 0


@app.command
def confirm_clock(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Say that the clock is right where it jumped; that somebody said so is recorded. Otherwise nothing happens."""
    confirmed = log.confirm_clock(at.open(), CONFIRM_CLOCK)
    text = LEDGER["clock.confirmed" if confirmed else "clock.still"].say()
    show(as_json, {"confirmed": confirmed}, text)
    return 0


@app.command
def index(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Put the root of the subject index on record, from which dossiers show that they hold all records about somebody."""
    done = publish_index(at.open())
    told = LEDGER["indexed" if done.new else "indexed.already"]
    numbers = {"size": f"{done.size:,}", "subjects": f"{done.subjects:,}", "entry": done.entry}
    show(as_json, done.as_json(), told.say(**numbers))
    return 0


@app.command
def timestamp(
    *,
    roots: Annotated[Path | None, Parameter(help="The certificates (PEM) of whoever vouches for the authority; kept from now on.")] = None,
    authority: Annotated[str | None, Parameter(help="The URL of the time-stamping authority; kept from now on, with --roots.")] = None,
    request: Annotated[Path | None, Parameter(help="Write the request to this file instead of asking over HTTP.")] = None,
    response: Annotated[Path | None, Parameter(help="Take the authority's answer from this file.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Have an authority say when the log stood where it stands (RFC 3161), and record its token."""
    vault = at.open()
    if roots is not None:
        timestamping.set_authority(vault, roots, authority)
    elif authority is not None:
        raise BadInput("timestamp.roots", "`--authority` needs `--roots`")
    if request is not None:
        write_file(request, timestamping.request_stamp(vault))
        show(as_json, {"request": str(request)}, LEDGER["wrote"].say(place=request))
        return 0
    if response is not None:
        done = timestamping.accept_stamp(vault, read_file(response))
    else:
        done = timestamping.stamp(vault, HttpTransport())
    told = LEDGER["stamped"].say(size=f"{done.size:,}", time=done.as_json()["time"], entry=done.entry)
    show(as_json, done.as_json(), told)
    return 0


@app.command
def prove(
    index: Annotated[int, Parameter(help="The entry, by its ledger index.")],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The `.tlog-proof` file to write.")],
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Write the proof that an entry is in the log, in the form that other verifiers read (C2SP tlog-proof)."""
    size = log.prove(at.open(), index, output)
    show(as_json, {"index": index, "size": size, "proof": str(output)}, LEDGER["wrote"].say(place=output))
    return 0


@app.command
def export(
    directory: Annotated[Path, Parameter(help="Where to write the tiles.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Write the log as tiles that any C2SP client reads (tlog-tiles)."""
    size = log.export_tiles(at.open(), directory)
    show(as_json, {"directory": str(directory), "size": size}, LEDGER["wrote"].say(place=directory))
    return 0


def _status_lines(found: log.LedgerStatus) -> Iterator[str]:
    value = found.as_json() | {"size": number_text(found.size)}
    if found.recorded is not None:
        value["recorded"] = time_text(parse_instant(found.recorded))
    value["simulated"] = LEDGER["yes" if found.simulated else "no"].say()
    width = max(cell_len(LEDGER[f"status.{name}"].say()) for name in value)
    for name, shown in value.items():
        yield f"{set_cell_size(LEDGER[f'status.{name}'].say(), width)}  {LEDGER['nothing'].say() if shown is None else shown}"


def _part_lines(part: Part) -> Iterator[str]:
    notes = f" ({'; '.join(map(said, part.notes))})" if part.notes else ""
    unit = said(part.unit)
    if part.total:
        counted = LEDGER["part"].say(checked=part.checked, total=part.total, unit=unit)
    else:
        counted = LEDGER["part.none"].say(unit=unit)
    state = LEDGER["part.not" if not part.ok else "part.ok" if part.total else "part.empty"].say()
    yield f"  {state} {said(part.name)}: {counted}{notes}"
    yield from (f"       {said(fault.place)}: {said(fault.message)}" for fault in part.faults[:_MOST_SHOWN])
    more = len(part.faults) + part.faults_not_listed - _MOST_SHOWN
    if more > 0:
        yield "       " + LEDGER["more"].say(more=more, listed=len(part.faults))


_MOST_SHOWN = 20
