"""An EPCIS event, whatever its spelling: JSON-LD or XML, bare words, URNs or Digital Links.

Sources: EPCIS 2.0 §7.4 and §9 (XML), §10 (JSON); Core Business Vocabulary 2.0 §7.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kansa.clock import to_instant
from kansa.connectors.devices.names import epc
from kansa.connectors.formats import document
from kansa.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ADVICE = "export the events as an EPCIS 2.0 document, JSON-LD or XML"
TYPES = frozenset(
    {"ObjectEvent", "AggregationEvent", "AssociationEvent", "TransactionEvent", "TransformationEvent"}
)
_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


class Declared(NamedTuple):
    """The declaration that an event was an error."""

    time: str | None
    reason: str | None
    corrective: tuple[str, ...]


class Event(NamedTuple):
    """One event. EPCs are paths of Digital Links; `step` is the bare word of the business step.

    `id` is the event's own, else a digest of what it says without its recording and its error declaration (EPCIS 2.0
    §7.4.1.4 finds the event that a declaration means so).
    """

    line: int
    type: str
    id: str
    at: int
    action: str | None
    step: str | None
    epcs: tuple[str, ...]
    outputs: tuple[str, ...]
    parent: str | None
    has_classes: bool
    place: str | None
    read_point: str | None
    transactions: tuple[tuple[str, str], ...]
    declared: Declared | None
    raw: Mapping[str, Any]


class Unreadable(NamedTuple):
    """An event that cannot be read: where, which field, why."""

    line: int
    field: str
    message: str
    raw: Any


def events(path: Path) -> Iterator[Event | Unreadable]:
    """Yield the events of a document, in order.

    Raises:
        BadInput: it is no EPCIS document.
    """
    content = document.read(path)
    if content.lstrip()[:1] == b"<":
        listed = _xml(document.parse_xml(content, path, ADVICE), path)
    else:
        listed = _json(document.parse_json(content, path, ADVICE), path)
    for line, body in enumerate(listed, start=1):
        yield _event(line, body)


def _json(value: Any, path: Path) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        body = value.get("epcisBody")
        if isinstance(body, dict):
            results = body.get("queryResults")
            inner = results.get("resultsBody") if isinstance(results, dict) else None
            found = body.get("eventList") or (inner.get("eventList") if isinstance(inner, dict) else None)
            single = body.get("event")
            if isinstance(found, list):
                return found
            return [single] if isinstance(single, dict) else []
        if isinstance(value.get("eventList"), list):
            return list(value["eventList"])
        if value.get("type") in TYPES:
            return [value]
    raise BadInput("epcis.document", f"`{path}` is no EPCIS document", help=ADVICE)


def _xml(root: "Element", path: Path) -> list[dict[str, Any]]:
    """Return the events of an XML document in the shape that they have in JSON."""
    found = [each for each in root.iter() if document.local(each.tag) == "EventList"]
    if not found:
        if document.local(root.tag) in {"EPCISDocument", "EPCISQueryDocument"}:
            return []
        raise BadInput(
            "epcis.document",
            f"`{path}` is no EPCIS document: it is a `{document.local(root.tag)}`",
            help=ADVICE,
        )
    listed: list[dict[str, Any]] = []
    for event in found[0]:
        # Up to EPCIS 1.2, later kinds of events stood inside `extension`.
        whole = event
        while document.local(whole.tag) == "extension" and len(whole):
            whole = whole[0]
        listed.append({"type": document.local(whole.tag), **_fields(whole)})
    return listed


def _fields(element: "Element") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in element:
        name = document.local(each.tag)
        if name in {"extension", "baseExtension"}:
            found |= _fields(each)
        elif name in {"epcList", "childEPCs", "inputEPCList", "outputEPCList"}:
            found[name] = [_text(inner) for inner in each]
        elif name in {"readPoint", "bizLocation"}:
            found[name] = {
                "id": next((_text(inner) for inner in each if document.local(inner.tag) == "id"), "")
            }
        elif name == "bizTransactionList":
            found[name] = [{"type": inner.get("type", ""), "bizTransaction": _text(inner)} for inner in each]
        elif name == "errorDeclaration":
            ids = [_text(inner) for inner in each.iter() if document.local(inner.tag) == "correctiveEventID"]
            found[name] = {
                "declarationTime": next(
                    (_text(i) for i in each if document.local(i.tag) == "declarationTime"), None
                ),
                "reason": next((_text(i) for i in each if document.local(i.tag) == "reason"), None),
                "correctiveEventIDs": ids,
            }
        elif name in _CLASSES:
            found[name] = [{} for _ in each]
        else:
            found[name] = _text(each)
    return found


def _text(element: "Element") -> str:
    return (element.text or "").strip()


def _event(line: int, body: Any) -> Event | Unreadable:
    if not isinstance(body, dict):
        return Unreadable(line, "event", "it is no object", body)
    kind = document.local(str(body.get("type") or body.get("@type") or "")).rpartition(":")[2]
    if kind not in TYPES:
        return Unreadable(line, "type", f"`{kind}` is no type of event of EPCIS 2.0", body)
    try:
        at = _instant(body)
    except ValueError as error:
        return Unreadable(line, "eventTime", str(error), body)
    inputs = body.get("epcList") or body.get("childEPCs") or body.get("inputEPCList") or []
    listed = body.get("bizTransactionList")
    transactions = listed if isinstance(listed, list) else []
    return Event(
        line,
        kind,
        str(body.get("eventID") or _digest(body)),
        at,
        _word(body.get("action")),
        _step(body.get("bizStep")),
        _epcs(inputs),
        _epcs(body.get("outputEPCList") or []),
        epc(body["parentID"]) if isinstance(body.get("parentID"), str) and body["parentID"] else None,
        any(body.get(name) for name in _CLASSES),
        _place(body.get("bizLocation")) or _place(body.get("readPoint")),
        _place(body.get("readPoint")),
        tuple(
            (_step(each.get("type")) or "", str(each["bizTransaction"]))
            for each in transactions
            if isinstance(each, dict) and isinstance(each.get("bizTransaction"), str)
        ),
        _declared(body.get("errorDeclaration")),
        body,
    )


def _epcs(listed: Any) -> tuple[str, ...]:
    texts = [each for each in listed if isinstance(each, str) and each] if isinstance(listed, list) else []
    return tuple(dict.fromkeys(epc(each) for each in texts))


def _declared(value: Any) -> Declared | None:
    if not isinstance(value, dict):
        return None
    ids = value.get("correctiveEventIDs")
    return Declared(
        _word(value.get("declarationTime")),
        _step(value.get("reason")),
        tuple(str(each) for each in ids) if isinstance(ids, list) else (),
    )


def _word(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _step(value: Any) -> str | None:
    """Return the bare word of a value of the vocabulary: `cbv:BizStep-receiving`, `urn:…:receiving`, `…/receiving`."""
    text = _word(value)
    if text is None:
        return None
    word = text.rpartition("/")[2].rpartition(":")[2]
    return word.rpartition("-")[2] if word.startswith(("BizStep-", "Disp-", "BTT-", "ER-")) else word


def _place(value: Any) -> str | None:
    return _word(value.get("id")) if isinstance(value, dict) else _word(value)


def _instant(body: Mapping[str, Any]) -> int:
    """Return when the event happened.

    Raises:
        ValueError: there is no time, or none that a calendar has, or nothing says in which zone it is.
    """
    text = _word(body.get("eventTime"))
    if text is None:
        raise ValueError("no time of the event")
    offset = _word(body.get("eventTimeZoneOffset"))
    moment = _parsed(text)
    if moment.tzinfo is None:
        if offset is None:
            raise ValueError(f"`{text}` has no offset, and there is no `eventTimeZoneOffset`")
        moment = _parsed(f"{text}{offset}")
    return to_instant(moment)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"`{text}` is no time") from error


def _digest(body: Mapping[str, Any]) -> str:
    passing = {"recordTime", "errorDeclaration", "eventID"}
    said = {name: value for name, value in body.items() if name not in passing}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
