"""The options file of sources that see devices, as it is written. Reference: docs/sources/devices.md."""

from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import Label, OneOrMore, Zone
from kansa.connectors.options_file import ConnectorOptions
from kansa.connectors.slurm.options_file import SiteModel, SiteOfNodesModel


class DeviceSystemsModel(ConfigModel):
    """In whose books hosts stand."""

    model_config = title("Systems", "台帳のシステム")
    node: str = doc("the system of host names", "ホスト名の台帳", "node")


class DeviceOptionsFile(ConnectorOptions):
    """How a source that sees devices is read."""

    model_config = title("Options of a source that sees devices", "機器を観測する出典の読み方")
    zone: Zone | None = doc(
        "IANA name of the zone in which the system printed its stamps; needed where they have none",
        "システムが時刻を出力した時間帯（IANA 名）。時刻に時間帯がないときは必須",
        None,
    )
    taken_at: str | None = doc(
        "when the files were taken, where they do not say so: a time",
        "ファイルを取得した時刻。ファイルに書かれていないとき",
        None,
        example="2026-05-01T09:00:00+09:00",
    )
    host: str | None = doc(
        "the host that the files are from, where they do not say so; else the file's name without its extensions",
        "ファイルの取得元のホスト。ファイルに書かれていないとき。省けば拡張子を除いたファイル名",
        None,
        example="gpu-001",
    )
    systems: DeviceSystemsModel | None = doc("in whose books hosts stand", "ホストの台帳", None)
    site: OneOrMore[SiteModel] = doc("the site of all hosts", "全ホストの拠点", ())
    sites: OneOrMore[SiteOfNodesModel] = doc("or several, each with its hosts", "または拠点ごとのホスト", ())
    item_classes: dict[str, Label] = doc(
        "part number, model or words of a model → item class, `H100: h100-sxm5`",
        "部品番号・型名・型名の一部 → 品目区分（`H100: h100-sxm5`）",
        {},
    )

    def check(self) -> None:
        """Refuse both forms of site."""
        if self.given("site") and self.given("sites"):
            self.refuse("say either `site` or `sites`", "sites")
