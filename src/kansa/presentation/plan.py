"""A plan in words: what changes, what the checker says, what could open more and who can supply it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kansa.application.planning import PlannedShift, ways_back
from kansa.planner.check import CheckedPlan
from kansa.planner.problem import THROTTLES, Action
from kansa.texts import Words, reader_language
from kansa.texts.formats import time_text

MOST = 20
"""How many lines of a list are shown; JSON has all of them."""

_HEAD = Words(
    "{start} to {end}: {workloads} workloads, {deciding} of them on sites under strain",
    "{start} から {end}: ワークロード {workloads} 件、うち制約のあるサイト上 {deciding} 件",
)
_KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "stay": Words("stay: {count}", "継続: {count} 件"),
        "throttle": Words("throttle: {count}", "出力抑制: {count} 件"),
        "pause": Words("pause: {count}", "一時停止: {count} 件"),
        "move": Words("move: {count}", "移動: {count} 件"),
        "stop": Words("stop: {count}", "停止: {count} 件"),
    }
)
_ACTIONS: Mapping[str, Words] = MappingProxyType(
    {
        "throttle": Words(
            "  {at} {workload}: throttle to {power} % of its power at {site}",
            "  {at} {workload}: {site} で電力を {power} % に抑制",
        ),
        "pause": Words("  {at} {workload}: pause at {site}", "  {at} {workload}: {site} で一時停止"),
        "move": Words("  {at} {workload}: move to {site}", "  {at} {workload}: {site} へ移動"),
        "stop": Words("  {at} {workload}: stop at {site}", "  {at} {workload}: {site} で停止"),
    }
)
_REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "denied": Words("denied", "不可"),
        "unknown": Words("evidence missing", "証跡の不足"),
        "expires": Words("evidence ends during the stay", "滞在中に証跡の期限が到来"),
        "quantity": Words("quantity of the authorization", "許可等の数量"),
        "no_room": Words("no room", "空きなし"),
        "not_worth": Words("not worth moving", "移動の効果なし"),
    }
)
_FAULTS: Mapping[str, Words] = MappingProxyType(
    {
        "no_action": Words("no action for it", "行為の指定なし"),
        "two_actions": Words("two actions for it", "行為が二つ"),
        "unknown_workload": Words("no such workload runs then", "その時点で稼働していないワークロード"),
        "unknown_site": Words("no such site in the settings", "設定にないサイト"),
        "not_permitted": Words("not permitted there", "移動先での可がない"),
        "permit_ends": Words("evidence ends during the stay", "滞在中に証跡の期限が到来"),
        "not_a_handover": Words("not at a hand-over", "引き継ぎの時刻以外"),
        "power": Words("power beyond the cap", "電力が上限を超過"),
        "room": Words("more accelerators than there are", "アクセラレータの台数を超過"),
        "quantity": Words("beyond the quantity of the authorization", "許可等の数量を超過"),
        "link": Words("more than the link carries", "回線の容量を超過"),
    }
)
_SOLVED = Words(
    "found by {solver}; at most {gap} % of its cost could still be saved",
    "解法 {solver}。費用の改善余地は最大 {gap} %",
)
_SOLVED_QUICKLY = Words(
    "found by {solver}; how far from the best is not assessed", "解法 {solver}。最良との差は評価していません"
)
_HOLDS = Words(
    "checked: permits, evidence, power, rooms, quantities and links hold for {workloads} workloads and {moves} moves",
    "検査: ワークロード {workloads} 件・移動 {moves} 件について、可・証跡・電力・台数・数量・回線の条件を満たします",
)
_BROKEN = Words("checked: {count} rules broken", "検査: 満たさない条件 {count} 件")
_FINDING = Words("  {subject}: {fault}{at}{over}", "  {subject}: {fault}{at}{over}")
_AT = Words(", from {at}", "（{at} から）")
_OVER = Words(", by {over}", "（超過 {over}）")
_REFUSED = Words("places refused: {reasons}", "移動先にならなかった理由: {reasons}")
_REASON = Words("{reason} {count}", "{reason} {count} 件")
_OPENINGS = Words("What would open more, most useful first", "余地を広げる証跡（効果の大きい順）")
_OPENING = Words(
    "  {fact} of {about}: {workloads} workloads, {accelerators} accelerators{by}",
    "  {about} の {fact}: ワークロード {workloads} 件、アクセラレータ {accelerators} 基{by}",
)
_SHOWN = 3
_TOGETHER = Words(
    "  {about}: {count} that open nothing alone, only together: {facts}",
    "  {about}: 単独では効果がなく、そろって初めて余地が広がるもの {count} 件: {facts}",
)
_BY = Words("; ask by {at}", "（{at} までに依頼）")
_BACK = Words("  way back of {workload} to {site}: {state}", "  {workload} の {site} への復帰: {state}")
_BACK_OPEN = Words("evidenced beyond the window", "期間後も証跡あり")
_BACK_UNTIL = Words("evidenced until {at}", "{at} まで証跡あり")
_BACK_MISSING = Words("evidence missing: {facts}", "証跡の不足: {facts}")
_UNPLANNED = Words("not planned: {count} workloads ({reasons})", "計画の対象外: {count} 件（{reasons}）")
_FACTS: Mapping[str, Words] = MappingProxyType(
    {
        "identity": Words("identity", "需要者確認"),
        "access": Words("access path", "接続経路"),
        "authorization": Words("authorization", "許可・許可例外・許可不要判定"),
        "permit": Words("a permit of the gate", "ゲートの可"),
        "quantity": Words("quantity", "数量"),
    }
)


def lines(found: PlannedShift) -> Iterator[str]:
    """Yield a plan line by line."""
    problem = found.problem
    yield _HEAD.say(
        start=time_text(problem.start),
        end=time_text(problem.end),
        workloads=len(problem.workloads),
        deciding=len(found.choices.deciding),
    )
    counts = Counter(action.kind for action in found.plan.actions)
    yield ", ".join(_KINDS[kind].say(count=count) for kind, count in sorted(counts.items()))
    changing = [action for action in found.plan.actions if action.kind != "stay"]
    yield from (_action(action, found) for action in changing[:MOST])
    gap = found.plan.gap
    solver = found.plan.solver
    yield (
        _SOLVED_QUICKLY.say(solver=solver)
        if gap is None
        else _SOLVED.say(solver=solver, gap=f"{gap * 100:.1f}")
    )
    yield from checked_lines(found.checked, found.names)
    for back in ways_back(found)[:MOST]:
        permission = back.permission
        if permission.permitted:
            state = (
                _BACK_OPEN.say()
                if permission.until is None
                else _BACK_UNTIL.say(at=time_text(permission.until))
            )
        else:
            state = _BACK_MISSING.say(facts=", ".join(_fact(each.fact, found) for each in permission.missing))
        yield _BACK.say(
            workload=_called(back.workload, found), site=_called(back.site_id, found), state=state
        )
    if refused := Counter(each.reason for each in found.choices.refusals):
        said = (
            _REASON.say(reason=_REASONS[reason].say(), count=count) for reason, count in refused.most_common()
        )
        yield _REFUSED.say(reasons=", ".join(said))
    yield from _openings(found)
    if found.unplanned:
        reasons = Counter(each.reason for each in found.unplanned)
        said = (_REASON.say(reason=reason, count=count) for reason, count in reasons.most_common())
        yield _UNPLANNED.say(count=len(found.unplanned), reasons=", ".join(said))


def checked_lines(checked: CheckedPlan, names: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield what the checker says."""
    if checked.holds:
        yield _HOLDS.say(workloads=checked.workloads, moves=checked.moves)
        return
    yield _BROKEN.say(count=len(checked.findings))
    for each in checked.findings[:MOST]:
        yield _FINDING.say(
            subject=(names or {}).get(each.subject, each.subject),
            fault=_FAULTS[each.fault].say(),
            at="" if each.at is None else _AT.say(at=time_text(each.at)),
            over="" if each.over is None else _OVER.say(over=f"{each.over:,}"),
        )


def _action(action: Action, found: PlannedShift) -> str:
    power = "" if action.level is None else f"{THROTTLES[action.level][0] / 100:g}"
    return _ACTIONS[action.kind].say(
        at=time_text(found.problem.start if action.at is None else action.at),
        workload=_called(action.workload, found),
        site=_called(action.site_id, found),
        power=power,
    )


def _openings(found: PlannedShift) -> Iterator[str]:
    alone = [each for each in found.openings if each.workloads]
    chained = [each for each in found.openings if not each.workloads and each.together_with]
    if alone or chained:
        yield _OPENINGS.say()
    for each in alone[:MOST]:
        yield _OPENING.say(
            fact=_fact(each.missing.fact, found),
            about=_called(each.missing.about, found),
            workloads=each.workloads,
            accelerators=each.accelerators,
            by="" if each.ask_by is None else _BY.say(at=time_text(each.ask_by)),
        )
    for about in dict.fromkeys(each.missing.about for each in chained):
        facts = [_fact(each.missing.fact, found) for each in chained if each.missing.about == about]
        shown = "; ".join(facts[:_SHOWN]) + (" …" if facts[_SHOWN:] else "")
        yield _TOGETHER.say(about=_called(about, found), count=len(facts), facts=shown)


def _fact(fact: str, found: PlannedShift) -> str:
    if fact in found.rules:
        return found.rules[fact].in_(reader_language()).rstrip("。.")
    return _FACTS[fact].say() if fact in _FACTS else fact


def _called(id_: str, found: PlannedShift) -> str:
    return found.names.get(id_, id_)
