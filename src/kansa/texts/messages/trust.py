"""Witnesses, times from outside, completeness, retention, and the safety of a vault."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("evidence log, witnessed", "証跡ログ（証人の連署との照合）"),
    Words("cosigned checkpoints", "連署されたチェックポイント"),
    Words(
        "two signed checkpoints of this log exclude one another",
        "このログの署名済みチェックポイント 2 件が互いに両立しません",
    ),
    Words(
        "no witness has cosigned a checkpoint that covers entry {0}, which issued the dossier",
        "この一式を発行した第{0}号を含むチェックポイントに、連署した証人がいません",
    ),
    Words(
        "have the witnesses cosign the log as it stands: `kansa witness ask`",
        "`kansa witness ask` で、現在の台帳に証人の連署を得てください",
    ),
    Words("`{0}` does not answer: {1}", "`{0}` が応答しません: {1}"),
    Words("`{0}` answers with more than {1} bytes", "`{0}` の応答が {1} バイトを超えています"),
    Words("`{0}` cannot name a witness", "`{0}` は証人の名前にできません"),
    Words("write <your domain>/<name>, without spaces", "空白を入れずに <ドメイン>/<名前> と書いてください"),
    Words("`{0}` lists no log", "`{0}` にログの行がありません"),
    Words(
        "give the file that the log's operator printed with `kansa ledger trust`",
        "ログの事業者が `kansa ledger trust` で出力したファイルを指定してください",
    ),
    Words("the witness `{0}` refused: {1}", "証人 `{0}` が連署を拒否しました: {1}"),
    Words(
        "if it cosigned another size, make the request again: that size is known now",
        "別の件数まで連署していた場合は、その件数を記憶したので、依頼をもう一度作成してください",
    ),
    Words(
        "the answer cosigns a checkpoint that this log never signed",
        "応答は、このログが署名していないチェックポイントへの連署です",
    ),
    Words("the policy names no witness `{0}`", "ポリシーに証人 `{0}` がありません"),
    Words(
        "known are {0}; `kansa witness policy FILE` sets them",
        "登録済み: {0}。`kansa witness policy FILE` で設定します",
    ),
    Words(
        "it cosigned another history of this log, at size {0}",
        "このログの別の履歴に、{0} 件の時点で連署しています",
    ),
    Words("it answered with status {0}: {1}", "状態 {0} の応答がありました: {1}"),
    Words(
        "it cosigned this log at {0} entries, and the log has {1}",
        "このログの {0} 件まで連署していますが、台帳には {1} 件しかありません",
    ),
    Words("{0}; it does not show its note", "{0}。そのノートは示されません"),
    Words(
        "{0}; the note that it shows is not signed by this log",
        "{0}。示されたノートは、このログの署名ではありません",
    ),
    Words(
        "the checkpoint of {0} entries does not cover entry {1}, which issued the dossier",
        "{0} 件のチェックポイントは、この一式を発行した第{1}号を含みません",
    ),
    Words("the dossier was not issued by this log", "この一式は、このログが発行したものではありません"),
    Words("`{0}` is a witness already", "`{0}` はすでに証人のフォルダーです"),
    Words("there is no witness at `{0}`", "`{0}` に証人のフォルダーがありません"),
    Words(
        "make one with `kansa witness init NAME`, or name one with --witness",
        "`kansa witness init NAME` で作成するか、--witness で指定してください",
    ),
    Words(
        "the answer holds no valid cosignature of a witness that the policy names",
        "応答に、ポリシーにある証人の有効な連署がありません",
    ),
    Words("the bytes do not ask a witness: {0}", "証人への依頼として読み取れません: {0}"),
    Words(
        "the answer is no cosignature of this checkpoint: {0}",
        "応答は、このチェックポイントへの連署ではありません: {0}",
    ),
    Words(
        "the tree of {0} entries is not shown to continue the one of {1} that was cosigned",
        "{0} 件の木が、連署した {1} 件の木の続きであることが示されていません",
    ),
    Words(
        "the checkpoint has {0} entries, and one of {1} was cosigned before",
        "チェックポイントは {0} 件ですが、以前に {1} 件のものに連署しています",
    ),
    Words("another root was cosigned at size {0}", "{0} 件の時点で、別のルートに連署しています"),
    Words("this witness does not follow a log `{0}`", "この証人はログ `{0}` を見守っていません"),
    Words(
        "the checkpoint is not signed by a known key of `{0}`",
        "チェックポイントが `{0}` の登録済みの鍵で署名されていません",
    ),
    Words(
        "the old size {0} is larger than the checkpoint's, {1}",
        "旧件数 {0} がチェックポイントの件数 {1} を超えています",
    ),
    Words(
        "the last checkpoint that was cosigned has size {0}", "最後に連署したチェックポイントは {0} 件です"
    ),
    Words("no empty line ends the proof", "証明の終わりを示す空行がありません"),
    Words("the first line is not `old <size>`", "最初の行が `old <件数>` ではありません"),
    Words("the proof has more than {0} lines", "証明が {0} 行を超えています"),
    Words("the policy does not list the key of the log `{0}`", "ポリシーにログ `{0}` の鍵がありません"),
    Words(
        "add the line that `kansa ledger trust` prints, or leave the log lines out",
        "`kansa ledger trust` が出力する行を加えるか、log の行を省いてください",
    ),
    Words("`{0}` answered with status {1}", "`{0}` が状態 {1} で応答しました"),
    Words(
        "this vault knows the URL of no time-stamping authority",
        "この保管庫には時刻認証局の URL が設定されていません",
    ),
    Words(
        "give --authority URL and --roots FILE once, or go by files: --request FILE, then --response FILE",
        "--authority URL と --roots FILE を一度指定するか、ファイルで行ってください（--request FILE、続いて --response FILE）",
    ),
    Words("no time stamp was requested by a file", "ファイルによるタイムスタンプの依頼がありません"),
    Words(
        "write the request first: `kansa ledger timestamp --request FILE`",
        "先に `kansa ledger timestamp --request FILE` で依頼を作成してください",
    ),
    Words("the record states another time than the token", "証跡の時刻がトークンの時刻と異なります"),
    Words(
        "the answer is no time stamp over this checkpoint under the roots that are set: {0}",
        "応答は、設定されたルート証明書によるこのチェックポイントへのタイムスタンプではありません: {0}",
    ),
    Words(
        "set the roots of the authority with --roots, and ask it again",
        "--roots で認証局のルート証明書を設定し、もう一度依頼してください",
    ),
    Words(
        "the roots of the time-stamping authority are not set", "時刻認証局のルート証明書が設定されていません"
    ),
    Words(
        "give --roots FILE once: the certificates (PEM) of whoever vouches for the authority",
        "--roots FILE を一度指定してください（認証局を保証する証明書、PEM 形式）",
    ),
    Words("`{0}` holds no certificate (PEM): {1}", "`{0}` に証明書（PEM 形式）がありません: {1}"),
    Words("`--authority` needs `--roots`", "`--authority` には `--roots` が必要です"),
    Words("time stamps", "タイムスタンプ"),
    Words("tokens on record", "記録されたトークン"),
    Words("remove it; it is written anew", "削除してください。新しく作成されます"),
)
