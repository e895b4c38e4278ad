"""What the commands about retention and holds say."""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.texts import Words

RETENTION: Mapping[str, Words] = MappingProxyType(
    {
        "schedule": Words("{years} years: {words}", "{years} 年：{words}"),
        "schedule.unverified": Words(
            "{years} years: {words} (the text was not verified)", "{years} 年：{words}（条文未確認）"
        ),
        "served": Words(
            "{subject}  served: its period has not begun; last event {last}",
            "{subject}  取引継続中のため保存期間は未開始（最後の事実 {last}）",
        ),
        "kept": Words(
            "{subject}  keep until {until}; last event {last}",
            "{subject}  {until} まで保存（最後の事実 {last}）",
        ),
        "held": Words(
            "{subject}  HELD by entry {entries}; last event {last}",
            "{subject}  第{entries}号により保全中（最後の事実 {last}）",
        ),
        "past": Words(
            "{subject}  past its period since {until}; last event {last}",
            "{subject}  {until} に保存期間満了（最後の事実 {last}）",
        ),
        "applied": Words(
            "Erased {erased} of {subjects} parties; {held} past their period are held. Recorded as entry {entry}.",
            "{subjects} 件中 {erased} 件を消去しました。期間満了でも保全中のものは {held} 件です。台帳の第{entry}号に記録しました。",
        ),
        "rehearsed": Words(
            "Would erase {erased} of {subjects} parties; {held} past their period are held.",
            "{subjects} 件中 {erased} 件を消去することになります。期間満了でも保全中のものは {held} 件です。",
        ),
        "placed": Words(
            "Holds what there is about {subject}, by entry {entry}.",
            "{subject} を第{entry}号により保全します。",
        ),
        "lifted": Words(
            "Entry {entry} ends the hold of entry {hold}.",
            "第{entry}号により、第{hold}号の保全を解除しました。",
        ),
        "hold": Words("entry {entry}: {subject}, since {since}", "第{entry}号：{subject}、{since} から"),
        "no_hold": Words("{count} holds are in force", "有効な保全は {count} 件です"),
    }
)
