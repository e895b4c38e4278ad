"""EPCIS 2.0: steps of a chain of custody, in both spellings, with what was packed, declared wrong and corrected."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from kansa.connectors.devices.names import epc
from kansa.connectors.devices.papers import Contract, PaperOptions
from kansa.connectors.epcis.event import Event, events
from kansa.connectors.epcis.source import EpcisSource
from kansa.errors import BadInput
from kansa.records.journal import MemoryJournal, note
from kansa.registers.spans.custody import device_stretches
from shared_data import SharedData

TOKYO, SINGAPORE = "urn:epc:id:sgln:4012345.00001.0", "urn:epc:id:sgln:4012345.00002.0"
PLACES = {TOKYO: "TYO", SINGAPORE: "SIN"}
OPTIONS = PaperOptions("epcis", places=PLACES)
GPU = "urn:epc:id:sgtin:4012345.011111.1650124031592"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def event(kind: str, step: str, day: int, **more: Any) -> dict[str, Any]:
    """An event at Tokyo unless it says otherwise."""
    body = {
        "type": kind, "eventID": f"urn:uuid:{kind}-{step}-{day}", "eventTime": f"2026-01-{day:02}T09:00:00+09:00",
        "eventTimeZoneOffset": "+09:00", "bizStep": step, "action": "OBSERVE", "readPoint": {"id": TOKYO},
    }  # fmt: skip
    return body | more


def document(path: Path, *listed: dict[str, Any]) -> Path:
    """A document of events."""
    path.write_text(
        json.dumps({"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": listed}})
    )
    return path


def test_all_samples_are_accounted_for_in_both_spellings(fleet: Fleet, shared_data: SharedData) -> None:
    """Every event of GS1's examples becomes a record, is passed over with a reason, or waits for its place to be named."""
    files = sorted(shared_data("connectors", "epcis").rglob("*.jsonld"))
    files += sorted(shared_data("connectors", "epcis", "XML").rglob("*.xml"))
    source = EpcisSource(PaperOptions("epcis", places=PLACES), fleet.urn)
    done = fleet.ingest(source, *files, refused=1)  # two of the examples are one event with two contents
    assert {
        Path(each.file or each.message).name for each in done.unreadable
    }  # contexts and capture jobs are no documents
    assert {each.code for each in done.unreadable} == {
        "epcis.document",
        "document.json",
    }  # one names `eventID` twice
    assert done.records > 8
    assert {each.code for each in done.problems} <= {
        "id.unknown",
        "epcis.place",
        "epcis.contents",
        "epcis.event",
        "ledger.contradicts",
    }


def test_json_and_xml_say_the_same(shared_data: SharedData) -> None:
    """The same example in both forms gives the same events."""
    told = [
        [
            (each.type, each.at, each.step, each.action, each.epcs, each.place, each.transactions)
            for each in events(shared_data("connectors", "epcis", *parts))
            if isinstance(each, Event)
        ]
        for parts in (
            ("JSON", "Example_9.6.1-ObjectEvent.jsonld"),
            ("XML", "Example_9.6.1-ObjectEvent-2020_06_18a.xml"),
        )
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 2


@pytest.mark.parametrize(
    ("urn", "link"),
    [
        ("urn:epc:id:sgtin:0614141.107346.2017", "https://id.gs1.org/01/10614141073464/21/2017"),
        ("urn:epc:id:giai:4000001.12345", "https://example.com/8004/400000112345"),
        ("urn:epc:id:grai:4012345.55555.987", "https://id.gs1.org/8003/04012345555554987"),
        ("urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"),
    ],
)
def test_a_urn_and_a_digital_link_are_one_name(urn: str, link: str) -> None:
    """The check digit of a GS1 key is computed (examples of the EPC Tag Data Standard)."""
    assert epc(urn) == epc(link)


def test_a_receipt_under_a_contract_line_begins_a_chain_that_a_declared_error_ends(
    fleet: Fleet, tmp_path: Path
) -> None:
    """What was declared an error no longer evidences custody; both records stay."""
    contract, basis = _contract(fleet)
    options = PaperOptions("epcis", places=PLACES, contracts={"4711": Contract("C-1", "1", "VEU-1")})
    order = [{"type": "po", "bizTransaction": "http://buyer.example/po/4711"}]
    received = event("ObjectEvent", "receiving", 2, epcList=[GPU], bizTransactionList=order)
    fleet.ingest(EpcisSource(options, fleet.urn), document(tmp_path / "1.jsonld", received))
    (moved,) = fleet.said("device.moved")
    assert (moved["contract_id"], moved["contract_line"], moved["authorization_id"]) == (contract, "1", basis)
    assert len(_custody(fleet, moved["device_id"])) == 1

    wrong = {"declarationTime": "2026-01-03T00:00:00Z", "reason": "did_not_occur"}
    declared = document(tmp_path / "2.jsonld", received | {"errorDeclaration": wrong})
    assert fleet.ingest(EpcisSource(options, fleet.urn), declared).superseding == 1
    assert not _custody(fleet, moved["device_id"])
    again = fleet.ingest(EpcisSource(options, fleet.urn), tmp_path / "1.jsonld", declared)
    assert (again.duplicates, again.records, again.superseding) == (2, 0, 0)


def test_a_pallet_speaks_for_what_was_packed_in_it(fleet: Fleet, tmp_path: Path) -> None:
    """A step of the pallet is a step of the device."""
    pallet = "urn:epc:id:sscc:0614141.1234567890"
    packed = event("AggregationEvent", "packing", 2, action="ADD", parentID=pallet, childEPCs=[GPU])
    shipped = event("ObjectEvent", "shipping", 3, epcList=[pallet])
    done = fleet.ingest(EpcisSource(OPTIONS, fleet.urn), document(tmp_path / "p.jsonld", packed, shipped))
    assert done.records == 2
    (moved,) = fleet.said("device.moved")
    assert moved["device_id"] == fleet.said("device.observed")[0]["device_id"]


def test_taking_everything_out_of_what_nobody_packed_is_quarantined(fleet: Fleet, tmp_path: Path) -> None:
    """What left is not known; it is not passed over silently."""
    emptied = event("AssociationEvent", "removing", 2, action="DELETE", parentID="urn:epc:id:giai:4000001.1")
    done = fleet.ingest(EpcisSource(OPTIONS, fleet.urn), document(tmp_path / "e.jsonld", emptied))
    assert done.problems[0].code == "epcis.contents"


def test_a_place_that_is_no_site_is_quarantined_or_passed_over_as_the_options_say(
    fleet: Fleet, tmp_path: Path
) -> None:
    """A step elsewhere is said, and can be mended."""
    path = document(tmp_path / "x.jsonld", event("ObjectEvent", "shipping", 2, epcList=[GPU], readPoint={"id": "urn:epc:id:sgln:9999999.00001.0"}))  # fmt: skip
    assert fleet.ingest(EpcisSource(OPTIONS, fleet.urn), path).problems[0].code == "id.unknown"
    passing = PaperOptions("epcis", places=PLACES, elsewhere="pass_over")
    assert fleet.ingest(EpcisSource(passing, fleet.urn), path).passed_over == {
        "at a place that is none of the sites": 1
    }


def test_a_part_of_a_site_is_the_site(fleet: Fleet, tmp_path: Path) -> None:
    """A read point with an extension (a dock door) lies in the location without it."""
    door = event(
        "ObjectEvent", "inspecting", 2, epcList=[GPU], readPoint={"id": "urn:epc:id:sgln:4012345.00001.1234"}
    )
    fleet.ingest(EpcisSource(OPTIONS, fleet.urn), document(tmp_path / "d.jsonld", door))
    assert fleet.said("device.observed")[0]["site_id"] == fleet.sites["TYO"]


def test_an_event_without_a_zone_is_quarantined_with_its_field(fleet: Fleet, tmp_path: Path) -> None:
    """Bad input names line and field."""
    body = event("ObjectEvent", "receiving", 2, epcList=[GPU], eventTime="2026-01-02T09:00:00")
    body.pop("eventTimeZoneOffset")
    done = fleet.ingest(EpcisSource(OPTIONS, fleet.urn), document(tmp_path / "z.jsonld", body))
    assert (done.problems[0].field, done.problems[0].line) == ("eventTime", 1)


def test_another_document_is_refused_with_what_to_export(fleet: Fleet, tmp_path: Path) -> None:
    """A whole-file failure says what to export instead."""
    path = tmp_path / "order.xml"
    path.write_text("<Order/>")
    with pytest.raises(BadInput) as caught:
        fleet.ingest(EpcisSource(OPTIONS, fleet.urn), path)
    assert "EPCIS 2.0 document" in str(caught.value.problems[0].help)


def _contract(fleet: Fleet) -> tuple[str, str]:
    return fleet.introduce_contract("C-1", "VEU-1")


def _custody(fleet: Fleet, device: str) -> list[Any]:
    roots: dict[int, int] = {}
    journal = MemoryJournal()
    journal.add([noted for index, record in fleet.vault.records() if (noted := note(index, record, roots))])
    return device_stretches(device, journal)
