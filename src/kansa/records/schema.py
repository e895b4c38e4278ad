"""JSON Schemas (2020-12) of the entries, generated from the kinds; `docs/schemas/` holds them.

A sealed field never stands in an entry under its name; its schema is shown under `x-kansa-sealed` as what its
disclosure holds.
"""

from typing import Any

import msgspec

from kansa.records.catalogue import KINDS, Kind

_DIGESTS = {"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}}
_STAMP = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"}
_ENVELOPE = {
    "datacontenttype": {"const": "application/json"},
    "id": {"type": "string", "minLength": 1},
    "naturaltag": {"type": "string", "pattern": "^[a-z2-7]*$"},
    "recordedtime": _STAMP,
    "sequence": {"type": "string"},
    "simulated": {"const": True},
    "source": {"type": "string", "format": "uri-reference", "minLength": 1},
    "specversion": {"const": "1.0"},
    "subject": {"type": "string"},
    "time": _STAMP,
}
_OPTIONAL = {"naturaltag", "sequence", "simulated", "subject"}


def schemas() -> dict[str, dict[str, Any]]:
    """Return one schema an entry kind, by type."""
    return {type_: _schema(kind) for type_, kind in KINDS.items()}


def _schema(kind: Kind) -> dict[str, Any]:
    (reference,), components = msgspec.json.schema_components([kind.struct], ref_template="#/$defs/{name}")
    struct = components.pop(reference["$ref"].rpartition("/")[2])
    fields = struct["properties"]
    is_open = {name: schema for name, schema in fields.items() if name not in kind.sealed}
    data = {
        "type": "object",
        "properties": {
            **is_open,
            "_sd": _DIGESTS,
            "about": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
        "required": ["about", *(name for name in struct["required"] if name in is_open)],
        "x-kansa-sealed": {name: fields[name] for name in sorted(kind.sealed)},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kansa:schema:{kind.type}",
        "title": kind.type,
        "description": struct.get("description", ""),
        "type": "object",
        "properties": {**_ENVELOPE, "type": {"const": kind.type}, "data": data},
        "required": sorted({*_ENVELOPE, "type", "data"} - _OPTIONAL),
        "$defs": components,
    }
