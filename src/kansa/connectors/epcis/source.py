"""EPCIS events to custody: each object's business step at a site, and what was declared an error.

An event says one thing of several objects; each object gets its record. An object that is packed (a pallet, a crate)
speaks for what the events before put into it. An error declaration takes the place of what it means; the corrective
event is a record of its own. Nothing is deleted.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.names import system_of
from kansa.connectors.devices.papers import PaperOptions
from kansa.connectors.devices.sighting import OBSERVED
from kansa.connectors.epcis.event import ADVICE, Declared, Event, Unreadable, events
from kansa.errors import Problem
from kansa.records.draft import Draft

MOVED = "kansa.device.moved.v0"
WITHDRAWN = "kansa.device.move_withdrawn.v0"

STEPS = {
    "receiving": "receiving",
    "accepting": "receiving",
    "shipping": "shipping",
    "installing": "installing",
    "assembling": "installing",
    "removing": "removing",
    "disassembling": "removing",
    "decommissioning": "decommissioning",
    "destroying": "decommissioning",
}
"""Business steps (CBV 2.0 §7.1) that change custody; at any other step the object was seen there."""

NO_OBJECTS = "it names quantities of a class, no single objects"
NOT_MEANT = "none of its objects is a product that the options name"
NO_PLACE = "no change of custody, and no place"
ELSEWHERE = "at a place that is none of the sites"
_ORDERS = frozenset({"po", "poc", "contract"})
_PAPERS = frozenset({"desadv", "recadv", "inv", "bol", "rma", "po"})


class EpcisSource(PlainSource):
    """Reads EPCIS documents; remembers within one ingest what was packed into what."""

    def __init__(self, options: PaperOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self._inside: dict[str, dict[str, None]] = {}

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        for event in events(path):
            if isinstance(event, Unreadable):
                problem = Problem("epcis.event", event.message, str(path), event.line, event.field, ADVICE)
                yield Quarantined((problem,), event.raw)
            else:
                try:
                    yield self._row(event, path, names)
                except RowFault as fault:
                    yield fault.quarantined(path, event.line, dict(event.raw))

    def _row(self, event: Event, path: Path, names: Names) -> Row:
        objects = self._objects(event)
        if not objects:
            return Skipped(NO_OBJECTS)
        meant = [each for each in objects if self.options.is_product(_gtin(each), each)]
        if not meant:
            return Skipped(NOT_MEANT)
        step = None if event.type == "TransformationEvent" else STEPS.get(event.step or "")
        if event.declared is not None:
            drafts = self._withdrawn(event, event.declared, meant, names)
        elif event.place is None and step is None:
            return Skipped(NO_PLACE)
        else:
            site = self._site(event, names)
            if site is None:
                return Skipped(ELSEWHERE)
            drafts = [self._said(event, each, step, site, names) for each in meant]
            drafts += self._used_up(event, site, names)
        first, *more = drafts
        return Parsed(first, str(path), event.line, dict(event.raw), tuple(more))

    def _site(self, event: Event, names: Names) -> str | None:
        """Return the site of an event; None where it lies elsewhere, and the options pass such events over.

        Raises:
            RowFault: it names no place, or one that is none of the sites.
        """
        if event.place is None:
            raise RowFault("epcis.place", f"the step `{event.step}` names no place", "bizLocation")
        site = self._known_site(event, names)
        if site is None and self.options.elsewhere != "pass_over":
            raise RowFault(
                "id.unknown",
                f"the place `{event.place}` is none of the sites",
                "bizLocation",
                "register the site under this key, map it in `places`, or say `elsewhere: pass_over`",
            )
        return site

    def _known_site(self, event: Event, names: Names) -> str | None:
        return self.options.site_named(event.place, names) or self.options.site_named(event.read_point, names)

    def _objects(self, event: Event) -> list[str]:
        """Return the objects of an event, what is packed in them in their place; follows what is packed from here on.

        Raises:
            RowFault: all is taken out of something, and what it held is not known.
        """
        if event.type == "TransformationEvent":
            return self._unpacked(list(event.outputs or event.epcs))
        if event.type not in {"AggregationEvent", "AssociationEvent"} or event.parent is None:
            return self._unpacked(list(event.epcs))
        inside = self._inside.setdefault(event.parent, {})
        listed = list(event.epcs) or (list(inside) if event.action != "ADD" else [])
        if event.action == "DELETE" and not listed and not event.has_classes:
            raise RowFault(
                "epcis.contents",
                f"what `{event.parent}` held is not known",
                "childEPCs",
                "ingest the events that packed it in the same call, before this one",
            )
        if event.declared is None and event.action == "DELETE":
            for each in listed:
                inside.pop(each, None)
        elif event.declared is None:
            inside.update(dict.fromkeys(listed))
        return self._unpacked(listed)

    def _unpacked(self, listed: list[str], depth: int = 0) -> list[str]:
        """Return what lies in packed objects (a pallet, a crate: SSCC, GRAI) for them; others stay."""
        found: list[str] = []
        for each in listed:
            inside = self._inside.get(each)
            if inside and each.startswith(("00/", "8003/")) and depth < 8:
                found += self._unpacked(list(inside), depth + 1)
            else:
                found.append(each)
        return list(dict.fromkeys(found))

    def _said(self, event: Event, object_: str, step: str | None, site: str, names: Names) -> Draft:
        device = names.introduce("device", system_of("epc"), object_)
        papers = "; ".join(f"{kind} {number}" for kind, number in event.transactions if kind in _PAPERS)
        data: dict[str, Any] = {
            "valid_from": format_instant(event.at),
            "known_by": "documented",
            "device_id": device,
            "site_id": site,
        }
        if step is None:
            told = f"EPCIS {event.type}, {event.step or 'no step'}"
            return Draft(OBSERVED, self.name, _key(event, object_), event.at, {**data, "means": told})
        orders = [number for kind, number in event.transactions if kind in _ORDERS]
        supplied = self.options.supplied(orders, None, (), names)
        data |= {
            "step": step,
            **({"document": papers} if papers else {}),
            "contract_id": supplied.contract_id,
            "contract_line": supplied.line,
            "authorization_id": supplied.authorization_id,
        }
        return Draft(MOVED, self.name, _key(event, object_), event.at, data)

    def _used_up(self, event: Event, site: str, names: Names) -> list[Draft]:
        """Return the end of the objects that a transformation made others of."""
        if event.type != "TransformationEvent" or not event.outputs:
            return []
        meant = [each for each in event.epcs if self.options.is_product(_gtin(each), each)]
        return [self._said(event, each, "decommissioning", site, names) for each in meant]

    def _withdrawn(self, event: Event, declared: Declared, objects: list[str], names: Names) -> list[Draft]:
        said: dict[str, Any] = {
            "valid_from": format_instant(event.at),
            "known_by": "documented",
            "site_id": self._known_site(event, names),
            "corrected_by": len(declared.corrective),
            **({"reason": declared.reason} if declared.reason else {}),
        }
        return [
            Draft(
                WITHDRAWN,
                self.name,
                _key(event, each),
                event.at,
                {**said, "device_id": names.introduce("device", system_of("epc"), each)},
                progresses=True,
            )
            for each in objects
        ]


def _key(event: Event, object_: str) -> str:
    return json.dumps(["epcis", event.id, object_], ensure_ascii=False)


def _gtin(object_: str) -> str | None:
    """Return the GTIN of a serialized item."""
    return object_.split("/")[1] if object_.startswith("01/") else None
