"""A despatch or receipt advice, as UBL 2.0 to 2.4 and Peppol BIS write it.

Source: OASIS Universal Business Language 2.4, schemas DespatchAdvice-2 and ReceiptAdvice-2.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from kansa.connectors.formats import document
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ADVICE = "export the despatch or receipt advice as UBL 2.x XML; for a list in CSV or a workbook, use `kansa ingest table`"
_LICENCE_CODES = frozenset({"811", "812", "911"})
"""UNCL 1001: export licence, export declaration of licence, import licence."""
_LICENCE_WORDS = ("licence", "license", "authorization", "authorisation", "許可")


class AdviceLine(NamedTuple):
    """One line: what it is, how many, which serial numbers; `order_line` is the line of the order that it answers."""

    number: str
    place: int
    serials: tuple[str, ...]
    quantity: Decimal | None
    rejected: Decimal | None
    item: str | None
    numbers: tuple[str, ...]
    gtin: str | None
    order_line: str | None
    orders: tuple[str, ...]
    despatch: tuple[str, str | None] | None


class Advice(NamedTuple):
    """The document. `orders` are the numbers of orders and contracts, `licences` of licences, `places` where it went."""

    kind: str
    id: str
    is_copy: bool
    stamp: tuple[str, str | None] | None
    orders: tuple[str, ...]
    licences: tuple[str, ...]
    despatch: str | None
    origins: tuple[str, ...]
    places: tuple[str, ...]
    lines: tuple[AdviceLine, ...]

    def at(self, zone: ZoneInfo | None) -> int:
        """Return when it was delivered or sent; a day without a time begins in the zone.

        Raises:
            ValueError: there is no time, or no zone for one that has none.
        """
        if self.stamp is None:
            raise ValueError("it has no date of delivery, despatch or issue")
        day, clock = self.stamp
        text = day.strip()
        moment = datetime.combine(date.fromisoformat(text[:10]), time())
        if clock:
            moment = datetime.combine(moment.date(), time.fromisoformat(clock.strip()))
        elif len(text) > len("2026-01-01"):
            offset = time.fromisoformat(f"00:00:00{text[10:]}").tzinfo
            moment = moment.replace(tzinfo=offset)
        return instant_of(moment, zone)


def read(path: Path) -> Advice:
    """Read a document.

    Raises:
        BadInput: it is no despatch or receipt advice.
    """
    root = document.parse_xml(document.read(path), path, ADVICE)
    kind = document.local(root.tag)
    if kind not in {"DespatchAdvice", "ReceiptAdvice"}:
        raise BadInput(
            "ubl.document", f"`{path}` is no despatch or receipt advice: it is a `{kind}`", help=ADVICE
        )
    wanted = "DespatchLine" if kind == "DespatchAdvice" else "ReceiptLine"
    references = _all(root, "AdditionalDocumentReference")
    licences = [_said(each, "ID") for each in references if _is_licence(each)]
    return Advice(
        kind,
        _said(root, "ID") or "",
        (_said(root, "CopyIndicator") or "").casefold() == "true",
        _stamp(root, kind),
        _present(
            [
                _said(each, "ID")
                for each in (*_all(root, "OrderReference"), *_all(root, "ContractDocumentReference"))
            ]
        ),
        _present(licences),
        _said(root, "DespatchDocumentReference", "ID"),
        _present(
            _places(
                root,
                ("DespatchSupplierParty",),
                ("Shipment", "Delivery", "Despatch"),
                ("Shipment", "OriginAddress"),
            )
        ),
        _present(
            _places(
                root,
                ("DeliveryCustomerParty",),
                ("Shipment", "Delivery"),
                ("Shipment", "FirstArrivalPortLocation"),
            )
        ),
        tuple(_line(each, place) for place, each in enumerate(_all(root, wanted), start=1)),
    )


def _line(element: "Element", place: int) -> AdviceLine:
    items = _all(element, "Item")
    item = items[0] if items else element
    serials = [_said(each, "SerialID") for each in _descend(element, "ItemInstance")]
    standard = _said(item, "StandardItemIdentification", "ID")
    numbers = [
        standard,
        *(
            _said(item, name, "ID")
            for name in (
                "SellersItemIdentification",
                "ManufacturersItemIdentification",
                "BuyersItemIdentification",
            )
        ),
    ]
    reference = next(iter(_all(element, "DespatchLineReference")), None)
    order = next(iter(_all(element, "OrderLineReference")), None)
    document_id = _said(reference, "DocumentReference", "ID") if reference is not None else None
    return AdviceLine(
        _said(element, "ID") or str(place),
        place,
        _present(serials),
        _number(_said(element, "ReceivedQuantity") or _said(element, "DeliveredQuantity")),
        _number(_said(element, "RejectedQuantity")),
        _said(item, "Name") or _said(item, "Description"),
        _present(numbers),
        standard if standard and standard.isdecimal() and 8 <= len(standard) <= 14 else None,
        _said(order, "LineID") if order is not None else None,
        _present([_said(order, "OrderReference", "ID")] if order is not None else []),
        (document_id or "", _said(reference, "LineID")) if reference is not None else None,
    )


def _stamp(root: "Element", kind: str) -> tuple[str, str | None] | None:
    """Return date and time of delivery or despatch, else of issue."""
    actual = (
        ("ActualDelivery",) if kind == "ReceiptAdvice" else ("ActualDespatch", "ActualDelivery", "Despatch")
    )
    for name in actual:
        for each in root.iter():
            if document.local(each.tag) == f"{name}Date" and each.text:
                parent_time = next(
                    (t.text for t in root.iter() if document.local(t.tag) == f"{name}Time"), None
                )
                return each.text, parent_time
    issued = _said(root, "IssueDate")
    return (issued, _said(root, "IssueTime")) if issued else None


def _places(root: "Element", *paths: tuple[str, ...]) -> list[str | None]:
    """Return what names a place: ids of locations and addresses, end points and identifiers of parties."""
    found: list[str | None] = []
    for path in paths:
        here = [root]
        for name in path:
            here = [inner for each in here for inner in _all(each, name)]
        for each in here:
            for inner in each.iter():
                tag = document.local(inner.tag)
                if tag in {
                    "DeliveryAddress",
                    "DespatchAddress",
                    "DeliveryLocation",
                    "OriginAddress",
                    "PartyIdentification",
                    "PhysicalLocation",
                    "PostalAddress",
                }:
                    found.append(_said(inner, "ID"))
                elif tag == "EndpointID":
                    found.append((inner.text or "").strip())
    return found


def _is_licence(reference: "Element") -> bool:
    code, kind = _said(reference, "DocumentTypeCode"), (_said(reference, "DocumentType") or "").casefold()
    return code in _LICENCE_CODES or any(word in kind for word in _LICENCE_WORDS)


def _all(element: "Element", name: str) -> list["Element"]:
    return [each for each in element if document.local(each.tag) == name]


def _descend(element: "Element", name: str) -> Iterator["Element"]:
    return (each for each in element.iter() if document.local(each.tag) == name)


def _said(element: "Element | None", *path: str) -> str | None:
    here = element
    for name in path:
        here = next(iter(_all(here, name)), None) if here is not None else None
    return here.text.strip() or None if here is not None and here.text else None


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation:
        return None


def _present(texts: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
