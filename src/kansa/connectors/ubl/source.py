"""UBL advices to custody: a despatch names serial numbers under a licence, a receipt says which of them arrived.

One line is one row. A receipt line without serial numbers takes those of the despatch line that it answers, where
all of them arrived and the despatch advice is read in the same call.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped, Window
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import epc, usable
from kansa.connectors.devices.papers import PaperOptions, Supplied
from kansa.connectors.devices.sighting import NAMED
from kansa.connectors.epcis.source import ELSEWHERE, MOVED
from kansa.connectors.ubl.advice import Advice, AdviceLine, read
from kansa.errors import BadInput, Problem
from kansa.records.draft import Draft

DRAWN = "kansa.authorization.drawn.v0"
NOT_MEANT = "an item that the options do not name as a product"
A_COPY = "a copy of a document"
REJECTED = "all of it was rejected"


class UblSource:
    """Reads despatch and receipt advices."""

    def __init__(self, options: PaperOptions, urn: str) -> None:
        self.options = options
        self._name = f"{urn}:{options.source}"
        self._sent: dict[tuple[str, str], AdviceLine] = {}

    @property
    def name(self) -> str:
        return self._name

    @property
    def goes_back(self) -> bool:
        return False

    def survey(self, paths: Sequence[Path]) -> None:
        """Note which serial numbers each despatch line names, for receipts that do not repeat them."""
        for path in paths:
            with suppress(BadInput, OSError):
                advice = read(path)
                if advice.kind == "DespatchAdvice":
                    self._sent |= {(advice.id, line.number): line for line in advice.lines}

    def window(self, _names: Names) -> Window | None:
        return None

    def remarks(self, _names: Names) -> Sequence[Problem]:
        return ()

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
        item_class = self._item_class(line)
        if not self._is_device(line, item_class):
            return Skipped(NOT_MEANT)
        if line.rejected is not None and line.quantity is not None and line.rejected >= line.quantity > 0:
            return Skipped(REJECTED)
        found = self._serials(advice, line)
        if isinstance(found, str):
            return _bad(path, line, "ubl.serials", found, "SerialID", "give the despatch advice in the same call, or ingest the packing list as a table")  # fmt: skip
        orders = (*line.orders, *advice.orders)
        supplied = self.options.supplied(orders, line.order_line or line.number, advice.licences, names)
        received = advice.kind == "ReceiptAdvice"
        places = advice.places if received else advice.origins
        site = next((each for place in places if (each := self.options.site_named(place, names))), None)
        if site is None and received:
            site = self.options.site_of(None, self.options.known_sites(names))
            if site is None:
                if self.options.elsewhere == "pass_over":
                    return Skipped(ELSEWHERE)
                told = ", ".join(f"`{place}`" for place in places) or "nothing"
                return _bad(path, line, "id.unknown", f"the place of delivery ({told}) is none of the sites", "DeliveryLocation", "map it in `places`, or give `site` in the options")  # fmt: skip
        drafts = self._drafts(advice, line, found, supplied, site, at, names)
        first, *more = drafts
        raw = {"document": advice.id, "line": line.number, "serials": list(found), "item": line.item}
        return Parsed(first, str(path), line.place, raw, tuple(more))

    def _item_class(self, line: AdviceLine) -> str | None:
        named = (self.options.products.get(number) for number in line.numbers)
        classed = next((each for each in named if each is not None), None)
        return classed or self.options.item_class(line.item, next(iter(line.numbers), None))

    def _is_device(self, line: AdviceLine, item_class: str | None) -> bool:
        chosen = bool(self.options.products or self.options.item_classes)
        return item_class is not None if chosen else True

    def _serials(self, advice: Advice, line: AdviceLine) -> tuple[str, ...] | str:
        """Return the serial numbers of a line, or why they are not known."""
        if line.serials:
            return line.serials
        if advice.kind == "DespatchAdvice":
            return "the line names no serial number"
        document, number = line.despatch or (advice.despatch or "", None)
        sent = self._sent.get((document or advice.despatch or "", number or line.number))
        if sent is None or not sent.serials:
            return "the line names no serial number, and no despatch advice that it answers was given"
        arrived = (line.quantity or 0) - (line.rejected or 0)
        if arrived != len(sent.serials):
            return f"{arrived} of {len(sent.serials)} arrived, and the line does not say which"
        return sent.serials

    def _drafts(
        self,
        advice: Advice,
        line: AdviceLine,
        serials: tuple[str, ...],
        supplied: Supplied,
        site: str | None,
        at: int,
        names: Names,
    ) -> list[Draft]:
        basis: dict[str, Any] = {"valid_from": format_instant(at), "known_by": "documented"}
        paper = f"{advice.kind} {advice.id}, line {line.number}"
        received = advice.kind == "ReceiptAdvice"
        moves, named, devices = [], [], []
        for serial in serials:
            link = epc(f"01/{line.gtin.zfill(14)}/21/{serial}") if line.gtin else None
            found, unusable = usable({"board_serial": serial, "epc": link})
            if "board_serial" in unusable:
                continue
            joined = join(found, names)
            devices.append(joined.device)
            key = ["ubl", advice.kind, advice.id, line.number, found["board_serial"]]
            said = {
                **basis,
                "device_id": joined.device,
                "named": list(found),
                "confidence": "doubtful" if joined.conflicting else "probable",
                "conflicting": list(joined.conflicting),
                "conflicts_with": list(joined.conflicts_with),
                "unusable": list(unusable),
                **found,
                **({"model": line.item} if line.item else {}),
                **({"part_number": line.numbers[0]} if line.numbers else {}),
                "means": paper,
            }
            named.append(Draft(NAMED, self.name, _key([*key, "named"]), at, said, progresses=True))
            if site is not None:
                data = {
                    **basis,
                    "device_id": joined.device,
                    "site_id": site,
                    "step": "receiving" if received else "shipping",
                    "contract_id": supplied.contract_id,
                    "contract_line": supplied.line,
                    "authorization_id": supplied.authorization_id,
                    "document": paper,
                }
                moves.append(Draft(MOVED, self.name, _key(key), at, data, progresses=True))
        drawn = []
        if not received and supplied.authorization_id is not None and devices:
            data = {
                **basis,
                "authorization_id": supplied.authorization_id,
                "device_ids": sorted(set(devices)),
                "contract_id": supplied.contract_id,
                "document": paper,
            }
            drawn = [Draft(DRAWN, self.name, _key(["ubl", advice.id, line.number, "drawn"]), at, data, progresses=True)]
        return [*moves, *named, *drawn]


def _key(parts: list[Any]) -> str:
    return json.dumps(parts, ensure_ascii=False)


def _bad(path: Path, line: AdviceLine, code: str, message: str, name: str, advice: str) -> Quarantined:
    problem = Problem(code, message, str(path), line.place, name, advice)
    return Quarantined((problem,), {"line": line.number, "item": line.item, "quantity": str(line.quantity)})
