"""The settings file of the enforcement points of Kubernetes, as it is written."""

from typing import Annotated, Literal

from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import FilePath, Label, Number, OneOf


class SiteModel(ConfigModel):
    """Where the cluster stands."""

    model_config = title("Site", "拠点")
    key: str = doc("the site's key", "拠点の鍵", example="ishikari")
    system: str = doc("in whose books the key stands", "どのシステムの台帳にある鍵か", "site")


class SettingsFile(ConfigModel):
    """Which gate is asked, in whose books accounts stand, what is controlled here."""

    model_config = title("Settings of an enforcement point", "執行点の設定")
    gate: str = doc("the gate's address", "ゲートのアドレス", example="https://gate.internal:8443")
    cluster: str = doc("the cluster's name", "クラスタの名前", example="tokyo-1")
    site: SiteModel = doc("where the cluster stands", "クラスタのある拠点", example="{key: ishikari}")
    account_system: str | None = doc(
        "in whose books namespaces are accounts; else `kubernetes:<cluster>`",
        "名前空間をアカウントとする台帳。省けば `kubernetes:<クラスタ>`",
        None,
    )
    items: dict[str, Label] = doc(
        "the item class of each extended resource; what is not named is not controlled",
        "拡張リソースごとの品目区分。書かれていないものは規制対象外として扱います",
        {},
        example="{nvidia.com/gpu: 3A090.a}",
    )
    device_classes: dict[str, Label] = doc(
        "the item class of each device class of dynamic resource allocation",
        "デバイスクラス（動的リソース割り当て）ごとの品目区分",
        {},
    )
    claims: str | None = doc(
        "the item class of a pod that only points to a claim; without it such pods are held",
        "クレームだけを指す Pod の品目区分。省けばそのような Pod は保留されます",
        None,
    )
    purpose_label: str = doc("the label that says the end use", "最終用途を示すラベル", "kansa/purpose")
    token_file: FilePath | None = doc(
        "the file of this caller's token", "この呼び出し元のトークンのファイル", None
    )
    ca_file: FilePath | None = doc(
        "the certificate of who signed the gate's", "ゲートの証明書に署名した認証局の証明書", None
    )
    language: Annotated[Literal["en", "ja"], OneOf()] | None = doc(
        "the language of the reasons shown", "表示する理由の言語", None
    )
    timeout_ms: Number | None = doc(
        "milliseconds for which the answer is waited for", "応答を待つ時間（ミリ秒）", None
    )
    fail: Annotated[Literal["hold", "open"], OneOf()] = doc(
        "what happens without an answer; `open` needs a `spool`",
        "応答がないときの扱い。`open` には `spool` が必要",
        "hold",
    )
    spool: FilePath | None = doc(
        "the file in which bypasses wait to be recorded", "迂回の記録を溜めておくファイル", None
    )

    def check(self) -> None:
        """Refuse settings under which nothing is asked, or something goes on unrecorded."""
        if not (self.items or self.device_classes) and self.has_nothing_wrong("items", "device_classes"):
            self.refuse("names nothing that is controlled", advice="give `items` or `device_classes`")
        if self.fail == "open" and not self.given("spool"):
            self.refuse("`fail: open` needs a `spool`", "fail", "name the file, or say `fail: hold`")
        if self.timeout_ms is not None and self.timeout_ms <= 0:
            self.refuse("must be more than 0", "timeout_ms")
