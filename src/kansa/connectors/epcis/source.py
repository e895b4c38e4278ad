"""EPCIS events to custody: each object's business step at a site, and what was declared an error.

An event says one thing of several objects; each object gets its record. An object that is packed (a pallet, a crate)
speaks for what the events before put into it. An error declaration takes the place of what it means; the corrective
event is a record of its own. Nothing is deleted.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped, Window
from kansa.connectors.devices.names import system_of
from kansa.connectors.devices.papers import PaperOptions
from kansa.connectors.devices.sighting import OBSERVED
from kansa.connectors.epcis.event import ADVICE, Event, Unreadable, events
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


class EpcisSource:
    """Reads EPCIS documents; remembers within one ingest what was packed into what."""

    def __init__(self, options: PaperOptions, urn: str) -> None:
        self.options = options
        self._name = f"{urn}:{options.source}"
        self._inside: dict[str, dict[str, None]] = {}

    @property
    def name(self) -> str:
        return self._name

    @property
    def goes_back(self) -> bool:
        return False

    def survey(self, paths: Sequence[Path]) -> None:
        """Nothing: events are in order of the files."""

    def window(self, _names: Names) -> Window | None:
        return None

    def remarks(self, _names: Names) -> Sequence[Problem]:
        return ()

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        for event in events(path):
            if isinstance(event, Unreadable):
                problem = Problem("epcis.event", event.message, str(path), event.line, event.field, ADVICE)
                yield Quarantined((problem,), event.raw)
            else:
                yield self._row(event, path, names)

    def _row(self, event: Event, path: Path, names: Names) -> Row:
        objects = self._objects(event)
        if not objects:
            if event.parent is not None and event.action == "DELETE":
                return _bad(event, path, "epcis.contents", f"what `{event.parent}` held is not known", "childEPCs", "ingest the events that packed it in the same call, before this one")  # fmt: skip
            return Skipped(NO_OBJECTS)
        meant = [each for each in objects if self.options.is_product(_gtin(each), each)]
        if not meant:
            return Skipped(NOT_MEANT)
        if event.declared is not None:
            return self._withdrawn(event, meant, path, names)
        step = STEPS.get(event.step or "")
        if event.type == "TransformationEvent":
            step = None
        if event.place is None:
            if step is None:
                return Skipped(NO_PLACE)
            return _bad(event, path, "epcis.place", f"the step `{event.step}` names no place", "bizLocation")
        site = self.options.site_named(event.place, names) or self.options.site_named(event.read_point, names)
        if site is None:
            if self.options.elsewhere == "pass_over":
                return Skipped(ELSEWHERE)
            advice = "register the site under this key, map it in `places`, or say `elsewhere: pass_over`"
            return _bad(event, path, "id.unknown", f"the place `{event.place}` is none of the sites", "bizLocation", advice)  # fmt: skip
        drafts = [self._said(event, each, step, site, names) for each in meant]
        first, *more = [*drafts, *self._used_up(event, site, names)]
        return Parsed(first, str(path), event.line, dict(event.raw), tuple(more))

    def _objects(self, event: Event) -> list[str]:
        """Return the objects of an event, what is packed in them in their place; follows what is packed from here on."""
        if event.type in {"AggregationEvent", "AssociationEvent"} and event.parent is not None:
            inside = self._inside.setdefault(event.parent, {})
            listed = list(event.epcs) or (list(inside) if event.action == "DELETE" or event.action == "OBSERVE" else [])
            if event.declared is None:
                if event.action == "DELETE":
                    for each in listed:
                        inside.pop(each, None)
                else:
                    inside.update(dict.fromkeys(listed))
            return self._unpacked(listed)
        listed = list(event.outputs) if event.type == "TransformationEvent" else list(event.epcs)
        return self._unpacked(listed or list(event.epcs))

    def _unpacked(self, listed: list[str], depth: int = 0) -> list[str]:
        """Return what lies in packed objects (a pallet, a crate: SSCC, GRAI) for them; others stay."""
        found: list[str] = []
        for each in listed:
            inside = self._inside.get(each)
            if inside and each.startswith(("00/", "8003/")) and depth < 8:  # noqa: PLR2004 - nobody packs deeper
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

    def _withdrawn(self, event: Event, objects: list[str], path: Path, names: Names) -> Row:
        declared = event.declared
        assert declared is not None  # noqa: S101 - narrows the type; the caller has looked
        site = self.options.site_named(event.place, names) or self.options.site_named(event.read_point, names)
        drafts = [
            Draft(
                WITHDRAWN,
                self.name,
                _key(event, each),
                event.at,
                {
                    "valid_from": format_instant(event.at),
                    "known_by": "documented",
                    "device_id": names.introduce("device", system_of("epc"), each),
                    "site_id": site,
                    "corrected_by": len(declared.corrective),
                    **({"reason": declared.reason} if declared.reason else {}),
                },
                progresses=True,
            )
            for each in objects
        ]
        first, *more = drafts
        return Parsed(first, str(path), event.line, dict(event.raw), tuple(more))


def _key(event: Event, object_: str) -> str:
    return json.dumps(["epcis", event.id, object_], ensure_ascii=False)


def _gtin(object_: str) -> str | None:
    """Return the GTIN of a serialized item."""
    return object_.split("/")[1] if object_.startswith("01/") else None


def _bad(
    event: Event, path: Path, code: str, message: str, name: str, advice: str | None = None
) -> Quarantined:
    return Quarantined((Problem(code, message, str(path), event.line, name, advice),), dict(event.raw))
