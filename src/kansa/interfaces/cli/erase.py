"""`kansa erase`: what is kept sealed of a subject is destroyed."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from kansa.clock import format_instant
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import Reasons
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.cases import CaseService
    from kansa.application.erase import Erased, erasable
    from kansa.application.erase import defer as defer_erasure
    from kansa.application.erase import erase as erase_values
    from kansa.texts.commands import ERASE


def erase(
    subject: Annotated[
        str, Parameter(help="The subject: an id, how it begins, a source key, a name or a serial.")
    ],
    /,
    *,
    reasons: Reasons,
    approver: Annotated[
        str | None, Parameter(help="The person who approved it: an id, how it begins, or a name.")
    ] = None,
    defer: Annotated[
        bool,
        Parameter(
            negative=(), help="Inside the period: record the wish; `kansa retention apply` erases later."
        ),
    ] = False,
    despite_retention: Annotated[
        bool,
        Parameter(negative=(), help="Erase inside the period all the same; the record names the schedules."),
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Destroy the sealed values of a subject, in every store of the vault; entries and proofs stay. Final."""
    vault = at.open()
    named = erasable(vault, subject)
    who = None if approver is None else CaseService(vault).person(approver).id
    if defer:
        entry, kept = defer_erasure(vault, named, reasons, who)
        until = None if kept.until is None else format_instant(kept.until)
        value = {"subject": named, "entry": entry, "until": until, "schedules": list(kept.schedules)}
        told = ERASE["deferred" if until else "deferred.served"]
        show(as_json, value, told.say(entry=entry, until=until, schedules=", ".join(kept.schedules)))
        return 0
    done = erase_values(vault, named, reasons, who, despite_retention=despite_retention)
    show(as_json, {"subject": named, **asdict(done)}, _erasure_lines(named, done))
    return 0


def _erasure_lines(subject: str, done: Erased) -> Iterator[str]:
    if done.entry is None:
        yield ERASE["nothing"].say(subject=subject)
    else:
        yield ERASE["erased"].say(values=done.values, records=done.records, subject=subject, rows=done.rows)
        yield ERASE["swept"].say(stores=", ".join(done.stores), entry=done.entry)
    if done.elsewhere:
        yield ERASE["elsewhere"].say(count=done.elsewhere)
    if done.dossiers:
        yield ERASE["dossiers"].say(count=done.dossiers)
    yield ERASE["copies"].say()
