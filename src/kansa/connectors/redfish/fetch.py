"""Walk a live Redfish service: only what tells which accelerators it holds, and the clock of its managers.

The walk follows `Systems`, `Chassis` and `Managers` from the service root; sensors, logs, sessions and accounts are
left alone. A resource that the service lists and does not give is left out, as a saved tree would leave it out.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from kansa.connectors.connector import Fetched, Get
from kansa.connectors.formats import document
from kansa.errors import BadInput

ROOT = "/redfish/v1"
FOLLOWED = ("Systems", "Chassis", "Managers", "Processors", "Members", "Assembly", "EnvironmentMetrics")
MAX_REQUESTS = 20_000


def fetch(get: Get, address: str) -> Iterator[Fetched]:
    """Yield the resources of a service as a tree of files, `…/index.json` each.

    Raises:
        BadInput: the service root does not answer, or is none; more than `MAX_REQUESTS` resources.
    """
    base = address.rstrip("/").removesuffix(ROOT)
    waiting, seen = deque([ROOT]), {ROOT}
    asked = 0
    while waiting:
        place = waiting.popleft()
        asked += 1
        if asked > MAX_REQUESTS:
            raise BadInput("redfish.size", f"`{address}` lists more than {MAX_REQUESTS:,} resources")
        try:
            content = get(f"{base}{place}")
            body = document.parse_json(content, place)
        except BadInput:
            if place == ROOT:
                raise
            continue
        if not isinstance(body, dict) or "@odata.id" not in body:
            if place == ROOT:
                raise BadInput("redfish.service", f"`{base}{ROOT}` is no Redfish service root")
            continue
        yield Fetched(f"{place.strip('/')}/index.json", content)
        for following in _links(body):
            target = following.partition("#")[0].rstrip("/")
            if target.startswith(f"{ROOT}/") and ".." not in target and target not in seen:
                seen.add(target)
                waiting.append(target)
        if isinstance(more := body.get("Members@odata.nextLink"), str) and more not in seen:
            seen.add(more)
            waiting.append(more)


def _links(body: Mapping[str, Any]) -> Iterator[str]:
    links = body.get("Links")
    managers = links.get("ManagedBy") if isinstance(links, Mapping) else None
    for value in (managers, *(body.get(name) for name in FOLLOWED)):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping) and isinstance(each.get("@odata.id"), str):
                yield each["@odata.id"]
