"""Files that are read: their form, their mapping, their rows."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("the job is {0} and names no nodes", "ジョブは {0} ですが、ノードの記載がありません"),
    Words("the job is {0} and has no end", "ジョブは {0} ですが、終わりがありません"),
    Words("`{0}` is before the start `{1}`", "`{0}` は始まり `{1}` より前です"),
    Words("`{0}` is no time in seconds since 1970", "`{0}` は 1970 年からの秒数ではありません"),
    Words("there is none", "ありません"),
    Words("`{0}` is no text", "`{0}` は文字列ではありません"),
    Words(
        "no cluster is named; say `cluster` in the options",
        "クラスターの名前がありません。オプションの `cluster` で指定してください",
    ),
    Words("`{0}` is no state", "`{0}` は状態ではありません"),
    Words("{0} `{1}` cannot be used", "{0} `{1}` は使えません"),
    Words(
        "must be a text or a list of texts that is not empty",
        "文字列、または空でない文字列の並びでなければなりません",
    ),
    Words("`{0}` is not known here", "`{0}` という項目はここにはありません"),
    Words("must be {0}", "{0} でなければなりません"),
    Words("`{0}` is missing", "`{0}` がありません"),
    Words("`{0}` is empty", "`{0}` は空です"),
    Words(
        "say `columns` in the mapping if it has no header",
        "見出し行がない場合は、マッピングに `columns` を書いてください",
    ),
    Words(
        "the header of `{0}` cannot be read as {1}: {2}", "`{0}` の見出し行を {1} として読み取れません: {2}"
    ),
    Words(
        "say its `encoding` in the mapping, such as `cp932`",
        "マッピングに `encoding` を書いてください（例: `cp932`）",
    ),
    Words("no line of `{0}` is a JSON object", "`{0}` には JSON オブジェクトの行がありません"),
    Words(
        "JSON Lines has one object a line; say `format` if the file is something else",
        "JSON Lines は一行に一つのオブジェクトです。別の形式の場合は `format` を書いてください",
    ),
    Words("split it into files of at most {0}", "{0} 行以内のファイルに分けてください"),
    Words("`{0}` cannot be read as Parquet: {1}", "`{0}` を Parquet として読み取れません: {1}"),
    Words("it may have been cut short", "途中で切れている可能性があります"),
    Words("`{0}` has not the columns that the mapping names", "`{0}` に、マッピングが示す列がありません"),
    Words("the file has {0}", "ファイルにある列: {0}"),
    Words("the column stands twice", "同じ列が二つあります"),
    Words("the column is missing", "この列がありません"),
    Words("the sheet `{0}` of `{1}` is empty", "`{1}` のシート `{0}` は空です"),
    Words("`{0}` has no sheet `{1}`", "`{0}` にシート `{1}` はありません"),
    Words("it has {0}", "あるもの: {0}"),
    Words("`{0}` has no sheet with cells", "`{0}` に値のあるシートがありません"),
    Words(
        "save it as .xlsx; it may have been cut short",
        ".xlsx で保存してください。途中で切れている可能性もあります",
    ),
    Words("no file can be read", "読み取れるファイルがありません"),
    Words("the quarantine file in `{0}` cannot be written: {1}", "`{0}` の隔離ファイルに書き込めません: {1}"),
    Words(
        "what was recorded stays; ingest the same files again once there is room",
        "記録済みの分は残ります。空きを作ってから、同じファイルをもう一度取り込んでください",
    ),
    Words(
        "{0} of `{1}` ran on nodes with accelerators and count none; whether accelerators were accounted then is not known: {2}",
        "`{1}` のうち {0} はアクセラレータのあるノードで動きましたが、その数がありません。当時アクセラレータが集計されていたかは不明です: {2}",
    ),
    Words(
        "{0} held `gres/{1}`, and the options do not say what that is: what they held is neither used nor idle",
        "{0} は `gres/{1}` を使用しましたが、オプションにその説明がありません。使用した分は利用にも待機にも数えません",
    ),
    Words(
        "{0} could not be read; no window is closed over their time",
        "{0} を読み取れませんでした。その時間を含む報告期間は確定しません",
    ),
    Words("see the quarantine file", "隔離ファイルを確認してください"),
    Words(
        "the job was requeued {0} before its run of {1}, and {2} of its earlier runs are in no file and no record; no window is closed before that run",
        "このジョブは {1} の実行より前に {0} 再投入され、それ以前の実行のうち {2} がどのファイルにも証跡にもありません。その実行より前の報告期間は確定しません",
    ),
    Words("so it is with {0} further jobs", "ほかに {0} 件のジョブも同様です"),
    Words(
        "`{0}` is not lower-case words of letters, digits, `.`, `_`, `-`",
        "`{0}` は小文字の英字、数字、`.`、`_`、`-` からなる語ではありません",
    ),
    Words("say either `site` or `sites`", "`site` と `sites` のどちらか一方を書いてください"),
    Words("`to` is not after `from`", "`to` が `from` より後になっていません"),
    Words("`{0}` cannot be read as it is", "`{0}` はこのままでは読み取れません"),
    Words(
        "the file is {0}, as PowerShell's `>` writes it; only UTF-8 is read",
        "ファイルは {0} です（PowerShell の `>` による出力）。読み取れるのは UTF-8 だけです",
    ),
    Words(
        "write it as UTF-8, as with `sacct --json | Out-File -Encoding utf8 sacct.json`",
        "`sacct --json | Out-File -Encoding utf8 sacct.json` のように UTF-8 で書き出してください",
    ),
    Words("`{0}` has no list of `jobs`", "`{0}` に `jobs` の並びがありません"),
    Words("an element of the list is no job", "並びの中にジョブでない要素があります"),
    Words(
        "the file breaks off in this row: its line has no end, and its last column may be cut",
        "ファイルがこの行で途切れています。行末がなく、最後の列が途中で切れている可能性があります",
    ),
    Words(
        "write it again and ingest it; if the file is whole, end its last line",
        "書き出し直して取り込んでください。ファイルが揃っている場合は、最後の行を改行で終えてください",
    ),
    Words("`{0}` breaks off before its first job ends", "`{0}` は最初のジョブの途中で切れています"),
    Words("`{0}` lacks columns that say who held what", "`{0}` に、誰が何を使用したかを示す列がありません"),
    Words(
        "the stamps in `{0}` have no offset, and the options name no zone",
        "`{0}` の時刻に UTC との差がなく、オプションに時間帯の指定もありません",
    ),
    Words(
        "say `zone: Asia/Tokyo`, or use `sacct --json`, which counts seconds since 1970",
        "`zone: Asia/Tokyo` と書くか、1970年からの秒数で示す `sacct --json` を使ってください",
    ),
    Words(
        "`{0}` is packed ({1}); of packed files only gzip, bzip2 and xz are read",
        "`{0}` は圧縮ファイルです（{1}）。圧縮されたまま読めるのは gzip、bzip2、xz だけです",
    ),
    Words("unpack it and give what is in it", "展開して、中のファイルを指定してください"),
    Words("no cluster is named", "クラスターの名前がありません"),
    Words("say `cluster` in the options", "オプションに `cluster` を書いてください"),
    Words("`{0}` is no whole number", "`{0}` は整数ではありません"),
    Words("`{0}` does not begin with sacct's column names", "`{0}` の先頭に sacct の列名がありません"),
    Words(
        "if it was printed with --noheader, say `columns` in the options",
        "--noheader で出力した場合は、オプションに `columns` を書いてください",
    ),
    Words("the bytes are not UTF-8", "UTF-8 ではないバイト列です"),
    Words(
        "`{0}` is not the cluster `{1}` of the options", "`{0}` はオプションのクラスター `{1}` と異なります"
    ),
    Words("`{0}` stands twice, with two values", "`{0}` が二度、異なる値で書かれています"),
    Words("`sacct --json` counts seconds since 1970", "`sacct --json` は1970年からの秒数で示します"),
    Words("nobody introduced the site `{0}`", "拠点 `{0}` はどの証跡でも登録されていません"),
    Words("register the site first", "先に拠点を登録してください"),
    Words("the options name sites that are not known", "オプションに、知られていない拠点があります"),
    Words("is longer than {0} characters", "{0} 文字を超えています"),
    Words("the encoding `{0}` is not known", "文字コード `{0}` は使えません"),
    Words(
        "must be one character, and no quote or line break", "引用符と改行を除く一文字でなければなりません"
    ),
    Words("a column is named twice", "同じ列が二度書かれています"),
    Words("the kind `{0}` is not known", "証跡の種類 `{0}` はありません"),
    Words(
        "needs exactly one of `column`, `value`, `id` and `object`",
        "`column`、`value`、`id`、`object` のうちちょうど一つが必要です",
    ),
    Words("`{0}` names a subject", "`{0}` は対象の名前です"),
    Words("say `id` with `system` and `column`", "`system` と `column` を付けて `id` と書いてください"),
    Words("is not a number of at most 40 digits that has an end", "40桁以内で割り切れる数ではありません"),
    Words("`decimal_scaled` needs `multiply`", "`decimal_scaled` には `multiply` が必要です"),
    Words("kW to W is 1000", "kW から W へは 1000 です"),
    Words("a day begins in a zone", "一日の始まりは時間帯によって異なります"),
    Words("say `zone`", "`zone` を書いてください"),
    Words("needs either `column` or `key`", "`column` と `key` のどちらか一方が必要です"),
    Words("must have from 1 to {0} characters", "1 文字以上 {0} 文字以内でなければなりません"),
    Words("`{0}` is not a field from an `id`", "`{0}` は `id` から得られる項目ではありません"),
    Words("`{0}` is not a field of {1}", "`{0}` は {1} の項目ではありません"),
    Words("`{0}` needs {1}", "`{0}` には {1} が必要です"),
    Words("`{0}` has no meaning for `as: {1}`", "`as: {1}` に `{0}` は使えません"),
    Words("use an integer, with the unit in the field's name", "整数とし、単位は項目の名前に含めてください"),
    Words("the format of `{0}` is not known by its extension", "`{0}` の形式が拡張子からはわかりません"),
    Words(
        "say `format: csv`, `xlsx`, `parquet` or `jsonl` in the mapping",
        "マッピングに `format: csv`、`xlsx`、`parquet`、`jsonl` のいずれかを書いてください",
    ),
    Words("`{{en: …, ja: …}}`", "`{{en: …, ja: …}}`"),
    Words("choose another folder", "別のフォルダーを指定してください"),
    Words("the folder `{0}` cannot be read as it is", "フォルダー `{0}` はこのままでは読み取れません"),
    Words("`{0}` holds no mapping", "`{0}` にマッピングがありません"),
    Words(
        "`kansa init --template FOLDER` writes some to fill in",
        "`kansa init --template FOLDER` で、記入用のひな形を書き出せます",
    ),
    Words("{0} refer to what the others of them introduce", "{0} が互いの登録内容を参照しています"),
    Words(
        "ingest them one by one, with `kansa ingest table FILE --map MAPPING`",
        "`kansa ingest table FILE --map MAPPING` で一つずつ取り込んでください",
    ),
    Words(
        "a folder is read by the mappings in it: no files, `--map` or `--window` beside it",
        "フォルダーは中のマッピングで読み取ります。ファイル、`--map`、`--window` は併用できません",
    ),
    Words(
        "say the window in the mapping or options file",
        "期間は、マッピングまたはオプションファイルに書いてください",
    ),
    Words("end the name with one of {0}", "ファイル名の末尾を次のいずれかにしてください: {0}"),
)
