"""Fleet Intelligence reports: which GPUs each node enrolled, by NVIDIA's signed word; the location is only declared.

The signature is verified before a row is read; report digest, bundle, key and result are recorded, since a report
signed with an earlier key no longer verifies once NVIDIA has rotated it. Columns are found by their headings, which are
not published: they are those of the API's fields however they are spaced.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import usable
from kansa.connectors.devices.options import DeviceOptions, read_file, shared_options
from kansa.connectors.devices.sighting import Sighting, Sightings
from kansa.connectors.fleet_intelligence import signature
from kansa.connectors.fleet_intelligence.report import ADVICE, Report, read
from kansa.connectors.formats import document
from kansa.connectors.location.source import LOCATED
from kansa.connectors.table import cells
from kansa.errors import BadInput
from kansa.records.draft import Draft
from kansa.records.geodesy import SCALE

VERIFIED = "kansa.report.verified.v0"
NO_GPUS = "a node without GPUs"
REMOVED = "a node that was removed"
KEY_ADVICE = "write the key with which NVIDIA signs now as `public_key` in the options; fetch it from NVIDIA, not from the report"
DECLARED_WITHIN_M = 20_037_509
"""Half the way around the earth: a declared place bounds nothing."""

_LIST = re.compile(r"[;,|\s]+")
_SPELLINGS = {
    "gpuuuids": ("gpuuuids", "gpuuuid", "gpuids"),
    "serialnumbers": ("serialnumbers", "serialnumber", "gpuserialnumbers", "gpuserials"),
    "hostname": ("hostname", "host", "nodename", "node"),
    "gputype": ("gputype", "gpumodel", "model"),
    "computezone": ("computezone", "zone"),
    "country": ("geolocationcountry", "country"),
    "latitude": ("geolocationlatitude", "latitude"),
    "longitude": ("geolocationlongitude", "longitude"),
    "location": ("geolocation", "location"),
    "checked": ("lastintegritycheckts", "lastintegritychecktime", "lastseen", "lastreported"),
    "enrolled": ("enrolledat", "enrolled"),
    "removed": ("removedat", "removed"),
}


@dataclass(frozen=True, slots=True)
class FleetOptions(DeviceOptions):
    """How reports are read; `public_key` is the key that the operator trusts, PEM."""

    public_key: str | None = None


def read_options(path: Path | None) -> FleetOptions:
    """Read the options.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return FleetOptions("fleet-intelligence")
    from kansa.connectors.fleet_intelligence.options_file import FleetOptionsFile  # noqa: PLC0415 - models take long to load

    file = read_file(path, FleetOptionsFile)
    return FleetOptions(**shared_options(file, "fleet-intelligence"), public_key=file.public_key)


class FleetSource(PlainSource):
    """Reads inventory reports."""

    def __init__(self, options: FleetOptions, urn: str, now: int) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self._now = now
        self._devices = Sightings(self.name, options)

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        report = read(path)
        checked = self._check(report, path)
        reader = csv.reader(io.StringIO(self._text(report, path)))
        heading = _columns(next(reader, []))
        if "gpuuuids" not in heading:
            raise BadInput("fleet.columns", f"`{path}` has no column of GPU UUIDs", help=ADVICE)
        yield Parsed(checked, str(path), 1, {"report": report.name})
        sites = self.options.known_sites(names)
        signed = checked.data["result"] == "verified"
        for listed in reader:
            row = {
                name: listed[at].strip()
                for name, at in heading.items()
                if at < len(listed) and listed[at].strip()
            }
            try:
                yield self._row(row, path, reader.line_num, names, sites, signed=signed)
            except RowFault as fault:
                yield fault.quarantined(path, reader.line_num, row)

    def _text(self, report: Report, path: Path) -> str:
        try:
            return report.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput("document.encoding", f"`{path}` is not UTF-8: {error}", help=ADVICE) from error

    def _check(self, report: Report, path: Path) -> Draft:
        """Return the record of the verification.

        Raises:
            BadInput: the signature does not verify, or there is no key to verify it with.
        """
        digest = hashlib.sha256(report.content).hexdigest()
        at = self.options.taken_at or self._now
        data: dict[str, Any] = {
            "valid_from": format_instant(at),
            "known_by": "measured",
            "system": self.name,
            "result": "not_signed",
            "report_sha256": digest,
        }
        bundle = report.bundle
        if bundle is not None:
            key = self.options.public_key
            if key is None:
                raise BadInput(
                    "fleet.key", f"`{path}` is signed, and no key to verify it is given", help=KEY_ADVICE
                )
            try:
                said = signature.signature_in(document.parse_json(bundle, path, ADVICE), report.content)
                algorithm = signature.verify(report.content, said, key.encode())
            except ValueError as error:
                raise BadInput("fleet.signature", f"`{path}` is refused: {error}", help=ADVICE) from error
            data |= {
                "result": "verified",
                "bundle_sha256": hashlib.sha256(bundle).hexdigest(),
                "key_sha256": hashlib.sha256(key.encode()).hexdigest(),
                "algorithm": algorithm,
                "public_key": key,
                "bundle": bundle.decode("utf-8", "replace"),
            }
        natural = json.dumps(["verified", digest, data.get("bundle_sha256"), data.get("key_sha256"), at])
        return Draft(VERIFIED, self.name, natural, at, data)

    def _row(
        self,
        row: Mapping[str, str],
        path: Path,
        line: int,
        names: Names,
        sites: Mapping[str, str],
        *,
        signed: bool,
    ) -> Row:
        uuids, serials = _listed(row.get("gpuuuids")), _listed(row.get("serialnumbers"))
        if not uuids:
            return Skipped(NO_GPUS)
        if row.get("removed"):
            return Skipped(REMOVED)
        at = self._time(row)
        drafts: list[Draft] = []
        for uuid in uuids:
            # Which serial number is of which UUID is not published: only of a node with one GPU is it plain.
            serial = serials[0] if len(uuids) == len(serials) == 1 else None
            sighting = Sighting(
                at=at,
                names={"gpu_uuid": uuid, "board_serial": serial},
                means="NVIDIA Fleet Intelligence",
                file=str(path),
                line=line,
                raw=dict(row),
                known_by="documented" if signed else "declared",
                host=row.get("hostname"),
                model=row.get("gputype"),
            )
            found = self._devices.row(sighting, names, sites)
            if isinstance(found, Quarantined):
                return found
            drafts += found.drafts if isinstance(found, Parsed) else ()
            drafts += self._located(uuid, row, at, names)
        if not drafts:
            return Skipped("nothing new of its GPUs")
        first, *more = drafts
        return Parsed(first, str(path), line, dict(row), tuple(more))

    def _located(self, uuid: str, row: Mapping[str, str], at: int, names: Names) -> list[Draft]:
        """Return where the operator's own administrator said that the node's zone lies."""
        place = _place(row)
        country = row.get("country")
        if place is None and country is None:
            return []
        found, _ = usable({"gpu_uuid": uuid})
        circles = []
        if place is not None:
            zone = row.get("computezone") or "compute zone"
            circles = [
                {
                    "landmark": zone,
                    "latitude_e7": place[0],
                    "longitude_e7": place[1],
                    "within_m": DECLARED_WITHIN_M,
                }
            ]
        data = {
            "valid_from": format_instant(at),
            "known_by": "declared",
            "device_id": join(found, names).device,
            "method": "declared",
            "circles": circles,
            "country": country,
            "means": "the compute zone's place in NVIDIA Fleet Intelligence, as the operator set it",
        }
        key = json.dumps(["located", found["gpu_uuid"], at])
        return [Draft(LOCATED, self.name, key, at, data, progresses=True)]

    def _time(self, row: Mapping[str, str]) -> int:
        """Return when the node reported last: its last check, else when the report was taken."""
        stamp = row.get("checked")
        if stamp is None:
            return self.options.taken_at or self._now
        try:
            return cells.instant(stamp, cells.Reading(form="time", zone=self.options.zone))
        except cells.CellFault as fault:
            raise RowFault(fault.code, fault.message, "lastIntegrityCheckTS", fault.advice) from fault


def _columns(heading: list[str]) -> dict[str, int]:
    """Return where each column that is read stands, whatever spaces, dots and capitals its heading has."""
    plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in heading]
    return {
        field: plain.index(spelling)
        for field, spellings in _SPELLINGS.items()
        for spelling in spellings[::-1]
        if spelling in plain
    }


def _listed(cell: str | None) -> list[str]:
    """Return the items of a list in a cell: a JSON list, or texts with `;`, `,`, `|` or spaces between."""
    if not cell:
        return []
    if cell.startswith("["):
        try:
            value = json.loads(cell)
        except ValueError:
            value = None
        if isinstance(value, list):
            return [str(each) for each in value if each]
    return [each for each in _LIST.split(cell.strip("[]")) if each]


def _place(row: Mapping[str, str]) -> tuple[int, int] | None:
    try:
        found = tuple(int(Decimal(row[name]) * SCALE) for name in ("latitude", "longitude"))
    except (KeyError, InvalidOperation, ValueError, OverflowError):
        return None
    return (found[0], found[1]) if abs(found[0]) <= 90 * SCALE and abs(found[1]) <= 180 * SCALE else None
