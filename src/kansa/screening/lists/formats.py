"""The forms in which lists can be given, and the lists that a screening ought to cover.

A screening names every list of `OUGHT` that it did not cover, whether or not a reader for it exists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kansa.errors import BadInput
from kansa.screening.lists import (
    bis_dpl,
    csl,
    japan_notice,
    meti,
    ofac,
    open_form,
    opensanctions,
    registry_json,
    un,
)
from kansa.screening.lists.reading import Document, Reading

IMPORTER = "2"
"""Raised whenever a reader may give other entries for the same bytes."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form: its reader, its publisher's words for it, which files it takes, where they are published."""

    name: str
    read: Callable[..., Reading]
    en: str
    ja: str
    files: str
    source: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Ought:
    """A list that a screening ought to cover; `fresh_days` is how old an edition may be before it is called stale.

    Without a `required` one no screening is complete; the gate's pack names the same (`required_lists`).
    """

    list: str
    en: str
    ja: str
    fresh_days: int
    required: bool = False


_ALL = (
    Format(
        "csl",
        csl.read,
        "US Consolidated Screening List",
        "米国 統合スクリーニングリスト",
        "consolidated.json or consolidated.csv",
        "https://www.trade.gov/consolidated-screening-list",
    ),
    Format(
        "ofac-sdn",
        ofac.read_sdn,
        "OFAC Specially Designated Nationals",
        "米国 OFAC 特別指定国民",
        "sdn.csv add.csv alt.csv [sdn_comments.csv]",
        "https://sanctionslist.ofac.treas.gov/Home/SdnList",
    ),
    Format(
        "ofac-cons",
        ofac.read_consolidated,
        "OFAC consolidated (non-SDN)",
        "米国 OFAC 統合リスト（SDN以外）",
        "cons_prim.csv cons_add.csv cons_alt.csv [cons_comments.csv]",
        "https://sanctionslist.ofac.treas.gov/Home/ConsolidatedList",
    ),
    Format(
        "bis-dpl",
        bis_dpl.read,
        "BIS Denied Persons List",
        "米国 BIS 取引禁止者リスト",
        "dpl.txt",
        "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
    ),
    Format(
        "un",
        un.read,
        "UN Security Council consolidated list",
        "国連安保理 統合リスト",
        "consolidated.xml",
        "https://scsanctions.un.org/consolidated",
    ),
    Format(
        "meti-eul",
        meti.read,
        "METI End User List",
        "経済産業省 外国ユーザーリスト",
        "jp.json, or the text of the PDF's table as cells or as laid out",
        "https://www.meti.go.jp/policy/anpo/law05.html",
    ),
    Format(
        "jp-notice",
        japan_notice.read,
        "Japan's notices on Russia, Belarus and third countries",
        "外務省告示（ロシア・ベラルーシ・第三国の団体）",
        "the text of one notice's PDF",
        "https://www.meti.go.jp/policy/external_economy/trade_control/01_seido/04_seisai/crimea.html",
    ),
    Format(
        "mofcom",
        registry_json.read_mofcom,
        "China MOFCOM control, attention and unreliable-entity lists",
        "中国商務部 管控・関注・不可靠実体リスト",
        "cn.json",
        "https://aqygzj.mofcom.gov.cn/",
    ),
    Format(
        "opensanctions",
        opensanctions.read,
        "OpenSanctions (licence needed)",
        "OpenSanctions（要ライセンス）",
        "entities.ftm.json or targets.nested.json",
        "https://www.opensanctions.org/licensing/",
    ),
    Format(
        "jsonl",
        open_form.read_json_lines,
        "an own list, JSON Lines",
        "自社リスト（JSON Lines）",
        "one or more .jsonl",
        "",
        own=True,
    ),
    Format(
        "csv", open_form.read_csv, "an own list, CSV", "自社リスト（CSV）", "one or more .csv", "", own=True
    ),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}

OUGHT = (
    Ought("us.el", "US Entity List", "米国 エンティティリスト", 14, required=True),
    Ought("us.dpl", "US Denied Persons List", "米国 取引禁止者リスト", 14, required=True),
    Ought("us.uvl", "US Unverified List", "米国 未検証リスト", 14, required=True),
    Ought("us.meu", "US Military End User List", "米国 軍事エンドユーザーリスト", 14, required=True),
    Ought("us.sdn", "US Specially Designated Nationals", "米国 特別指定国民", 14, required=True),
    Ought("us.ssi", "US Sectoral Sanctions", "米国 部門別制裁", 14),
    Ought("us.cmic", "US Chinese Military-Industrial Complex", "米国 中国軍産複合体企業", 14),
    Ought("us.mbs", "US Menu-Based Sanctions", "米国 個別措置制裁", 14),
    Ought("us.cap", "US CAPTA List", "米国 CAPTAリスト", 14),
    Ought("us.plc", "US Palestinian Legislative Council List", "米国 パレスチナ立法評議会リスト", 14),
    Ought("us.dtc", "US ITAR Debarred", "米国 ITAR 資格停止", 14),
    Ought("us.isn", "US Nonproliferation Sanctions", "米国 不拡散制裁", 14),
    Ought("un.sc", "UN Security Council", "国連安保理", 14),
    Ought("jp.eul", "Japan METI End User List", "経済産業省 外国ユーザーリスト", 400, required=True),
    Ought("jp.russia", "Japan notice on Russia", "外務省告示 ロシア", 400),
    Ought("jp.belarus", "Japan notice on Belarus", "外務省告示 ベラルーシ", 1_600),
    Ought("jp.third_countries", "Japan notice on third countries", "外務省告示 第三国", 400),
    Ought("jp.mof", "Japan MOF asset freeze", "財務省 資産凍結等対象者", 30),
    Ought("cn.control", "China Export Control List", "中国 輸出管理 管控リスト", 60),
    Ought("cn.attention", "China Attention List", "中国 関注リスト", 60),
    Ought("cn.unreliable", "China Unreliable Entity List", "中国 不可靠実体リスト", 60),
    Ought("eu.fsf", "EU Consolidated Financial Sanctions", "EU 金融制裁統合リスト", 14),
    Ought("uk.sanctions", "UK Sanctions List", "英国 制裁リスト", 14),
)


_OFFICIAL = frozenset(each.list for each in OUGHT) | {"us.csl", "us.ofac_sdn", "us.ofac_cons", "jp.meti_eul"}
"""An own file under such a name would pass for the publisher's. Its rows may name the list that they were taken from, as
those of lists must that nothing here reads; what covers a list is told with it."""


def read(format_: str, documents: Sequence[Document], name: str | None = None) -> Reading:
    """Read the files of one edition. `name` is the publication's, for own lists only.

    Raises:
        BadInput: `list.format`, an unknown form or a name where the publisher gives one; what the reader raises.
    """
    form = FORMATS.get(format_)
    if form is None:
        raise BadInput("list.format", f"`{format_}` is no form of list", help=f"one of {', '.join(FORMATS)}")
    if not documents:
        raise BadInput("list.files", "no file is given", help=f"`{format_}` takes {form.files}")
    if form.own:
        if name in _OFFICIAL:
            raise BadInput(
                "list.name",
                f"`{name}` is the name of an official list",
                help="give an own list a name of its own",
            )
        return form.read(documents, name or f"own.{documents[0].name.partition('.')[0].casefold()}")
    if name is not None:
        raise BadInput("list.name", f"`{format_}` has its publisher's name", help="only own lists are named")
    return form.read(documents)
