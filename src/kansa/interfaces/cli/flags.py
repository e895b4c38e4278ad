"""`kansa flags`: what the rules found, who looks into it, how it was resolved, whether it replays."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, duration, instant
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import OwnKey, own
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.formats import day_text, duration_text, time_text
from kansa.texts.messages import said as in_words

with lazy_imports():
    from kansa.application.flags import FlagAssessment, FlagService, Replayed
    from kansa.application.lookup import Directory
    from kansa.drawing.charts import before_and_after
    from kansa.flags import lifecycle as life
    from kansa.flags.comparison import Comparison, Indicator, weight
    from kansa.flags.lifecycle import Flag
    from kansa.rules.citations import is_practice
    from kansa.rules.evaluate import Leaf, explain
    from kansa.rules.publish.pack_pages import SEVERITY, checked
    from kansa.rules.publish.sentence import sentence
    from kansa.rules.rulebook import EffectiveRule, EffectiveRules

app = App(
    name="flags", help="What the rules found on parties, transactions, paths and sites: a duty to inquire."
)

Lang = Annotated[Language, Parameter(name=("--language", "--lang"), help="The language of the text.")]
Named = Annotated[str, Parameter(help="Flags, each by its id or by how that begins.")]
_OUTCOME = {
    "explained": Words("explained by evidence", "証跡により説明"),
    "mitigated": Words("mitigated", "低減措置"),
    "declined": Words("business declined", "取引の見送り"),
    "reported": Words("reported", "当局への報告"),
}
_LABELS = {
    "assigned": Words(
        "{count} flags assigned to {owner}", "懸念情報 {count} 件の担当者を {owner} としました。"
    ),
    "resolved_as": Words(
        "{count} flags resolved: {outcome}", "懸念情報 {count} 件を解決しました（{outcome}）。"
    ),
    "recorded": Words("{count} records made. {states}", "{count} 件を記録しました。{states}"),
    "open": Words("open", "未解決"),
    "resolved": Words("resolved", "解決済み"),
    "lapsed": Words("lapsed", "消滅"),
    "active": Words("accelerators held now", "割当て中"),
    "overdue": Words("overdue", "期限超過"),
    "due": Words("due", "期限"),
    "nobody": Words("unassigned", "担当者未定"),
    "unadopted": Words(
        "No pack is adopted: the shipped ones are used. `kansa rules adopt` adopts one.",
        "採用された規程パックがないため、同梱のものを使います。`kansa rules adopt` で採用します。",
    ),
    "of": Words(
        "{open} of {flags} recorded flags are open; {rules} rules were asked about {subjects} subjects",
        "記録された懸念情報 {flags} 件のうち未解決 {open} 件。規則 {rules} 件を対象 {subjects} 件について評価",
    ),
    "nothing": Words(
        "Not assessed: no subject that a flag could concern is on record",
        "評価していません。懸念情報の対象となるものが記録されていません",
    ),
    "no_replay": Words(
        "0 flags are recorded; nothing was replayed", "懸念情報の記録は 0 件で、再現したものはありません"
    ),
    "no_change": Words(
        "0 reconfigurations are on record within {days}; nothing was compared",
        "{days} 以内の構成変更の記録は 0 件で、比較したものはありません",
    ),
    "pending": Words(
        "findings not yet recorded as flags; `kansa flags run` records them",
        "件の所見が未記録。`kansa flags run` で記録します",
    ),
    "unknown": Words(
        "Not assessed for want of a fact, by fact:", "事実が不明のため評価できなかった件数（事実別）:"
    ),
    "true": Words("true", "真"),
    "false": Words("false", "偽"),
    "unknown_value": Words("unknown", "不明"),
    "records": Words("records", "証跡"),
    "rule": Words("rule", "規則"),
    "pack": Words("pack", "規程パック"),
    "replay": Words("replay", "再現"),
    "same": Words(
        "the same answer from the recorded facts and pack", "記録された事実と規程パックから同じ答え"
    ),
    "other": Words("another answer than was recorded", "記録と異なる答え"),
    "follow": Words("What to do:", "対応:"),
    "before": Words("before", "前"),
    "after": Words("after", "後"),
    "now": Words("now", "現在"),
    "rose": Words("risk rose", "リスク上昇"),
    "not_rose": Words("risk did not rise", "リスク上昇なし"),
    "rose_unknown": Words("not known whether risk rose", "リスクの変化は不明"),
    "hurried": Words("hurried", "急ぎ"),
    "came": Words("came", "発生"),
    "lost": Words("no longer evidenced", "証跡が途切れた要素"),
    "identity": Words("identity", "需要者確認"),
    "access": Words("access", "接続"),
    "custody": Words("custody", "管理履歴"),
    "authorization": Words("authorization", "許可等"),
    "unasked": Words(
        "Not assessed: rules on one use, of {count} workloads of segments; rules on parties, paths and sites look at their uses.",
        "未評価: セグメントの利用 {count} 件について、利用一件ごとの規則（当事者・経路・拠点の規則では評価します）",
    ),
    "went": Words("went", "消滅"),
    "commissioning": Words("site commissioned", "拠点の供用開始"),
    "shift": Words("workload shifted", "利用の移動"),
    "temporary": Words("temporary configuration", "暫定構成"),
}


@app.default
def list_(
    *,
    every: Annotated[
        bool, Parameter(name="--all", negative=(), help="Resolved and lapsed flags as well.")
    ] = False,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the flags, those with active allocation first, and what could not be assessed. Exit 1 if one is open."""
    desk = FlagService(at.open())
    survey = desk.overview()
    names = desk.vault.directory()
    shown = [flag for flag in survey.flags if every or flag.state == "open"]
    rules = _rules(survey.edition)
    value = {
        "flags": [_as_json(flag, rules.get(flag.claim.rule)) for flag in shown],
        "not_recorded": survey.not_recorded,
        "not_assessed": _missing(survey),
        "subjects": len(survey.found),
        "workloads_not_assessed": survey.unasked,
        "adopted": survey.in_force.adopted,
    }
    lines = [
        line
        for flag in shown
        for line in _lines(flag, rules.get(flag.claim.rule), names, survey.now, language)
    ]
    show(as_json, value, [*lines, *_footer(survey, language)])
    return int(any(flag.state == "open" for flag in survey.flags))


@app.command
def run(
    *,
    owner: Annotated[str | None, Parameter(help="Who looks into new flags until they are assigned.")] = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Assess what may have changed, and record flags that are raised, raised anew, or have lapsed."""
    desk = FlagService(at.open())
    survey, made = desk.run(owner)
    states = Counter(flag.state for flag in survey.flags)
    value = {
        "recorded": made,
        "subjects": len(survey.found),
        "workloads_not_assessed": survey.unasked,
        **{name: states[name] for name in ("open", "resolved", "lapsed")},
    }
    told = "  ".join(
        f"{_LABELS[name].in_(language)} {states[name]}" for name in ("open", "resolved", "lapsed")
    )
    show(as_json, value, _LABELS["recorded"].in_(language).format(count=made, states=told))
    return 0


@app.command
def assign(
    *flags: Named,
    owner: Annotated[str, Parameter(help="Who looks into them.")],
    due: Annotated[str | None, Parameter(help="By when; default as it was.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Give flags an owner and a due date."""
    desk = FlagService(at.open())
    chosen = desk.named(flags)
    until = instant(due, "--due", desk.vault.settings.zone)
    made = desk.record([life.assign(flag, owner, until, desk.now) for flag in chosen])
    show(
        as_json, {"assigned": [flag.id for flag in chosen]}, _LABELS["assigned"].say(count=made, owner=owner)
    )
    return 0


@app.command
def resolve(
    *flags: Named,
    as_: Annotated[
        Literal["explained", "mitigated", "declined", "reported"],
        Parameter(
            name="--as",
            help="What became of them: explained by evidence, mitigated, business declined, reported.",
        ),
    ],
    reasons: Annotated[str, Parameter(help="Why; of a batch, why of all of them.")],
    approver: Annotated[
        str | None, Parameter(help="Who says so; with --key, by default the person whose key it is.")
    ] = None,
    key: OwnKey = None,
    evidence: Annotated[
        tuple[int, ...], Parameter(help="Ledger indexes of records that were looked at.")
    ] = (),
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Resolve flags on the facts with which each was last raised; other facts open it again."""
    desk = FlagService(at.open())
    chosen = desk.named(flags)
    closed = [flag for flag in chosen if flag.state != "open"]
    if not reasons.strip():
        raise BadInput("flags.reasons", "a resolution needs its reasons", help="say them with --reasons")
    if closed:
        raise BadInput(
            "flags.closed",
            f"{', '.join(flag.id for flag in closed)} is not open",
            help="`kansa flags --all` shows the state of each",
        )
    answers = [desk.resolution(flag, as_, reasons, evidence) for flag in chosen]
    desk.statements.take_all(answers, approver, own(key))
    show(
        as_json,
        {"resolved": [flag.id for flag in chosen]},
        _LABELS["resolved_as"].say(count=len(chosen), outcome=_OUTCOME[as_].say()),
    )
    return 0


@app.command(name="show")
def show_(
    flag: Annotated[str, Parameter(help="A flag, by its id or by how that begins.")],
    /,
    *,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Show a flag: rule, facts with values and truths, records, pack, what to do, and whether it replays."""
    desk = FlagService(at.open())
    (found,) = desk.named((flag,))
    edition = _edition(desk)
    rule = _rules(edition).get(found.claim.rule)
    replayed = desk.replay(found)
    leaves = _leaves(found, rule, edition)
    value = _as_json(found, rule) | {
        "facts": found.grounds,
        "leaves": [
            {"fact": leaf.fact, "op": leaf.op, "operand": leaf.operand, "truth": leaf.truth}
            for leaf in leaves
        ],
        "replay": _replay_code(replayed),
        "answer": desk.answer(found),
    }
    show(
        as_json,
        value,
        _page(
            found,
            rule=rule,
            leaves=leaves,
            replayed=replayed,
            edition=edition,
            desk=desk,
            language=language,
        ),
    )
    return 0


@app.command
def replay(
    *flags: Named,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Ask recorded packs the recorded facts again, for these flags or all. Exit 1 if one does not replay to the same."""
    desk = FlagService(at.open())
    chosen = desk.named(flags) if flags else list(desk.flags())
    found = [desk.replay(flag) for flag in chosen]
    lines = [
        f"{each.flag.id}  {in_words(str(each.refused)) if each.refused else _LABELS['same' if each.same else 'other'].say()}"
        for each in found
    ]
    show(
        as_json,
        {"flags": {each.flag.id: _replay_code(each) for each in found}},
        lines or _LABELS["no_replay"].say(),
    )
    return int(any(not each.same for each in found))


@app.command
def reconfigurations(
    *,
    within: Annotated[str, Parameter(help="How far back, ISO 8601.")] = "P90D",
    picture: Annotated[Path | None, Parameter(help="Draw them here, as SVG.")] = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Compare indicators before and after every reconfiguration. Exit 1 if risk rose, or nobody knows, around one."""
    desk = FlagService(at.open())
    found = desk.comparisons(desk.now - duration(within, "--within"))
    names = desk.vault.directory()
    if picture is not None:
        picture.write_text(
            before_and_after(found, lambda each: _titled(each, names, language), language), "utf-8"
        )
    value = {"reconfigurations": [_compared_json(each) for each in found]}
    lines = [line for each in found for line in _compared(each, names, language)]
    show(
        as_json,
        value,
        lines or _LABELS["no_change"].in_(language).format(days=duration_text(duration(within, "--within"))),
    )
    return int(any(each.risk_rose is not False for each in found))


def _edition(desk: FlagService) -> EffectiveRules:
    with desk.vault.evidence() as evidence:
        in_force = desk.in_force(evidence)
    return in_force.rulebook.at(desk.now, in_force.readings)


def _rules(edition: EffectiveRules) -> Mapping[str, EffectiveRule]:
    return {bound.rule.id: bound for bound in edition.rules}


def _missing(survey: FlagAssessment) -> dict[str, int]:
    """Return how many answers each unknown fact leaves open, most first."""
    counted = Counter(
        fact for kept in survey.found.values() for missing in kept.missing.values() for fact in missing
    )
    return dict(counted.most_common())


def _lines(flag: Flag, rule: EffectiveRule | None, names: Directory, now: int, language: str) -> list[str]:
    claim = flag.claim
    marks = [_LABELS["active"].in_(language)] if claim.active and flag.state == "open" else []
    marks += [_LABELS["overdue"].in_(language)] if flag.state == "open" and flag.due < now else []
    marks += [_checked(rule).in_(language).strip("*")] if rule else []
    due = f"{_LABELS['due'].in_(language)} {day_text(flag.due)}"
    head = "  ".join(
        [
            flag.id[4:12],
            _LABELS[flag.state].in_(language),
            SEVERITY[claim.severity].in_(language),
            due,
            _called(claim.subject_id, names, language),
            flag.owner or _LABELS["nobody"].in_(language),
        ]
    )
    words = rule.version.words.in_(language) if rule else claim.rule
    return [head, f"          {words}" + (f"  [{', '.join(marks)}]" if marks else "")]


def _footer(survey: FlagAssessment, language: str) -> Iterable[str]:
    yield ""
    yield (
        _LABELS["of" if survey.found else "nothing"]
        .in_(language)
        .format(
            open=sum(flag.state == "open" for flag in survey.flags),
            flags=len(survey.flags),
            rules=len(survey.edition.rules),
            subjects=len(survey.found),
        )
    )
    if survey.not_recorded:
        yield f"{survey.not_recorded} {_LABELS['pending'].in_(language)}"
    if survey.unasked:
        yield _LABELS["unasked"].in_(language).format(count=f"{survey.unasked:,}")
    missing = _missing(survey)
    if missing:
        yield _LABELS["unknown"].in_(language)
        yield from (
            f"{count:8}  {survey.edition.catalogue.facts[name].words.in_(language)}  ({name})"
            for name, count in list(missing.items())[:12]
        )
    if not survey.in_force.adopted:
        yield _LABELS["unadopted"].in_(language)


def _leaves(flag: Flag, rule: EffectiveRule | None, edition: EffectiveRules) -> tuple[Leaf, ...]:
    if rule is None or flag.grounds is None:
        return ()
    facts = {ground["name"]: ground["value"] for ground in flag.grounds}
    explained = explain(edition.flags(rule.rule.subject), facts, edition)
    return next(each.leaves for each in explained if each.rule == rule.rule.id)


def _page(
    flag: Flag,
    *,
    rule: EffectiveRule | None,
    leaves: Sequence[Leaf],
    replayed: Replayed,
    edition: EffectiveRules,
    desk: FlagService,
    language: str,
) -> Iterable[str]:
    names = desk.vault.directory()
    yield from _lines(flag, rule, names, desk.now, language)
    if rule is not None:
        yield f"          {sentence(rule.version.when, edition.catalogue).in_(language)}"
    yield f"{_LABELS['rule'].in_(language)}      {flag.claim.rule}"
    yield f"{_LABELS['pack'].in_(language)}      {flag.claim.pack}  {flag.claim.pack_sha256[:16]}…"
    truths = {leaf.fact: leaf.truth for leaf in leaves}
    for ground in flag.grounds or ():
        fact = edition.catalogue.facts.get(ground["name"])
        word = fact.words.in_(language) if fact else ground["name"]
        told = (
            _LABELS["unknown_value"].in_(language)
            if ground["value"] is None
            else _value(ground["value"], language)
        )
        truth = truths.get(ground["name"])
        said = _LABELS["unknown_value" if truth is None else "true" if truth else "false"].in_(language)
        records = (
            f"  {_LABELS['records'].in_(language)} {', '.join(map(str, ground['records']))}"
            if ground["records"]
            else ""
        )
        yield f"  {word}: {told}  → {said}{records}"
    if rule is not None and rule.rule.follow_up:
        yield _LABELS["follow"].in_(language)
        yield from (f"  - {words.in_(language)}" for words in rule.rule.follow_up)
    answer = (
        str(replayed.refused)
        if replayed.refused
        else _LABELS["same" if replayed.same else "other"].in_(language)
    )
    yield f"{_LABELS['replay'].in_(language)}    {answer}"


def _checked(rule: EffectiveRule) -> Words:
    return checked(rule.version.verified, (source.confidence for source in rule.version.sources))


def _is_practice(rule: EffectiveRule) -> bool:
    return is_practice(source.confidence for source in rule.version.sources)


def _value(value: object, language: str) -> str:
    if isinstance(value, bool):
        return _LABELS["true" if value else "false"].in_(language)
    return ", ".join(map(str, value)) or "∅" if isinstance(value, list) else str(value)


def _as_json(flag: Flag, rule: EffectiveRule | None) -> dict[str, Any]:
    claim = flag.claim
    return {
        "id": flag.id,
        "state": flag.state,
        "rule": claim.rule,
        "words": {"en": rule.version.words.en, "ja": rule.version.words.ja} if rule else None,
        "verified": rule.version.verified and not _is_practice(rule) if rule else None,
        "practice": _is_practice(rule) if rule else None,
        "subject": claim.subject_id,
        "occasion": claim.occasion,
        "severity": claim.severity,
        "active": claim.active,
        "owner": flag.owner,
        "due": format_instant(flag.due),
        "raised": flag.raised.index,
        "pack": claim.pack,
        "pack_sha256": claim.pack_sha256,
        "evaluator": claim.evaluator,
        "evaluated_at": claim.evaluated_at,
        "rests_on": claim.rests_on,
        "follow_up": [{"en": words.en, "ja": words.ja} for words in rule.rule.follow_up] if rule else [],
    }


def _replay_code(replayed: Replayed) -> str:
    return str(replayed.refused) if replayed.refused else "same" if replayed.same else "other"


def _titled(each: Comparison, names: Directory, language: str) -> str:
    hurried = f" · {_LABELS['hurried'].in_(language)}" if each.hurried else ""
    return f"{time_text(each.at)}  {_LABELS[each.kind].in_(language)}  {_called(each.subject.about, names, language)}{hurried}"


def _compared(each: Comparison, names: Directory, language: str) -> Iterable[str]:
    verdict = "rose_unknown" if each.risk_rose is None else "rose" if each.risk_rose else "not_rose"
    counts = "  ".join(
        f"{_LABELS[side].in_(language)} {_bars(getattr(each, side))}" for side in ("before", "after", "now")
    )
    yield f"{_titled(each, names, language)}: {_LABELS[verdict].in_(language)}"
    yield f"    {counts}"
    for word, changed in (("came", each.came), ("went", each.went)):
        for indicator in changed:
            yield f"    {_LABELS[word].in_(language)}: {indicator.rule}  {_called(indicator.subject, names, language)}"
    for workload, fact in sorted(each.lost):
        yield f"    {_LABELS['lost'].in_(language)}: {_LABELS[fact].in_(language)}  {_called(workload, names, language)}"


def _bars(indicators: tuple[Indicator, ...]) -> str:
    high, medium, low = weight(indicators)
    return f"{'█' * high}{'▓' * medium}{'░' * low} {high}/{medium}/{low}"


def _compared_json(each: Comparison) -> dict[str, Any]:
    return {
        "at": format_instant(each.at),
        "kind": each.kind,
        "subject": each.subject.about,
        "record": each.subject.occasion,
        "hurried": each.hurried,
        "risk_rose": each.risk_rose,
        "unknown": list(each.unknown),
        "lost": [{"workload": workload, "fact": fact} for workload, fact in sorted(each.lost)],
        **{
            side: [indicator._asdict() for indicator in getattr(each, side)]
            for side in ("before", "after", "now")
        },
    }


def _called(subject: str, names: Directory, language: str) -> str:
    return names.called(subject).get(language) or subject
