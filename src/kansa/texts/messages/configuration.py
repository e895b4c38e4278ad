"""Configuration files that are read as models: their form, whatever they configure."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("is empty", "値がありません"),
    Words("give a value, or leave the field out", "値を書くか、項目ごと省いてください"),
    Words("cannot stand here", "ここには書けません"),
    Words("put it in quotes", "引用符で囲んでください"),
    Words("must be `true` or `false`", "`true` または `false` でなければなりません"),
    Words("must be a number", "数でなければなりません"),
    Words("must be a whole number", "整数でなければなりません"),
    Words("must be a whole number from {0} on", "{0} 以上の整数でなければなりません"),
    Words("must be more than 0", "0 より大きくなければなりません"),
    Words("write it in digits, without quotes", "引用符なしの数字で書いてください"),
    Words("must be a list", "並びでなければなりません"),
    Words("must not be empty", "空にはできません"),
    Words("must be one of {0}", "{0} のいずれかでなければなりません"),
    Words(
        "must be `true`, `false` or `both_ways`",
        "`true`、`false`、`both_ways` のいずれかでなければなりません",
    ),
    Words("the value `{0}` is not known", "`{0}` という値は使えません"),
    Words("`{0}` is not a zone of the IANA database", "`{0}` は IANA の時間帯ではありません"),
    Words("for example `gpu-[001-016]`", "例: `gpu-[001-016]`"),
    Words("say for example `utf-8`, `cp932` or `utf-16`", "例: `utf-8`、`cp932`、`utf-16`"),
    Words('for example `;`, or `"\\t"` for a tab', '例: `;`。タブは `"\\t"`'),
    Words("name the file, or say `fail: hold`", "ファイルを書くか、`fail: hold` としてください"),
    Words("give each caller its own", "呼び出し元ごとに別のものを書いてください"),
    Words(
        "give `issuer`, `audience`, `algorithms` and `keys`",
        "`issuer`、`audience`、`algorithms`、`keys` を書いてください",
    ),
)
