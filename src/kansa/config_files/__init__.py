"""Configuration files: strict YAML whose every value knows its line, read by hand or as pydantic models.

`strict_yaml` reads a file; packs of rules are read from it section by section, because the gate and the verifier, which
need packs, import no pydantic. What people write beside packs (mappings, options, callers, settings) is declared as
models: `models` reads them and says everything wrong at once, `json_schema` prints their JSON Schema for editors.
"""

from kansa.config_files.strict_yaml import (
    Entry,
    ProblemCollector,
    Section,
    known,
    listing,
    load,
    load_entry,
    meant,
    nearest,
)

__all__ = [
    "Entry",
    "ProblemCollector",
    "Section",
    "known",
    "listing",
    "load",
    "load_entry",
    "meant",
    "nearest",
]
