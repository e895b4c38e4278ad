"""The one meaning of each option that more than one command takes: who learned it once types it rightly everywhere.

A command words its own help; it may be narrower than what stands here, never something else. A test compares names, types
and meanings over the whole tree of commands. Options that all commands take stand in `kansa.interfaces.cli.common_options`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.texts import Words

MEANINGS: Mapping[str, Words] = MappingProxyType(
    {
        "--public-url": Words("The address by which others reach the server.", "外部からサーバーに到達するアドレス。"),
        "--about": Words("Only what concerns this subject.", "この対象に関するものに限ります。"),
        "--against": Words("Checkpoints that you kept.", "手元に保管したチェックポイント。"),
        "--all": Words("All of them, also what is left out otherwise.", "通常は省くものも含めてすべて。"),
        "--approver": Words("Who approves or answers for it.", "承認者または責任者。"),
        "--as-of": Words(
            "The time to ask about, with what had been recorded by then.",
            "照会の基準時点。その時点までに記録されたものを使います。",
        ),
        "--at": Words("The time to act at; simulated vaults only.", "操作の時刻。模擬の保管庫に限ります。"),
        "--cause": Words("Why it is asked for.", "求める理由。"),
        "--changes": Words("Write what changed since --since.", "--since 以降の変化の出力先。"),
        "--country": Words("A country (ISO 3166-1).", "国（ISO 3166-1）。"),
        "--dossier": Words("A dossier, in place of the vault.", "保管庫に代える提出用証跡一式。"),
        "--dry-run": Words("Show what would happen; write nothing.", "結果の見込みだけを示し、書き込みません。"),
        "--end-user": Words("An end user: an id, source key or name.", "最終需要者。ID、コード、名称。"),
        "--every": Words("How far moments are apart (ISO 8601).", "評価の間隔（ISO 8601）。"),
        "--evidence": Words("Records that were looked at, by ledger index.", "確認した証跡の台帳の番号。"),
        "--from": Words("From when.", "始まりの時点。"),
        "--grace": Words("Within which time evidence is not late.", "事後記録としない時間。"),
        "--host": Words("The address to listen at.", "待ち受けるアドレス。"),
        "--item": Words("An item class.", "品目区分。"),
        "--json": Words("The stable JSON result instead of text.", "文章の代わりの JSON。"),
        "--key": Words("Your own key, which signs.", "署名に使うご自身の鍵。"),
        "--known-at": Words("Only what had been recorded by then.", "この時点までに記録されたもの。"),
        "--lang": Words("The same as --language.", "--language と同じです。"),
        "--language": Words("The language of what is shown.", "表示の言語。"),
        "--late": Words("Write the late stretches here.", "事後記録の区間の出力先。"),
        "--limit": Words("The most that is shown.", "示す件数の上限。"),
        "--list": Words("Lists from files in place of the vault's.", "保管庫のリストに代えるファイル。"),
        "--min-known-by": Words("How well evidence must be known.", "数える証跡の確かさの下限。"),
        "--name": Words("A name in English.", "英語の名称。"),
        "--name-ja": Words("A name in Japanese.", "日本語の名称。"),
        "--output": Words("Write the result here.", "結果の出力先。"),
        "--over": Words("A period, FROM/TO.", "期間（FROM/TO）。"),
        "--owner": Words("Who looks into it.", "担当者。"),
        "--pack": Words("A pack: its id or its file.", "パックの ID またはファイル。"),
        "--packs": Words("Folders with packs of your own.", "自社の規程パックのフォルダ。"),
        "--path": Words("An access path: an id, source key or name.", "接続経路。ID、コード、名称。"),
        "--picture": Words("Draw it here, as SVG.", "図の出力先（SVG）。"),
        "--port": Words("The port to listen at.", "待ち受けるポート。"),
        "--person": Words("A person: an id, how it begins, or a name.", "人。ID、その先頭部分、氏名。"),
        "--public-key": Words("A person's `.pub` file.", "公開鍵の `.pub` ファイル。"),
        "--reasons": Words("Why, in words.", "理由の説明。"),
        "--role": Words("A role.", "役割。"),
        "--settings": Words("A file of settings (YAML).", "設定ファイル（YAML）。"),
        "--signal": Words("What the grid says, a file.", "系統からの信号のファイル。"),
        "--since": Words("Compare with what was known then.", "この時点で分かっていたことと比べます。"),
        "--site": Words("A site: an id, source key or name.", "拠点。ID、コード、名称。"),
        "--sources": Words("The file of the sources.", "情報源のファイル。"),
        "--source": Words("What says so.", "出典。"),
        "--tenant": Words("A tenant: an id, source key or name.", "契約者。ID、コード、名称。"),
        "--threshold": Words("The least score of a candidate.", "候補とするスコアの下限。"),
        "--tls-cert": Words("The server's certificate (PEM).", "サーバ証明書（PEM）。"),
        "--tls-key": Words("The server's private key (PEM).", "サーバの秘密鍵（PEM）。"),
        "--window": Words("A period to plan, FROM/TO.", "計画の期間（FROM/TO）。"),
        "--to": Words("Until when.", "終わりの時点。"),
        "--trust": Words("What you trust: a policy or a key that you were given.", "信頼するもの（ポリシーまたは受け取った鍵）。"),
        "--until": Words("Until when it holds.", "有効期限。"),
        "--vault": Words("The vault's directory.", "保管庫のディレクトリ。"),
        "--witness": Words("The witness's directory.", "証人のディレクトリ。"),
        "--why": Words("Write what is missing and what would close it.", "不足しているものと補う証跡の出力先。"),
    }
)  # fmt: skip
