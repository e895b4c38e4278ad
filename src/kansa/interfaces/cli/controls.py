"""`kansa controls`: what the operator can show now, or could show at a time, and how that changed; the same as OSCAL."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import Language, duration, instant, interval, opened
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.controls import ReadinessQuestion, readiness, write_oscal
    from kansa.application.opening import Vault
    from kansa.presentation.controls import readiness_lines, readiness_picture

app = App(
    name="controls",
    help="What the operator must be able to show, who answers for it, and whether it is fresh.",
)

AtVault = Annotated[Path, Parameter(env_var="KANSA_VAULT", show_env_var=True, help="The vault's directory.")]
AtTime = Annotated[
    str | None,
    Parameter(
        name="--as-of",
        help="The time to ask about, with what had been recorded by then; default now.",
    ),
]
Over = Annotated[str | None, Parameter(help="Readiness over time: FROM/TO, two times or dates.")]
Every = Annotated[str, Parameter(help="With --over: how far its moments are apart (ISO 8601).")]
OwnPack = Annotated[
    Path | None, Parameter(name="--pack", help="A pack of controls of your own in the place of ours.")
]


@app.default
def controls(
    *,
    vault: AtVault = Path("kansa-vault"),
    at: AtTime = None,
    over: Over = None,
    every: Every = "P1D",
    picture: Annotated[Path | None, Parameter(help="With --over: write the picture here, as SVG.")] = None,
    control: Annotated[
        str | None, Parameter(help="One control: whom it is about, and the records that answer.")
    ] = None,
    pack: OwnPack = None,
    language: Annotated[Language, Parameter(help="The language of the text.")] = "en",
    as_json: Json = False,
) -> int:
    """Hold the vault against the controls: fresh, stale or missing. Exit 1 if not all that is asked is fresh."""
    if picture is not None and over is None:
        raise BadInput(
            "option.picture", "`--picture` draws readiness over time", help="give `--over` as well"
        )
    vault_ = opened(vault)
    found = readiness(vault_, _question(vault_, at, over, every, control=control, pack=pack))
    if picture is not None:
        picture.write_text(readiness_picture(found, language), "utf-8")
    names = None if control is None else vault_.directory()
    show(as_json, found.as_json(), readiness_lines(found, names, language))
    return 0 if found.complete else 1


@app.command(name="oscal")
def oscal_(
    directory: Annotated[Path, Parameter(help="Where to write: catalogs, mapping, assessment results.")],
    /,
    *,
    vault: AtVault = Path("kansa-vault"),
    at: AtTime = None,
    over: Over = None,
    every: Every = "P1D",
    pack: OwnPack = None,
    as_json: Json = False,
) -> int:
    """Write the controls, the expectations that they serve, and what the vault can show, as OSCAL 1.2.1 in JSON."""
    vault_ = opened(vault)
    written = write_oscal(vault_, _question(vault_, at, over, every, control=None, pack=pack), directory)
    shown = [str(path) for path in written]
    show(as_json, {"written": shown}, shown)
    return 0


def _question(
    vault: Vault, at: str | None, over: str | None, every: str, *, control: str | None, pack: Path | None
) -> ReadinessQuestion:
    zone = vault.settings.zone
    return ReadinessQuestion(
        at=instant(at, "--as-of", zone),
        over=interval(over, "--over", zone),
        step=duration(every, "--every"),
        control=control,
        pack=pack,
    )
