"""Help of the program itself, and of options that many commands take."""

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, str] = MappingProxyType(
    {
        "Evidence for export-control due diligence on AI accelerators. Evidence, not legal advice.": "AI アクセラレータの輸出管理における取引審査の証跡を扱います。証跡であり、法的助言ではありません。",
        "Display this message and exit.": "この説明を表示して終了します。",
        "Display application version.": "版を表示します。",
        "The vault's directory.": "保管庫のディレクトリ。",
        "The time to act at; simulated vaults only.": "操作の時刻。模擬の保管庫でのみ指定できます。",
        "Print the stable JSON result instead of text.": "文章の代わりに、形の変わらない JSON を出力します。",
        "The language of the text.": "表示の言語。",
        "The language of the text and of the report.": "表示と報告書の言語。",
        "The language of the text, and in which the report opens.": "表示の言語。報告書を開いたときの言語にもなります。",
        "The language of the reasons.": "理由の表示言語。",
        "The language of the reasoning.": "判断過程の表示言語。",
        "The language in which the page opens.": "ページを開いたときの言語。",
        "Why.": "理由。",
        "Why; kept sealed.": "理由。封印して保存します。",
        "Why; it is recorded, sealed.": "理由。封印して記録します。",
        "Anything more to be kept with it.": "あわせて残す説明。",
        "Write it here.": "出力先のファイル。",
        "Draw it here, as SVG.": "図の出力先（SVG）。",
        "Draw them here, as SVG.": "図の出力先（SVG）。",
        "Start of the period.": "期間の始まり。",
        "End of the period.": "期間の終わり。",
        "The time to ask about; default now.": "照会の基準時点。既定は現在です。",
        "The time to ask about, with what had been recorded by then; default now.": "照会の基準時点。その時点までに記録されたものだけを使います。既定は現在です。",
        "Sign it with your Ed25519 key (of a key in the SSH agent, its `.pub` file).": "ご自身の Ed25519 鍵で署名します（SSH エージェントの鍵の場合は `.pub` ファイル）。",
        "Your Ed25519 key in OpenSSH's form; of a key in the SSH agent, its `.pub` file.": "ご自身の Ed25519 鍵（OpenSSH 形式）。SSH エージェントの鍵の場合は `.pub` ファイル。",
        "Who approves; with --key, by default the person whose key it is.": "承認者。--key を指定した場合の既定は、その鍵の持ち主です。",
        "Who answers for it; with --key, by default the person whose key it is.": "責任者。--key を指定した場合の既定は、その鍵の持ち主です。",
        "Who says so; with --key, by default the person whose key it is.": "回答者。--key を指定した場合の既定は、その鍵の持ち主です。",
        "Write the script by which a shell completes this program's commands, options and allowed values.": "シェルがコマンド、オプション、指定できる値を補完するためのスクリプトを出力します。",
        "Whose script to write.": "対象のシェル。",
        "Print the JSON Schema (2020-12) of a file that people write, with what every field means in English and Japanese.": "人が書くファイルの JSON Schema（2020-12）を出力します。各項目の意味を日英で示します。",
        "Which file: `mapping`, the id of a connector for its options, `callers`, `enforcement-point`, `pack`, `controls` or `routes`.": "対象のファイル。`mapping`、コネクタの ID（その設定）、`callers`、`enforcement-point`、`pack`、`controls`、`routes` のいずれか。",
    }
)
