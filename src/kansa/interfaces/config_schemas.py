"""The JSON Schemas of all configuration files that people write, by the name under which they are asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from kansa.application.collect.sources_file import SourcesFile
from kansa.application.connectors import options_models
from kansa.cases.routes_file import RoutesFile
from kansa.config_files.enforcement_point import SettingsFile
from kansa.config_files.json_schema import schema_of
from kansa.config_files.models import ConfigModel
from kansa.controls.pack_file import ControlsFile
from kansa.interfaces.api.callers_file import CallersFile
from kansa.interfaces.web.identity_file import IdentityFile
from kansa.planner.planning_file import PlanningFile
from kansa.rules.catalogue import read_catalogue
from kansa.rules.loading import schema as packs

MODELS: Mapping[str, type[ConfigModel]] = {
    **options_models(),
    "sources": SourcesFile,
    "callers": CallersFile,
    "enforcement-point": SettingsFile,
    "controls": ControlsFile,
    "routes": RoutesFile,
    "planning": PlanningFile,
    "identity": IdentityFile,
}


def _pack() -> dict[str, Any]:
    return packs.schemas(read_catalogue())["pack"]


PACKS: Mapping[str, Callable[[], dict[str, Any]]] = {"pack": _pack}


def schema_named(name: str) -> dict[str, Any]:
    """Return the schema of a kind of file: one of `MODELS` or `PACKS`."""
    return schema_of(MODELS[name], name) if name in MODELS else PACKS[name]()
