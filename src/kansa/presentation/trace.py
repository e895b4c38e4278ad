"""A trace and the answer on a path in words: what is missing first, then link by link, each line with its entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kansa.application.tracing import Called, TraceAnswer, WhoAnswer
from kansa.clock import HOUR
from kansa.texts import Words, reader_language
from kansa.trace.statement import STAGES, Break, Check, Statement, Trace, Value
from kansa.trace.who import Move, Running, Served

At = Callable[[int], str]
"""Writes an instant as the reader sees it."""

MOST = 12
"""How many lines of a link, or of a check, are shown if not all are asked for."""

STAGE_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "contract": Words("Contract", "契約"),
        "authorization": Words("Authorization", "許可・許可例外・許可不要判定"),
        "supply": Words("Receipt", "受領"),
        "custody": Words("Custody", "管理履歴"),
        "inventory": Words("Inventory", "設置台帳"),
        "identity": Words("End user", "最終需要者"),
        "access": Words("Access path", "接続経路"),
        "use": Words("Use", "利用"),
        "handover": Words("Hand-over", "引き継ぎ"),
    }
)
SAID: Mapping[str, Words] = MappingProxyType(
    {
        "contract.recorded": Words(
            "contract {contract} between {parties}", "契約 {contract}（当事者: {parties}）"
        ),
        "responsibility.allocated": Words("{party} answers for {duty}", "{party} が {duty} を分担"),
        "authorization.recorded": Words(
            "{basis} ({jurisdiction}) {authorization}: {item_classes} at {sites}, for {end_users}",
            "{basis}（{jurisdiction}）{authorization}: {sites} における {item_classes}、対象 {end_users}",
        ),
        "condition.met": Words(
            "condition {condition} of {authorization} met", "{authorization} の条件 {condition} を履行"
        ),
        "authorization.drawn": Words(
            "{device} drawn on {authorization}", "{device} を {authorization} により引き当て"
        ),
        "device.receiving": Words(
            "{device} received at {site} under {contract}, line {contract_line}, supplied under {authorization}",
            "{device} を {site} で受領（契約 {contract}、明細 {contract_line}、供給の根拠 {authorization}）",
        ),
        "device.installing": Words("{device} installed at {site}", "{device} を {site} に設置"),
        "device.removing": Words("{device} removed at {site}", "{device} を {site} で取り外し"),
        "device.shipping": Words("{device} shipped from {site}", "{device} を {site} から出荷"),
        "device.decommissioning": Words("{device} decommissioned at {site}", "{device} を {site} で廃止"),
        "device.observed": Words("{device} seen at {site}", "{device} を {site} で観測"),
        "custody.held": Words(
            "{device} at {site} by an unbroken chain", "{device} は {site} にあり（途切れのない管理履歴）"
        ),
        "device.identified": Words(
            "{device}, {item_class}, in {node} at {site}",
            "{device}（{item_class}）は {site} の {node} に設置",
        ),
        "end_user.verified": Words(
            "{end_user} verified by {verifier}, {method}: {state}",
            "{end_user} の需要者確認（{verifier}、{method}）: {state}",
        ),
        "case.decided": Words(
            "{decision} of {tenant} for {end_user}, {ground}, by {people}",
            "{tenant} の {end_user} に対する判断: {decision}（{ground}、{people}）",
        ),
        "access_path.approved": Words(
            "{path}, {method}, approved for {end_user} of {tenant} by {approved_by}",
            "{path}（{method}）を {tenant} の {end_user} に承認（{approved_by}）",
        ),
        "access_path.enabled": Words("{path} enabled", "{path} を有効化"),
        "configuration.temporary": Words(
            "{path} enabled for a time: {reason}, approved by {approver}",
            "{path} を一時的に有効化: {reason}（承認者 {approver}）",
        ),
        "use.held": Words(
            "{workload} of {end_user}: {accelerators} accelerators at {site} through {path}",
            "{end_user} の {workload}: {site} のアクセラレータ {accelerators} 基、{path} 経由",
        ),
        "shift.handed_over": Words(
            "shift from {origin} to {site} permitted (gate entry {decision}); recorded at: {recorded}",
            "{origin} から {site} への移動は可（ゲート第{decision}号）。記録のある端: {recorded}",
        ),
        "shift.unpermitted": Words(
            "{workload} moved from {origin} to {site} without a permit of the gate",
            "{workload} はゲートの可がないまま {origin} から {site} へ移動",
        ),
    }
)
CHECKED: Mapping[str, tuple[Words, Words]] = MappingProxyType(
    {
        "received_under_contract": (
            Words(
                "devices without a receipt that names contract line and basis of supply",
                "契約明細と供給の根拠を示す受領の証跡がない機器",
            ),
            Words("devices", "機器"),
        ),
        "shipped_received": (
            Words("shipments that no receipt followed", "受領の証跡が続かない出荷"),
            Words("shipments", "出荷"),
        ),
        "received_within_quantity": (
            Words("units drawn beyond what a basis allows", "根拠の数量を超えて引き当てた機器"),
            Words("bases with a quantity", "数量のある根拠"),
        ),
        "received_installed": (
            Words("devices received and never installed", "受領後に設置の証跡がない機器"),
            Words("devices received", "受領した機器"),
        ),
        "sighted_in_custody": (
            Words("sightings elsewhere than custody says", "管理履歴と異なる場所での観測"),
            Words("sightings", "観測"),
        ),
        "authorized_enabled": (
            Words("bases under which no path was ever enabled", "接続経路が一度も有効化されなかった根拠"),
            Words("bases of end users", "最終需要者の根拠"),
        ),
        "enabled_authorized": (
            Words("stretches of an open path without any basis", "根拠がないまま開いていた接続経路の期間"),
            Words("openings of a path", "接続経路の開通"),
        ),
        "enabled_approved": (
            Words(
                "stretches of an enabled path that was approved for nobody",
                "誰にも承認されないまま有効であった期間",
            ),
            Words("enablements", "有効化"),
        ),
        "used_by_known": (
            Words(
                "uses of which tenant, end user or path is not known",
                "契約者・最終需要者・接続経路が不明な利用",
            ),
            Words("uses", "利用"),
        ),
        "used_with_identity": (
            Words("stretches of use without evidence of identity", "需要者確認の証跡がない利用の期間"),
            Words("uses", "利用"),
        ),
        "used_with_access": (
            Words("stretches of use without evidence of access", "接続経路の証跡がない利用の期間"),
            Words("uses", "利用"),
        ),
        "used_with_custody": (
            Words("stretches of use without evidence of custody", "管理履歴の証跡がない利用の期間"),
            Words("uses", "利用"),
        ),
        "used_with_authorization": (
            Words(
                "stretches of use without evidence of authorization",
                "許可・許可例外・許可不要判定の証跡がない利用の期間",
            ),
            Words("uses", "利用"),
        ),
        "moved_with_permit": (
            Words(
                "moves without a permit, or with a hand-over missing", "可がない、または引き継ぎが欠けた移動"
            ),
            Words("moves compared with the gate", "ゲートと照合した移動"),
        ),
    }
)
CODES: Mapping[str, Words] = MappingProxyType(
    {
        "licence": Words("licence", "許可"),
        "veu": Words("VEU", "VEU"),
        "licence_exception": Words("licence exception", "許可例外"),
        "no_licence_required": Words("no licence required", "許可不要判定"),
        "permit": Words("permit", "承認"),
        "hold": Words("hold", "保留"),
        "deny": Words("deny", "否認"),
        "signed": Words("signed", "署名あり"),
        "recorded": Words("recorded, not signed here", "記録のみ（ここでの署名なし）"),
        "direct": Words("direct", "直接"),
        "brokered": Words("brokered", "仲介"),
        "remote": Words("remote", "遠隔"),
        "current": Words("current", "有効"),
        "expired": Words("expired", "期限切れ"),
        "withdrawn": Words("withdrawn", "取り下げ"),
        "changed": Words("ended by a change of the end user", "最終需要者の変更により終了"),
        "not_begun": Words("not begun", "開始前"),
        "revoked": Words("revoked", "取消し"),
        "superseded": Words("superseded", "後継に置換"),
        "identity": Words("identity", "需要者確認"),
        "access": Words("access path", "接続経路"),
        "custody": Words("custody", "管理履歴"),
        "authorization": Words("authorization", "許可・許可例外・許可不要判定"),
        "never_received": Words("no receipt on record", "受領の証跡なし"),
        "receipt_incomplete": Words("the receipt does not name all three", "受領の証跡に記載の不足"),
        "no_permit": Words("no permit of the gate", "ゲートの可なし"),
        "not_handed_over": Words("not recorded at both ends", "両端の記録がそろいません"),
        "contract_id": Words("contract", "契約"),
        "contract_line": Words("contract line", "契約明細"),
        "authorization_id": Words("basis of supply", "供給の根拠"),
        "origin": Words("origin", "移動元"),
        "target": Words("target", "移動先"),
        "grid": Words("grid", "電力系統"),
        "price": Words("price", "電力価格"),
        "maintenance": Words("maintenance", "保守"),
        "failure": Words("failure", "故障"),
        "request": Words("request", "要請"),
        "tenant": Words("tenant", "契約者"),
        "end_user": Words("end user", "最終需要者"),
        "path": Words("access path", "接続経路"),
    }
)
_HEAD = Words(
    "{what} as of {at}, known at {known}, in a ledger of {entries} entries",
    "{what}（{at} 現在、{known} までに記録された証跡、台帳 {entries} 件）",
)
_WHO_HEAD = Words("{path} at {at}, known at {known}", "{path}（{at} の時点、{known} までに記録された証跡）")
_KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "device": Words("Device {name}", "機器 {name}"),
        "tenant": Words("Tenant {name}", "契約者 {name}"),
        "end-user": Words("End user {name}", "最終需要者 {name}"),
        "contract": Words("Contract {name}", "契約 {name}"),
        "authorization": Words("Authorization {name}", "許可・許可例外・許可不要判定 {name}"),
        "path": Words("Access path {name}", "接続経路 {name}"),
        "site": Words("Site {name}", "サイト {name}"),
        "workload": Words("Workload {name}", "ワークロード {name}"),
    }
)
_BROKEN = Words("  {what}: {broken} (of {of} {unit})", "  {what}: {broken} 件（{unit} {of} 件のうち）")
_WHOLE = Words("  looked for and not found: {checks}", "  調べた範囲で見つからなかったもの: {checks}")
_ONE_WHOLE = Words("{what} (of {of})", "{what}（{of} 件中）")
_UNASSESSED = Words(
    "  not assessed, since nothing of it is on record: {units}",
    "  対象の記録がなく評価していないもの: {units}",
)
_MISSING_LINKS = Words("What is missing", "欠落")
_MORE = Words("    … {count} more: --all, --json", "    … ほか {count} 件（--all、--json）")
_ENTRIES = Words("entry {entries}", "台帳の第{entries}号")
_ENTRIES_MANY = Words("entries {entries}", "台帳の第{entries}号")
_SINCE = Words("{start} → {end}", "{start} → {end}")
_OPEN = Words("open", "期限なし")
_UNKNOWN = Words("not known", "不明")
_WITHHELD = Words("(not on record)", "（記録なし）")
_FOR = Words("{hours} unit-hours", "{hours} 単位時間")
_HOURS = Words("{hours} h of {fact} not evidenced", "{fact} の証跡の欠落 {hours} 時間")
_NOBODY = Words(
    "  The path was approved for no end user then; {uses} uses through it are on record.",
    "  この時点でこの経路を承認された最終需要者はありません（経路を通じた利用の記録は {uses} 件）。",
)
_SERVED = Words(
    "  {end_user} (tenant {tenant}): evidenced {evidenced}; missing {missing}",
    "  {end_user}（契約者 {tenant}）: 証跡あり {evidenced}／欠落 {missing}",
)
_NONE_OF = Words("none of {of}", "なし（{of} 項目中）")
_ON = Words("  Path", "  接続経路")
_RUNNING = Words("  Running then: {count} workloads", "  稼働中のワークロード: {count} 件")
_RUNS = Words(
    "    {workload} of {end_user} at {site}, since {since}, accelerators: {accelerators}: {facts}",
    "    {end_user} の {workload}: {site} のアクセラレータ {accelerators} 基（{since} から）: {facts}",
)
_ALL_FOUR = Words("all four facts evidenced", "4項目すべて証跡あり")
_LACKING = Words("without evidence of {facts}", "{facts} の証跡なし")
_MOVES = Words(
    "  Moves of these workloads: {count}; the controls held in {held}",
    "  これらのワークロードの移動: {count} 件、うち管理が保たれたもの {held} 件",
)
_MOVE = Words(
    "    {at} {workload}: {origin} → {site}, cause {cause}: {held}",
    "    {at} {workload}: {origin} → {site}（理由 {cause}）: {held}",
)
_HELD = Words(
    "nothing that was evidenced before was missing after", "移動前に証跡のあった項目は移動後も欠けていません"
)
_NOT_HELD = Words("after it, evidence of {facts} is missing", "移動後に {facts} の証跡が欠けています")
_NO_HANDOVER = Words(
    "no permit or hand-over of it was compared; run `kansa standing handover`",
    "可と引き継ぎは照合されていません（`kansa standing handover` で照合できます）",
)


class Names:
    """What subjects are called in the reader's language."""

    def __init__(self, called: Mapping[str, Called]) -> None:
        self._called = called

    def __call__(self, id_: str) -> str:
        known = self._called.get(id_)
        if known is None:
            return id_
        order = ("ja", "en") if reader_language() == "ja" else ("en", "ja")
        names = (known.names.get(language) for language in order)
        return next((each for each in (*names, known.key, known.number) if each), id_)


def lines(answer: TraceAnswer, at: At, *, everything: bool = False) -> Iterator[str]:
    """Yield a trace line by line."""
    trace, names = answer.trace, Names(answer.called)
    yield _HEAD.say(
        what=title_of(trace, names), at=at(trace.as_of), known=at(trace.known_at), entries=answer.entries
    )
    yield ""
    yield _MISSING_LINKS.say()
    yield from _checks(trace.checks, names, at, everything=everything)
    for stage in STAGES:
        said = [each for each in trace.statements if each.stage == stage]
        if said:
            yield ""
            yield STAGE_WORDS[stage].say()
            yield from _cut(
                (f"  {_statement(each, names, at)}" for each in said), len(said), everything=everything
            )


def title_of(trace: Trace, names: Names) -> str:
    """Return what is traced, as its name."""
    return _KINDS[trace.kind].say(name=names(trace.subject))


def who_lines(answer: WhoAnswer, at: At) -> Iterator[str]:
    """Yield who was let through a path, on what, and what became of it."""
    who, names = answer.who, Names(answer.called)
    yield _WHO_HEAD.say(path=_KINDS["path"].say(name=names(who.path)), at=at(who.at), known=at(who.known_at))
    if not who.served:
        yield _NOBODY.say(uses=who.uses)
    for served in who.served:
        yield _served(served, names)
        yield from (f"    {_statement(each, names, at)}" for each in served.statements)
    yield _ON.say()
    yield from (f"    {_statement(each, names, at)}" for each in who.path_statements)
    yield _RUNNING.say(count=len(who.running))
    yield from (_runs(each, names, at) for each in who.running)
    if who.moves:
        yield _MOVES.say(count=len(who.moves), held=sum(move.held for move in who.moves))
        for move in who.moves:
            yield _move(move, names, at)
            yield from (f"      {_statement(each, names, at)}" for each in move.handover)
            if not move.handover:
                yield f"      {_NO_HANDOVER.say()}"


def word(code: Value) -> str:
    """Return a code in the reader's language."""
    if code is None:
        return _UNKNOWN.say()
    return CODES[str(code)].say() if str(code) in CODES else str(code)


def _checks(checks: Sequence[Check], names: Names, at: At, *, everything: bool) -> Iterator[str]:
    for check in (each for each in checks if each.breaks):
        what, unit = CHECKED[check.code]
        yield _BROKEN.say(broken=len(check.breaks), what=what.say(), of=check.of, unit=unit.say())
        found = (f"    {_break(each, names, at)}" for each in check.breaks)
        yield from _cut(found, len(check.breaks), everything=everything)
    whole = [c for c in checks if c.is_assessed and not c.breaks]
    if whole:
        said = [_ONE_WHOLE.say(what=CHECKED[c.code][0].say(), of=c.of) for c in whole]
        yield _WHOLE.say(checks=_listed(said, "; "))
    if unassessed := [c for c in checks if not c.is_assessed]:
        yield _UNASSESSED.say(units=_listed(CHECKED[c.code][1].say() for c in unassessed))


def _break(found: Break, names: Names, at: At) -> str:
    values = found.values
    parts = [_listed(names(id_) for id_ in found.subjects.values())]
    if found.start is not None:
        parts.append(
            at(found.start) if found.end is None else _SINCE.say(start=at(found.start), end=at(found.end))
        )
    if reason := values.get("reason"):
        parts.append(word(reason))
    if isinstance(lacking := values.get("lacking"), Sequence) and not isinstance(lacking, str):
        parts.append(_listed(map(word, lacking)))
    if isinstance(missing := values.get("missing_us"), int):
        parts.append(_FOR.say(hours=_hours(missing)))
    return ", ".join([*parts, *([_entries(found.entries)] if found.entries else [])])


def _statement(said: Statement, names: Names, at: At) -> str:
    values: dict[str, Any] = {role: names(id_) for role, id_ in said.subjects.items()}
    values |= {name: _value(value, names) for name, value in said.values.items()}
    signed = said.values.get("signed_by")
    values["people"] = _value(signed, names) if signed else _value(said.values.get("decided_by"), names)
    text = SAID[said.what].in_(reader_language()).format_map(_Withheld(values))
    when = at(said.start)
    if said.lasting:
        when = _SINCE.say(start=when, end=_OPEN.say() if said.end is None else at(said.end))
    missing = said.values.get("missing_us")
    lacking = (
        [_HOURS.say(hours=_hours(time), fact=word(fact)) for fact, time in missing.items()]
        if isinstance(missing, Mapping)
        else []
    )
    return "  ".join([when, "; ".join([text, *lacking]), f"[{_entries(said.entries)}]"])


class _Withheld(dict[str, Any]):
    def __missing__(self, _name: str) -> str:
        return _WITHHELD.say()


def _value(value: Value, names: Names) -> str:
    if value is None:
        return _WITHHELD.say()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _listed(names(each) if "_" in each[:4] else word(each) for each in value)
    return word(value) if isinstance(value, str) else str(value)


def _served(served: Served, names: Names) -> str:
    of = len(served.evidenced) + len(served.missing)
    return _SERVED.say(
        end_user=names(served.end_user),
        tenant=names(served.tenant),
        evidenced=_listed(map(word, served.evidenced)) or _NONE_OF.say(of=of),
        missing=_listed(map(word, served.missing)) or _NONE_OF.say(of=of),
    )


def _runs(running: Running, names: Names, at: At) -> str:
    facts = _LACKING.say(facts=_listed(map(word, running.missing))) if running.missing else _ALL_FOUR.say()
    return _RUNS.say(
        workload=names(running.workload),
        end_user=_UNKNOWN.say() if running.end_user is None else names(running.end_user),
        accelerators=running.accelerators,
        site=_UNKNOWN.say() if running.site is None else names(running.site),
        since=at(running.since),
        facts=facts,
    )


def _move(move: Move, names: Names, at: At) -> str:
    lost = [fact for fact in move.missing_after if fact not in move.missing_before]
    return _MOVE.say(
        at=at(move.at),
        workload=names(move.workload),
        origin=_UNKNOWN.say() if move.origin is None else names(move.origin),
        site=_UNKNOWN.say() if move.site is None else names(move.site),
        cause=word(move.cause),
        held=_HELD.say() if move.held else _NOT_HELD.say(facts=_listed(map(word, lost))),
    )


def _cut(found: Iterable[str], count: int, *, everything: bool) -> Iterator[str]:
    for place, line in enumerate(found):
        if place == MOST and not everything:
            yield _MORE.say(count=count - MOST)
            return
        yield line


def _entries(entries: Sequence[int]) -> str:
    shown = ", ".join(map(str, entries[:6])) + (" …" if len(entries) > 6 else "")
    return (_ENTRIES if len(entries) == 1 else _ENTRIES_MANY).say(entries=shown)


def _hours(unit_us: int) -> str:
    return f"{unit_us / HOUR:.1f}"


def _listed(texts: Iterable[str], between: str | None = None) -> str:
    return (between or ("、" if reader_language() == "ja" else ", ")).join(texts)
