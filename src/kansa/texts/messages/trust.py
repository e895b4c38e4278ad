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
    Words(
        "the entries do not give the root of the signed checkpoint",
        "証跡から計算したルートが、署名済みチェックポイントのものと異なります",
    ),
    Words(
        "the checkpoint is not signed by a log that this witness follows, `{0}`",
        "チェックポイントが、この証人の見守るログの署名ではありません（`{0}`）",
    ),
    Words(
        "follow the log first: `kansa witness follow TRUST`",
        "先に `kansa witness follow TRUST` でログを登録してください",
    ),
    Words("no subject index is stated in the {0} entries", "{0} 件の証跡に、対象者索引の記録がありません"),
    Words(
        "its operator states one with `kansa ledger index`",
        "事業者が `kansa ledger index` で索引を記録します",
    ),
    Words(
        "entry {0} states another subject index than its {1} entries give",
        "第{0}号の対象者索引が、{1} 件の証跡から計算したものと異なります",
    ),
    Words(
        "the log's operator left records out of it, or built it with another program; ask",
        "事業者が索引から証跡を除いたか、別のプログラムで作成しています。事業者に照会してください",
    ),
    Words(
        "the entries are not those that were cosigned at size {0}",
        "証跡が、{0} 件の時点で連署したものと異なります",
    ),
    Words(
        "the statement is of no witness that the policy names, or about an index that this log does not state",
        "ポリシーにある証人の署名ではないか、このログにない索引についての署名です",
    ),
    Words("an index is signed that the dossier does not show", "一式に含まれない索引への署名があります"),
    Words(
        "all {0} records about the subject up to entry {1} of {2} are shown",
        "全 {2} 件のうち第{1}号より前にある、対象についての証跡 {0} 件がすべて含まれています",
    ),
    Words(
        "{0} records about the subject up to entry {1} of {2} are shown, and {3} that name others too are withheld",
        "全 {2} 件のうち第{1}号より前にある、対象についての証跡 {0} 件が含まれ、他者にも関わる {3} 件は含まれていません",
    ),
    Words(
        "complete as stated: {0}; the operator alone built the index",
        "申告上は網羅: {0}。索引を作成したのは事業者のみです",
    ),
    Words("complete: all {0} entries of the log are shown", "網羅: ログの全 {0} 件が含まれています"),
    Words(
        "not assessed: no subject index is enclosed, so that records about the subject may be missing",
        "未評価: 対象者索引が含まれていないため、対象についての証跡が欠けている可能性があります",
    ),
    Words(
        "complete: {0}; {1} rebuilt the index from the log", "網羅: {0}。{1} がログから索引を再構築しました"
    ),
    Words("`{0}` holds no log: {1}", "`{0}` にログがありません: {1}"),
    Words(
        "give a directory that `kansa ledger export` wrote",
        "`kansa ledger export` で書き出したフォルダーを指定してください",
    ),
    Words("`{0}` holds {1} entries, not {2}", "`{0}` の証跡は {2} 件ではなく {1} 件です"),
    Words("it is not `entry` and `tags`", "`entry` と `tags` の組ではありません"),
    Words(
        "it does not show the tags of the dossier's subject and period",
        "一式の対象と期間に対応するタグを示していません",
    ),
    Words("the entry that states the index is not shown", "索引を示す証跡が含まれていません"),
    Words(
        "the entry does not state an index of this log before itself",
        "その証跡は、このログのそれ以前の索引を示していません",
    ),
    Words("a set's count or head is not possible", "組の件数または先端の値があり得ないものです"),
    Words("a set's hash is not possible", "組のハッシュ値があり得ないものです"),
    Words("the signed statement is about another index", "署名は別の索引についてのものです"),
    Words(
        "the index has {0} records about `{1}` in {2} together with these parties, and {3} are shown, or others",
        "索引では、これらの取引先に関わる `{1}`（{2}）の証跡は {0} 件ですが、示されたのは {3} 件か、別の証跡です",
    ),
    Words("a set of `{0}` in {1} stands twice", "`{0}`（{1}）の組が二度現れます"),
    Words(
        "the index does not hold what is stated about `{0}` in {1}",
        "`{0}`（{1}）について示された内容が、索引にありません",
    ),
    Words(
        "records about `{0}` in {1} are withheld, and name nobody else",
        "`{0}`（{1}）の証跡が除かれていますが、他者に関わるものではありません",
    ),
    Words("entry {0} corrects one that is not shown", "第{0}号が訂正する証跡が含まれていません"),
    Words(
        "`{0}` is served: records about it must be kept, by {1}",
        "`{0}` との取引は継続中です。証跡は {1} により保存しなければなりません",
    ),
    Words(
        "records about `{0}` must be kept until {1}, by {2}",
        "`{0}` の証跡は、{2} により {1} まで保存しなければなりません",
    ),
    Words(
        "`--defer` puts the wish on record, and `kansa retention apply` erases once the period is over;"
        " `--despite-retention` erases now, and records that it did",
        "`--defer` で希望を記録すると、期間満了後に `kansa retention apply` が消去します。"
        "`--despite-retention` は今すぐ消去し、そのことを記録します",
    ),
    Words("no period forbids to erase `{0}` now", "`{0}` の消去を妨げる保存期間は現在ありません"),
    Words("leave `--defer` out", "`--defer` を付けずに実行してください"),
    Words(
        "`kansa hold lift ENTRY` ends a hold; see `kansa hold list`",
        "`kansa hold lift ENTRY` で保全を解除します（`kansa hold list` で確認できます）",
    ),
    Words("entry {0} places no hold that is in force", "第{0}号は、有効な保全の記録ではありません"),
    Words("`kansa hold list` shows them", "`kansa hold list` で確認できます"),
    Words("`{0}` holds no schedules: {1}", "`{0}` に保存期間の定めがありません: {1}"),
    Words("the logs moved on while they were copied", "複写している間にログが進みました"),
    Words("the copy in `{0}` is not the log that was signed", "`{0}` の写しは、署名されたログと異なります"),
    Words("subject index", "対象者索引"),
    Words("indexes that are stated", "記録された索引"),
    Words(
        "it does not hold what the entries give; `--mend` makes it anew",
        "証跡から計算したものと異なります。`--mend` で作り直します",
    ),
    Words(
        "the record states another index than the entries give",
        "記録された索引が、証跡から計算したものと異なります",
    ),
    Words("`{0}` holds no keys of a vault", "`{0}` に保管庫の鍵がありません"),
    Words(
        "give the folder `keys` of the vault, which is kept apart from its backups",
        "控えとは別に保管している、保管庫の `keys` フォルダーを指定してください",
    ),
    Words("the backup cannot be written to `{0}`: {1}", "控えを `{0}` に書き出せません: {1}"),
    Words("`{0}` holds no backup: {1}", "`{0}` に控えがありません: {1}"),
    Words(
        "give a folder that `kansa backup` wrote", "`kansa backup` で書き出したフォルダーを指定してください"
    ),
    Words(
        "`{0}` is missing or is not the file that was copied",
        "`{0}` がないか、複写したときのファイルではありません",
    ),
    Words("use another backup", "別の控えを使ってください"),
    Words(
        "a witness cosigned another history of this log: both signed checkpoints are in `{0}`",
        "証人がこのログの別の履歴に連署しています。署名済みの二つのチェックポイントは `{0}` にあります",
    ),
    Words(
        "stop writing, and find out which of the two is the log: `kansa witness status`",
        "記録を止め、どちらがこのログかを確かめてください: `kansa witness status`",
    ),
    Words("remove it; it is written anew", "削除してください。新しく作成されます"),
)
