"""`kansa status`: where the vault stands, and what to do next, in ten lines."""

from collections.abc import Iterator
from typing import Annotated

from cyclopts import Parameter

from kansa.clock import DAY
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words, reader_language
from kansa.texts.formats import number_text, time_text, zone_shown

with lazy_imports():
    from kansa.application.status import Deadline, Status, status_of

WIDTH = {"en": 12, "ja": 7}
"""Columns of the headings: letters in English, full-width characters in Japanese."""

_HEADS = {
    "vault": Words("Vault", "保管庫"),
    "ledger": Words("Ledger", "台帳"),
    "checkpoint": Words("Checkpoint", "チェックポイント"),
    "sources": Words("Sources", "情報源"),
    "coverage": Words("Held now", "現在の証跡"),
    "work": Words("Work", "対応事項"),
    "lists": Words("Lists", "リスト"),
    "deadlines": Words("Deadlines", "期限"),
    "attention": Words("Attention", "要対応"),
    "next": Words("Next", "次は"),
}
_LINES = {
    "vault": Words("{operator}, log {origin}; times in {zone}", "{operator}、ログ {origin}。時刻は {zone}"),
    "simulated": Words("; simulated: its times are set, not measured", "（模擬：時刻は与えられたものです）"),
    "ledger": Words("{entries} entries, the last one recorded {last}", "{entries} 件、最後の記録 {last}"),
    "empty": Words("no entry yet", "まだ記録がありません"),
    "checkpoint": Words(
        "{size} entries published in {copies} place(s); {cosigned}",
        "{size} 件まで {copies} か所に公開。{cosigned}",
    ),
    "no_witness": Words("cosigned by no witness: none is set", "証人の連署なし（証人は未設定）"),
    "quorum_met": Words("all cosigned by the quorum `{quorum}`", "すべてに定足数 `{quorum}` の連署あり"),
    "below_quorum": Words(
        "below quorum `{quorum}` since {since}: {cosigned} of {size} entries cosigned by it",
        "{since} から定足数 `{quorum}` 未満：連署は {size} 件中 {cosigned} 件まで",
    ),
    "sources": Words("{count} with closed windows; {name} reported last, until {last}", "期間を閉じた情報源 {count} 件。最後の報告は {name} の {last} まで"),
    "silent": Words("; silent for {days} days: {name}", "。{days} 日間報告なし：{name}"),
    "no_sources": Words("none has closed a window; {uses} uses on record", "期間を閉じた情報源なし。利用の記録 {uses} 件"),
    "rows": Words(", {rows} rows in {segments} segments", "、セグメント {segments} 個に {rows} 行"),
    "coverage": Words(
        "custody of {custody} devices, identity of {identity} end users served, {access} approved paths open",
        "管理履歴あり {custody} 機器、需要者確認済み {identity} 最終需要者、有効化済み {access} 接続経路",
    ),
    "work": Words("{flags} open flags, {overdue} of them overdue; {cases} open cases", "未解決の懸念情報 {flags} 件（うち期限超過 {overdue} 件）、審査中の案件 {cases} 件"),
    "lists": Words(
        "{covered} covered, {stale} too old, {missing} required ones not covered",
        "収録 {covered} 件、期限切れ {stale} 件、必須の未収録 {missing} 件",
    ),
    "no_lists": Words("none imported: no name was screened against any", "取り込みなし：名称審査は行われていません"),
    "no_deadlines": Words("no recorded end of a verification, clearance or approval lies in the next 90 days", "記録された需要者確認・取引審査の判断・承認の終期で、90 日以内のものはありません"),
    "nothing": Words("nothing", "ありません"),
}  # fmt: skip
_DEADLINES = {
    "verification": Words("{at} verification of {who}", "{at} {who} の需要者確認"),
    "clearance": Words("{at} clearance of {who}", "{at} {who} の取引審査の判断"),
    "approval": Words("{at} approved path {who}", "{at} 接続経路 {who} の承認"),
}
_ATTENTION = {
    "empty": Words("the ledger is empty", "台帳が空です"),
    "no_use": Words("no use is on record", "利用の記録がありません"),
    "silent": Words("a source is silent", "報告の途絶えた情報源があります"),
    "overdue_flags": Words("flags are overdue", "期限を過ぎた懸念情報があります"),
    "open_flags": Words("flags are open", "未解決の懸念情報があります"),
    "identity": Words("end users without identity are served", "需要者確認のない最終需要者がいます"),
    "custody": Words("devices without custody", "管理履歴のない機器があります"),
    "lists": Words("lists missing or too old", "リストの不足・期限切れがあります"),
    "below_quorum": Words("witnesses have not cosigned", "証人の連署が得られていません"),
    "rewritten": Words(
        "a witness holds evidence that this log excludes itself",
        "この台帳が過去の内容と両立しないことを示す証拠があります",
    ),
}
_NEXT = {
    "empty": "kansa init --template evidence; kansa ingest evidence --dry-run",
    "no_use": "kansa ingest slurm FILE --map OPTIONS",
    "silent": "kansa ingest FOLDER",
    "overdue_flags": "kansa flags",
    "open_flags": "kansa flags",
    "identity": "kansa parties",
    "custody": "kansa devices --without-custody",
    "lists": "kansa lists status",
    "below_quorum": "kansa witness ask",
    "rewritten": "kansa witness status",
}
_WELL = "kansa coherence"
_AND = Words("; ", "、")


def status(
    *,
    check: Annotated[
        bool, Parameter(negative=(), help="Exit 1 if anything needs attention, for a timer or a monitor.")
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Say in ten lines where the vault stands, and what to do next. Exit 0, with --check 1 if anything needs attention."""
    vault = at.open()
    found = status_of(vault)
    suggested = _NEXT[found.attention[0]] if found.attention else _WELL
    lines = [_line(head, text) for head, text in _status_lines(found)]
    lines.append(_line("next", suggested))
    show(as_json, found.as_json() | {"next": suggested}, lines)
    return int(check and bool(found.attention))


def _line(head: str, text: str) -> str:
    heading = _HEADS[head].say()
    if reader_language() == "ja":
        return f"{heading}{'　' * max(1, WIDTH['ja'] + 2 - len(heading))}{in_line(text)}"
    return f"{heading:{WIDTH['en']}} {in_line(text)}"


def _status_lines(found: Status) -> Iterator[tuple[str, str]]:
    operator = found.operator.get(reader_language()) or next(iter(found.operator.values()), "")
    simulated = _LINES["simulated"].say() if found.simulated else ""
    yield "vault", _LINES["vault"].say(operator=operator, origin=found.origin, zone=zone_shown()) + simulated
    if found.last_recorded is None:
        yield "ledger", _LINES["empty"].say()
    else:
        last = time_text(found.last_recorded)
        yield "ledger", _LINES["ledger"].say(entries=number_text(found.entries), last=last)
    checkpoint = {"size": number_text(found.published), "copies": found.copies, "cosigned": _cosigned(found)}
    yield "checkpoint", _LINES["checkpoint"].say(**checkpoint)
    yield "sources", _sources(found)
    ratios = {name: getattr(found, name) for name in ("custody", "identity", "access")}
    told = {name: f"{ratio.held}/{ratio.of}" for name, ratio in ratios.items()}
    yield "coverage", _LINES["coverage"].say(**told)
    work = {"flags": len(found.flags), "overdue": len(found.overdue), "cases": found.cases}
    yield "work", _LINES["work"].say(**work)
    yield "lists", _lists(found)
    yield (
        "deadlines",
        _AND.say().join(_deadline(each) for each in found.deadlines) or _LINES["no_deadlines"].say(),
    )
    yield (
        "attention",
        _AND.say().join(_ATTENTION[each].say() for each in found.attention) or _LINES["nothing"].say(),
    )


def _cosigned(found: Status) -> str:
    told = found.witnesses
    if not told.asked:
        return _LINES["no_witness"].say()
    if told.since is None:
        return _LINES["quorum_met"].say(quorum=told.quorum)
    numbers = {"cosigned": number_text(told.size), "size": number_text(told.entries)}
    return _LINES["below_quorum"].say(quorum=told.quorum, since=time_text(told.since), **numbers)


def _sources(found: Status) -> str:
    rows = (
        _LINES["rows"].say(rows=number_text(found.rows), segments=number_text(found.segments))
        if found.segments
        else ""
    )
    if not found.sources:
        return _LINES["no_sources"].say(uses=number_text(found.uses)) + rows
    name, last = max(found.sources.items(), key=lambda each: (each[1], each[0]))
    told = _LINES["sources"].say(count=len(found.sources), name=_short(name), last=time_text(last))
    if found.silent:
        first = min(found.silent, key=found.silent.__getitem__)
        days = (found.now - found.silent[first]) // DAY
        told += _LINES["silent"].say(days=days, name=_short(first))
    return told + rows


def _short(source: str) -> str:
    """Return a source's own name, without the operator's prefix."""
    return source.split(":", 3)[-1]


def _lists(found: Status) -> str:
    if not found.lists.covered and not found.lists.partial:
        return _LINES["no_lists"].say()
    numbers = {
        "covered": len(found.lists.covered),
        "stale": len(found.lists.stale),
        "missing": len(found.lists.missing),
    }
    return _LINES["lists"].say(**numbers)


def _deadline(deadline: Deadline) -> str:
    who = deadline.names.get(reader_language()) or next(iter(deadline.names.values()), deadline.subject)
    return _DEADLINES[deadline.what].say(at=time_text(deadline.at), who=who)
