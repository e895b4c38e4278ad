"""`kansa retention …` and `kansa hold …`: how long what is kept must be kept, and what may go."""

from collections.abc import Iterator
from typing import Annotated

from cyclopts import App, Parameter

from kansa.clock import format_instant
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import Reasons
from kansa.lazy_imports import lazy_imports
from kansa.texts import reader_language

with lazy_imports():
    from kansa.application.cases import CaseService
    from kansa.application.erase import erasable
    from kansa.application.retention import (
        SubjectRetention,
        holds,
        lift_hold,
        place_hold,
        retention,
        schedules,
    )
    from kansa.application.retention_apply import apply as apply_retention
    from kansa.texts.retention import RETENTION

app = App(
    name="retention", help="How long what is kept of each party must be kept, and what is past its period."
)
hold_app = App(name="hold", help="Holds: what must be kept whatever a schedule says.")

Person = Annotated[str | None, Parameter(help="The person who decided it: an id, how it begins, or a name.")]


@app.command
def status(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Say of every party when its last event was, until when it must be kept, and who holds it."""
    vault = at.open()
    found = retention(vault)
    value = {
        "schedules": [
            {"id": each.id, "years": each.years, "citation": each.citation, "verified": each.verified}
            for each in schedules()
        ],
        "parties": [each.as_json() for each in found],
    }
    show(as_json, value, [*_schedules(), *(_party(each) for each in found)])
    return 0


@app.command
def apply(
    *,
    reasons: Reasons,
    approver: Person = None,
    everybody: Annotated[
        bool, Parameter(negative=(), help="Erase every party that is past its period, also without a deferred erasure.")
    ] = False,
    dry_run: Annotated[bool, Parameter(negative=(), help="Say what would be erased; erase and record nothing.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Erase those past their period whose erasure was deferred, in every store. Final."""
    vault = at.open()
    who = None if approver is None else CaseService(vault).person(approver).id
    done = apply_retention(vault, reasons, who, everybody=everybody, rehearse=dry_run)
    told = RETENTION["rehearsed" if dry_run else "applied"]
    numbers = {
        "erased": len(done.erased),
        "subjects": done.subjects,
        "held": len(done.held),
        "entry": done.entry,
    }
    show(as_json, done.as_json(), [told.say(**numbers), *(f"  {each}" for each in done.erased)])
    return 0


@hold_app.command
def place(
    subject: Annotated[
        str, Parameter(help="The subject: an id, how it begins, a source key, a name or a serial.")
    ],
    /,
    *,
    matter: Annotated[str, Parameter(help="The matter for which it is kept; recorded, sealed.")],
    reasons: Reasons,
    person: Person = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Forbid to erase anything of a subject, until the hold is lifted."""
    vault = at.open()
    named = erasable(vault, subject)
    who = None if person is None else CaseService(vault).person(person).id
    entry = place_hold(vault, named, matter, reasons, who)
    show(as_json, {"subject": named, "entry": entry}, RETENTION["placed"].say(subject=named, entry=entry))
    return 0


@hold_app.command
def lift(
    hold: Annotated[int, Parameter(help="The entry that placed it, as `kansa hold list` shows it.")],
    /,
    *,
    reasons: Reasons,
    person: Person = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """End a hold."""
    vault = at.open()
    who = None if person is None else CaseService(vault).person(person).id
    entry = lift_hold(vault, hold, reasons, who)
    show(as_json, {"hold": hold, "entry": entry}, RETENTION["lifted"].say(hold=hold, entry=entry))
    return 0


@hold_app.command(name="list")
def list_(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """List the holds in force."""
    found = list(holds(at.open()))
    lines = [
        RETENTION["hold"].say(entry=h.entry, subject=h.subject, since=format_instant(h.since)) for h in found
    ]
    show(as_json, {"holds": [each.as_json() for each in found]}, lines or RETENTION["no_hold"].say(count=0))
    return 0


def _schedules() -> Iterator[str]:
    for each in schedules():
        words = each.words[reader_language()]
        yield RETENTION["schedule" if each.verified else "schedule.unverified"].say(
            words=words, years=each.years
        )


def _party(found: SubjectRetention) -> str:
    last = format_instant(found.last)[:10]
    if found.until is None:
        return RETENTION["served"].say(subject=found.subject, last=last)
    state = "held" if found.holds else "past" if found.past else "kept"
    until, entries = format_instant(found.until)[:10], ", ".join(map(str, found.holds))
    return RETENTION[state].say(subject=found.subject, last=last, until=until, entries=entries)
