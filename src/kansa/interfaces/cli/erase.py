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
    show(as_json, asdict(done), "\n".join(_told(subject, done)))
    return 0


def _told(subject: str, done: Erased) -> Iterator[str]:
    if done.entry is None:
        yield f"Nothing that is sealed is kept of `{subject}`."
    else:
        yield f"Erased {done.values} sealed values of {done.records} records of `{subject}`, and {done.rows} rows in quarantine."
        yield f"Swept: {', '.join(done.stores)}. Recorded as entry {done.entry}."
    if done.elsewhere:
        yield f"{done.elsewhere} values of records about it are kept under other subjects' keys, and stay."
    if done.dossiers:
        yield f"{done.dossiers} dossiers were issued before: their readers may hold values."
    yield "Copies of the vault that were made elsewhere were not swept."
