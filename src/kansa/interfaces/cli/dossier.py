"""`kansa dossier build`: handing evidence out."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.interfaces.cli.options import At, Language, duration, instant
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application import dossiers
    from kansa.application.coherence import CoherenceQuestion, ask
    from kansa.application.completeness import publish_index
    from kansa.application.lookup import Lookup
    from kansa.texts.commands import VAULT

app = App(name="dossier", help="Evidence for a named reader, in one file that verifies offline.")


@app.command
def build(
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), help="The dossier's file.")],
    audience: Annotated[
        str, Parameter(help="regulator, auditor, exporter or next_operator: which values it sees.")
    ] = "auditor",
    tenant: Annotated[
        str | None, Parameter(help="One tenant, by id, source key or name; default the whole vault.")
    ] = None,
    end_user: Annotated[
        str | None,
        Parameter(help="One end user, by id, source key or name; with --tenant, of that tenant alone."),
    ] = None,
    from_: Annotated[str | None, Parameter(name="--from", help="Start of the period.")] = None,
    to: Annotated[str | None, Parameter(help="End of the period.")] = None,
    known_at: Annotated[str | None, Parameter(help="Only what had been recorded by then.")] = None,
    grace: Annotated[str, Parameter(help="See `kansa coherence`.")] = "PT24H",
    recipient: Annotated[str | None, Parameter(help="Who gets it; recorded, sealed.")] = None,
    language: Annotated[Language, Parameter(help="The language in which the page opens.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Assemble a dossier and record that it was issued."""
    vault = at.open()
    zone, names = vault.settings.zone, Lookup(vault)
    question = CoherenceQuestion(
        start=instant(from_, "--from", zone),
        end=instant(to, "--to", zone),
        tenant=names.tenant(tenant) if tenant else None,
        end_user=names.end_user(end_user) if end_user else None,
        known_at=instant(known_at, "--known-at", zone),
        grace=duration(grace, "--grace"),
    )
    with progress("assembling") as told:
        if tenant or end_user:
            publish_index(vault)
        answer = ask(vault, question, told)
        order = dossiers.DossierRequest(audience=audience, recipient=recipient, language=language)
        written = dossiers.hand_out(vault, answer, order, output)
    value = {"dossier": str(output), "bytes": written, "gaps": answer.assessment.result.gaps}
    show(as_json, value, VAULT["dossier"].say(file=output, bytes=written))
    return 0
