"""Help of the rules: packs, their effect, readings."""

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, str] = MappingProxyType(
    {
        "What is required and what is suspicious under the law in force on a date.": "ある日に有効な法令の下で、求められるものと懸念となるものを示します。",
        "What is required and what is suspicious under the law in force on a date. Evidence, not legal advice.": "ある日に有効な法令の下で、求められるものと懸念となるものを示します。証跡であり、法的助言ではありません。",
        "Say what adopting packs would change: past decisions, today's findings, people's clearances.": "規程パックの採用で変わるものを示します。過去の判断、現在の所見、取引審査の判断が対象です。",
        "A pack: its id, the last part of it, or a .yaml file.": "規程パック。ID、その末尾、または .yaml ファイルで指定します。",
        "The time whose decisions are asked again, FROM/TO; default all.": "再現する判断の期間（FROM/TO）。既定はすべてです。",
        "Show the holds and flags that packs would cause, then record that they are used from now on.": "規程パックにより生じる保留と懸念情報を示したうえで、以後使うことを記録します。",
        "Packs: ids, last parts of ids, or .yaml files; none with --all.": "規程パック。ID、その末尾、または .yaml ファイルで指定します。--all の場合は不要です。",
        "All shipped packs of rules.": "同梱されたすべての規程パック。",
        "Show what would change; record nothing.": "変わるものを示すだけで、何も記録しません。",
        "Record a dated reading of a rule whose status is unknown; it counts until it ends.": "状態が不明な規則の解釈を、期限を付けて記録します。期限まで有効です。",
        "The id of a rule whose status is unknown.": "状態が不明な規則の ID。",
        "How it is read.": "解釈。",
        "Until when; a reading always ends.": "期限。解釈には必ず期限があります。",
        "Record that a rule is suspended from a time on, with its source; its pack stays as it is.": "規則がある時点から停止されたことを、出典とともに記録します。規程パックは変わりません。",
        "The id of a rule; its last part is enough if it is the only one.": "規則の ID。一つに定まる場合は末尾だけで指定できます。",
        "From when: a time, or a date.": "開始の時点（時刻または日付）。",
        "What says so: the notice, the rule, the letter.": "出典（告示、規則、通知など）。",
        "Until when, if that is known; default until reinstated.": "期限（分かっている場合）。既定は復活までです。",
        "Record that a suspension of a rule ends at a time, with its source.": "規則の停止が終わる時点を、出典とともに記録します。",
        "List packs and rules: version, status at a time, and whether anyone compared them with the official text.": "規程パックと規則の一覧です。版、指定した時点の状態、原文確認の有無を示します。",
        "A folder of packs of your own; takes the place of packs with the same id.": "自社の規程パックのフォルダ。同じ ID のパックに代わります。",
        "Show a rule or a pack: words, the sentence of its condition, versions, statuses, sources, confidence, cases.": "規則または規程パックの詳細です。文言、条件の文、版、状態、出典、確かさ、事例を示します。",
        "The id of a rule or of a pack; its last part is enough if it is the only one.": "規則または規程パックの ID。一つに定まる場合は末尾だけで指定できます。",
        "Ask every pack its cases. Exit 1 if one is answered otherwise.": "すべての規程パックの事例を確かめます。期待と異なる答えがあれば終了コード 1 です。",
        "Write the gate rules as they stand at a time for another decision point.": "指定した時点のゲートの規則を、別の判断システムのために書き出します。",
        "As Cedar policies; hold is a forbid, see the warning in it.": "Cedar のポリシーとして書き出します。保留は forbid になります（ファイル内の注意を参照）。",
    }
)
