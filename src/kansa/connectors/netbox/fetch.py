"""Ask NetBox's REST API for the tables that are read, all pages of each."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from kansa.connectors.connector import Fetched, Get
from kansa.connectors.formats import document
from kansa.connectors.netbox.export import ADVICE
from kansa.errors import BadInput

TABLES = ("sites", "devices", "modules", "inventory-items")
PAGE = 1_000
MAX_PAGES = 10_000


def fetch(get: Get, address: str) -> Iterator[Fetched]:
    """Yield one JSON list a table, as its first page would be if it held all; `address` is NetBox's own.

    A page names the next one; it is followed on the same host alone.

    Raises:
        BadInput: a table does not answer, or with something that is no list of the API.
    """
    base = address.rstrip("/").removesuffix("/api")
    for table in TABLES:
        listed: list[Any] = []
        place: str | None = f"{base}/api/dcim/{table}/?limit={PAGE}&ordering=id"
        pages = 0
        while place is not None:
            pages += 1
            value = document.parse_json(get(place), place, ADVICE)
            if not isinstance(value, dict) or not isinstance(value.get("results"), list) or pages > MAX_PAGES:
                raise BadInput("netbox.export", f"`{place}` is no list of NetBox's API", help=ADVICE)
            listed += value["results"]
            place = _next(base, value.get("next"))
        content = {"count": len(listed), "next": None, "previous": None, "results": listed}
        yield Fetched(f"{table}.json", json.dumps(content, ensure_ascii=False, default=str).encode())


def _next(base: str, place: Any) -> str | None:
    """Return the next page's address on the host that was asked, whatever host NetBox believes to be."""
    if not isinstance(place, str):
        return None
    split = urlsplit(place)
    return f"{base}/api/{split.path.partition('/api/')[2]}?{split.query}"
