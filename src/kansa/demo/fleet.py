"""The accelerators: which stand in which node at which site, and since when."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kansa.demo.instants import SECONDS, jst, second
from kansa.demo.sheets import Sheet, sheet

SLOTS = 8
"""Accelerators in a node."""


@dataclass(frozen=True, slots=True)
class Berth:
    """A node at a site for a stretch `[start, end)` of seconds of the period."""

    node: str
    site: str
    item_class: str
    start: int
    end: int


def asset_tag(node: str, slot: int, serial: str) -> str:
    """Return the operator's own name of an accelerator."""
    return f"HK-{node.upper()}-{slot}{serial}"


def slots_of(text: str) -> range:
    """Return the slots of `0-7`."""
    first, _, last = text.partition("-")
    return range(int(first), int(last) + 1)


def berths() -> tuple[Berth, ...]:
    """Return where each node stands when, clipped to the period; parts of a node that change are not told apart."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in sheet("fleet"):
        found.setdefault((row["node"], row["site"]), []).append(row)
    return tuple(
        Berth(
            node,
            site,
            rows[0]["item_class"],
            max(0, min(second(jst(row["since"])) for row in rows)),
            max(second(jst(row["until"])) if row["until"] else SECONDS for row in rows),
        )
        for (node, site), rows in found.items()
    )


def inventory() -> Sheet:
    """Return the inventory's rows: one when an accelerator is put in, the same row again when it is taken out."""
    found: Sheet = []
    for row in sheet("fleet"):
        for slot in slots_of(row["slots"]):
            placed = _inventory_row(row, slot)
            if row["recorded_end"]:
                found.append({"recorded": row["recorded_end"], **placed, "removed_at": row["until"]})
            found.append({"recorded": row["recorded"], **placed, "removed_at": ""})
    return found


def per_device(name: str, without: Collection[str] = ()) -> Sheet:
    """Return a sheet that speaks of slots of a node, as one row an accelerator."""
    return [
        {"recorded": row["recorded"], "asset_tag": asset_tag(row["node"], slot, row["serial"])}
        | {column: row[column] for column in _tail(row)}
        for row in sheet(name, without)
        for slot in slots_of(row["slots"])
    ]


def _tail(row: dict[str, str]) -> Iterator[str]:
    return (column for column in row if column not in {"case", "recorded", "node", "slots", "serial"})


def _inventory_row(row: dict[str, str], slot: int) -> dict[str, str]:
    tag = asset_tag(row["node"], slot, row["serial"])
    digest = hashlib.sha256(tag.encode()).hexdigest()
    uuid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    return {
        "asset_tag": tag,
        "gpu_uuid": f"GPU-{uuid}",
        "board_serial": f"13{int(digest[32:42], 16) % 10**11:011d}",
        "attestation_id": digest[42:58],
        "host": row["node"],
        "site": row["site"],
        "item_class": row["item_class"],
        "installed_at": row["since"],
    }
