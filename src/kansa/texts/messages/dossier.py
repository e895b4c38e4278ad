"""Dossiers: how they are made, and the checks of their verdict."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words(
        "{0} sealed values of {1} records in its scope are lost, the first of entry {2}, and no erasure is on record",
        "範囲内の証跡 {1} 件で秘匿値 {0} 件が失われています（最初は記録 {2}）。消去の記録もありません",
    ),
    Words(
        "restore `values.db` from a backup, or put on record with `kansa erase SUBJECT --reasons …` that they are gone; `kansa ledger audit` lists them",
        "`values.db` をバックアップから戻すか、`kansa erase 対象 --reasons …` で失われたことを記録してください。一覧は `kansa ledger audit` にあります",
    ),
    Words("no entry belongs to this scope", "この範囲に含まれる証跡がありません"),
    Words("look at `kansa records`", "`kansa records` で確認してください"),
    Words("no checkpoint was signed at size {0}", "{0} 件の時点で署名されたチェックポイントがありません"),
    Words(
        "the dossier is larger than a zip without 64-bit fields may be",
        "64ビットの欄を使わない zip の上限を超えています",
    ),
    Words("narrow its scope", "範囲を狭めてください"),
    Words("byte {0}, in {1}, is not as a {2} has it", "{1} の {0} バイト目が {2} のものと異なります"),
    Words("`{0}` is not a plain relative path of ASCII", "`{0}` は ASCII の相対パスではありません"),
    Words("`{0}` or its checksum was changed", "`{0}` またはその検査値が変更されています"),
    Words("the file is not a {0}: {1}", "このファイルは {0} ではありません: {1}"),
    Words("`{0}` is not an audience", "`{0}` は提出先の区分にありません"),
    Words("choose one of {0}", "次のいずれかを選んでください: {0}"),
    Words("a hash does not have {0} bytes", "{0} バイトでないハッシュがあります"),
    Words(
        "no entry is chosen, or one beyond the tree",
        "証跡が一つも選ばれていないか、範囲の外のものが選ばれています",
    ),
    Words(
        "there are more hashes than lie between the chosen entries",
        "選ばれた証跡の間にあるより多くのハッシュがあります",
    ),
    Words("a hash between the chosen entries is missing", "選ばれた証跡の間のハッシュが欠けています"),
    Words("members are missing: {0}", "必要なファイルがありません: {0}"),
    Words("the members are not as the manifest lists them", "中のファイルが目録と一致しません"),
    Words("the log's key is not stated", "ログの鍵が示されていません"),
    Words("the policy lists no log of the name `{0}`", "ポリシーに `{0}` という名のログはありません"),
    Words("it is not signed by {0} of `{1}`", "`{1}` の {0} で署名されていません"),
    Words(
        "the manifest names another key than the one that signed", "目録が示す鍵と、署名した鍵が異なります"
    ),
    Words(
        "the entries do not give the root of the signed tree",
        "証跡から計算したルートが、署名されたものと一致しません",
    ),
    Words(
        "an entry has at most {0} bytes, this one {1}", "一件は最大 {0} バイトですが、これは {1} バイトです"
    ),
    Words(
        "entries were recorded after the manifest's `known_at`",
        "目録の `known_at` より後に記録された証跡があります",
    ),
    Words(
        "entries say that they are simulated, their times told; the manifest says that times were kept",
        "証跡には模擬の時刻とあるのに、目録には実際の時刻とあります",
    ),
    Words("the log did not begin when the manifest says", "ログの開始が目録と異なります"),
    Words(
        "the seal's checkpoint is not signed by the log's key",
        "封のチェックポイントが、ログの鍵で署名されていません",
    ),
    Words(
        "the entry that issues the dossier is not in the sealed tree",
        "証跡一式の発行を記録した証跡が、封をしたツリーにありません",
    ),
    Words(
        "the sealed tree does not continue the one that the entries stand in",
        "封をしたツリーが、証跡を含むツリーの続きになっていません",
    ),
    Words("the entry does not issue this manifest", "この証跡はこの目録を発行したものではありません"),
    Words("it was issued for `{0}`, not for `{1}`", "`{1}` ではなく `{0}` に向けて発行されています"),
    Words(
        "it was issued about other subjects than the question's", "照会とは別の対象について発行されています"
    ),
    Words("it was issued before what it holds was known", "含まれる内容が知られるより前に発行されています"),
    Words(
        "{0} disclosures belong to no entry here", "開示された値のうち {0} 件は、どの証跡のものでもありません"
    ),
    Words("`_sd` is not a list of digests", "`_sd` がダイジェストの並びではありません"),
    Words("it is not a JSON object", "JSON オブジェクトではありません"),
    Words("it is not a list of texts", "文字列の並びではありません"),
    Words("the last line does not end", "最後の行が終わっていません"),
    Words("a check that this one rests on was not made", "前提となる検査が行われていません"),
    Words("`{0}` is not `{1}`", "`{0}` が `{1}` ではありません"),
    Words("the line is not [index, entry]", "行が [番号, 証跡] の形ではありません"),
    Words("index {0} does not follow the one before", "番号 {0} が前の番号より大きくありません"),
    Words(
        "entry {0} was recorded before the one that precedes it",
        "第{0}号が、その前の証跡より早く記録されたことになっています",
    ),
    Words("it is disclosed twice", "同じ値が二度開示されています"),
    Words("the digest `{0}` stands in {1} as well", "ダイジェスト `{0}` は {1} にもあります"),
    Words(
        "the entries, derived and swept anew, give another answer",
        "証跡から改めて計算した結果が、同封の結果と異なります",
    ),
    Words("{0} members, every byte accounted for", "ファイル {0} 個。すべてのバイトを照合しました"),
    Words("{0} members match their hashes", "{0} 個のファイルのハッシュが一致しました"),
    Words("{0}, {1} entries, signed", "{0}、{1} 件、署名あり"),
    Words("{0} {1} entries stand in the signed tree", "{1} 件のうち{0}が署名されたツリーにあります"),
    Words(
        "issued as entry {0} of a tree of {1} that continues the first",
        "{1} 件のツリーの第{0}号として発行され、もとのツリーの続きです",
    ),
    Words("pinned key of `{0}`; cosigned by {1}", "`{0}` の登録済みの鍵。確認署名: {1}"),
    Words("{0} values disclosed{1}, {2} kept sealed", "開示された値 {0} 件{1}、封印のままの値 {2} 件"),
    Words(
        "{0} uses swept anew: {1} gaps, as enclosed{2}",
        "利用 {0} 件を改めて計算し、同封のとおり証跡の欠落 {1} 件{2}",
    ),
    Words(
        "no key is pinned: the dossier agrees with itself, nothing says whose it is",
        "鍵が登録されていません。内容に矛盾はありませんが、誰のものかは示されません",
    ),
    Words("no witness", "なし"),
    Words(", {0} of them in others", "（うち {0} 件は他の値の中）"),
    Words("; {0} records were passed over", "。{0} 件の証跡は読まずに通しました"),
    Words(
        "that everything which happened was recorded: the balance of device time shows what no source reported",
        "起きたことがすべて記録されたこと（どの情報源も報告していない時間は、機器時間の内訳に示されます）",
    ),
    Words(
        "that what the records say is true: each says how it is known",
        "証跡の内容が真実であること（それぞれに、どのように知られたかが示されています）",
    ),
    Words(
        "report.html beyond its hash: it is a reader of the same data",
        "report.html のハッシュ以外の内容（同じデータを表示するためのものです）",
    ),
    Words(
        "what was recorded after the dossier was sealed, in a tree of {0} entries",
        "封をした後に記録された内容（封をした時点のツリーは {0} 件）",
    ),
    Words(
        "when entries were recorded: the times are its own clock's, only their order is bound",
        "証跡が記録された時刻（事業者自身の時計によるもので、確かめられるのは順序だけです）",
    ),
    Words(
        "which period, grace and time of knowledge were asked: another question has another answer",
        "どの期間、猶予、基準時点で照会したか（照会が異なれば回答も異なります）",
    ),
    Words("it cannot be read: {0}: {1}", "読み取れません: {0}: {1}"),
    Words("the enclosed key", "同封の鍵"),
    Words("a key that the policy lists", "ポリシーにある鍵"),
    Words(
        "{0} entries recorded since, before the dossier was sealed: they are not shown",
        "その後、封をするまでに記録された {0} 件（含まれていません）",
    ),
    Words(
        "that no entry about these subjects was left out of the dossier: {0} of {1} are not shown",
        "これらの対象についての証跡が、この一式から省かれていないこと（{1} 件のうち {0} 件は含まれていません）",
    ),
    Words(
        "whose log this is: pin the log's key in a policy and give it with --trust",
        "誰のログか（ログの鍵をポリシーに登録し、--trust で指定してください）",
    ),
    Words(
        "that nothing else had been recorded by the time of knowledge",
        "基準時点までに、ほかに何も記録されていなかったこと",
    ),
    Words("when the log began: entry 0 is not here", "ログの開始時点（第0号が含まれていません）"),
    Words("its name", "事業者の名称"),
    Words(
        "that the operator showed nobody else another history: the policy asks for no witness",
        "事業者が他の人に別の履歴を示していないこと（ポリシーが第三者の確認署名を求めていません）",
    ),
    Words(
        "the sealed values of rows kept under `{0}` in segment {1} are lost, and no erasure is on record",
        "セグメント {1} の、`{0}` の鍵で封印した行の値が失われており、消去の記録がありません",
    ),
    Words(
        "{0} rows{1} in {2} of {3} segments stand as the ledger commits to them; {4} with their sealed values",
        "セグメント {3} 個のうち {2} 個の {0} 行{1}が、台帳で確定したとおりです。封印値を伴う行 {4}",
    ),
    Words(" of all tenants", "（すべての契約者）"),
    Words(" of end user {0}", "（最終需要者 {0}）"),
    Words(" of tenant {0}, which leave none of it out", "（契約者 {0} の全行）"),
    Words(
        "which row of the file of its segment a row is: the ids of uses",
        "行がセグメントのファイルの何行目かということ（利用の ID）",
    ),
    Words("it belongs to no segment of the period", "対象期間のどのセグメントにも属しません"),
    Words(
        "the manifest states {0} segments, {1} entries are shown",
        "目録にはセグメント {0} 個とありますが、示された証跡は {1} 件です",
    ),
    Words("entry {0} is not the entry of a segment", "第{0}号はセグメントの証跡ではありません"),
    Words("entry {0} is not the entry of a segment: {1}", "第{0}号はセグメントの証跡ではありません: {1}"),
    Words(
        "entry {0} is segment {1}, which does not follow the one before",
        "第{0}号はセグメント {1} で、前のセグメントに続いていません",
    ),
    Words(
        "a row stands twice: a second version does not say what it corrects",
        "同じ行が二重に有効です。後の版に、何を訂正するかが示されていません",
    ),
    Words(
        "that no row of end user {0} was left out of a segment: rows are committed to by tenant",
        "最終需要者 {0} の行がセグメントから漏れていないこと（行は契約者ごとに確定されています）",
    ),
    Words(
        "that no row stands under another subject as well, and no group at a wrong place of its trie: an auditor with the"
        " whole segments sees that",
        "行が別の対象の下にもないこと、組が木の誤った位置にないこと（セグメント全体を持つ監査人が確認できます）",
    ),
    Words(
        "that no more than {0} segments had been recorded by the time of knowledge",
        "基準時点までに記録されたセグメントが {0} 個だけであること",
    ),
    Words("not every group is shown whole", "全体が示されていない組があります"),
    Words(
        "a row of segment {0} corrects one of segment {1} that is not there",
        "セグメント {0} の行が訂正する、セグメント {1} の行がありません",
    ),
    Words(
        "the group of the tenant is neither shown nor shown to be absent",
        "契約者の組も、それがないことの証明も示されていません",
    ),
    Words("the group of the tenant is not shown whole", "契約者の組の全体が示されていません"),
    Words(
        "{0} bytes of rows of segment {1} are more than a dossier may show of one",
        "セグメント {1} の行の {0} バイトは、証跡一式に収められる量を超えています",
    ),
    Words("nothing is shown of segment {0}", "セグメント {0} について何も示されていません"),
    Words("rows of `{0}` are not known to this verifier", "この検証プログラムは `{0}` の行を扱えません"),
    Words("{0} rows are not as many as its groups show", "行数 {0} が、組の示す行数と異なります"),
    Words("a subject is shown twice", "同じ対象が二度示されています"),
    Words(
        "a group has a proof of its own where every group is shown",
        "すべての組を示す場合に、個別の証明が付いています",
    ),
    Words(
        "the groups are not all those that the entry commits to",
        "組が、証跡で確定したもののすべてではありません",
    ),
    Words(
        "{0} lines are not as many as values are disclosed of", "値の {0} 行が、開示された行数と異なります"
    ),
    Words("the values are not in their canonical form", "値が正規の形ではありません"),
    Words("a line has not the {0} values of a row", "値の行に {0} 個の値がありません"),
    Words("its entry does not commit to rows by tenant", "証跡が契約者ごとの行を確定していません"),
    Words("a group is not stated as it should be", "組の記述が正しい形ではありません"),
    Words("rows are shown of `{0}`, which is said to be absent", "ないとされた `{0}` の行が示されています"),
    Words("it does not state the groups of this segment", "このセグメントの組の記述ではありません"),
    Words("a key of salts does not have {0} bytes", "ソルトの鍵が {0} バイトではありません"),
    Words("a number of rows is none", "行数が数ではありません"),
    Words("it states {0} bytes, more than {1}", "{0} バイトとあり、上限 {1} を超えています"),
    Words("the member is missing", "ファイルがありません"),
    Words(
        "it does not unpack to the {0} bytes that are stated", "展開した結果が、記載の {0} バイトになりません"
    ),
    Words("it cannot be unpacked: {0}", "展開できません: {0}"),
    Words(
        "the rows of `{0}` are not those that its group has", "`{0}` の行が、その組で確定したものと異なります"
    ),
    Words("the rows of `{0}` do not stand in their order", "`{0}` の行が正しい順序ではありません"),
    Words(
        "the rows of `{0}` lie over those of another", "`{0}` の行の位置が、ほかの対象の行と重なっています"
    ),
    Words("the rows of `{0}` lie outside the segment", "`{0}` の行の位置がセグメントの外です"),
    Words(
        "nothing shows that the group of `{0}` stands in the segment",
        "`{0}` の組がセグメントにあることの証明がありません",
    ),
    Words("the values of `{0}` are not those that were sealed", "`{0}` の値が、封印したものと異なります"),
    Words("a line is no array of texts: {0}", "行が文字列の並びではありません: {0}"),
    Words(
        "values of `{0}` are disclosed of rows not shown", "示されていない行の `{0}` の値が開示されています"
    ),
    Words(
        "rows of this segment may stand in the period and are not shown",
        "このセグメントの行が対象期間にあり得ますが、示されていません",
    ),
)
