"""The options of a source of access as they are written: which host, cluster or account is whose path."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator

from kansa.config_files.models import ConfigModel, Fault, doc, title
from kansa.config_files.values import FilePath, OneOf, OneOrMore, Texts, Zone
from kansa.connectors.options_file import ConnectorOptions


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise Fault(f"`{value}` is no network", "for example `10.0.0.0/8` or `2001:db8::/32`") from error
    return values


Networks = Annotated[Texts, AfterValidator(_networks)]


class PathRuleModel(ConfigModel):
    """Which accounts on which targets are one approved path."""

    model_config = title("Path of some accounts", "アカウントと接続経路の対応")
    path: str = doc("the path's key", "接続経路のコード", example="kyoto-ssh")
    system: str = doc("in whose books the key stands", "どの台帳のコードか", "path")
    targets: Texts = doc(
        "hosts, clusters, realms or cloud accounts, with `*`; all, if left out",
        "ホスト・クラスター・レルム・クラウドのアカウント（`*` 可）。省けばすべて",
        ("*",),
        example="['gpu-*']",
    )
    accounts: Texts = doc(
        "accounts on them, with `*`; all, if left out",
        "その上のアカウント（`*` 可）。省けばすべて",
        ("*",),
        example="[kyoto, 'kyoto-*']",
    )
    method: Annotated[Literal["direct", "brokered", "remote"], OneOf()] | None = doc(
        "the method, where it is known better than the log shows it",
        "ログからはわからない接続方法（direct・brokered・remote）",
        None,
    )


class AccessOptions(ConnectorOptions):
    """How the log of a source of access is read."""

    model_config = title("Options of a source of access", "接続ログの読み方")
    zone: Zone | None = doc(
        "IANA name of the zone of stamps without an offset",
        "時差のない時刻の時間帯（IANA 名）",
        None,
        example="Asia/Tokyo",
    )
    paths: OneOrMore[PathRuleModel] = doc(
        "which accounts are which path; the first that fits counts",
        "アカウントと接続経路の対応。最初に当てはまるものを使う",
        (),
    )
    operator_accounts: Texts = doc(
        "accounts of the operator's own people and machines, with `*`: passed over",
        "事業者自身の人・機械のアカウント（`*` 可）。対象外とする",
        (),
        example="[root, ansible]",
    )
    persons: dict[str, str] = doc(
        "key fingerprint or account → person",
        "鍵のフィンガープリントまたはアカウント → 人",
        {},
        example="{'SHA256:…': tanaka}",
    )
    own_networks: Networks = doc(
        "networks of the operator: whoever comes from there comes directly; private addresses, if left out",
        "事業者のネットワーク。ここからの接続は直接とみなす。省けばプライベートアドレス",
        (),
        example="[10.0.0.0/8]",
    )
    bastions: Networks = doc(
        "addresses of bastions and gateways: whoever comes from there was brokered",
        "踏み台・ゲートウェイのアドレス。ここからの接続は仲介とみなす",
        (),
        example="[10.9.0.5]",
    )
    countries: FilePath | None = doc(
        "the operator's table of countries by address: a MaxMind DB, or CSV with `network,country`; from this file's folder",
        "アドレスから国を引く表（MaxMind DB、または `network,country` の CSV）。このファイルのフォルダーから",
        None,
        example="countries.csv",
    )
    node_system: str = doc("in whose books host names of nodes stand", "ノードのホスト名の台帳", "node")
    refused: Annotated[Literal["record", "pass_over"], OneOf()] = doc(
        "failed logins of accounts that are a path's: recorded, or passed over",
        "接続経路のアカウントの失敗したログイン。`record` は記録、`pass_over` は対象外",
        "record",
    )

    def check(self) -> None:
        """Refuse rules that can never be reached."""
        everything = [rule for rule in self.paths if rule.targets == ("*",) == rule.accounts]
        if everything and everything[0] is not self.paths[-1]:
            self.refuse(
                "a rule for all accounts stands before others, which are never reached",
                "paths",
                "put it last",
            )
