"""A report with its bundle: the zip as downloaded, or a CSV file with the bundle beside it."""

import zipfile
from pathlib import Path
from typing import NamedTuple

from kansa.connectors.formats import document
from kansa.errors import BadInput

ADVICE = (
    "download it with `nvfleetint report inventory --format csv --signed --output-path inventory-report.zip`"
)
MAX_REPORT = 256 << 20
_BUNDLES = (".sigstore.json", ".sigstore", ".bundle.json", ".bundle", ".json")


class Report(NamedTuple):
    """The CSV's name and bytes, and the bundle's bytes; None where none came with it."""

    name: str
    content: bytes
    bundle: bytes | None


def read(path: Path) -> Report:
    """Read a report.

    Raises:
        BadInput: there is not exactly one CSV file in it; it does not unpack.
    """
    if zipfile.is_zipfile(path):
        return _packed(path)
    beside = [path.with_name(f"{path.name}{end}") for end in _BUNDLES]
    beside += [path.with_suffix(end) for end in _BUNDLES]
    found = next((each for each in beside if each.is_file() and each != path), None)
    return Report(
        path.name, document.read(path, MAX_REPORT), document.read(found) if found is not None else None
    )


def _packed(path: Path) -> Report:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in members) > MAX_REPORT:
                raise BadInput(
                    "fleet.report", f"`{path}` unpacks to more than {MAX_REPORT:,} bytes", help=ADVICE
                )
            tables = [each for each in members if each.filename.lower().endswith(".csv")]
            bundles = [each for each in members if each.filename.lower().endswith(_BUNDLES)]
            if len(tables) != 1 or len(bundles) > 1:
                told = f"{len(tables)} CSV files and {len(bundles)} bundles"
                raise BadInput("fleet.report", f"`{path}` holds {told}", help=ADVICE)
            bundle = archive.read(bundles[0]) if bundles else None
            return Report(f"{path.name}/{tables[0].filename}", archive.read(tables[0]), bundle)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise BadInput("fleet.report", f"`{path}` does not unpack: {error}", help=ADVICE) from error
