"""The connectors that are installed, for those who list them, read with them, or ask for the schema of their options."""

from collections.abc import Mapping

from kansa.config_files.json_schema import schema_of
from kansa.config_files.models import ConfigModel
from kansa.connectors.connector import Connector
from kansa.connectors.registry import all_connectors, connector_ids, connector_named

__all__ = ["Connector", "all_connectors", "connector_ids", "connector_named", "options_models", "schema_of"]


def options_models() -> Mapping[str, type[ConfigModel]]:
    """Return the model of each connector's options file, by the connector's id; a table's file is called `mapping`."""
    return {
        "mapping" if each.id == "table" else each.id: each.options()
        for each in all_connectors()
        if each.options is not None
    }
