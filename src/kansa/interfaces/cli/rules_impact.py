"""`kansa rules impact|adopt|reading`: what a pack would change, shown before it is used; how an open rule is read."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, instant, interval
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import OwnKey, own
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.formats import day_text

with lazy_imports():
    from kansa.application.flags import FlagService
    from kansa.application.lookup import Directory
    from kansa.application.rule_impact import Considered, consider, packs_named
    from kansa.drawing.charts import outcomes
    from kansa.rules.publish.pack_pages import OUTCOME, SEVERITY

Lang = Annotated[Language, Parameter(name=("--language", "--lang"), help="The language of the text.")]
Over = Annotated[
    str | None, Parameter(help="The time whose decisions are asked again, FROM/TO; default all.")
]
Approver = Annotated[
    str | None, Parameter(help="Who approves; with --key, by default the person whose key it is.")
]
Picture = Annotated[Path | None, Parameter(help="Draw it here, as SVG.")]
_MOST = 40

_LABELS = {
    "decisions": Words(
        "{start} to {end}: of {asked} decisions {turned} would have another outcome, {other} the same for other reasons.",
        "{start}から{end}まで: 判断{asked}件のうち、結果が変わるもの{turned}件、理由だけが変わるもの{other}件。",
    ),
    "findings": Words(
        "Of {subjects} subjects today, {came} findings would come and {went} would go; {clearances} clearances would be touched.",
        "現在の対象{subjects}件では、所見が{came}件生じ{went}件消えます。影響を受ける取引審査の判断は{clearances}件。",
    ),
    "dropped": Words("Packs that would no longer be used: {}.", "使われなくなる規程パック: {}。"),
    "erased": Words(
        "{} decisions cannot be asked again: their facts are erased.",
        "事実が消去されたため再現できない判断: {}件。",
    ),
    "without_effect": Words(
        "{} times a rule would be true and change nothing: proposed, withdrawn, suspended or not enforced.",
        "条件を満たすが何も変えない規則（案・撤回・停止・不執行）: {}件。",
    ),
    "newly": Words("determines newly", "新たに決め手となります"),
    "no_longer": Words("determines no longer", "決め手でなくなります"),
    "comes": Words("comes", "生じます"),
    "goes": Words("goes", "消えます"),
    "touched": Words("clearance touched", "影響を受ける判断"),
    "more": Words("… and {} more", "… ほか{}件"),
    "adopted": Words("adopted {} in entry {}", "{}を採用しました（証跡{}）"),
    "reading": Words("recorded in entry {}", "証跡{}に記録しました"),
}


def impact(
    *,
    pack: Annotated[
        tuple[str, ...],
        Parameter(name="--pack", help="A pack: its id, the last part of it, or a .yaml file."),
    ],
    over: Over = None,
    picture: Picture = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Say what adopting packs would change: past decisions, today's findings, people's clearances. Exit 1 if any."""
    desk = FlagService(at.open())
    found = consider(desk, packs_named(desk, pack), interval(over, "--over", desk.vault.settings.zone))
    _draw(found, picture, language)
    show(as_json, _as_json(found), _lines(found, desk.vault.directory(), language))
    return int(bool(found.impact.changed or found.impact.raised or found.impact.gone))


def adopt(
    *packs: Annotated[str, Parameter(help="Packs: ids, last parts of ids, or .yaml files; none with --all.")],
    approver: Approver = None,
    key: OwnKey = None,
    reasons: Annotated[str | None, Parameter(help="Why.")] = None,
    every: Annotated[bool, Parameter(name="--all", negative=(), help="All shipped packs of rules.")] = False,
    over: Over = None,
    picture: Picture = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Show what would change; record nothing.")] = False,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Show the holds and flags that packs would cause, then record that they are used from now on."""
    desk = FlagService(at.open())
    chosen = list(desk.library.packs) if every else packs_named(desk, packs)
    if not chosen:
        raise BadInput("pack.none", "no pack is named", help="name packs, or give --all")
    found = consider(desk, chosen, interval(over, "--over", desk.vault.settings.zone))
    _draw(found, picture, language)
    mine = own(key)
    entries = (
        {}
        if dry_run
        else {pack.id: desk.statements.take(desk.adoption(pack, reasons), approver, mine) for pack in chosen}
    )
    lines = [*_lines(found, desk.vault.directory(), language)]
    lines += [_LABELS["adopted"].in_(language).format(name, index) for name, index in entries.items()]
    show(as_json, _as_json(found) | {"adopted": entries}, lines)
    return 0


def reading(
    rule: Annotated[str, Parameter(help="The id of a rule whose status is unknown.")],
    choice: Annotated[Literal["apply", "not_apply"], Parameter(help="How it is read.")],
    /,
    *,
    reasons: Annotated[str, Parameter(help="Why.")],
    approver: Approver = None,
    key: OwnKey = None,
    until: Annotated[str, Parameter(help="Until when; a reading always ends.")],
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record a dated reading of a rule whose status is unknown; it counts until it ends."""
    desk = FlagService(at.open())
    end = instant(until, "--until", desk.vault.settings.zone)
    known = {each.id: each for pack in desk.library.packs for each in pack.rules}
    if rule not in known:
        raise BadInput("rule.unknown", f"`{rule}` is no rule", help="`kansa rules list` lists them")
    if end is None or end <= desk.now:
        raise BadInput("rule.until", f"`{until}` is not later than now", help="a reading ends in the future")
    index = desk.statements.take(desk.reading(rule, choice, end, reasons), approver, own(key))
    show(
        as_json,
        {"rule": rule, "reading": choice, "until": format_instant(end), "entry": index},
        _LABELS["reading"].in_(language).format(index),
    )
    return 0


def _draw(found: Considered, picture: Path | None, language: str) -> None:
    if picture is not None:
        picture.write_text(outcomes(found.impact, language), "utf-8")


def _lines(found: Considered, names: Directory, language: str) -> Iterable[str]:
    result = found.impact
    dates = {"start": day_text(found.start), "end": day_text(found.end)}
    yield (
        _LABELS["decisions"]
        .in_(language)
        .format(**dates, asked=result.asked, turned=result.turned, other=result.other_rules)
    )
    yield (
        _LABELS["findings"]
        .in_(language)
        .format(
            subjects=found.subjects,
            came=len(result.raised),
            went=len(result.gone),
            clearances=len(found.clearances),
        )
    )
    if found.dropped:
        yield _LABELS["dropped"].in_(language).format(", ".join(found.dropped))
    if found.erased:
        yield _LABELS["erased"].in_(language).format(found.erased)
    if result.without_effect:
        yield _LABELS["without_effect"].in_(language).format(len(result.without_effect))
    turned = sorted(
        (before, after, count) for (before, after), count in result.outcomes.items() if before != after
    )
    yield from (
        f"{count:8}  {OUTCOME[before].in_(language)} → {OUTCOME[after].in_(language)}"
        for before, after, count in turned
    )
    for word, counted in (("newly", result.newly), ("no_longer", result.no_longer)):
        yield from (
            f"{count:8}  {_LABELS[word].in_(language)}: {rule}" for rule, count in counted.most_common(_MOST)
        )
    rows = [
        f"{_LABELS[word].in_(language):>8}  {SEVERITY[each.finding.severity].in_(language)}  {each.finding.rule}  {_called(each.subject, names, language)}"
        for word, listed in (("comes", result.raised), ("goes", result.gone))
        for each in listed
    ]
    yield from rows[:_MOST]
    if len(rows) > _MOST:
        yield _LABELS["more"].in_(language).format(len(rows) - _MOST)
    yield from (
        f"{_LABELS['touched'].in_(language)}: {_called(tenant, names, language)} / {_called(user, names, language)}"
        for tenant, user in found.clearances
    )


def _as_json(found: Considered) -> dict[str, Any]:
    result = found.impact
    return {
        "packs": [{"id": pack.id, "version": pack.header.version, "meaning": pack.meaning} for pack in found.packs],
        "dropped": list(found.dropped),
        "from": format_instant(found.start),
        "to": format_instant(found.end),
        "decisions": result.asked,
        "turned": result.turned,
        "other_rules": result.other_rules,
        "erased": found.erased,
        "outcomes": [{"then": before, "now": after, "count": count} for (before, after), count in sorted(result.outcomes.items())],
        "newly_determining": dict(result.newly),
        "no_longer_determining": dict(result.no_longer),
        "changed": [
            {"id": each.past.id, "at": format_instant(each.past.at), "action": each.past.action, "then": each.past.outcome, "now": each.outcome,
             "rules_then": list(each.past.determining), "rules_now": list(each.determining)}
            for each in result.changed
        ],
        "subjects": found.subjects,
        "findings_come": [{"subject": each.subject, "rule": each.finding.rule, "severity": each.finding.severity} for each in result.raised],
        "findings_go": [{"subject": each.subject, "rule": each.finding.rule, "severity": each.finding.severity} for each in result.gone],
        "without_effect": [{"subject": subject, "rule": rule} for subject, rule in result.without_effect],
        "clearances": [{"tenant": tenant, "end_user": user} for tenant, user in found.clearances],
    }  # fmt: skip


def _called(subject: str, names: Directory, language: str) -> str:
    return names.called(subject.partition("@")[0]).get(language) or subject
