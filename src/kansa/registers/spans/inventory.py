"""Installed: in which node and at which site each device stands, as the inventory says.

A later identification takes over from the earlier one at its `valid_from`.
"""

from typing import NamedTuple

from kansa.intervals import Interval
from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import DeviceIdentified
from kansa.records.validity import validity


class Standing(NamedTuple):
    """A device's place for a stretch of time."""

    span: Interval
    noted: IndexedClaim
    claim: DeviceIdentified


def standings(device: str, journal: Journal) -> list[Standing]:
    """Return where the device stood, in order of time and without overlap."""
    claims = [
        (validity(claim), noted, claim)
        for noted, claim in journal.of_kind(device, DeviceIdentified)
        if claim.device_id == device
    ]
    claims.sort(key=lambda held: (held[0].start, held[1].index))
    ends = [following[0].start for following in claims[1:]]
    cut = [
        Standing(span.until([end]) if end is not None else span, noted, claim)
        for (span, noted, claim), end in zip(claims, [*ends, None], strict=False)
    ]
    return [standing for standing in cut if not standing.span.is_empty]


def members(node: str, journal: Journal) -> list[Standing]:
    """Return the devices that stood in the node, each with its stretch."""
    devices = {claim.device_id for _, claim in journal.of_kind(node, DeviceIdentified)}
    return [
        standing
        for device in sorted(devices)
        for standing in standings(device, journal)
        if standing.claim.node_id == node
    ]


def nodes_of(device: str, journal: Journal) -> set[str]:
    """Return the nodes in which the device has ever been said to stand."""
    nodes = (claim.node_id for _, claim in journal.of_kind(device, DeviceIdentified))
    return {node for node in nodes if node is not None}
