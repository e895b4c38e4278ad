"""UBL: a despatch names serial numbers under a licence; a receipt begins the chain of custody of those that arrived."""

from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from kansa.connectors.devices.papers import Contract, Line, PaperOptions
from kansa.connectors.ubl.source import UblSource
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput
from shared_data import SharedData

TOKYO = zone_named("Asia/Tokyo")
SPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
SERIALS = ("1650124031592", "1650124008135")


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    found = Fleet(tmp_path)
    found.introduce_contract("C-1", "VEU-1")
    return found


def options(**more: object) -> PaperOptions:
    """Options that map order, place and zone."""
    contracts = {"PO-4711": Contract("C-1", lines={"10": Line("1", "VEU-1")})}
    return PaperOptions("ubl", zone=TOKYO, places={"DOCK-7": "TYO"}, contracts=contracts, **more)  # type: ignore[arg-type]


def line(kind: str, quantity: int, serials: tuple[str, ...], more: str = "") -> str:
    """A line 1 for line 10 of the order."""
    amount = "ReceivedQuantity" if kind == "Receipt" else "DeliveredQuantity"
    instances = "".join(
        f"<cac:ItemInstance><cbc:SerialID>{each}</cbc:SerialID></cac:ItemInstance>" for each in serials
    )
    return (
        f"<cac:{kind}Line><cbc:ID>1</cbc:ID><cbc:{amount} unitCode='EA'>{quantity}</cbc:{amount}>{more}"
        "<cac:OrderLineReference><cbc:LineID>10</cbc:LineID></cac:OrderLineReference>"
        "<cac:Item><cbc:Name>NVIDIA H100 SXM5</cbc:Name><cac:StandardItemIdentification><cbc:ID>4012345111118</cbc:ID>"
        f"</cac:StandardItemIdentification>{instances}</cac:Item></cac:{kind}Line>"
    )


def advice(path: Path, kind: str, *lines: str, head: str = "") -> Path:
    """A despatch or receipt advice of 2 January in Tokyo."""
    path.write_text(
        f'<{kind}Advice xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}Advice-2" {SPACES}>'
        f"<cbc:ID>{kind}-1</cbc:ID><cbc:IssueDate>2026-01-02</cbc:IssueDate><cbc:IssueTime>09:00:00</cbc:IssueTime>"
        f"<cac:OrderReference><cbc:ID>PO-4711</cbc:ID></cac:OrderReference>{head}"
        "<cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cac:DeliveryLocation><cbc:ID>DOCK-7</cbc:ID></cac:DeliveryLocation>"
        f"</cac:Delivery></cac:Shipment>{''.join(lines)}</{kind}Advice>"
    )
    return path


def test_a_receipt_names_contract_line_authorization_and_each_serial(fleet: Fleet, tmp_path: Path) -> None:
    """That is what begins a chain of custody: each device is then in custody at the site."""
    path = advice(tmp_path / "receipt.xml", "Receipt", line("Receipt", 2, SERIALS))
    done = fleet.ingest(UblSource(options(), fleet.urn), path)
    assert (done.rows, done.records) == (1, 1)
    moved = fleet.said("device.moved")
    assert {(each["step"], each["contract_line"], each["site_id"]) for each in moved} == {
        ("receiving", "1", fleet.sites["TYO"])
    }
    assert all(each["authorization_id"] and each["contract_id"] for each in moved)
    held = {(row.device_id, row.site_id) for row in fleet.vault.tables().custody}
    assert held == {(each["device_id"], fleet.sites["TYO"]) for each in moved}
    assert moved[0]["valid_from"] == "2026-01-02T00:00:00.000Z"


def test_serial_and_gtin_join_with_the_epc_of_the_same_item(fleet: Fleet, tmp_path: Path) -> None:
    """An SGTIN is a GTIN with a serial number."""
    fleet.ingest(
        UblSource(options(), fleet.urn),
        advice(tmp_path / "r.xml", "Receipt", line("Receipt", 2, SERIALS)),
    )
    assert {each["epc"] for each in fleet.said("device.named")} == {
        f"01/04012345111118/21/{each}" for each in SERIALS
    }


def test_a_receipt_without_serials_takes_those_of_the_despatch_that_it_answers(
    fleet: Fleet, tmp_path: Path
) -> None:
    """Only if all of them arrived: two of three would leave open which."""
    answers = "<cac:DespatchLineReference><cbc:LineID>1</cbc:LineID><cac:DocumentReference><cbc:ID>Despatch-1</cbc:ID></cac:DocumentReference></cac:DespatchLineReference>"  # fmt: skip
    licence = "<cac:AdditionalDocumentReference><cbc:ID>VEU-1</cbc:ID><cbc:DocumentTypeCode>811</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"  # fmt: skip
    sent = advice(tmp_path / "despatch.xml", "Despatch", line("Despatch", 2, SERIALS), head=licence)
    whole = advice(tmp_path / "receipt.xml", "Receipt", line("Receipt", 2, (), answers))
    done = fleet.ingest(UblSource(options(), fleet.urn), sent, whole)
    assert done.records == 2
    assert len(fleet.said("device.moved")) == 2
    (drawn,) = fleet.said("authorization.drawn")
    assert len(drawn["device_ids"]) == 2
    short = advice(tmp_path / "short.xml", "Receipt", line("Receipt", 1, (), answers))
    assert "1 of 2 arrived" in fleet.ingest(UblSource(options(), fleet.urn), sent, short).problems[0].message


def test_the_oasis_samples(fleet: Fleet, shared_data: SharedData) -> None:
    """Beeswax has no serial numbers: quarantined with what to give, or passed over where the options name the products."""
    files = [
        shared_data("connectors", "ubl", f"UBL-{kind}Advice-2.0-Example.xml")
        for kind in ("Despatch", "Receipt")
    ]
    done = fleet.ingest(UblSource(PaperOptions("ubl", zone=TOKYO), fleet.urn), *files)
    assert {each.code for each in done.problems} == {"ubl.serials"}
    chosen = PaperOptions("ubl", zone=TOKYO, products={"04012345111118": "h100-sxm5"})
    passed = fleet.ingest(UblSource(chosen, fleet.urn), *files)
    assert set(passed.passed_over) == {"an item that the options do not name as a product"}


def test_another_document_is_refused_with_what_to_export(fleet: Fleet, shared_data: SharedData) -> None:
    """A whole-file failure says what to export instead."""
    with pytest.raises(BadInput) as caught:
        fleet.ingest(
            UblSource(options(), fleet.urn),
            shared_data("connectors", "ubl", "UBL-Invoice-2.1-Example.xml"),
        )
    assert "it is a `Invoice`" in caught.value.problems[0].message


def test_a_rejected_line_and_a_copy_say_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """They are counted, with their reason."""
    rejected = advice(
        tmp_path / "r.xml",
        "Receipt",
        line("Receipt", 2, SERIALS, "<cbc:RejectedQuantity>2</cbc:RejectedQuantity>"),
    )
    copy = advice(
        tmp_path / "c.xml",
        "Receipt",
        line("Receipt", 2, SERIALS),
        head="<cbc:CopyIndicator>true</cbc:CopyIndicator>",
    )
    done = fleet.ingest(UblSource(options(), fleet.urn), rejected, copy)
    assert set(done.passed_over) == {"all of it was rejected", "a copy of a document"}
