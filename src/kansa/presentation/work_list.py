"""What waits, in words: a row each item, the most urgent first, and of what it was looked for."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kansa.application.work_list import WorkItem, WorkList
from kansa.clock import HOUR
from kansa.dossier.report.texts import WORDS as REPORT_WORDS
from kansa.presentation.reasons import part_words
from kansa.texts import Words, reader_language
from kansa.texts.formats import day_text

_KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "case": Words("case", "審査案件"),
        "screening": Words("screening", "照合"),
        "flag": Words("red flag", "懸念情報"),
        "source": Words("source", "情報源"),
        "quarantine": Words("quarantine", "隔離行"),
        "deadline": Words("deadline", "期限"),
        "overdraw": Words("over-draw", "数量超過"),
        "condition": Words("condition", "条件"),
        "gap": Words("gap", "証跡の欠落"),
    }
)
_SEVERITY: Mapping[str, Words] = MappingProxyType(
    {"high": Words("high", "高"), "medium": Words("medium", "中"), "low": Words("low", "低")}
)
_WHAT: Mapping[str, Words] = MappingProxyType(
    {
        "propose": Words("to be proposed", "起案待ち"),
        "review": Words("to be reviewed", "審査待ち"),
        "approve": Words("to be approved", "承認待ち"),
        "candidates": Words("candidates to be judged", "一致候補の判断待ち"),
        "silent": Words("silent longer than expected", "想定より長い報告の途絶"),
        "error": Words("cannot be collected", "収集の失敗"),
        "verification": Words("the verification ends", "需要者確認の期限"),
        "clearance": Words("the clearance ends", "取引審査の判断の期限"),
        "approval": Words("the approval of the path ends", "接続経路の承認の期限"),
    }
)
_HEADS = (
    Words("", ""),
    Words("what", "種類"),
    Words("about", "対象"),
    Words("asks", "内容"),
    Words("owner", "担当"),
    Words("due", "期限"),
    Words("count", "件数"),
)
_COUNTED = Words(
    "{shown} of {of} items shown; {overdue} overdue", "{of} 件のうち {shown} 件を表示、期限超過 {overdue} 件"
)
_LOOKED = Words("looked at: {asked}", "確認した対象: {asked}")
_ASKED: Mapping[str, Words] = MappingProxyType(
    {
        "cases": Words("{count} cases", "審査案件 {count} 件"),
        "screened_parties": Words("{count} screened parties", "照合した当事者 {count} 件"),
        "flags": Words("{count} flags", "懸念情報 {count} 件"),
        "sources": Words("{count} sources", "情報源 {count} 件"),
        "quarantined_rows": Words("{count} quarantined rows", "隔離行 {count} 件"),
        "deadlines": Words("{count} deadlines ahead", "期限 {count} 件"),
        "authorizations": Words("{count} authorizations", "許可・許可例外・許可不要判定 {count} 件"),
        "uses": Words("{count} uses", "利用 {count} 件"),
    }
)
_LEFT = Words("{day} ({left} business days)", "{day}（{left} 営業日）")
_OVER = Words("{day} (overdue)", "{day}（期限超過）")
_HOURS = Words("{hours} device-hours", "{hours} 機器時間")
_MORE = Words(" and {count} more", " ほか {count} 件")
_UNASSIGNED = Words("unassigned", "未割り当て")


def rows(found: WorkList, rules: Mapping[str, Words]) -> Iterator[tuple[str, ...]]:
    """Yield the heads, then a row each item; `rules` are what rules say, by id."""
    yield tuple(head.say() for head in _HEADS)
    for item in found.items:
        amount = "" if item.amount is None else _HOURS.say(hours=f"{item.amount / HOUR:,.1f}")
        yield (
            _SEVERITY[item.severity].say(),
            _KINDS[item.kind].say(),
            _subjects(item, found),
            what_of(item, rules),
            _owner(item, found),
            _due(item, found),
            amount or f"{item.count:,}",
        )


def closing_lines(found: WorkList) -> Iterator[str]:
    """Yield how many are shown of how many, and what was looked at."""
    yield _COUNTED.say(shown=len(found.items), of=found.of, overdue=found.overdue)
    between = "、" if reader_language() == "ja" else ", "
    yield _LOOKED.say(
        asked=between.join(_ASKED[name].say(count=f"{count:,}") for name, count in found.asked.items())
    )


def what_of(item: WorkItem, rules: Mapping[str, Words]) -> str:
    """Return what an item asks, in the reader's language."""
    if item.what in rules:
        return rules[item.what].in_(reader_language()).rstrip("。.")
    if item.kind == "gap":
        fact, _, part = item.what.partition(".")
        return f"{REPORT_WORDS[f'fact.{fact}'].in_(reader_language())}: {part_words(part, reader_language())}"
    return _WHAT[item.what].say() if item.what in _WHAT else item.what


def _subjects(item: WorkItem, found: WorkList) -> str:
    if not item.subjects:
        return item.id.partition(":")[2] if item.kind in {"source", "quarantine"} else ""
    shown = [_called(id_, found) for id_ in dict.fromkeys(item.subjects)]
    more = _MORE.say(count=len(shown) - 2) if shown[2:] else ""
    return ("、" if reader_language() == "ja" else ", ").join(shown[:2]) + more


def _owner(item: WorkItem, found: WorkList) -> str:
    if item.owner is None:
        return _UNASSIGNED.say()
    role = f"role.{item.owner}"
    return REPORT_WORDS[role].in_(reader_language()) if role in REPORT_WORDS else _called(item.owner, found)


def _called(id_: str, found: WorkList) -> str:
    return found.called.get(id_, {}).get(reader_language(), id_)


def _due(item: WorkItem, found: WorkList) -> str:
    if item.due is None:
        return ""
    if item.due <= found.now:
        return _OVER.say(day=day_text(item.due))
    return _LEFT.say(day=day_text(item.due), left=item.days_left)
