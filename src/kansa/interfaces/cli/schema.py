"""`kansa schema`: the JSON Schema of a file that people write, so that an editor completes and checks it."""

from typing import Annotated

from cyclopts import Parameter

from kansa import terminal
from kansa.interfaces.cli.allowed import must_be_known
from kansa.interfaces.config_schemas import MODELS, PACKS, schema_named
from kansa.terminal import json_text


def schema(
    file: Annotated[
        str,
        Parameter(
            help="Which file: `mapping`, the id of a connector for its options, `sources`, `callers`, `enforcement-point`, `pack`, `controls` or `routes`."
        ),
    ],
    /,
) -> int:
    """Print the JSON Schema (2020-12) of a file that people write, with what every field means in English and Japanese.

    Save it beside the file and begin the file with `# yaml-language-server: $schema=mapping.schema.json`: editors with
    the YAML language server then complete names, show what is allowed and mark what Kansa would refuse.
    """
    must_be_known(file, (*MODELS, *PACKS), "file that people write", "schema.file")
    terminal.write(json_text(schema_named(file)))
    return 0
