"""Connectors and their files: what is installed, what packed or nested bytes hold, intake without end."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("no connector `{0}` is installed", "コネクター `{0}` はインストールされていません"),
    Words("installed are {0}", "インストール済み: {0}"),
    Words(
        "two packages have a connector `{0}`: {1} and {2}",
        "コネクター `{0}` が二つのパッケージにあります: {1} と {2}",
    ),
    Words("take one of the packages away", "どちらかのパッケージを外してください"),
    Words(
        "the connector `{0}` cannot be loaded from {1}: {2}",
        "コネクター `{0}` を {1} から読み込めません: {2}",
    ),
    Words("{0} is no connector of the id `{1}`", "{0} は ID `{1}` のコネクターではありません"),
    Words(
        "install the package again, or take it away",
        "パッケージを入れ直すか、取り外してください",
    ),
    Words("`{0}` needs an options file", "`{0}` にはオプションファイルが必要です"),
    Words(
        "give it with --map; `kansa schema {0}` says what is in it",
        "--map で指定してください。内容は `kansa schema {0}` で確認できます",
    ),
    Words("`{0}` is neither a connector nor a folder", "`{0}` はコネクターでもフォルダーでもありません"),
    Words(
        "name a folder of mappings with their data, or say one of {0} and the files",
        "マッピングとデータのあるフォルダーを指定するか、次のいずれかとファイルを指定してください: {0}",
    ),
    Words(
        "`{0}` is neither a mapping nor options of a connector",
        "`{0}` は、マッピングでもコネクターのオプションファイルでもありません",
    ),
    Words(
        "say `connector`, one of {0}; a mapping has `kind`, `fields` and `natural_key`",
        "`connector` に次のいずれかを書いてください: {0}。マッピングには `kind`、`fields`、`natural_key` があります",
    ),
    Words("`{0}` cannot be unpacked: {1}", "`{0}` を展開できません: {1}"),
    Words(
        "it may have been cut short: copy it again",
        "途中で切れている可能性があります。もう一度コピーしてください",
    ),
    Words(
        "`{0}` unpacks to more than a file of its size may",
        "`{0}` を展開すると、大きさの上限を超えます",
    ),
    Words(
        "unpack it yourself and give what is in it",
        "展開してから、中のファイルを指定してください",
    ),
    Words("nothing in `{0}` is JSON: {1}", "`{0}` に JSON がありません: {1}"),
    Words(
        "`{0}` is longer than {1} bytes and not one object a line",
        "`{0}` は {1} バイトを超え、一行に一つのオブジェクトの形式でもありません",
    ),
    Words(
        "export it with one object a line",
        "一行に一つのオブジェクトの形式で出力してください",
    ),
    Words("the table of countries `{0}` cannot be used", "国の表 `{0}` は使えません"),
    Words(
        "CSV with `network,country`, for example `203.0.113.0/24,JP`",
        "`network,country` の CSV にしてください（例: `203.0.113.0/24,JP`）",
    ),
    Words("`{0}` cannot be read as a MaxMind DB: {1}", "`{0}` を MaxMind DB として読み取れません: {1}"),
    Words("`{0}` has more than {1} rows", "`{0}` は {1} 行を超えています"),
    Words(
        "no rule of the options names the account `{0}` on `{1}`",
        "`{1}` のアカウント `{0}` に当てはまる規則がオプションにありません",
    ),
    Words(
        "add it to `paths` with its path, or to `operator_accounts` if it is the operator's own; then read the file again",
        "接続経路とともに `paths` に加えるか、事業者自身のものなら `operator_accounts` に加えて、もう一度読み取ってください",
    ),
    Words("nobody introduced the path `{0}`", "接続経路 `{0}` は登録されていません"),
    Words(
        "record the path's approval first, then read the file again",
        "先に接続経路の承認を記録してから、もう一度読み取ってください",
    ),
    Words("the session ends at {0}, before it began", "セッションの終わり {0} が始まりより前です"),
    Words(
        "check the clocks of the host and the order of its files",
        "ホストの時計とファイルの順序を確認してください",
    ),
    Words("`{0}` is another connector than `{1}`", "`{0}` は `{1}` とは別のコネクターです"),
    Words(
        "a rule for all accounts stands before others, which are never reached",
        "すべてのアカウントに当てはまる規則が先にあり、後の規則が使われません",
    ),
    Words("put it last", "最後に置いてください"),
    Words("`{0}` is no network", "`{0}` はネットワークではありません"),
    Words("for example `10.0.0.0/8` or `2001:db8::/32`", "例: `10.0.0.0/8`、`2001:db8::/32`"),
    Words("nothing in `{0}` is an entry of a log: {1}", "`{0}` にログの項目がありません: {1}"),
    Words(
        "give syslog with host and program, `journalctl -o json` or `journalctl -o export`",
        "ホストとプログラムのある syslog、`journalctl -o json` または `journalctl -o export` の出力を指定してください",
    ),
    Words("`{0}` is no regular expression: {1}", "`{0}` は正規表現ではありません: {1}"),
    Words("the group `{0}` means nothing", "グループ `{0}` には意味がありません"),
    Words("the pattern has no group `account`", "パターンにグループ `account` がありません"),
    Words(
        "the pattern has neither a group `session` nor `account`",
        "パターンにグループ `session` も `account` もありません",
    ),
    Words("`syslog` needs an options file", "`syslog` にはオプションファイルが必要です"),
    Words("its `patterns` say what messages mean", "`patterns` にメッセージの意味を書いてください"),
    Words("the event is not JSON: {0}", "イベントが JSON ではありません: {0}"),
    Words("the event is no JSON object", "イベントが JSON オブジェクトではありません"),
    Words("the event has no `{0}`", "イベントに `{0}` がありません"),
    Words("`{0}` is no audit event", "`{0}` は監査イベントではありません"),
    Words(
        "the event has neither `type` nor `operationType`",
        "イベントに `type` も `operationType` もありません",
    ),
    Words("`scim` needs an options file", "`scim` にはオプションファイルが必要です"),
    Words("its `owners` say whose accounts which are", "`owners` にアカウントの所属先を書いてください"),
    Words(
        "the answer to `{0}` is no list of resources: {1}",
        "`{0}` への応答がリソースの一覧ではありません: {1}",
    ),
    Words("`{0}` is no domain", "`{0}` はドメインではありません"),
    Words("for example `kyoto.example`", "例: `kyoto.example`"),
    Words("it says no account", "どのアカウントも指定していません"),
    Words(
        "say `organizations`, `groups`, `domains` or `accounts`",
        "`organizations`、`groups`、`domains`、`accounts` のいずれかを書いてください",
    ),
    Words("the resource cannot be read: {0}", "リソースを読み取れません: {0}"),
    Words("the account has no `{0}`", "アカウントに `{0}` がありません"),
    Words("the account does not say since when it is there", "アカウントがいつからあるかが書かれていません"),
    Words("`{0}` is not a time", "`{0}` は時刻ではありません"),
    Words("the event has no `userId`", "イベントに `userId` がありません"),
    Words("there is no source `{0}` in the file", "ファイルに情報源 `{0}` がありません"),
    Words("there are {0}", "あるもの: {0}"),
    Words("there is no folder `{0}`", "フォルダー `{0}` がありません"),
    Words(
        "the options call the source `{0}`, the file of sources `{1}`",
        "情報源の名前が、オプションでは `{0}`、情報源のファイルでは `{1}` です",
    ),
    Words(
        "give both the same name: `source` in the options", "オプションの `source` を同じ名前にしてください"
    ),
    Words("`{0}` does not answer: it asks to wait", "`{0}` から応答がありません: 待つように求められています"),
    Words("the authority `{0}` cannot be used: {1}", "認証局 `{0}` を使えません: {1}"),
    Words("`{0}` answers with {1}", "`{0}` の応答は {1} です"),
    Words("check the address and the credentials", "アドレスと認証情報を確認してください"),
    Words("there is no log `{0}`", "ログ `{0}` がありません"),
    Words(
        "check the path, and whether the log is written at all",
        "パスと、ログが書かれているかを確認してください",
    ),
    Words("`{0}` is no time at all", "`{0}` は時間の長さになりません"),
    Words("for example `PT5M`, `PT1H` or `P1D`", "例: `PT5M`、`PT1H`、`P1D`"),
    Words("`{0}` is no address of HTTP", "`{0}` は HTTP のアドレスではありません"),
    Words("for example `https://idp.example/scim/v2`", "例: `https://idp.example/scim/v2`"),
    Words("an address holds no credentials", "アドレスに認証情報を含めることはできません"),
    Words(
        "say `bearer` or `user` and `password`, from a file or the environment",
        "`bearer`、または `user` と `password` を、ファイルか環境変数で指定してください",
    ),
    Words("say either `file` or `env`", "`file` と `env` のどちらか一方を書いてください"),
    Words("the secret in `{0}` is empty", "`{0}` の秘密が空です"),
    Words("the secret in `{0}` cannot be read: {1}", "`{0}` の秘密を読み取れません: {1}"),
    Words("`user` and `password` come together", "`user` と `password` は両方必要です"),
    Words(
        "a source comes by one of `follow`, `folder`, `pull`, `push`",
        "情報源には `follow`、`folder`、`pull`、`push` のいずれか一つが必要です",
    ),
    Words(
        "say `options`; `kansa schema {0}` says what is in it",
        "`options` を指定してください。内容は `kansa schema {0}` で確認できます",
    ),
    Words("the name `{0}` stands twice", "名前 `{0}` が二度あります"),
    Words(
        "take it away: what was read is read again then, which adds nothing",
        "取り除いてください。読み取り済みの分がもう一度読まれますが、二重に記録されることはありません",
    ),
    Words(
        "{0} quarantined rows have an identity that begins with `{1}`",
        "識別子が `{1}` で始まる隔離された行は {0} 件です",
    ),
    Words("`kansa sources quarantine list` shows them", "`kansa sources quarantine list` で一覧できます"),
    Words(
        "`--watch` goes by the schedule: no `--only` or `--now` beside it",
        "`--watch` は予定に従います。`--only`、`--now` は併用できません",
    ),
    Words("the request is no CloudEvent", "要求が CloudEvent ではありません"),
    Words(
        "send `application/cloudevents+json`, `application/cloudevents-batch+json`, or the attributes as `ce-…` headers",
        "`application/cloudevents+json`、`application/cloudevents-batch+json`、または属性を `ce-…` ヘッダーで送ってください",
    ),
    Words("the charset `{0}` is not UTF-8", "文字コード `{0}` は UTF-8 ではありません"),
    Words("the event format `{0}` is not known", "イベント形式 `{0}` には対応していません"),
    Words(
        "send JSON: `application/cloudevents+json`", "JSON（`application/cloudevents+json`）で送ってください"
    ),
    Words("{0} is no JSON object", "{0} が JSON オブジェクトではありません"),
    Words("{0} has `data` and `data_base64`", "{0} に `data` と `data_base64` の両方があります"),
    Words("{0} has no `{1}`", "{0} に `{1}` がありません"),
    Words("{0} is of version `{1}`, not 1.0", "{0} のバージョンが 1.0 ではなく `{1}` です"),
    Words(
        "{0} has an attribute `{1}`: names are lower-case letters and digits",
        "{0} の属性 `{1}` は使えません: 名前は英小文字と数字です",
    ),
    Words("a batch is a list of at most {0} events", "バッチは {0} 件以内のイベントの並びです"),
    Words(
        "the request is no `ExportLogsServiceRequest` in JSON: {0}",
        "要求が JSON の `ExportLogsServiceRequest` ではありません: {0}",
    ),
    Words("the `data_base64` of {0} is no base64", "{0} の `data_base64` が base64 ではありません"),
)
