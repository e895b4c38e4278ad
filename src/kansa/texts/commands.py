"""What commands print, by command and key. Tables that belong to one command alone may stand beside it, as `Words`."""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.texts import Words

INGEST: Mapping[str, Words] = MappingProxyType(
    {
        "head": Words("{source}: {rows} rows of {files} files", "{source}：{files} ファイル、{rows} 行"),
        "recorded": Words("recorded", "記録しました"),
        "corrected": Words("corrected earlier records", "以前の証跡を訂正しました"),
        "known": Words("known already", "記録済みです"),
        "quarantined": Words("quarantined", "隔離しました"),
        "refused": Words("refused", "受け付けませんでした"),
        "passed_over": Words("passed over: {reason}", "対象外: {reason}"),
        "where": Words("Quarantined rows lie in {file}", "隔離した行は {file} にあります"),
        "open": Words(
            "No window is closed, so that no device counts as used or idle on these files alone (`--window FROM/TO`)",
            "報告期間が確定していないため、これらのファイルだけでは、どの機器も利用・待機に数えません（`--window FROM/TO`）",
        ),
        "closed": Words(
            "Reported in full: {start} to {end}{except_}{inferred}",
            "報告が揃っている期間: {start} ～ {end}{except_}{inferred}",
        ),
        "except": Words(", except {count} stretches", "（{count} 区間を除く）"),
        "inferred": Words(", inferred from {what}", "（{what} からの推定）"),
    }
)

LEDGER: Mapping[str, Words] = MappingProxyType(
    {
        "audit": Words(
            "{entries} entries, {checkpoints} checkpoints: {state}",
            "証跡 {entries} 件、チェックポイント {checkpoints} 個: {state}",
        ),
        "status.origin": Words("log", "ログ"),
        "status.size": Words("entries", "件数"),
        "status.root": Words("root", "ルート"),
        "status.recorded": Words("last entry", "最後の記録"),
        "status.key": Words("key", "鍵"),
        "status.simulated": Words("simulated", "模擬"),
        "yes": Words("yes", "はい"),
        "no": Words("no", "いいえ"),
        "nothing": Words("–", "–"),
        "whole": Words("whole", "すべて揃っています"),
        "not_whole": Words("NOT whole", "問題があります"),
        "part": Words("{checked} of {total} {unit}", "{total} のうち {checked}（{unit}）"),
        "part.none": Words("there are no {unit}", "なし（{unit}）"),
        "part.ok": Words("ok  ", "適合  "),
        "part.not": Words("NOT ", "不適合"),
        "part.empty": Words("--  ", "--    "),
        "more": Words(
            "and {more} more; `--json` lists {listed} of them",
            "ほかに {more} 件。`--json` はそのうち {listed} 件を示します",
        ),
        "wrote": Words("Wrote {place}", "{place} に書き出しました"),
        "indexed": Words(
            "Entry {entry} states the index of {subjects} subjects over the first {size} entries.",
            "先頭の {size} 件について、対象者 {subjects} 件の索引を台帳の第{entry}号に記録しました。",
        ),
        "indexed.already": Words(
            "Entry {entry} states the index of {subjects} subjects over the first {size} entries; none came since.",
            "第{entry}号が、先頭の {size} 件について対象者 {subjects} 件の索引を示しています（その後の証跡は 0 件）。",
        ),
        "stamped": Words(
            "The first {size} entries were there at {time}, says the authority; recorded as entry {entry}.",
            "時刻認証局は、先頭の {size} 件が {time} に存在したと認証しました。台帳の第{entry}号に記録しました。",
        ),
        "published": Words(
            "None of {count} published checkpoints is missing.",
            "公表された {count} 個のチェックポイントはすべて揃っています。",
        ),
        "missing": Words(
            "That it was missing is recorded as entry {entry}.",
            "欠けていたことを台帳の第{entry}号に記録しました。",
        ),
        "clock.confirmed": Words(
            "The clock is confirmed, and that is recorded.", "時計が正しいことを確認し、記録しました。"
        ),
        "clock.still": Words("The clock had not jumped.", "時計に飛びはありませんでした。"),
    }
)

VAULT: Mapping[str, Words] = MappingProxyType(
    {
        "made": Words(
            "Made the vault `{vault}`.\nDates are read and times are shown in {zone}.\n"
            "Those who verify pin its log's key:\n  {key}",
            "保管庫 `{vault}` を作成しました。\n日付の解釈と時刻の表示には {zone} を使います。\n検証する人が登録するログの鍵:\n  {key}",
        ),
        "no_records": Words("0 records in the ledger", "台帳の証跡は 0 件です。"),
        "shown": Words(
            "{shown} of {records} records in the ledger are shown",
            "台帳の証跡 {records} 件のうち {shown} 件を表示しました。",
        ),
        "rebuilt": Words(
            "The registers reflect {entries} entries.", "台帳の {entries} 件を表に反映しました。"
        ),
        "dossier": Words("Wrote {file} ({bytes} bytes).", "{file} を書き出しました（{bytes} バイト）。"),
    }
)

COHERENCE: Mapping[str, Words] = MappingProxyType(
    {
        "uses": Words("Uses", "利用"),
        "use_seconds": Words("Time of use", "利用時間"),
        "evidenced_seconds": Words("  evidenced", "  証跡あり"),
        "late_seconds": Words("  of it late", "  うち事後記録"),
        "before_log_seconds": Words("  of it before the log began", "  うち台帳開始前"),
        "gap_seconds": Words("  not evidenced", "  証跡の欠落"),
        "gaps": Words("Gaps", "欠落の区間"),
        "gap_seconds_by_fact": Words("Not evidenced, by fact", "事実別の欠落"),
        "evidenced_by": Words("Evidenced, by how well it is known", "確かさ別の証跡あり"),
        "installed_seconds": Words("Installed device time", "設置された機器時間"),
        "used_seconds": Words("  used", "  利用"),
        "idle_seconds": Words("  idle", "  待機"),
        "unobserved_seconds": Words("  unobserved", "  未観測"),
        "not_installed_seconds": Words("Used though not installed", "設置の証跡のない利用"),
        "horizon": Words("Judged until", "評価の終わり"),
        "balance_from": Words("Device time from", "機器時間の始まり"),
        "balance_to": Words("Device time to", "機器時間の終わり"),
        "lateness_not_assessed": Words("Lateness not assessed, tables", "事後記録を評価していない表"),
        "quarantined": Words("Uses that cannot be judged", "評価できない利用"),
        "ignored": Words("Rows left out, by table", "除いた行（表別）"),
        "blank_ids": Words("Rows with blank ids, by table", "ID が空の行（表別）"),
    }
)

ERASE: Mapping[str, Words] = MappingProxyType(
    {
        "deferred": Words(
            "Recorded as entry {entry}: to be erased once the period ends at {until}, by {schedules}.",
            "台帳の第{entry}号に記録しました。{schedules} による保存期間が満了する {until} 以後に消去します。",
        ),
        "deferred.served": Words(
            "Recorded as entry {entry}: to be erased once the transactions ended and the period is over, by {schedules}.",
            "台帳の第{entry}号に記録しました。取引が終わり、{schedules} による保存期間が満了した後に消去します。",
        ),
        "nothing": Words(
            "Nothing that is sealed is kept of `{subject}`.", "`{subject}` の封印値は保存されていません。"
        ),
        "erased": Words(
            "Erased {values} sealed values of {records} records of `{subject}`, and {rows} rows in quarantine.",
            "`{subject}` の証跡 {records} 件の封印値 {values} 件と、隔離した行 {rows} 行を消去しました。",
        ),
        "swept": Words(
            "Swept: {stores}. Recorded as entry {entry}.", "対象: {stores}。台帳の第{entry}号に記録しました。"
        ),
        "elsewhere": Words(
            "{count} values of records about it are kept under other subjects' keys, and stay.",
            "この対象に関する証跡の値のうち {count} 件は、別の対象の鍵で保存されており、残ります。",
        ),
        "dossiers": Words(
            "{count} dossiers were issued before: their readers may hold values.",
            "これまでに {count} 件の証跡一式を発行しています。受領者が値を保持している可能性があります。",
        ),
        "copies": Words(
            "Copies of the vault that were made elsewhere were not swept.",
            "別の場所に作成された保管庫の複製は対象に含まれません。",
        ),
    }
)

LISTS: Mapping[str, Words] = MappingProxyType(
    {
        "added": Words(
            "{publication}: {entries} entries of {rows} rows, edition of {date}, recorded as entry {record}",
            "{publication}: {rows} 行から {entries} 件、{date}の版、台帳の第{record}号に記録しました",
        ),
        "undated": Words("unknown date", "日付不明"),
        "changed": Words(
            "  {added} added, {removed} removed, {changed} changed{since}",
            "  追加 {added} 件、削除 {removed} 件、変更 {changed} 件{since}",
        ),
        "since": Words(" since {date}", "（{date}の版から）"),
        "last": Words("the last", "前回"),
        "older": Words(
            "  OLDER than the edition of {date} whose place it takes",
            "  置き換えた {date} の版より古い版です",
        ),
        "partial": Words(
            "  PARTIAL: {why}; screenings say so, and no list counts as covered by it",
            "  一部のみ: {why}。スクリーニングの結果にその旨を示し、照会済みのリストには数えません",
        ),
        "passed_over": Words("{count:9}  passed over: {reason}", "{count:9}  対象外: {reason}"),
        "rejected": Words("{count:9}  rows rejected", "{count:9}  読み取れなかった行"),
        "set_aside": Words(
            "{count:9}  fields set aside (their rows are screened)",
            "{count:9}  読み取れなかった項目（行そのものは照会の対象）",
        ),
        "more": Words(
            "  … and {count} more; --json lists all", "  … ほか {count} 件。--json ですべて示します"
        ),
        "waits": Words(
            "Parties NOT screened against it ({why}): the gate holds them until `kansa screen parties`",
            "この版とは未照会です（{why}）。`kansa screen parties` を実行するまで、ゲートは保留とします",
        ),
        "parties": Words("The vault's parties:", "保管庫の当事者:"),
        "would_go": Words(
            "`{what}` would go from {before} entries to {after}.",
            "`{what}` が {before} 件から {after} 件になります。",
        ),
        "why": Words(
            "Why is that right? (empty: do not replace it)", "それが正しい理由（空のままなら置き換えません）:"
        ),
    }
)

SCREEN: Mapping[str, Words] = MappingProxyType(
    {
        "batch": Words(
            "{parties} parties, {alerts} with candidates, {unreadable} lines that could not be read",
            "{parties} 者、うち一致候補あり {alerts} 者、読み取れなかった行 {unreadable} 行",
        ),
        "batch.wrote": Words(
            "Wrote {output}; what was asked is in {evidence}",
            "{output} を書き出しました。照会の内容は {evidence} にあります",
        ),
        "batch.resumed": Words(
            "Went on at line {line}, where an earlier run stopped", "前回中断した {line} 行目から再開しました"
        ),
        "full": Words("{count:8}  against all lists: {trigger}", "{count:8}  全リストと照会: {trigger}"),
        "delta": Words(
            "{count:8}  against {entries} new or changed entries",
            "{count:8}  追加・変更された {entries} 件と照会",
        ),
        "current": Words("{count:8}  up to date", "{count:8}  最新"),
        "unnamed": Words(
            "{count:8}  NOT screened: no name of them is kept ({parties} …)",
            "{count:8}  未照会: 名称が保存されていません（{parties} …）",
        ),
        "entry": Words("(entry {record})", "（台帳の第{record}号）"),
        "disposed": Words(
            "Recorded as entry {record}: `{entry}` is {verdict}, until {expires}.",
            "台帳の第{record}号に記録しました: `{entry}` は{verdict}（{expires} まで）。",
        ),
        "verdict.false_match": Words("false match", "別人・別法人"),
        "verdict.true_match": Words("true match", "本人・当該法人"),
        "verdict.undetermined": Words("undetermined", "判断保留"),
        "replay.incomplete": Words(
            "INCOMPLETE then and now: not asked as a whole: {lists}",
            "当時も現在も不完全です。全体としては照会していません: {lists}",
        ),
        "replay.was": Words(
            "Entry {record}, recorded {at}: {outcome}, {candidates} candidates of {entries} entries",
            "台帳の第{record}号、記録 {at}: {outcome}、{entries} 件のうち候補 {candidates} 件",
        ),
        "replay.same": Words("The same candidates with the same scores.", "候補もスコアも当時と同じです。"),
        "replay.differs": Words("DIFFERENT from then:", "当時と異なります:"),
        "replay.engine": Words("The engine is not as it was:", "照合エンジンが当時と異なります:"),
    }
)
