"""The JSON Schema (2020-12) of a configuration file, for editors: from the model that reads it."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kansa.config_files.models import ConfigModel


class _Generator(GenerateJsonSchema):
    """Leaves out what a file cannot say: null, and defaults that are nothing."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        if found.get("default") in (None, [], {}, ""):
            found.pop("default", None)
        return found


def schema_of(model: type[ConfigModel], name: str) -> dict[str, Any]:
    """Return the schema of a file that is read as a model."""
    found = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kansa:schema:config:{name}",
        **_without_titles(found),
    }


def _without_titles(schema: Any) -> Any:
    """Drop the titles that are only a field's name again."""
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _without_titles(each) for name, each in schema.items() if name != "properties"}
    if "properties" in schema:
        kept["properties"] = {
            name: _without_titles({key: value for key, value in each.items() if key != "title"})
            for name, each in schema["properties"].items()
        }
    return kept
