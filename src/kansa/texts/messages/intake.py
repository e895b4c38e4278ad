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
)
