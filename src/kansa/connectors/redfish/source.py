"""Which accelerators a Redfish service lists, with what names, in which host.

A processor of type `GPU` or `Accelerator` is a device. Its serial number and UUID stand in the processor, or in the
chassis that holds it alone and in that chassis's assembly, as the vendor has it (DSP2046 Processor, Chassis, Assembly).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kansa.clock import parse_instant
from kansa.connectors.base import Quarantined, Row, Skipped
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.devices.sighting import Sighting
from kansa.connectors.devices.source import DeviceSource
from kansa.connectors.redfish.tree import ADVICE, Resource, Tree, is_wanted, read_tree, root_of
from kansa.connectors.table import cells
from kansa.errors import BadInput, Problem

ACCELERATORS = frozenset({"GPU", "Accelerator"})
NAME_ADVICE = (
    "this firmware tells neither serial number nor UUID of it: take `nvidia-smi -q -x` on the host as well"
)
ABSENT = "an empty slot"
NO_ADDRESS = "a file of the tree that is no resource"
_NOT_SET = parse_instant("2015-01-01T00:00:00.000Z")
"""A manager whose clock is before this was never set."""


class RedfishSource(DeviceSource):
    """Reads saved trees: a folder or archive at once, or their files one by one, each with all others of its tree."""

    def __init__(self, options: DeviceOptions, urn: str) -> None:
        super().__init__(options, urn)
        self._files: dict[Path, list[Path]] = {}
        self._roots: dict[Path, Path] = {}
        self._trees: dict[Path, Tree] = {}

    def survey(self, paths: Sequence[Path]) -> None:
        """Note which files are of one tree."""
        for path in paths:
            if path.suffix == ".json":
                root = self._roots[path] = root_of(path)
                self._files.setdefault(root, []).append(path)

    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        root = self._roots.get(path, path)
        if not is_wanted(path) and path.is_file():
            return
        if root == path and len(self._roots) > 1 and path.suffix == ".json":
            yield Skipped(NO_ADDRESS)
            return
        tree = self._trees.get(root)
        if tree is None:
            tree = self._trees[root] = read_tree(root, self._files.get(root))
        for each in tree.unreadable:
            if path in (root, Path(each.file)):
                problem = Problem("redfish.resource", each.reason, each.file, help=ADVICE)
                yield Quarantined((problem,), {"file": each.file})
        listed = [
            (address, found, kind)
            for address, found in sorted(tree.resources.items())
            if isinstance(kind := found.body.get("ProcessorType"), str)
            and (path == root or found.file == str(path))
        ]
        if not listed:
            return
        at = self._time(path, tree)
        named = root.parent.parent if root.parts[-2:] == ("redfish", "v1") else root
        host = self.host_of(named, _host(tree))
        for address, found, kind in listed:
            state = found.body.get("Status")
            if isinstance(state, Mapping) and state.get("State") == "Absent":
                yield Skipped(ABSENT)
            elif kind not in ACCELERATORS:
                yield Skipped(f"a processor of type {kind}")
            else:
                yield _sighting(tree, address, found, at, host)

    def _time(self, path: Path, tree: Tree) -> int:
        """Return when the tree was taken: as the options say, else by the latest clock of its managers.

        Raises:
            BadInput: neither is there.
        """
        if self.options.taken_at is not None:
            return self.options.taken_at
        clocks = [_instant(each.body.get("DateTime")) for each in tree.resources.values()]
        found = [clock for clock in clocks if clock is not None and clock > _NOT_SET]
        if not found:
            raise BadInput(
                "redfish.time",
                f"`{path}` does not say when it was taken: no manager in it has its clock set",
                help="give `taken_at` in the options",
            )
        return max(found)


def _sighting(tree: Tree, address: str, found: Resource, at: int, host: str) -> Sighting:
    processor = found.body
    chassis = _own_chassis(tree, address, processor)
    board = _board(tree, chassis)

    def said(name: str) -> str | None:
        return next((text for each in (processor, chassis, board) if (text := _text(each, name))), None)

    return Sighting(
        at=at,
        names={
            "board_serial": said("SerialNumber"),
            "gpu_uuid": said("UUID"),
            "asset_tag": _text(chassis, "AssetTag"),
        },
        means=f"Redfish {address}",
        file=found.file,
        line=1,
        raw=dict(processor),
        host=host,
        model=said("Model"),
        part_number=said("PartNumber"),
        readings=_power(tree, processor, chassis),
        advice=NAME_ADVICE,
    )


def _own_chassis(tree: Tree, address: str, processor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the chassis that holds this processor alone (a module, a card); none where it is that of the server."""
    links = processor.get("Links")
    chassis = tree.get(links.get("Chassis") if isinstance(links, Mapping) else None)
    held = chassis.get("Links", {}).get("Processors", []) if isinstance(chassis.get("Links"), Mapping) else []
    addresses = [each.get("@odata.id", "").rstrip("/") for each in held if isinstance(each, Mapping)]
    return chassis if addresses == [address] else {}


def _board(tree: Tree, chassis: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a chassis's assembly that is the GPU and has a serial number."""
    parts = tree.get(chassis.get("Assembly")).get("Assemblies")
    found = [each for each in parts or () if isinstance(each, Mapping) and _text(each, "SerialNumber")]
    return found[0] if len(found) == 1 else {}


def _power(tree: Tree, *bodies: Mapping[str, Any]) -> dict[str, int]:
    for body in bodies:
        watts = tree.get(body.get("EnvironmentMetrics")).get("PowerWatts")
        reading = watts.get("Reading") if isinstance(watts, Mapping) else None
        if isinstance(reading, int | Decimal) and not isinstance(reading, bool):
            return {"power_w": round(reading)}
    return {}


def _host(tree: Tree) -> str | None:
    """Return the host name that the service's systems agree on."""
    systems = (each.body for each in tree.resources.values() if "ProcessorSummary" in each.body)
    found = {name for body in systems if (name := _text(body, "HostName"))}
    return found.pop() if len(found) == 1 else None


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _instant(text: Any) -> int | None:
    if not isinstance(text, str):
        return None
    try:
        return cells.instant(text, cells.Reading(form="time"))
    except cells.CellFault:
        return None
