"""UBL advices to custody: a despatch names serial numbers under a licence, a receipt says which of them arrived.

One line is one row. A receipt line without serial numbers takes those of the despatch line that it answers, where
all of them arrived and the despatch advice is read in the same call.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.join import Joined, join
from kansa.connectors.devices.names import epc, normal, usable
from kansa.connectors.devices.papers import PaperOptions, Supplied
from kansa.connectors.devices.sighting import NAMED
from kansa.connectors.epcis.source import ELSEWHERE, MOVED
from kansa.connectors.ubl.advice import Advice, AdviceLine, read
from kansa.errors import BadInput
from kansa.records.draft import Draft
from kansa.records.kinds.custody import NameKind

SERIALS_ADVICE = "give the despatch advice in the same call, or ingest the packing list as a table"
DRAWN = "kansa.authorization.drawn.v0"
NOT_MEANT = "an item that the options do not name as a product"
A_COPY = "a copy of a document"
REJECTED = "all of it was rejected"


class UblSource(PlainSource):
    """Reads despatch and receipt advices."""

    def __init__(self, options: PaperOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self._sent: dict[tuple[str, str], AdviceLine] = {}

    def survey(self, paths: Sequence[Path]) -> None:
        """Note which serial numbers each despatch line names, for receipts that do not repeat them."""
        for path in paths:
            with suppress(BadInput, OSError):
                advice = read(path)
                if advice.kind == "DespatchAdvice":
                    self._sent |= {(advice.id, line.number): line for line in advice.lines}

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        advice = read(path)
        if not advice.lines:
            raise BadInput("ubl.lines", f"`{path}` has no lines")
        try:
            at = advice.at(self.options.zone)
        except ValueError as error:
            raise BadInput(
                "ubl.time", f"`{path}`: {error}", help="give `zone` (Asia/Tokyo) in the options"
            ) from error
        for line in advice.lines:
            yield self._row(advice, line, at, path, names)

    def _row(self, advice: Advice, line: AdviceLine, at: int, path: Path, names: Names) -> Row:
        if advice.is_copy:
            return Skipped(A_COPY)
        if not self._is_device(line):
            return Skipped(NOT_MEANT)
        if line.rejected is not None and line.quantity is not None and line.rejected >= line.quantity > 0:
            return Skipped(REJECTED)
        raw = {"document": advice.id, "line": line.number, "item": line.item, "serials": list(line.serials)}
        try:
            serials = self._serials(advice, line)
            site = self._site(advice, names)
        except RowFault as fault:
            return fault.quarantined(path, line.place, raw | {"quantity": str(line.quantity)})
        if site is None and advice.kind == "ReceiptAdvice":
            return Skipped(ELSEWHERE)
        orders = (*line.orders, *advice.orders)
        supplied = self.options.supplied(orders, line.order_line or line.number, advice.licences, names)
        first, *more = _Said(self.name, advice, line, at).drafts(serials, supplied, site, names)
        return Parsed(first, str(path), line.place, raw, tuple(more))

    def _is_device(self, line: AdviceLine) -> bool:
        """Tell whether a line is about devices: all are, unless the options name products or item classes."""
        if not self.options.products and not self.options.item_classes:
            return True
        part = next(iter(line.numbers), None)
        named = any(number in self.options.products for number in line.numbers)
        return named or self.options.item_class(line.item, part) is not None

    def _site(self, advice: Advice, names: Names) -> str | None:
        """Return the site that received or sent; None for a despatch by others, and where the options pass others over.

        Raises:
            RowFault: the place of delivery is none of the sites.
        """
        received = advice.kind == "ReceiptAdvice"
        places = advice.places if received else advice.origins
        site = next((each for place in places if (each := self.options.site_named(place, names))), None)
        if site is None and received:
            site = self.options.site_of(None, self.options.known_sites(names))
        if site is None and received and self.options.elsewhere != "pass_over":
            told = ", ".join(f"`{place}`" for place in places) or "nothing"
            raise RowFault(
                "id.unknown",
                f"the place of delivery ({told}) is none of the sites",
                "DeliveryLocation",
                "map it in `places`, or give `site` in the options",
            )
        return site

    def _serials(self, advice: Advice, line: AdviceLine) -> tuple[str, ...]:
        """Return the serial numbers of a line.

        Raises:
            RowFault: they are not known, or none of them names a device.
        """
        listed = line.serials
        if not listed and advice.kind == "DespatchAdvice":
            raise SerialFault("the line names no serial number")
        if not listed:
            document, number = line.despatch or ("", None)
            sent = self._sent.get((document or advice.despatch or "", number or line.number))
            listed = sent.serials if sent is not None else ()
            if not listed:
                raise SerialFault(
                    "the line names no serial number, and no despatch advice that it answers was given"
                )
            arrived = (line.quantity or 0) - (line.rejected or 0)
            if arrived != len(listed):
                raise SerialFault(f"{arrived} of {len(listed)} arrived, and the line does not say which")
        found = tuple(serial for serial in listed if normal("board_serial", serial) is not None)
        if len(found) < len(listed):
            raise SerialFault("a serial number of the line names no device")
        return found


class _Said(NamedTuple):
    """A line on its way to drafts."""

    source: str
    advice: Advice
    line: AdviceLine
    at: int

    def drafts(
        self, serials: tuple[str, ...], supplied: Supplied, site: str | None, names: Names
    ) -> list[Draft]:
        """Return where each device went, what it is called, and for a despatch under a licence what was drawn."""
        moves, named, devices = [], [], []
        for serial in serials:
            joined, found = self._joined(serial, names)
            devices.append(joined.device)
            if site is not None:
                moves.append(self._moved(serial, joined.device, supplied, site))
            named.append(self._named(serial, joined, found))
        return [*moves, *named, *self._drawn(devices, supplied)]

    @property
    def _paper(self) -> str:
        return f"{self.advice.kind} {self.advice.id}, line {self.line.number}"

    @property
    def _basis(self) -> dict[str, Any]:
        return {"valid_from": format_instant(self.at), "known_by": "documented"}

    def _draft(self, kind: str, key: list[str], data: dict[str, Any]) -> Draft:
        whole = json.dumps(
            ["ubl", self.advice.kind, self.advice.id, self.line.number, *key], ensure_ascii=False
        )
        return Draft(kind, self.source, whole, self.at, data, progresses=True)

    def _joined(self, serial: str, names: Names) -> tuple[Joined, dict[NameKind, str]]:
        gtin = self.line.gtin
        link = epc(f"01/{gtin.zfill(14)}/21/{serial}") if gtin else None
        found, _ = usable({"board_serial": serial, "epc": link})
        return join(found, names), found

    def _moved(self, serial: str, device: str, supplied: Supplied, site: str) -> Draft:
        data = {
            **self._basis,
            "device_id": device,
            "site_id": site,
            "step": "receiving" if self.advice.kind == "ReceiptAdvice" else "shipping",
            "contract_id": supplied.contract_id,
            "contract_line": supplied.line,
            "authorization_id": supplied.authorization_id,
            "document": self._paper,
        }
        return self._draft(MOVED, [serial], data)

    def _named(self, serial: str, joined: Joined, found: dict[NameKind, str]) -> Draft:
        data: dict[str, Any] = {
            **self._basis,
            "device_id": joined.device,
            "named": list(found),
            "confidence": "doubtful" if joined.conflicting else "probable",
            "conflicting": list(joined.conflicting),
            "conflicts_with": list(joined.conflicts_with),
            "means": self._paper,
        }
        data |= {str(kind): name for kind, name in found.items()}
        data |= {"model": self.line.item} if self.line.item else {}
        data |= {"part_number": self.line.numbers[0]} if self.line.numbers else {}
        return self._draft(NAMED, [serial, "named"], data)

    def _drawn(self, devices: list[str], supplied: Supplied) -> list[Draft]:
        if self.advice.kind != "DespatchAdvice" or supplied.authorization_id is None:
            return []
        data = {
            **self._basis,
            "authorization_id": supplied.authorization_id,
            "device_ids": sorted(set(devices)),
            "contract_id": supplied.contract_id,
            "document": self._paper,
        }
        return [self._draft(DRAWN, ["drawn"], data)]


class SerialFault(RowFault):
    """The serial numbers of a line are not known."""

    def __init__(self, message: str) -> None:
        super().__init__("ubl.serials", message, "SerialID", SERIALS_ADVICE)
