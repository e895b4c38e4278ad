"""Questions to coherence, and tables that are given to it."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words(
        "{0} rows are more than the {1} that a worksheet can hold",
        "{0}行あり、ワークシートの上限 {1}行を超えます",
    ),
    Words(
        "end the name with `.parquet` or `.csv`, which hold any number of rows",
        "ファイル名の末尾を `.parquet` か `.csv` にしてください。行数に上限がありません",
    ),
    Words("the tables cannot be read", "表を読み取れません"),
    Words("mixes text and integers", "文字列と整数が混在しています"),
    Words("the question cannot be answered", "この照会には回答できません"),
    Words("holds instants finer than a microsecond", "マイクロ秒より細かい時刻があります"),
    Words("round them first", "先に丸めてください"),
    Words("the tables hold values that cannot be read", "表に読み取れない値があります"),
    Words("`{0}` is not an engine", "`{0}` という処理エンジンはありません"),
    Words("use `duckdb`", "`duckdb` を指定してください"),
    Words("the grace is negative", "猶予が負の値です"),
    Words("give a duration such as PT24H", "PT24H のような期間を指定してください"),
    Words("the balance {0}", "機器時間の内訳: {0}"),
    Words("write for example 800MB or 2GB", "800MB、2GB のように書いてください"),
    Words("is not a directory", "ディレクトリではありません"),
    Words("the question needs more memory: {0}", "この照会にはさらにメモリーが必要です: {0}"),
    Words(
        "raise the memory limit, or give spill space", "メモリーの上限を上げるか、退避先を指定してください"
    ),
    Words("a table cannot be read or written: {0}", "表を読み書きできません: {0}"),
    Words("the tables hold a value that cannot be read: {0}", "表に読み取れない値があります: {0}"),
    Words(
        "give instants from the years 1 to 9999, and leave an open end empty",
        "時刻は西暦1年から9999年までとし、終わりのないものは空にしてください",
    ),
    Words("`{0}` is not a way of knowing", "`{0}` は確からしさの区分にありません"),
    Words("use one of {0}", "次のいずれかを指定してください: {0}"),
    Words("`{0}` is not a directory", "`{0}` はディレクトリではありません"),
    Words("give the directory that holds the tables", "表のあるディレクトリを指定してください"),
    Words("the tables in `{0}` cannot be read", "`{0}` の表を読み取れません"),
    Words(
        "lies in other folders than the rest of its table", "表のほかのファイルとは別のフォルダーにあります"
    ),
    Words(
        "the table `{0}` stands in {1} places: `{2}` and `{3}`",
        "表 `{0}` が {1} か所にあります: `{2}` と `{3}`",
    ),
    Words("keep one of them", "どちらか一つにしてください"),
    Words("is `{0}`", "型は `{0}` です"),
    Words("write it as {0}", "{0} として書いてください"),
    Words("rename one", "どちらかの名前を変えてください"),
    Words("write one form everywhere", "すべて同じ形で書いてください"),
    Words("add it as {0}", "{0} として加えてください"),
    Words("the table `{0}` is missing", "表 `{0}` がありません"),
    Words(
        "add `{0}.parquet` or a directory `{1}/`", "`{0}.parquet` またはディレクトリ `{1}/` を加えてください"
    ),
    Words("is {0} but `{1}` is {2}", "型は {0} ですが、`{1}` は {2} です"),
    Words("write the same id with the same type in all tables", "同じ ID はすべての表で同じ型にしてください"),
    Words("is not Parquet: {0}", "Parquet ではありません: {0}"),
)
