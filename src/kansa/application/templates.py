"""Writing the mapping and data files that an operator fills in."""

from importlib.resources import files
from pathlib import Path

from kansa.errors import BadInput

ZONE = "zone: Asia/Tokyo"


def families() -> tuple[str, ...]:
    """Return the families that have a data file to fill in, by its name without extension, sorted."""
    return tuple(sorted(name.removesuffix(".csv") for name in _names() if name.endswith(".csv")))


def write_templates(folder: Path, zone: str) -> tuple[Path, ...]:
    """Write a mapping and a data file for each family of evidence, options for Slurm, and what to do with them.

    `zone` is the one in which the operator writes days and times. Returns the files, sorted by name.

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
        (folder / name).write_bytes(text)
        written.append(folder / name)
    return tuple(written)


def _names() -> list[str]:
    kept = (".csv", ".yaml", ".md")
    return sorted(
        each.name for each in files("kansa.connectors.templates").iterdir() if each.name.endswith(kept)
    )
