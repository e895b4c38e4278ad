"""What the connectors of papers of custody declare alike."""

from pathlib import Path
from typing import TYPE_CHECKING

from kansa.connectors.connector import Systems
from kansa.connectors.devices.describe import NAMES
from kansa.connectors.devices.papers import read_options

if TYPE_CHECKING:
    from kansa.config_files.models import ConfigModel


def paper_options() -> "type[ConfigModel]":
    """Return the model of the options that these connectors share."""
    from kansa.connectors.devices.papers_file import PapersOptionsFile  # noqa: PLC0415 - models take long to load

    return PapersOptionsFile


def paper_systems(path: Path) -> tuple[Systems, Systems]:
    """Return the systems in whose books a source introduces subjects, and those that it refers to."""
    options = read_options(path, "papers")
    return NAMES, frozenset({options.site_system, options.contract_system, options.authorization_system})
