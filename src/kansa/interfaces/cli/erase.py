"""`kansa erase`: what is kept sealed of a subject is destroyed."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import Reasons
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.cases import CaseService
    from kansa.application.erase import Erased, erasable
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
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Destroy the sealed values of a subject, in every store of the vault; entries and proofs stay. Final."""
    vault = at.open()
    named = erasable(vault, subject)
    who = None if approver is None else CaseService(vault).person(approver).id
    done = erase_values(vault, named, reasons, who)
    show(as_json, {"subject": named, **asdict(done)}, _told(named, done))
    return 0


def _told(subject: str, done: Erased) -> Iterator[str]:
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
