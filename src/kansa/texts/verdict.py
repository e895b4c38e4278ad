"""What `kansa verify` and `kansa-verify` say beside their checks."""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.texts import Words

VERDICT: Mapping[str, Words] = MappingProxyType(
    {
        "ok": Words(
            "the dossier verifies under your policy, witnesses included",
            "お手元のポリシーにより検証できました（第三者の確認署名を含みます）",
        ),
        "ok_unwitnessed": Words(
            "the dossier verifies under the key that you pinned; no witness was asked for",
            "登録済みの鍵により検証できました（第三者の確認署名は求められていません）",
        ),
        "consistent_only": Words(
            "the dossier agrees with itself, but nothing says whose it is: pin the log's key with --trust",
            "内容に矛盾はありませんが、誰のものかは示されません。--trust でログの鍵を登録してください",
        ),
        "not_ok": Words("the dossier does not verify", "検証できません"),
    }
)

CHECK: Mapping[str, Words] = MappingProxyType(
    {
        "holds": Words("holds", "適合"),
        "FAILS": Words("FAILS", "不適合"),
        "container": Words("container", "ファイルの形"),
        "manifest": Words("manifest", "目録"),
        "checkpoint": Words("checkpoint", "チェックポイント"),
        "entries": Words("entries", "証跡"),
        "seal": Words("seal", "封"),
        "trust": Words("trust", "信頼"),
        "disclosures": Words("disclosures", "開示"),
        "rows": Words("rows", "一括の行"),
        "completeness": Words("completeness", "網羅性"),
        "coherence": Words("coherence", "整合性"),
        "not_checked": Words("not checked: {what}", "検査の対象外: {what}"),
        "operators_word": Words("the operator's word: {what}", "事業者の申告のみ: {what}"),
    }
)

ABOUT: Mapping[str, Words] = MappingProxyType(
    {
        "simulated": Words("simulated", "模擬データ"),
        "simulated.why": Words(
            "this dossier comes from a simulated vault: its times were set, not measured",
            "模擬の保管庫から作成されています。時刻は設定されたもので、実際の時計によるものではありません",
        ),
        "whose": Words("whose", "事業者"),
        "whose.unnamed": Words("an operator that does not say its name", "名称を示していない事業者"),
        "whose.log": Words("{operator}, log {log}", "{operator}、ログ {log}"),
        "about": Words("about", "対象"),
        "tenant": Words("tenant {name}", "契約者 {name}"),
        "end_user": Words("end user {name}", "最終需要者 {name}"),
        "whole": Words("the whole vault: all tenants", "保管庫全体（すべての契約者）"),
        "period": Words("period", "期間"),
        "period.is": Words("{start} to {end}", "{start} ～ {end}"),
        "known": Words("known at", "基準時点"),
        "known.is": Words("{known}; issued {issued}", "{known}、発行 {issued}"),
        "not_stated": Words("not stated", "記載なし"),
        "for": Words("for", "提出先の区分"),
        "audience.regulator": Words("regulator", "規制当局"),
        "audience.auditor": Words("auditor", "監査人"),
        "audience.exporter": Words("exporter", "輸出者"),
        "audience.next_operator": Words("next_operator", "引継先の事業者"),
        "grace": Words("grace", "猶予"),
        "grace.is": Words(
            "{duration}: what was recorded within it is not late",
            "{duration}。これ以内に記録されたものは事後記録としません",
        ),
        "began": Words("log began", "台帳の開始"),
        "withheld": Words("withheld", "非開示"),
        "withheld.is": Words(
            "{hidden} of {entries} entries, {sealed} of {values} sealed values",
            "証跡 {entries} 件のうち {hidden} 件、封印値 {values} 件のうち {sealed} 件",
        ),
        "rows": Words("rows", "一括の行"),
        "rows.is": Words(
            "{rows} of {looked} segments of the period ({segments} in the ledger), {values} of them with sealed values",
            "対象期間のセグメント {looked} 個（台帳に {segments} 個）から {rows} 行、うち封印値を伴うもの {values} 行",
        ),
        "rows.others": Words(
            ", and {others} single rows of others by which they end",
            "。ほかに、それらの終わりを示す他者の {others} 行",
        ),
        "others": Words("others", "その他"),
        "others.is": Words(
            "ids of {parties} parties of whom nothing else is shown stand in {records} records",
            "ほかに何も開示されていない当事者 {parties} 者の ID が、{records} 件の証跡に含まれています",
        ),
    }
)
