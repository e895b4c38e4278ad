"""`kansa completion`: what a shell needs to complete commands, options and their allowed values."""

from typing import Annotated, Literal

from cyclopts import Parameter

from kansa.interfaces.cli.output import Json, show

Shell = Annotated[Literal["bash", "zsh", "fish"], Parameter(help="Whose script to write.")]


def completion(shell: Shell, /, *, as_json: Json = False) -> int:
    """Write the script by which a shell completes this program's commands, options and allowed values."""
    from kansa.interfaces.cli.app import app  # noqa: PLC0415 - the application names this command

    script = app.generate_completion(shell=shell)
    show(as_json, {"shell": shell, "script": script}, script.splitlines())
    return 0
