"""A broken down answer as a table: use, the share that is evidenced, and hours without evidence by fact."""

from collections.abc import Iterator, Sequence

from kansa.application.coherence_groups import UseGroup
from kansa.clock import HOUR
from kansa.coherence.facts import FACTS
from kansa.registers.directory import Directory
from kansa.texts import Words, reader_language
from kansa.texts.formats import day_text

HEADS = {
    "tenant": Words("tenant", "契約者"),
    "end-user": Words("end user", "最終需要者"),
    "site": Words("site", "サイト"),
    "path": Words("access path", "接続経路"),
    "day": Words("day", "日"),
    "uses": Words("uses", "利用"),
    "used": Words("hours used", "利用時間"),
    "evidenced": Words("evidenced", "証跡あり"),
    "late": Words("late h", "事後記録 h"),
    "identity": Words("identity h", "需要者確認 h"),
    "access": Words("access h", "接続経路 h"),
    "custody": Words("custody h", "管理履歴 h"),
    "authorization": Words("authorization h", "許可等 h"),
}
_UNNAMED = Words("(named by no use)", "（利用に記載なし）")


def rows(groups: Sequence[UseGroup], by: str, names: Directory) -> Iterator[tuple[str, ...]]:
    """Yield the heads, then a row each group; hours count every device."""
    facts = [fact.name for fact in FACTS]
    yield tuple(HEADS[head].say() for head in (by, "uses", "used", "evidenced", *facts, "late"))
    for group in groups:
        share = 100 * (group.used - group.gap) / group.used if group.used else 0.0
        yield (
            day_text(group.day) if group.day is not None else _called(group.subject, names),
            f"{group.uses:,}",
            f"{group.used / HOUR:,.1f}",
            f"{share:.1f} %",
            *(f"{group.missing.get(fact, 0) / HOUR:,.1f}" for fact in facts),
            f"{group.late / HOUR:,.1f}",
        )


def _called(subject: str | None, names: Directory) -> str:
    if subject is None:
        return _UNNAMED.say()
    return names.called(subject).get(reader_language(), subject)
