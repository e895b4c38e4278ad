"""`nvidia-smi -q -x` (XML, schemas v10 to v13) and `nvidia-smi -q` (text): one device a GPU.

The stamp is local time without a zone, in the C locale. A file that is cut short gives the GPUs that it holds whole;
the rest is quarantined.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kansa.connectors.base import Quarantined, Row
from kansa.connectors.devices.sighting import Sighting
from kansa.connectors.devices.source import DeviceSource
from kansa.connectors.formats import document
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput, Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ADVICE = "run `nvidia-smi -q -x > HOST.xml` and give that file"
NAME_ADVICE = "the driver tells no UUID of it: run nvidia-smi as root, with the driver of the vendor"
MAX_FILE = 32 << 20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(r"^\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})\s+(\d{4})$")
_WATTS = re.compile(r"^(\d+(?:\.\d+)?)\s*W$")
_SHARE = re.compile(r"^(\d{1,3})\s*%$")
_GPU = re.compile(r"^GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])\s*$")


class Listed(NamedTuple):
    """What one GPU's part says, as it is written; `line` is where the part begins."""

    line: int
    bus: str
    serial: str | None
    uuid: str | None
    model: str | None
    part_number: str | None
    partitions: tuple[str, ...]
    power: str | None
    utilization: str | None
    minor: str | None


class NvidiaSmiSource(DeviceSource):
    """Reads what nvidia-smi printed."""

    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        content = document.read(path, MAX_FILE)
        if content.lstrip()[:1] == b"<":
            stamp, listed, wrong = from_xml(content, path)
        else:
            stamp, listed, wrong = from_text(content, path)
        at = self._time(stamp, path) if listed else 0
        for each in listed:
            yield self._sighting(each, at, path)
        for problem in wrong:
            yield Quarantined((problem,), {"file": str(path)}, cut=True)

    def _sighting(self, each: Listed, at: int, path: Path) -> Sighting:
        watts, share = _WATTS.match(each.power or ""), _SHARE.match(each.utilization or "")
        readings = {
            **({"power_w": round(float(watts[1]))} if watts else {}),
            **({"utilization_bp": int(share[1]) * 100} if share else {}),
        }
        return Sighting(
            at=at,
            names={"board_serial": each.serial, "gpu_uuid": each.uuid},
            means=f"nvidia-smi, bus {each.bus}",
            file=str(path),
            line=each.line,
            raw=each._asdict(),
            host=self.host_of(path),
            model=each.model,
            part_number=each.part_number,
            partitions=each.partitions,
            slot=each.minor if each.minor is not None and each.minor.isdecimal() else None,
            readings=readings,
            advice=NAME_ADVICE,
        )

    def _time(self, stamp: str | None, path: Path) -> int:
        """Return when nvidia-smi ran.

        Raises:
            BadInput: the stamp is no time, or nobody says in which zone it is.
        """
        match = _STAMP.match(stamp or "")
        if match is not None and match[1] in _MONTHS and self.options.zone is not None:
            day, hour, minute, second, year = map(int, match.groups()[1:])
            try:
                moment = datetime(year, _MONTHS.index(match[1]) + 1, day, hour, minute, second)  # noqa: DTZ001 - local on purpose
                return instant_of(moment, self.options.zone)
            except ValueError as error:
                raise BadInput(
                    "nvidia_smi.time", f"`{path}`: {error}", help="give `taken_at` in the options"
                ) from error
        if self.options.taken_at is not None:
            return self.options.taken_at
        if match is not None:
            raise BadInput(
                "nvidia_smi.zone",
                f"`{path}` says `{stamp}` and no zone",
                help="give `zone` (Asia/Tokyo) or `taken_at` in the options",
            )
        raise BadInput(
            "nvidia_smi.time",
            f"`{path}` does not say when it was made",
            help="give `taken_at` in the options",
        )


Read = tuple[str | None, list[Listed], list[Problem]]
"""The stamp, the GPUs that stand there whole, and what is wrong beyond them."""


def from_xml(content: bytes, path: Path) -> Read:
    """Return what the XML form says.

    Raises:
        BadInput: it is XML of something else, or of nothing.
    """
    try:
        root = document.parse_xml(content, path, ADVICE)
        wrong: list[Problem] = []
    except BadInput as error:
        # What stands before the break is whole up to the last GPU that was closed.
        head, closed, _ = content.rpartition(b"</gpu>")
        if not closed:
            raise
        root = document.parse_xml(head + closed + b"</nvidia_smi_log>", path, ADVICE)
        wrong = [Problem("nvidia_smi.cut", f"it is cut short: {error.message}", str(path), help=ADVICE)]
    if document.local(root.tag) != "nvidia_smi_log":
        raise BadInput(
            "nvidia_smi.form", f"`{path}` is no output of nvidia-smi: it is a `{root.tag}`", help=ADVICE
        )
    line = document.line_of(content, b"<gpu id=")
    listed = [_of_element(gpu, line(number)) for number, gpu in enumerate(root.findall("gpu"))]
    attached = _said(root, "attached_gpus")
    if not wrong and attached is not None and attached.isdecimal() and int(attached) != len(listed):
        told = f"it says {attached} attached GPUs and lists {len(listed)}"
        wrong = [Problem("nvidia_smi.count", told, str(path), help=ADVICE)]
    return _said(root, "timestamp"), listed, wrong


def _of_element(gpu: "Element", line: int) -> Listed:
    power = next(
        (
            text
            for name in ("gpu_power_readings", "power_readings")
            for each in ("power_draw", "instant_power_draw", "average_power_draw")
            if (text := _said(gpu, f"{name}/{each}")) and text != "N/A"
        ),
        None,
    )
    partitions = (_said(each, "uuid") for each in gpu.iterfind("mig_devices/mig_device"))
    return Listed(
        line,
        gpu.get("id", ""),
        _said(gpu, "serial"),
        _said(gpu, "uuid"),
        _said(gpu, "product_name"),
        _said(gpu, "gpu_part_number") or _said(gpu, "board_part_number"),
        tuple(uuid for uuid in partitions if uuid and uuid.startswith("MIG-")),
        power,
        _said(gpu, "utilization/gpu_util"),
        _said(gpu, "minor_number"),
    )


def _said(element: "Element", path: str) -> str | None:
    text = element.findtext(path)
    return text.strip() or None if text is not None else None


def from_text(content: bytes, path: Path) -> Read:
    """Return what the text form says.

    Raises:
        BadInput: it is something else.
    """
    lines = content.decode("utf-8", "replace").splitlines()
    if not any("NVSMI LOG" in line for line in lines[:20]):
        raise BadInput("nvidia_smi.form", f"`{path}` is no output of `nvidia-smi -q`", help=ADVICE)
    head, blocks = _blocks(lines)
    found = [(number, bus, _fields(block)) for number, bus, block in blocks]
    listed = [_of_fields(number, bus, fields) for number, bus, fields in found]
    wrong = []
    attached = head.get("Attached GPUs")
    if found and not any(key.startswith("Processes") for key in found[-1][2]):
        # The last block of a whole file ends with its processes.
        message = "it is cut short: the last GPU's part does not end"
        wrong.append(Problem("nvidia_smi.cut", message, str(path), listed.pop().line, help=ADVICE))
    elif attached is None or not attached.isdecimal() or int(attached) != len(listed):
        told = f"it says {attached or 'nothing'} of attached GPUs and lists {len(listed)}"
        wrong.append(Problem("nvidia_smi.count", told, str(path), help=ADVICE))
    return head.get("Timestamp"), listed, wrong


def _blocks(lines: list[str]) -> tuple[dict[str, str], list[tuple[int, str, list[str]]]]:
    """Return what stands before the first GPU, and each GPU's lines with where they begin."""
    head: dict[str, str] = {}
    blocks: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        begins = _GPU.match(line)
        if begins is not None:
            blocks.append((number, begins[1], []))
        elif blocks:
            blocks[-1][2].append(line)
        elif ":" in line:
            name, _, value = line.partition(":")
            head[name.strip()] = value.strip()
    return head, blocks


def _fields(block: list[str]) -> dict[str, str]:
    """Return the fields of a block by their path, `GPU Power Readings/Power Draw`; the first of a name counts."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in block:
        depth = len(line) - len(line.lstrip())
        name, colon, value = line.strip().partition(" : ")
        if not name:
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        name = name.strip().removesuffix(":").strip()
        found.setdefault("/".join([*(each for _, each in above), name]), value.strip())
        if not colon:
            above.append((depth, name))
    return found


def _of_fields(line: int, bus: str, fields: dict[str, str]) -> Listed:
    power = next(
        (
            fields[key]
            for key in ("GPU Power Readings/Power Draw", "Power Readings/Power Draw")
            if fields.get(key, "N/A") != "N/A"
        ),
        None,
    )
    partitions = (value for key, value in fields.items() if key.endswith("MIG UUID"))
    return Listed(
        line,
        bus,
        fields.get("Serial Number"),
        fields.get("GPU UUID"),
        fields.get("Product Name"),
        _present(fields.get("GPU Part Number")) or _present(fields.get("Board Part Number")),
        tuple(value for value in partitions if value.startswith("MIG-")),
        power,
        fields.get("Utilization/Gpu"),
        fields.get("Minor Number"),
    )


def _present(text: str | None) -> str | None:
    return None if text in {None, "", "N/A"} else text
