"""What a NetBox export holds, whatever its form: lists of the REST API, a `dumpdata` file, or a CSV file of one table."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kansa.connectors.formats import document
from kansa.errors import BadInput

ADVICE = "export `/api/dcim/sites/`, `/devices/`, `/modules/` and `/inventory-items/` as JSON, or those tables as CSV (all data)"

READ = frozenset({"site", "device", "module", "inventoryitem"})
"""The tables of NetBox of which rows become records; further ones tell what they refer to."""

_BY_PATH = {
    "sites": "site",
    "devices": "device",
    "modules": "module",
    "inventory-items": "inventoryitem",
    "regions": "region",
    "device-types": "devicetype",
    "module-types": "moduletype",
}
_BY_COLUMNS = (
    ("inventoryitem", {"device", "name", "part_id"}),
    ("module", {"device", "module_type"}),
    ("module", {"device", "module_bay"}),
    ("device", {"site", "status", "device_type"}),
    ("device", {"site", "status", "type"}),
    ("site", {"name", "slug", "region"}),
    ("site", {"name", "status", "region"}),
)


class Item(NamedTuple):
    """One row of a table of NetBox; references are resolved to names, `{"name", "slug"}` or texts."""

    table: str
    line: int
    fields: Mapping[str, Any]


def read(path: Path) -> Iterator[Item]:
    """Yield the rows of an export, in order.

    Raises:
        BadInput: `netbox.export`, if it is none of the forms.
    """
    content = document.read(path)
    if content.lstrip()[:1] not in (b"{", b"["):
        yield from _csv(content, path)
        return
    value = document.parse_json(content, path, ADVICE)
    if (
        isinstance(value, list)
        and value
        and all(isinstance(each, dict) and "model" in each for each in value)
    ):
        yield from _dump(value)
        return
    listed = value.get("results") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BadInput("netbox.export", f"`{path}` is no list of NetBox's API", help=ADVICE)
    if isinstance(value, dict) and value.get("next"):
        raise BadInput(
            "netbox.page",
            f"`{path}` is one page of several: {value.get('count')} objects, {len(listed)} of them here",
            help="ask with `?limit=0`, or give the address to `kansa collect`, which follows the pages",
        )
    for line, each in enumerate(listed, start=1):
        yield Item(_table_of(each), line, each)


def _table_of(each: Mapping[str, Any]) -> str:
    """Return the table of an object of the API: by its address, else by what it has."""
    address = each.get("url")
    if isinstance(address, str):
        name = next((part for part in reversed(address.rstrip("/").split("/")) if part in _BY_PATH), None)
        if name is not None:
            return _BY_PATH[name]
    columns = set(each)
    return next((table for table, wanted in _BY_COLUMNS if wanted <= columns), "other")


def _dump(value: list[dict[str, Any]]) -> Iterator[Item]:
    """Resolve the keys of a `dumpdata` file."""
    rows = {(each["model"], each.get("pk")): each.get("fields", {}) for each in value}

    def named(model: str, key: Any) -> Any:
        found = rows.get((f"dcim.{model}", key))
        return {name: found.get(name) for name in ("name", "slug", "model", "part_number")} if found else None

    for line, each in enumerate(value, start=1):
        app, _, model = each["model"].partition(".")
        fields = dict(each.get("fields", {}))
        if app != "dcim" or model not in READ:
            yield Item("other", line, fields)
            continue
        kinds = {
            "site": "site", "region": "region", "device_type": "devicetype", "module_type": "moduletype",
            "manufacturer": "manufacturer",
        }  # fmt: skip
        for name, kind in kinds.items():
            if isinstance(fields.get(name), int):
                fields[name] = named(kind, fields[name])
        if isinstance(fields.get("device"), int):
            holder = rows.get(("dcim.device", fields["device"]), {})
            fields["device"] = {"name": holder.get("name"), "site": named("site", holder.get("site"))}
        yield Item(model, line, fields)


def _csv(content: bytes, path: Path) -> Iterator[Item]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("document.encoding", f"`{path}` is not UTF-8: {error}", help=ADVICE) from error
    reader = csv.reader(io.StringIO(text))
    try:
        heading = [_column(name) for name in next(reader, [])]
        table = next((table for table, wanted in _BY_COLUMNS if wanted <= set(heading)), None)
        if table is None:
            told = ", ".join(f"`{name}`" for name in heading[:12])
            raise BadInput("netbox.export", f"`{path}` is no table of NetBox: {told}", help=ADVICE)
        for cells in reader:
            fields = {name: cell for name, cell in zip(heading, cells, strict=False) if cell}
            yield Item(table, reader.line_num, fields)
    except csv.Error as error:
        raise BadInput("netbox.export", f"`{path}` is no CSV: {error}", help=ADVICE) from error


def _column(name: str) -> str:
    """Return a column's name as the API has it: `Serial number` is `serial`."""
    found = "_".join(name.strip().casefold().split())
    return {"serial_number": "serial", "part_id_": "part_id", "id": "id"}.get(found, found)
