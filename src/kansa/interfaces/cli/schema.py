"""`kansa schema`: the JSON Schema of a file that people write, so that an editor completes and checks it."""

from typing import Annotated, Literal

from cyclopts import Parameter

from kansa import terminal
from kansa.interfaces.config_schemas import schema_named
from kansa.terminal import json_text

File = Literal["mapping", "slurm", "callers", "enforcement-point", "pack", "controls", "routes"]


def schema(
    file: Annotated[File, Parameter(help="Which file.")],
    /,
) -> int:
    """Print the JSON Schema (2020-12) of a file that people write, with what every field means in English and Japanese.

    Save it beside the file and begin the file with `# yaml-language-server: $schema=mapping.schema.json`: editors with
    the YAML language server then complete names, show what is allowed and mark what Kansa would refuse.
    """
    terminal.write(json_text(schema_named(file)))
    return 0
