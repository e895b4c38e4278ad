"""Help of witnesses: who cosigns the log, and whose logs are cosigned."""

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, str] = MappingProxyType(
    {
        "Have the log cosigned by others, and cosign theirs.": "ログに第三者の連署を受け、他者のログに連署します。",
        "Make a witness: a key of its own, apart from any vault. NAME is what its cosignatures bear: <your domain>/<name>.": "証人を作成します。保管庫とは別の、独自の鍵を持ちます。NAME は連署に示す名称（<ドメイン>/<名称>）です。",
        "Rebuild a log's subject index from all its entries, and sign it: dossiers are then *complete*, not only as stated.": "ログの全件から対象の索引を作り直して署名します。証跡一式が、申告どおりではなく、完全なものとして示されます。",
        "The log, as its operator wrote it with `kansa ledger export`.": "事業者が `kansa ledger export` で書き出したログ。",
        "The signed statement's file, to be sent back.": "送り返す、署名した文書のファイル。",
        "What its cosignatures bear: <your domain>/<name>.": "連署に示す名称（<ドメイン>/<名称>）。",
        "The witness's directory.": "証人のディレクトリ。",
        "Cosign the logs of a trust policy from now on. Compare their keys with the operator by another way first.": "以後、信頼ポリシーのログに連署します。事前に、別の手段で事業者と鍵を照らし合わせてください。",
        "What the log's operator printed with `kansa ledger trust`.": "ログの事業者が `kansa ledger trust` で出力したもの。",
        "Answer logs over HTTP (C2SP tlog-witness). Ends on Ctrl-C.": "HTTP でログの依頼に答えます（C2SP tlog-witness）。Ctrl-C で終了します。",
        "Answer a request that came as a file: a cosignature, or why not (exit 1).": "ファイルで届いた依頼に、連署または連署できない理由（終了コード 1）で答えます。",
        "What `kansa witness request` wrote.": "`kansa witness request` が書き出したファイル。",
        "The answer's file, to be sent back.": "送り返す回答のファイル。",
        "Say which logs this witness follows, and show the evidence of those that excluded themselves (exit 1).": "この証人が連署するログと、両立しない内容を示したログの証拠（終了コード 1）を示します。",
        "Have these witnesses asked from now on; `kansa ledger trust` then prints them to readers.": "以後、これらの証人に連署を求めます。`kansa ledger trust` は証人も出力します。",
        "A trust policy (C2SP tlog-policy): witness lines with their URLs, and a quorum.": "信頼ポリシー（C2SP tlog-policy）。証人の行（URL 付き）と必要数を書きます。",
        "Ask the witnesses to cosign the log as it stands. Exit 1 while the quorum is not met.": "現在のログへの連署を証人に求めます。必要数に満たない間は終了コード 1 です。",
        "Say how far the log is cosigned, and since when it is below its quorum (exit 1). Nobody is asked.": "ログがどこまで連署されているか、いつから必要数に満たないか（終了コード 1）を示します。証人には照会しません。",
        "Write a request for a witness that cannot be reached, to be sent as a file.": "直接つながらない証人への依頼を、ファイルとして書き出します。",
        "The witness, as the policy names it.": "証人（ポリシーに書かれた名称）。",
        "The request's file, for `kansa witness sign`.": "依頼のファイル（`kansa witness sign` で使います）。",
        "Take the answer that a witness sent back as a file.": "証人から送り返された回答のファイルを取り込みます。",
        "What `kansa witness sign` wrote.": "`kansa witness sign` が書き出したファイル。",
        "Put the newest cosignatures into a dossier's seal; nothing else of it changes.": "最新の連署を証跡一式の封に加えます。ほかの内容は変わりません。",
        "A dossier of this vault that was issued before its witnesses had cosigned.": "証人の連署より前に発行した、この保管庫の証跡一式。",
        "The dossier's file with the new seal.": "新しい封を持つ証跡一式のファイル。",
    }
)
