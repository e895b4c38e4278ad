"""`kansa trace`, `kansa who`: from procurement to access and back, and who was let through a path at a time."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import DEFAULT_ZONE, At, instant
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.texts.formats import time_text

with lazy_imports():
    from kansa.application.tracing import (
        open_dossier,
        trace_in_dossier,
        trace_subject,
        who_in_dossier,
        who_passed,
    )
    from kansa.presentation import trace as presentation
    from kansa.presentation.trace_picture import picture as drawn_picture

Kind = Literal["device", "tenant", "end-user", "contract", "authorization", "path", "site", "workload"]
AsOf = Annotated[str | None, Parameter(help="The time to look back from; default now.")]
KnownAt = Annotated[str | None, Parameter(help="Only what was recorded by this time.")]

Dossier = Annotated[
    Path | None, Parameter(help="Answer from this dossier alone, once it verifies, instead of the vault.")
]
Trust = Annotated[
    Path | None, Parameter(help="Your policy: the log's key that you pinned, and your witnesses.")
]


def trace(
    kind: Annotated[Kind, Parameter(help="What is traced.")],
    subject: Annotated[
        str, Parameter(help="Which one: an id or how it begins, a key, a name, a serial or a number.")
    ],
    /,
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    dossier: Dossier = None,
    trust: Trust = None,
    picture: Annotated[Path | None, Parameter(help="Draw the chain over time here, an SVG file.")] = None,
    all_: Annotated[bool, Parameter(name="--all", negative=(), help="Show every line.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Trace a subject from procurement to access and back, with every missing link. Exit 1 if one is missing."""
    if dossier is not None:
        _alone(known_at)
        shown = open_dossier(dossier, trust)
        answer = trace_in_dossier(shown, kind, subject, as_of=instant(as_of, "--as-of"))
    else:
        vault = at.open()
        zone = vault.settings.zone
        answer = trace_subject(
            vault,
            kind,
            subject,
            as_of=instant(as_of, "--as-of", zone),
            known_at=instant(known_at, "--known-at", zone),
        )
    if picture is not None:
        picture.write_text(drawn_picture(answer), "utf-8")
    show(as_json, answer.as_json(), presentation.lines(answer, time_text, everything=all_))
    return 1 if answer.trace.broken else 0


def who(
    *,
    path: Annotated[str, Parameter(help="The access path: an id or how it begins, a key.")],
    as_of: Annotated[str, Parameter(name=("--at", "--as-of"), help="The time that is asked about.")],
    known_at: KnownAt = None,
    dossier: Dossier = None,
    trust: Trust = None,
    vault: Annotated[
        Path, Parameter(env_var="KANSA_VAULT", show_env_var=True, help="The vault's directory.")
    ] = Path("kansa-vault"),
    as_json: Json = False,
) -> int:
    """Say who authorized which end user for a path at a time, on what, and whether the controls held while work moved. Exit 1 if not."""
    if dossier is not None:
        _alone(known_at)
        answer = who_in_dossier(open_dossier(dossier, trust), path, _asked(as_of))
    else:
        opened = At(vault).open()
        zone = opened.settings.zone
        known = instant(known_at, "--known-at", zone)
        answer = who_passed(opened, path, _asked(as_of, zone), known_at=known)
    show(as_json, answer.as_json(), presentation.who_lines(answer, time_text))
    return 0 if answer.who.is_evidenced else 1


def _asked(text: str, zone: str = DEFAULT_ZONE) -> int:
    found = instant(text, "--at", zone)
    if found is None:
        raise BadInput("option.time", "`--at` needs a time")
    return found


def _alone(known_at: str | None) -> None:
    if known_at is not None:
        raise BadInput(
            "option.known_at", "a dossier is as known when it was made", help="leave `--known-at` out"
        )
