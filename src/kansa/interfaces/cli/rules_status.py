"""`kansa rules suspend|reinstate`: what an authority suspended or put back since a pack was written, on record and dated."""

from typing import Annotated

from cyclopts import Parameter

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import OwnKey, own
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.formats import time_text

with lazy_imports():
    from kansa.application.flags import FlagService
    from kansa.rules.rulebook import Choice

Lang = Annotated[Language, Parameter(name=("--language", "--lang"), help="The language of the text.")]
RuleId = Annotated[str, Parameter(help="The id of a rule; its last part is enough if it is the only one.")]
From = Annotated[str, Parameter(name="--from", help="From when: a time, or a date.")]
Source = Annotated[str, Parameter(help="What says so: the notice, the rule, the letter.")]
Approver = Annotated[
    str | None, Parameter(help="Who answers for it; with --key, by default the person whose key it is.")
]
Reasons = Annotated[str | None, Parameter(help="Anything more to be kept with it.")]
_MOST = 8

_LABELS = {
    "suspended": Words(
        "`{rule}` is suspended from {start}{until}; recorded in entry {entry}. It is shown where it is true, and changes no answer.",
        "`{rule}`を{start}から{until}停止とし、台帳の第{entry}号に記録しました。条件を満たす場合も表示のみで、結果を変えません。",
    ),
    "reinstated": Words(
        "`{rule}` is reinstated from {start}; recorded in entry {entry}. Its pack says again what it is.",
        "`{rule}`を{start}から復活とし、台帳の第{entry}号に記録しました。以後はパックの記載によります。",
    ),
    "until": Words(" until {}", "{}まで"),
    "later": Words(
        "It began before now: answers given until now stand as they were.",
        "開始が現在より前のため、これまでの回答は変わりません。",
    ),
}


def suspend(
    rule: RuleId,
    /,
    *,
    start: From,
    source: Source,
    approver: Approver = None,
    key: OwnKey = None,
    until: Annotated[
        str | None, Parameter(help="Until when, if that is known; default until reinstated.")
    ] = None,
    reasons: Reasons = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record that a rule of a pack is suspended from a time on. The pack stays as it is; gate, flags and replay honour the record."""
    desk = FlagService(at.open())
    named, begin = _rule(desk, rule), _when(desk, start, "--from")
    end = None if until is None else _when(desk, until, "--until")
    if end is not None and end <= max(begin, desk.now):
        raise BadInput(
            "rule.until",
            f"`{until}` is not later than `--from` and than now",
            help="a suspension ends after it begins",
        )
    said = desk.suspension(named, begin, end, source, reasons)
    entry = desk.statements.take(said, approver, own(key))
    return _show_status(
        desk, "suspended", named, span=(begin, end), entry=entry, language=language, as_json=as_json
    )


def reinstate(
    rule: RuleId,
    /,
    *,
    start: From,
    source: Source,
    approver: Approver = None,
    key: OwnKey = None,
    reasons: Reasons = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record that a suspension of a rule ends at a time; from then on its pack says again what it is."""
    desk = FlagService(at.open())
    named, begin = _rule(desk, rule), _when(desk, start, "--from")
    if not _suspended(desk, named, begin):
        raise BadInput(
            "rule.not_suspended",
            f"`{named}` is not suspended at {format_instant(begin)}",
            help="`kansa rules suspend` records a suspension",
        )
    said = desk.reinstatement(named, begin, source, reasons)
    entry = desk.statements.take(said, approver, own(key))
    return _show_status(
        desk, "reinstated", named, span=(begin, None), entry=entry, language=language, as_json=as_json
    )


def _show_status(
    desk: FlagService,
    status: Choice,
    rule: str,
    *,
    span: tuple[int, int | None],
    entry: int,
    language: Language,
    as_json: bool,
) -> int:
    start, end = span
    until = "" if end is None else _LABELS["until"].in_(language).format(time_text(end))
    lines = [
        _LABELS[status].in_(language).format(rule=rule, start=time_text(start), until=until, entry=entry)
    ]
    if start < desk.now:
        lines.append(_LABELS["later"].in_(language))
    value = {
        "rule": rule,
        "status": status,
        "from": format_instant(start),
        "until": None if end is None else format_instant(end),
        "entry": entry,
    }
    show(as_json, value, lines)
    return 0


def _rule(desk: FlagService, name: str) -> str:
    """Return the id of a rule that is used or shipped.

    Raises:
        BadInput: `rule.unknown`, with the ids that are meant perhaps.
    """
    with desk.vault.evidence() as evidence:
        used = desk.in_force(evidence).rulebook.packs
    known = {rule.id for pack in (*desk.library.packs, *used) for rule in pack.rules}
    found = sorted({name} & known or {id_ for id_ in known if id_.endswith(f".{name}")})
    if len(found) == 1:
        return found[0]
    part = name.rpartition(".")[2]
    near = found or sorted(id_ for id_ in known if part and part in id_)
    said = f"may be any of {', '.join(found[:_MOST])}" if found else "is no rule"
    hint = f"perhaps {', '.join(near[:_MOST])}; " if near and not found else ""
    raise BadInput("rule.unknown", f"`{name}` {said}", help=f"{hint}`kansa rules list` lists them")


def _when(desk: FlagService, text: str, option: str) -> int:
    found = instant(text, option, desk.vault.settings.zone)
    assert found is not None  # noqa: S101 - a text is read or refused
    return found


def _suspended(desk: FlagService, rule: str, at: int) -> bool:
    """Tell whether the last record of a rule that holds at an instant, or now if that is later, suspends it."""
    with desk.vault.evidence() as evidence:
        readings = desk.in_force(evidence).readings
    then = max(at, desk.now)
    halts = [
        each
        for each in sorted(readings, key=lambda each: each.decided_at)
        if each.rule == rule
        and each.choice in {"suspended", "reinstated"}
        and each.decided_at <= then < each.expires_at
    ]
    return bool(halts) and halts[-1].choice == "suspended"
