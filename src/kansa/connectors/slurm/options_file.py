"""The options file for Slurm's accounting as it is written. Reference: docs/sources/slurm.md."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Tag

from kansa.config_files.models import ConfigModel, Fault, doc, title
from kansa.config_files.values import Label, OneOf, OneOrMore, Texts, Zone
from kansa.connectors.slurm import hostlist
from kansa.connectors.table.mapping_file import SourceName


def _hosts(text: str) -> str:
    try:
        hostlist.expand(text)
    except ValueError as error:
        raise Fault(str(error), "for example `gpu-[001-016]`") from error
    return text


class SystemsModel(ConfigModel):
    """In whose books hosts and accounts stand."""

    model_config = title("Systems", "台帳のシステム")
    node: str = doc("the system of host names", "ホスト名の台帳", "node")
    account: str | None = doc(
        "the system of accounts; else `slurm:<cluster>`", "アカウントの台帳。省けば `slurm:<クラスタ>`", None
    )


class SiteModel(ConfigModel):
    """The site of all nodes."""

    model_config = title("Site", "拠点")
    key: str = doc("the site's key", "拠点の鍵", example="ishikari")
    system: str = doc("in whose books the key stands", "どのシステムの台帳にある鍵か", "site")


class SiteOfNodesModel(SiteModel):
    """The site of some nodes."""

    model_config = title("Site of some nodes", "一部のノードの拠点")
    nodes: Annotated[str, AfterValidator(_hosts)] = doc(
        "the nodes that stand there, as a host list",
        "そこにあるノード（ホストリスト）",
        example="gpu-[001-016]",
    )


class SpanModel(ConfigModel):
    """A time with both ends."""

    model_config = title("Window", "期間")
    from_: str = doc("the beginning: a time or a day", "始まり。時刻または日付", example="2026-04-01")
    to: str = doc("the end, not included", "終わり（含まない）", example="2026-05-01")


class OptionsFile(ConfigModel):
    """How one cluster's accounting is read."""

    model_config = title("Options for Slurm's accounting", "Slurm の会計記録の読み方")
    source: SourceName = doc(
        "the source's name in records; one for each cluster's accounting",
        "証跡に残る出典の名前。クラスタの会計ごとに一つ",
        "slurm",
    )
    cluster: str | None = doc(
        "the cluster, where the file does not name it; a row of another one is quarantined",
        "クラスタ名（ファイルに書かれていないとき）。ほかのクラスタの行は隔離されます",
        None,
    )
    zone: Zone | None = doc(
        "IANA name of the zone in which `sacct` printed its stamps; needed for text",
        "`sacct` が時刻を出力した時間帯（IANA 名）。テキストでは必須",
        None,
    )
    delimiter: str | None = doc(
        "of text; else found in the header", "テキストの区切り。省けば見出しから", None
    )
    columns: Texts | None = doc("the columns of text without a header", "見出しのないテキストの列名", None)
    systems: SystemsModel | None = doc(
        "in whose books hosts and accounts stand", "ホストとアカウントの台帳", None
    )
    site: OneOrMore[SiteModel] = doc("the site of all nodes", "全ノードの拠点", ())
    sites: OneOrMore[SiteOfNodesModel] = doc("or several, each with its nodes", "または拠点ごとのノード", ())
    item_classes: dict[str, Label] = doc(
        "gres type → item class, `h100: h100-sxm5`", "gres の型 → 品目区分（`h100: h100-sxm5`）", {}
    )
    gres: dict[str, Annotated[Literal["accelerator", "share", "other"], OneOf()]] = doc(
        "what a site's own gres are, by name (`hpu`) or name and type (`'gpu:half'`)",
        "拠点独自の gres の意味。名前（`hpu`）または名前と型（`'gpu:half'`）ごと",
        {},
    )
    accounted_from: str | None = doc(
        "since when accelerators are accounted as gres: a time, or `never`; else as the accounting shows",
        "アクセラレータが gres として記録され始めた時刻、または `never`。省けば会計記録から判断します",
        None,
    )
    window: (
        Annotated[
            Annotated[Literal["observed"], OneOf(), Tag("text")] | Annotated[SpanModel, Tag("span")],
            Discriminator(lambda value: "span" if isinstance(value, dict) else "text"),
        ]
        | None
    ) = doc(
        "the time that the files report on in full, or `observed`: from the first start to the last end",
        "ファイルが漏れなく報告している期間。`observed` なら最初の開始から最後の終了まで",
        None,
    )
    evidence: Annotated[Literal["records", "segments"], OneOf()] = doc(
        "in what uses enter: `records`, one each, or `segments`, many rows in one file and one entry",
        "利用の記録方法。`records` は一件ずつ、`segments` は多数の行を一つのファイルと一つの台帳項目にまとめます",
        "records",
    )

    def check(self) -> None:
        """Refuse both forms of site."""
        if self.given("site") and self.given("sites"):
            self.refuse("say either `site` or `sites`", "sites")
