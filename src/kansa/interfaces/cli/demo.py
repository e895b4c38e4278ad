"""`kansa demo`: the fictional operator, from its files to a dossier that verifies."""

import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import Language
from kansa.interfaces.cli.output import Json, progress, show, steps
from kansa.interfaces.cli.web import announce, check_address
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application import dossiers
    from kansa.application.coherence import CoherenceQuestion, ask
    from kansa.application.opening import Vault, open_vault
    from kansa.demo import world
    from kansa.demo.play import play, play_office
    from kansa.demo.telling import story
    from kansa.dossier import alone
    from kansa.dossier.report import page, summary
    from kansa.interfaces.web import run as pages


def demo(
    *,
    into: Annotated[Path, Parameter(help="Where to put everything.")] = Path("kansa-demo"),
    fresh: Annotated[bool, Parameter(negative=(), help="Replace an earlier demo that lies there.")] = False,
    serve: Annotated[
        bool,
        Parameter(negative=(), help="Add people and cases, and serve the pages for people until Ctrl-C."),
    ] = False,
    port: Annotated[int, Parameter(help="The port of the pages; 0 takes any that is free.")] = 8080,
    language: Annotated[Language, Parameter(help="The language of the text and of the report.")] = "en",
    as_json: Json = False,
) -> int:
    """Play two weeks of a fictional operator: its files, a simulated vault, a report, a dossier, its verification."""
    if serve:
        check_address("127.0.0.1", port, None)
    _make_room(into, fresh=fresh)
    script = world.write(into / "input")
    with progress("playing two weeks") as told:
        vault, _ = play(
            into / "vault", script, lambda done, total, now: told(done, total, title=now.title[language])
        )
    with progress("asking coherence"):
        answer = ask(vault, CoherenceQuestion(start=script.start, end=script.end))
        view = dossiers.report_of(vault, answer)
    report, dossier, trust = into / "report.html", into / "dossier.zip", into / "trust.policy"
    report.write_text(page.render(view, language=language), "utf-8")
    with progress("assembling the dossier"):
        dossiers.hand_out(
            vault, answer, dossiers.DossierRequest(audience="auditor", language=language), dossier
        )
    trust.write_text(vault.trust_policy(), "utf-8")
    with progress("verifying it"):
        verdict = alone.judge(dossier, trust)
    made = {
        "vault": str(vault.places.root),
        "report": str(report),
        "dossier": str(dossier),
        "trust": str(trust),
    }
    where = steps(language, made, verdict.verdict)
    show(as_json, made, [summary.sentence(view, language), "", *story(language).split("\n"), "", *where])
    if serve:
        _serve(into, port)
    return 0 if verdict.accepted() else 1


def _serve(into: Path, port: int) -> None:
    """Give the vault its people and cases, and serve the pages; the link signs in whoever is to approve."""
    with progress("enrolling people and opening cases"):
        approver, keys = play_office(into / "vault", (into / "keys").resolve())
    vault = open_vault((into / "vault").resolve())
    options = pages.WebOptions("127.0.0.1", port, keys=keys)
    pages.run(vault, options, approver, lambda link: announce(link, vault.places.root))


def _make_room(into: Path, *, fresh: bool) -> None:
    if not into.exists() or not any(into.iterdir()):
        return
    if (
        not fresh
        or not (into / "vault" / "vault.json").exists()
        or not Vault(into / "vault").settings.simulated
    ):
        raise BadInput(
            "demo.exists",
            f"`{into}` is not empty",
            help="choose another place with --into, or --fresh to replace a demo",
        )
    shutil.rmtree(into)
