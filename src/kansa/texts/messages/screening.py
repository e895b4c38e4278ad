"""Lists and their files."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("`{0}` would take the place of the parties", "`{0}` に書くと、相手方のファイルを上書きします"),
    Words("give another output", "別の出力先を指定してください"),
    Words("`{0}` cannot be read or written: {1}", "`{0}` を読み書きできません: {1}"),
    Words(
        "what was answered is kept; the same command goes on once the cause is gone",
        "回答済みの分は保存されています。原因を取り除いた後、同じコマンドで続きから再開します",
    ),
    Words(
        "`{0}` is no candidate of the screening at entry {1}",
        "`{0}` は、第{1}号のスクリーニングの候補ではありません",
    ),
    Words("its candidates are: {0}", "候補は次のとおりです: {0}"),
    Words("the disposition cannot be recorded", "候補についての判断を記録できません"),
    Words(
        "the screening at entry {0} is not the latest of `{1}`",
        "第{0}号のスクリーニングは `{1}` の最新のものではありません",
    ),
    Words(
        "judge the candidates of the screening at entry {0}",
        "第{0}号のスクリーニングの候補について判断してください",
    ),
    Words("the sealed values of entry {0} are no longer kept", "第{0}号の封印値は保存されていません"),
    Words("screen the party again", "相手方を改めてスクリーニングしてください"),
    Words("entry {0} is no screening of a party", "第{0}号は相手方のスクリーニングではありません"),
    Words("`kansa records --type {0}` lists them", "`kansa records --type {0}` で一覧を表示します"),
    Words("`{0}` is no reason", "`{0}` は理由の区分にありません"),
    Words("one of {0}", "次のいずれかを指定してください: {0}"),
    Words("nobody is named", "氏名がありません"),
    Words("must be another person than the reviewer", "確認者とは別の人でなければなりません"),
    Words("`{0}` is not after {1}", "`{0}` は {1} より後ではありません"),
    Words("`{0}` speaks for no {1}", "`{0}` は {1} の理由になりません"),
    Words(
        "names cannot be compared, since the part `screening` is not installed: {0}",
        "`screening` の部分が導入されていないため、名称を比べられません: {0}",
    ),
    Words(
        "`pip install 'kansa[screening]'`; PyICU needs a C++ compiler and ICU's headers (Debian: libicu-dev pkg-config g++)",
        "`pip install 'kansa[screening]'` を実行してください。PyICU には C++ コンパイラーと ICU のヘッダーが必要です（Debian: libicu-dev pkg-config g++）",
    ),
    Words("`{0}` does not say FORMAT:FILE", "`{0}` は「形式:ファイル」の形ではありません"),
    Words("such as `--list jsonl:parties.jsonl`", "例: `--list jsonl:parties.jsonl`"),
    Words("`{0}` is not a date", "`{0}` は日付ではありません"),
    Words("write 2026-01-31", "2026-01-31 のように書いてください"),
    Words("a file of the list cannot be read", "リストのファイルを読み取れません"),
    Words("`{0}` is not what its name says", "`{0}` の内容が名前と一致しません"),
    Words("these would shrink: {0}", "次のリストの件数が減ります: {0}"),
    Words(
        "if the list is really so much shorter, say why with --accept-shrink REASON",
        "件数の減少が正しい場合は、--accept-shrink に理由を示してください",
    ),
    Words("the entries of the edition `{0}…` are not in the vault", "版 `{0}…` の内容が保管庫にありません"),
    Words(
        "add the same files again with `kansa lists add`",
        "同じファイルを `kansa lists add` でもう一度追加してください",
    ),
    Words("`{0}` cannot be read: {1}", "`{0}` を読み取れません: {1}"),
    Words("cannot be read: {0}", "読み取れません: {0}"),
    Words(
        "entry {0} cannot be asked again: its sealed values were erased{1}",
        "第{0}号は再照会できません。封印値が消去されています{1}",
    ),
    Words(
        "the record still says which editions were asked and what came of it",
        "どの版に照会し、結果がどうであったかは証跡に残っています",
    ),
    Words("the vault has no list to screen against", "この保管庫には、照会するリストがありません"),
    Words(
        "add one with `kansa lists add FORMAT FILE`; see `kansa lists formats`",
        "`kansa lists add 形式 ファイル` で追加してください。形式は `kansa lists formats` で確認できます",
    ),
    Words("`{0}` has no `results`", "`{0}` に `results` がありません"),
    Words(
        "give consolidated.json or consolidated.csv as trade.gov publishes it",
        "trade.gov が公表する consolidated.json または consolidated.csv を指定してください",
    ),
    Words("`{0}` is not JSON: {1}", "`{0}` は JSON ではありません: {1}"),
    Words("the header of `{0}` {1}", "`{0}` の見出し行: {1}"),
    Words(
        "see `kansa lists formats` for the form of each file",
        "各ファイルの形は `kansa lists formats` で確認できます",
    ),
    Words("`{0}` is no form of list", "`{0}` というリストの形式はありません"),
    Words("`{0}` takes {1}", "`{0}` に必要なもの: {1}"),
    Words("`{0}` has its publisher's name", "`{0}` の名称は発行者が定めています"),
    Words("only own lists are named", "名称を付けられるのは自社のリストだけです"),
    Words("`{0}` is the name of an official list", "`{0}` は公的なリストの名称です"),
    Words("give an own list a name of its own", "自社のリストには独自の名称を付けてください"),
    Words("give one notice at a time", "告示は一件ずつ指定してください"),
    Words("each notice is a list with editions of its own", "告示はそれぞれ別のリストで、版も別です"),
    Words("`{0}` names none of the notices {1}", "`{0}` は告示 {1} のいずれでもありません"),
    Words(
        "give the text of the PDF, its title included, such as `pdftotext` writes it",
        "PDF の本文を、表題を含めて（`pdftotext` の出力など）指定してください",
    ),
    Words("`{0}` has no column 企業名・組織名", "`{0}` に「企業名・組織名」の列がありません"),
    Words(
        "give the table's text with its header, as cells (CSV, TSV) or as `pdftotext -layout` writes it",
        "見出し行を含む表の本文を、表形式（CSV、TSV）または `pdftotext -layout` の出力で指定してください",
    ),
    Words(
        "`{0}`, line {1}: a row does not begin with its number",
        "`{0}` の {1} 行目: 行が番号で始まっていません",
    ),
    Words(
        "the table's cells are centred; extract it as cells (CSV, TSV) instead",
        "表の文字が中央揃えのためです。表形式（CSV、TSV）で抽出してください",
    ),
    Words("is a file of the {0} list", "{0} リストのファイルです"),
    Words("these are files of another list", "別のリストのファイルです"),
    Words("add them as `{0}`", "`{0}` として追加してください"),
    Words("the file of {0} is missing", "{0}のファイルがありません"),
    Words(
        "give all three files of one edition: without its aliases a list hides names",
        "同じ版の三つのファイルをすべて指定してください。別名がないと、見つからない名称が生じます",
    ),
    Words(
        "`{0}` has {1} columns; OFAC's files have 12, 6, 5 or 2",
        "`{0}` の列数は {1} です。OFAC のファイルの列数は 12、6、5、2 です",
    ),
    Words(
        "give the primary, address and alias files as OFAC publishes them",
        "OFAC が公表する本体、住所、別名のファイルを指定してください",
    ),
    Words(
        "no entry of {0} rows could be read as `{1}`", "{0} 行のうち、`{1}` として読み取れたものがありません"
    ),
    Words("`{0}` is not {1} at byte {2}", "`{0}` の {2} バイト目が {1} ではありません"),
    Words(
        "take the file as its publisher gives it, without opening it in a spreadsheet",
        "表計算ソフトで開かず、発行者が公表したままのファイルを使ってください",
    ),
    Words("`{0}` is not a JSON array of entries", "`{0}` は JSON の配列ではありません"),
    Words(
        "the file says itself that it is a part of the list",
        "ファイル自体に、リストの一部であると記載されています",
    ),
    Words(
        "take the whole file as its publisher gives it, or give all pages of the answer together",
        "発行者が公表するファイル全体、または回答の全ページを一緒に指定してください",
    ),
    Words("holds {0} of {1} entries", "{1} 件のうち {0} 件しかありません"),
    Words("holds {0} entries and says that more follow", "{0} 件があり、続きがあると記載されています"),
    Words(
        "`{0}` is not the UN's list: its root is `{1}`",
        "`{0}` は国連のリストではありません（最上位の要素が `{1}`）",
    ),
    Words("`{0}` cannot be read as XML: {1}", "`{0}` を XML として読み取れません: {1}"),
    Words(
        "take the file as the Security Council publishes it; a DTD or entities are never read",
        "安全保障理事会が公表したままのファイルを使ってください。DTD と実体は読みません",
    ),
)
