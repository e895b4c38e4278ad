"""What options of sources of papers say of contracts and places, as it is written."""

from typing import Annotated, Literal

from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import Label, OneOf
from kansa.connectors.devices.options_file import DeviceOptionsFile


class PaperSystemsModel(ConfigModel):
    """In whose books sites, contracts and authorizations stand."""

    model_config = title("Systems", "台帳のシステム")
    node: str = doc("the system of host names", "ホスト名の台帳", "node")
    site: str = doc("the system of sites", "拠点の台帳", "site")
    contract: str = doc("the system of contracts", "契約の台帳", "contract")
    authorization: str = doc("the system of authorizations", "許可等の台帳", "authorization")


class LineModel(ConfigModel):
    """A line of a contract."""

    model_config = title("Contract line", "契約明細")
    line: Label | None = doc(
        "the line of the contract, where the paper numbers it otherwise",
        "契約の明細番号（書類の番号と異なる場合）",
        None,
    )
    authorization: Label | None = doc(
        "the key of the authorization under which it is supplied", "供給の根拠となる許可等の鍵", None
    )


class ContractModel(LineModel):
    """What a paper's order or contract number means."""

    model_config = title("Contract", "契約")
    contract: Label | None = doc(
        "the key of the contract; else the number itself", "契約の鍵。省けば番号そのもの", None
    )
    lines: dict[str, LineModel] = doc("the lines, by their number in the paper", "書類での番号ごとの明細", {})


class PapersOptionsFile(DeviceOptionsFile):
    """How papers of custody are read."""

    model_config = title("Options of papers of custody", "管理履歴の書類の読み方")
    systems: PaperSystemsModel | None = doc("in whose books keys stand", "鍵の台帳", None)  # type: ignore[assignment]  # more than the base has
    places: dict[str, Label] = doc(
        "a place as the paper names it (SGLN, GLN, location id) → the site's key",
        "書類での場所（SGLN・GLN・場所の番号）→ 拠点の鍵",
        {},
    )
    contracts: dict[str, ContractModel] = doc(
        "number of an order or contract as the paper writes it → the contract",
        "書類での注文番号・契約番号 → 契約",
        {},
    )
    products: dict[str, Label] = doc(
        "GTIN or item number → item class; with it, only these items are devices",
        "GTIN または品番 → 品目区分。指定すると、これらの品目だけを機器として扱う",
        {},
    )
    elsewhere: Annotated[Literal["quarantine", "pass_over"], OneOf()] = doc(
        "what becomes of a step at a place that is none of the sites",
        "拠点にない場所での出来事の扱い",
        "quarantine",
    )
