"""`kansa screen …`: who is on a list, and the proof of what was asked."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.application.screening.engine import LIMIT, THRESHOLD
from kansa.clock import SystemClock
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, drawn, progress, show
from kansa.interfaces.cli.person import OwnKey, own
from kansa.lazy_imports import lazy_imports
from kansa.screening.disposition import REASONS, Verdict
from kansa.texts import reader_language

with lazy_imports():
    from kansa.application.screening import batch as batches
    from kansa.application.screening.asking import (
        OpenRow,
        against_files,
        check_limits,
        index_of_files,
        party_of,
    )
    from kansa.application.screening.disposition import dispose as dispose_of
    from kansa.application.screening.engine import engine
    from kansa.application.screening.replay import replay as ask_again
    from kansa.application.screening.screening import ScreeningService
    from kansa.application.screening.sweep import sweep
    from kansa.presentation.screening import (
        coverage_lines,
        grounds_json,
        missing_lists,
        replay_lines,
        screening_json,
        screening_lines,
        screening_page,
        swept_json,
        swept_lines,
    )
    from kansa.screening.evidence import Grounds
    from kansa.screening.explanation.headline import incomplete
    from kansa.texts.commands import SCREEN

app = App(name="screen", help="Is a party on a list, in any script; every answer leaves its evidence.")

Lists = Annotated[
    list[str] | None,
    Parameter(
        name="--list", negative=(), help="FORMAT:FILE[,FILE…] in place of the vault's lists; repeatable."
    ),
]
Threshold = Annotated[float, Parameter(help="The least score, from 0 to 1, that makes a candidate.")]
Limit = Annotated[int, Parameter(help="The most candidates for one party.")]
Lang = Annotated[Language, Parameter(help="The language of the text.")]

INCOMPLETE = 4
"""The exit code of an answer without a hit from which a required list is missing."""


@app.default
def screen(
    name: Annotated[str, Parameter(help="The name, in any script.")],
    /,
    *,
    also: Annotated[
        list[str] | None,
        Parameter(help="Another name of the same party, such as in another script; repeatable."),
    ] = None,
    schema: Annotated[
        str | None, Parameter(help="Person, Organization, Vessel or Aircraft; default both first.")
    ] = None,
    country: Annotated[list[str] | None, Parameter(help="A country of the party; repeatable.")] = None,
    birth_date: Annotated[str | None, Parameter(help="YYYY, YYYY-MM or YYYY-MM-DD.")] = None,
    address: Annotated[list[str] | None, Parameter(help="An address of the party; repeatable.")] = None,
    lists: Lists = None,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    html: Annotated[Path | None, Parameter(help="Write the candidates side by side as a page.")] = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Screen a name against the lists. What is added may lower a rank, never remove a candidate."""
    party = party_of(
        OpenRow(
            id="asked",
            name=name,
            names=list(also or ()),
            schema=schema,
            countries=country,
            birth_dates=[birth_date] if birth_date else None,
            addresses=list(address or ()),
        )
    )
    check_limits(threshold, limit)
    if html is not None and (not html.parent.is_dir() or html.is_dir()):
        raise BadInput(
            "screen.html", f"`{html}` is no place for a page", help="give a file in a directory that exists"
        )
    if lists:
        done = against_files(party, lists, threshold, limit, SystemClock())
        record = None
    else:
        with progress("screening"):
            recorded = ScreeningService(at.open(), engine(), threshold=threshold, limit=limit).screen(party)
        done, record = recorded.screening, recorded.record
    if html is not None:
        html.write_text(screening_page(done, language), "utf-8")
    show(as_json, screening_json(done, record), screening_lines(done, record, language, drawn))
    return 1 if done.outcome not in {"no_hit", "dismissed"} else _complete(done.grounds)


@app.command
def batch(
    file: Annotated[Path, Parameter(help='JSON Lines: {"id","name","schema",…}.')],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="JSON Lines, one line for each line, in order.")],
    lists: Lists = None,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    processes: Annotated[int | None, Parameter(help="How many processes; default one for each core.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Screen many parties against the lists. A run that was interrupted continues where it stopped when it is called again."""
    check_limits(threshold, limit)
    desk = None
    with progress("building the index") as report:
        if lists:
            matcher, grounds = index_of_files(lists, threshold, limit, SystemClock())
        else:
            desk = ScreeningService(at.open(), engine(), threshold=threshold, limit=limit)
            matcher, grounds = desk.matcher, desk.grounds
        done = batches.run(
            file,
            output,
            matcher,
            grounds,
            processes=processes,
            progress=lambda lines, total: report(lines, total, title="screening"),
        )
    record = None if desk is None else desk.record_batch(done)
    evidence = {**asdict(done), "record": record, **grounds_json(grounds)}
    proof = output.with_name(f"{output.name}.evidence.json")
    proof.write_text(json.dumps(evidence, ensure_ascii=False, indent=2) + "\n", "utf-8")
    text = [
        *filter(None, [incomplete(missing_lists(grounds), reader_language())]),
        SCREEN["batch"].say(parties=done.parties, alerts=done.alerts, unreadable=done.unreadable),
        SCREEN["batch.wrote"].say(output=output, evidence=proof),
        *coverage_lines(grounds, reader_language()),
    ]
    if done.resumed_at:
        text.insert(-1, SCREEN["batch.resumed"].say(line=done.resumed_at + 1))
    show(as_json, {"output": str(output), "evidence": str(proof), **evidence}, text)
    return 1 if done.unreadable else _complete(grounds)


@app.command
def parties(
    *,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Bring the vault's parties up to the latest lists: changed ones against all, all against what changed."""
    check_limits(threshold, limit)
    vault = at.open()
    with progress("screening the parties") as report:
        done = sweep(
            vault, desk := ScreeningService(vault, engine(), threshold=threshold, limit=limit), report
        )
    show(as_json, swept_json(done, desk.grounds), swept_lines(done, desk.grounds, language, drawn))
    return 1 if done.alerts or done.unnamed else _complete(desk.grounds)


@app.command
def dispose(
    record: Annotated[int, Parameter(help="The ledger index of the screening.")],
    entry: Annotated[str, Parameter(help="The candidate's id.")],
    verdict: Annotated[Verdict, Parameter(help="What it is.")],
    /,
    *,
    reason: Annotated[str, Parameter(help=f"One of {', '.join(REASONS)}.")],
    reviewer: Annotated[
        str | None, Parameter(help="Who judged; with --key, by default the person whose key it is.")
    ] = None,
    key: OwnKey = None,
    expires: Annotated[str, Parameter(help="Until when it holds.")],
    second_reviewer: Annotated[str | None, Parameter(help="Who judged again; another person.")] = None,
    note: Annotated[str | None, Parameter(help="In words; sealed.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Judge one candidate. It holds for exactly this party and this entry: either changing opens it again."""
    vault = at.open()
    until = instant(expires, "--expires", vault.settings.zone)
    index = dispose_of(
        vault,
        record,
        entry,
        verdict,
        reason_code=reason,
        reviewer=reviewer,
        expires=until or 0,
        second_reviewer=second_reviewer,
        reasons=note,
        key=own(key),
    )
    value = {"record": index, "screening": record, "entry_id": entry, "disposition": verdict}
    show(
        as_json,
        value,
        SCREEN["disposed"].say(
            record=index, entry=entry, verdict=SCREEN[f"verdict.{verdict}"].say(), expires=expires
        ),
    )
    return 0


@app.command
def replay(
    record: Annotated[int, Parameter(help="The ledger index of the screening.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Ask a recorded screening again, of the lists as they were then."""
    done = ask_again(at.open(), record, engine())
    show(as_json, {**asdict(done), "same": not done.differences}, replay_lines(done))
    return 1 if done.differences else 0


def _complete(grounds: Grounds) -> int:
    """Return the exit code of an answer that needs nobody: 0, or 4 where a required list was not covered."""
    return INCOMPLETE if grounds.coverage.missing else 0
