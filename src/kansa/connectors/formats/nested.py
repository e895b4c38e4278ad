"""Columns of nested rows: a column is named by its path, `spec.node.name`; a name with dots in it goes first."""

from collections.abc import Iterable, Mapping
from typing import Any


def flattened(row: Mapping[str, Any], needed: Iterable[str]) -> dict[str, Any]:
    """Return the columns asked for; what is not there is None."""
    return {name: row[name] if name in row else _along(row, name.split(".")) for name in needed}


def _along(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
