"""What sources that place workloads share: whose path an account is, which units it held, the record of a placement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import PARTITION, normal
from kansa.connectors.devices.options import DeviceOptions
from kansa.records.draft import Draft

PLACED = "kansa.workload.placed.v0"
SHIFTED = "kansa.workload.shifted.v0"
ENDED = "kansa.workload.ended.v0"


@dataclass(frozen=True, slots=True)
class Held:
    """What a workload held: `units` are devices where the source names all of them, else the node; then `accelerators` is how many."""

    units: tuple[str, ...]
    accelerators: int | None


def held(host: str, uuids: Sequence[str], count: int, options: DeviceOptions, names: Names) -> Held:
    """Return the devices of these UUIDs, if they are as many as were held; else the node with the count.

    A partition (`MIG-…`) is its device where that is known; a replica of a shared device (`GPU-…::2`) is the device.
    """
    devices = [_device(uuid.partition("::")[0], names) for uuid in dict.fromkeys(uuids)]
    found = [device for device in devices if device is not None]
    if found and len(found) == len(devices) and len(devices) >= count:
        return Held(tuple(dict.fromkeys(found)), None)
    return Held((names.introduce("node", options.node_system, host),), count)


def _device(uuid: str, names: Names) -> str | None:
    if uuid.startswith("MIG-"):
        return names.find(PARTITION, uuid)
    name = normal("gpu_uuid", uuid)
    return join({"gpu_uuid": name}, names).device if name is not None else None


@dataclass(frozen=True, slots=True)
class Placement:
    """One workload's placement as a source says it. `account` and `user` find the path, the user's own first."""

    workload: str
    system: str
    account: str
    user: str | None
    host: str
    held: Held
    start: int
    end: int | None
    natural: Sequence[Any]
    known_by: str = "measured"
    inferred_from: str | None = None
    item_class: str | None = None
    sequence: str | None = None


def placed(
    each: Placement,
    source: str,
    options: DeviceOptions,
    names: Names,
    *,
    sites: Mapping[str, str],
    accounts: str,
) -> Draft:
    """Return the record of a placement; `accounts` is the system in whose books accounts mean paths."""
    path = names.find(accounts, f"{each.account}/{each.user}") if each.user else None
    path = path or names.find(accounts, each.account)
    tenant, end_user = names.holder(path) if path is not None else (None, None)
    data: dict[str, Any] = {
        "workload_id": names.introduce("workload", each.system, each.workload),
        "tenant_id": tenant,
        "end_user_id": end_user,
        "path_id": path,
        "site_id": options.site_of(each.host, sites),
        "units": list(each.held.units),
        "accelerators": each.held.accelerators,
        "item_class": each.item_class,
        "valid_from": format_instant(each.start),
        "valid_to": format_instant(each.end) if each.end is not None else None,
        "known_by": each.known_by if each.inferred_from is None else "inferred",
        "account": each.account,
    }
    data |= {"inferred_from": each.inferred_from} if each.inferred_from else {}
    data |= {"user": each.user} if each.user else {}
    return Draft(
        PLACED,
        source,
        json.dumps(list(each.natural), ensure_ascii=False),
        each.start,
        data,
        sequence=each.sequence,
        progresses=True,
    )
