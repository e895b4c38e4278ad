"""EPCIS, as a connector."""

from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, FieldRow, Setup
from kansa.connectors.devices.describe import known
from kansa.connectors.devices.describe_papers import paper_options, paper_systems
from kansa.connectors.devices.papers import read_options
from kansa.connectors.epcis.source import EpcisSource
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    return EpcisSource(read_options(setup.options, "epcis"), setup.urn)


_EPC = Words(
    "the device of this EPC; of a pallet or crate, what was packed in it",
    "その EPC の機器。パレット等は中に梱包された機器",
)
_PLACE = Words(
    "by `places` of the options, else the site of this key; a part of a site is the site",
    "オプションの `places`、なければその鍵の拠点。拠点の一部は拠点とする",
)
_WHEN = Words("with its offset", "時差付き")

CONNECTOR = Connector(
    id="epcis",
    title=Words("EPCIS 2.0 events", "EPCIS 2.0 イベント"),
    reads=Words(
        "documents and query results, JSON-LD and XML; all five types of event, error declarations",
        "文書と照会結果（JSON-LD・XML）。五種類のイベントすべてと誤りの宣言",
    ),
    kinds=known("moved", "move_withdrawn", "observed"),
    fields=(
        FieldRow("epcList, childEPCs, inputEPCList, outputEPCList", "device.moved.device_id", _EPC),
        FieldRow(
            "bizStep",
            "device.moved.step",
            Words(
                "receiving, accepting; shipping; installing, assembling; removing, disassembling; decommissioning, destroying",
                "receiving・accepting、shipping、installing・assembling、removing・disassembling、decommissioning・destroying",
            ),
        ),
        FieldRow("bizLocation, readPoint", "device.moved.site_id", _PLACE),
        FieldRow("eventTime, eventTimeZoneOffset", "device.moved.valid_from", _WHEN),
        FieldRow(
            "bizTransactionList (po)",
            "device.moved.contract_id",
            Words(
                "by `contracts` of the options, else the contract of this key",
                "オプションの `contracts`、なければその鍵の契約",
            ),
        ),
        FieldRow(
            "bizTransactionList (po)",
            "device.moved.contract_line",
            Words("by `contracts` of the options", "オプションの `contracts` による"),
        ),
        FieldRow(
            "bizTransactionList (po)",
            "device.moved.authorization_id",
            Words("by `contracts` of the options", "オプションの `contracts` による"),
        ),
        FieldRow(
            "bizTransactionList", "device.moved.document", Words("as written, sealed", "そのまま（封印）")
        ),
        FieldRow(
            "errorDeclaration.reason",
            "device.move_withdrawn.reason",
            Words("the bare word, sealed", "語のみ（封印）"),
        ),
        FieldRow(
            "errorDeclaration.correctiveEventIDs",
            "device.move_withdrawn.corrected_by",
            Words("how many; each is a record of its own", "件数。各イベントはそれ自体が証跡になる"),
        ),
        FieldRow(
            "bizStep (any other)", "device.observed.device_id", Words("seen at the place", "その場所で観測")
        ),
        FieldRow("bizLocation, readPoint", "device.observed.site_id", _PLACE),
    ),
    natural_key=Words(
        "`eventID` (else a digest of the event) and EPC", "`eventID`（なければイベントのダイジェスト）と EPC"
    ),
    make=_make,
    options=paper_options,
    systems=paper_systems,
)
