"""Requests to the gate, and settings of what asks it."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("names nothing that is controlled", "管理の対象が示されていません"),
    Words("give `items` or `device_classes`", "`items` または `device_classes` を示してください"),
    Words("`fail: open` needs a `spool`", "`fail: open` には `spool` が必要です"),
    Words("is missing", "欠けています"),
    Words("the request cannot be read", "要求を読み取れません"),
    Words("ask in several requests", "複数の要求に分けてください"),
    Words("the evaluation is not complete", "照会の内容が足りません"),
    Words("the body is not a JSON object", "本文が JSON オブジェクトではありません"),
    Words("the evaluation cannot be read: {0}", "照会を読み取れません: {0}"),
    Words("the body is not JSON: {0}", "本文が JSON ではありません: {0}"),
    Words("the time `at` has no zone", "時刻 `at` に時間帯がありません"),
    Words("give it in UTC, with `Z`", "UTC とし、末尾に `Z` を付けてください"),
    Words("`{0}` was denied without a decision: {1}", "`{0}` は判定を経ずに拒否されました: {1}"),
    Words(
        "no rule was asked, so there is nothing to make again",
        "規則を照会していないため、再現するものがありません",
    ),
    Words("the gate's log has no decision `{0}`", "ゲートのログに判定 `{0}` はありません"),
    Words("the id stands in `context.id` of the answer", "ID は回答の `context.id` にあります"),
    Words("the statement would end before it begins", "通知の終わりが始まりより前になります"),
)
