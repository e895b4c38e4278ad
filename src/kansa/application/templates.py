"""Writing the mapping and data files that an operator fills in."""

from importlib.resources import files
from pathlib import Path

from kansa.config_files.json_schema import schema_of
from kansa.config_files.models import ConfigModel
from kansa.connectors.slurm.options_file import OptionsFile
from kansa.connectors.table.mapping_file import MappingFile
from kansa.errors import BadInput
from kansa.terminal import json_text

ZONE = "zone: Asia/Tokyo"
SCHEMAS = "schemas"
"""The folder of the JSON Schemas by which an editor completes and checks the mappings."""

FOR_EDITORS = f"# yaml-language-server: $schema={SCHEMAS}/"
SLURM = "slurm"
MODELS: dict[str, type[ConfigModel]] = {"mapping": MappingFile, SLURM: OptionsFile}


def families() -> tuple[str, ...]:
    """Return the families that have a data file to fill in, by its name without extension, sorted."""
    return tuple(sorted(name.removesuffix(".csv") for name in _names() if name.endswith(".csv")))


def write_templates(folder: Path, zone: str) -> tuple[Path, ...]:
    """Write a mapping and a data file for each family of evidence, options for Slurm, and what to do with them.

    `zone` is the one in which the operator writes days and times. Returns the files, sorted by name; beside them
    stand the JSON Schemas that their first lines name for editors.

    Raises:
        BadInput: `template.folder`, if something is in its place that would be overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("template.folder", f"`{folder}` exists and is not empty", help="choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in _names():
        text = (files("kansa.connectors.templates") / name).read_bytes()
        if name.endswith(".yaml"):
            text = text.replace(ZONE.encode(), f"zone: {zone}".encode())
            text = f"{FOR_EDITORS}{_schema(name)}.json\n".encode() + text
        (folder / name).write_bytes(text)
        written.append(folder / name)
    (folder / SCHEMAS).mkdir()
    for name, model in MODELS.items():
        (folder / SCHEMAS / f"{name}.json").write_text(json_text(schema_of(model, name)) + "\n", "utf-8")
    return tuple(written)


def _schema(name: str) -> str:
    return SLURM if name == f"{SLURM}.yaml" else "mapping"


def _names() -> list[str]:
    kept = (".csv", ".yaml", ".md")
    return sorted(
        each.name for each in files("kansa.connectors.templates").iterdir() if each.name.endswith(kept)
    )
