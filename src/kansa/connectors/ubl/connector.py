"""UBL advices, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import known
from kansa.connectors.devices.describe_papers import paper_options, paper_systems
from kansa.connectors.devices.papers import read_options
from kansa.connectors.ubl.source import DRAWN, UblSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return UblSource(read_options(setup.options, "ubl"), setup.urn)


CONNECTOR = Connector(
    id="ubl",
    title=Words("UBL despatch and receipt advice", "UBL 出荷案内・受領案内"),
    reads=Words(
        "DespatchAdvice and ReceiptAdvice of UBL 2.0 to 2.4, Peppol BIS Despatch Advice 3",
        "UBL 2.0〜2.4 の DespatchAdvice・ReceiptAdvice、Peppol BIS Despatch Advice 3",
    ),
    kinds=(*known("moved", "named"), DRAWN),
    fields=(
        FieldRow(
            "ItemInstance/SerialID",
            "device.moved.device_id",
            Words(
                "one record a serial number; a receipt line without any takes those of its despatch line, if all arrived",
                "シリアル番号ごとに一件。番号のない受領明細は、全数届いた場合に限り出荷明細の番号による",
            ),
        ),
        FieldRow(
            "document type",
            "device.moved.step",
            Words(
                "receipt: receiving; despatch from a site: shipping",
                "受領案内は receiving、拠点からの出荷案内は shipping",
            ),
        ),
        FieldRow(
            "DeliveryLocation, DeliveryAddress, party identification",
            "device.moved.site_id",
            Words("by `places`, else `site` of the options", "オプションの `places`、なければ `site`"),
        ),
        FieldRow(
            "ActualDeliveryDate, IssueDate",
            "device.moved.valid_from",
            Words("in `zone` of the options where it has none", "時間帯がなければオプションの `zone`"),
        ),
        FieldRow(
            "OrderReference/ID, ContractDocumentReference/ID",
            "device.moved.contract_id",
            Words(
                "by `contracts`, else the contract of this key",
                "オプションの `contracts`、なければその鍵の契約",
            ),
        ),
        FieldRow(
            "OrderLineReference/LineID",
            "device.moved.contract_line",
            Words("by `contracts`, else as written", "オプションの `contracts`、なければそのまま"),
        ),
        FieldRow(
            "AdditionalDocumentReference (licence)",
            "device.moved.authorization_id",
            Words(
                "by `contracts`, else the authorization of this key",
                "オプションの `contracts`、なければその鍵の許可等",
            ),
        ),
        FieldRow("ID", "device.moved.document", Words("with the line, sealed", "明細番号付き（封印）")),
        FieldRow(
            "ItemInstance/SerialID",
            "device.named.board_serial",
            Words("the serial number, as a name", "シリアル番号（機器の名前）"),
        ),
        FieldRow(
            "StandardItemIdentification/ID (GTIN)",
            "device.named.epc",
            Words(
                "with the serial number, as the path of a Digital Link",
                "シリアル番号と合わせ、Digital Link のパスとして",
            ),
        ),
        FieldRow("Item/Name", "device.named.model", Words("as written, sealed", "そのまま（封印）")),
        FieldRow(
            "Item/…ItemIdentification/ID",
            "device.named.part_number",
            Words("the first, sealed", "最初のもの（封印）"),
        ),
        FieldRow(
            "AdditionalDocumentReference (licence) of a despatch",
            "authorization.drawn.authorization_id",
            Words("the units that it names were drawn", "明細の機器を許可枠から使用"),
        ),
        FieldRow(
            "ItemInstance/SerialID of a despatch",
            "authorization.drawn.device_ids",
            Words("all of the line", "明細のすべて"),
        ),
    ),
    natural_key=Words("document, line and serial number", "書類・明細・シリアル番号"),
    make=_make,
    options=paper_options,
    systems=paper_systems,
)
