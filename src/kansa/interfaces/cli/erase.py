"""`kansa erase`: what is kept sealed of a subject is destroyed."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.erase import Erased
    from kansa.application.erase import erase as erase_values
    from kansa.texts.commands import ERASE


def erase(
    subject: Annotated[str, Parameter(help="The subject's id.")],
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; it is recorded, sealed.")],
    approver: Annotated[str | None, Parameter(help="The id of the person who approved it.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Destroy the sealed values of a subject, in every store of the vault; entries and proofs stay. Final."""
    done = erase_values(at.open(), subject, reason, approver)
    show(as_json, asdict(done), _told(subject, done))
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
