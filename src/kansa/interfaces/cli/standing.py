"""`kansa standing`: statements for other operators, and what followed permitted shifts."""

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from kansa.clock import SystemClock, format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, duration, instant
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import Lang
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.formats import time_text

with lazy_imports():
    from kansa.application import statements
    from kansa.application.lookup import Directory, Lookup
    from kansa.application.statements import Followed, Shifts

app = App(name="standing", help="Where a tenant stands, stated to others; what followed permitted shifts.")

_VERDICT = {
    "valid": Words("valid", "有効"),
    "expired": Words("expired", "期限切れ"),
    "not_yet": Words("not valid yet", "未発効"),
    "signature": Words("not signed by that key", "その鍵による署名ではありません"),
    "malformed": Words("no statement", "証明ではありません"),
    "unknown_key": Words("signed by a key that is not trusted", "信頼していない鍵による署名"),
}
_LABELS = {
    "until": Words("until", "期限"),
    "not_assessed": Words(
        "Not assessed: the gate was never asked here, so that of {before} moves between sites nothing says which were "
        "permitted.",
        "評価していません。このゲートへの照会は一度もなく、拠点間の移動 {before} 件が可とされたものかどうかを示すものがありません。",
    ),
    "assessed": Words(
        "Since {began}: {missed} of {permits} permitted shifts missed a record, {pending} not due yet; {unpermitted} of "
        "{moves} moves between sites had no permit.",
        "{began} 以降：ゲートが可とした移動 {permits} 件のうち記録が期限内にないもの {missed} 件、期限前のもの {pending} 件。"
        "拠点間の移動 {moves} 件のうち可の判定がないもの {unpermitted} 件。",
    ),
    "before": Words(
        "Not assessed: {before} moves from before the gate was first asked.",
        "ゲートへの最初の照会より前の移動 {before} 件は評価していません。",
    ),
    "placeless": Words(
        "Not assessed: {placeless} of {uses} uses have no known site, so that a move by them would not show.",
        "利用 {uses} 件のうち {placeless} 件は拠点が分からず、その移動は評価していません。",
    ),
    "complete": Words("complete", "引渡し完了"),
    "pending": Words("pending", "期限前"),
    "missed": Words("missed: no record in time at {ends}", "期限内の記録なし: {ends}"),
    "unpermitted": Words("moved without a permit", "可の判定なく移動"),
    "origin": Words("origin", "移動元"),
    "target": Words("target", "移動先"),
    "recorded": Words("Recorded {count} entries.", "{count} 件を記録しました。"),
}


@app.command
def issue(
    tenant: Annotated[str, Parameter(help="The tenant, by id, source key or name.")],
    /,
    *,
    end_user: Annotated[str | None, Parameter(help="The end user; default the tenant itself.")] = None,
    valid: Annotated[str, Parameter(help="For how long at most (ISO 8601).")] = "PT24H",
    disclose: Annotated[
        list[str] | None, Parameter(help="Show only this; may be given again. Default everything stated.")
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """State where a tenant stands, signed, for another operator: an SD-JWT without the customer's records."""
    if unknown := sorted(set(disclose or ()) - set(statements.DISCLOSED)):
        raise BadInput(
            "statement.disclose",
            f"`{unknown[0]}` is not stated",
            help=f"stated are {', '.join(statements.DISCLOSED)}",
        )
    vault = at.open()
    names = Lookup(vault)
    parties = names.party(tenant), names.party(end_user or tenant)
    made = statements.issue(vault, *parties, duration(valid, "--valid"))
    shown = made if disclose is None else statements.narrow(made, disclose)
    show(as_json, {"statement": shown}, shown)
    return 0


@app.command
def key(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Print the public key of the vault's statements as a JWK; whoever checks them needs it."""
    public = dict(statements.statement_key(at.open()).as_dict(private=False))
    show(as_json, public, json.dumps(public, sort_keys=True))
    return 0


@app.command
def check(
    file: Annotated[Path, Parameter(help="The statement.")],
    /,
    *,
    trust: Annotated[Path, Parameter(help="The JWK that the other operator gave you.")],
    when: Annotated[
        str | None, Parameter(name=("--as-of", "--when"), help="The time to ask about; default now.")
    ] = None,
    language: Lang = "en",
    as_json: Json = False,
) -> int:
    """Check a statement that another operator handed over; needs no vault. Exit 1 unless it is valid."""
    try:
        trusted = OKPKey.import_key(json.loads(trust.read_text("utf-8")))
        text = file.read_text("ascii").strip()
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, JoseError) as error:
        raise BadInput("statement.file", f"a file cannot be read: {error}") from error
    now = instant(when, "--as-of")
    checked = statements.check(text, [trusted], SystemClock().now() if now is None else now)
    value: dict[str, Any] = {
        "verdict": checked.verdict,
        "issuer": checked.issuer,
        "until": None if checked.until is None else format_instant(checked.until),
        "log": None if checked.head is None else checked.head._asdict(),
        "disclosed": dict(checked.disclosed),
    }
    lines = [_VERDICT[checked.verdict].in_(language)]
    if checked.until is not None:
        lines[0] += f"  {checked.issuer}  {_LABELS['until'].in_(language)} {time_text(checked.until)}"
    lines += [f"  {name}: {_plain(said)}" for name, said in sorted(checked.disclosed.items())]
    show(as_json, value, lines)
    return int(checked.verdict != "valid")


@app.command
def handovers(
    *,
    record: Annotated[
        bool, Parameter(negative=(), help="Record what is settled; missed ones become flags.")
    ] = False,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List what followed each permitted shift, and what moved without a permit. Exit 1 on a finding, or if the gate was never asked."""
    vault = at.open()
    found, names = statements.shifts(vault), vault.directory()
    made = statements.record(vault, found) if record else []
    lines = [_line(each, found.now, names, language) for each in found.followed]
    lines += [
        f"{_called(move.tenant_id or '', names, language)}  {_way(move.from_site_id, move.site_id, names, language)}  "
        f"{time_text(move.started)}  {_LABELS['unpermitted'].in_(language)}"
        for move in found.unpermitted
    ]
    if record:
        lines.append(_LABELS["recorded"].in_(language).format(count=len(made)))
    value = {
        "shifts": [_as_json(each, found.now) for each in found.followed],
        "unpermitted": [move._asdict() for move in found.unpermitted],
        "recorded": made,
        "assessed": found.began is not None,
        "since": None if found.began is None else format_instant(found.began),
        "permits": len(found.followed),
        "moves": found.moves,
        "not_assessed": {"moves_before": found.before, "uses_without_site": found.placeless},
    }
    show(as_json, value, [*lines, *_denominators(found, language)])
    return int(value["assessed"] is False or _has_finding(found))


def _has_finding(found: Shifts) -> bool:
    return bool(found.unpermitted) or any(each.state(found.now) == "missed" for each in found.followed)


def _denominators(found: Shifts, language: Language) -> list[str]:
    """Of how many permits and moves the findings are, and what could not be assessed."""
    states = [each.state(found.now) for each in found.followed]
    numbers = {
        "began": "" if found.began is None else time_text(found.began),
        "permits": len(states),
        "missed": states.count("missed"),
        "pending": states.count("pending"),
        "moves": found.moves,
        "unpermitted": len(found.unpermitted),
        "before": found.before,
        "uses": found.uses,
        "placeless": found.placeless,
    }
    keys = ["not_assessed"] if found.began is None else ["assessed"]
    keys += ["before"] if found.began is not None and found.before else []
    keys += ["placeless"] if found.placeless else []
    return [_LABELS[key].in_(language).format(**numbers) for key in keys]


def _line(each: Followed, now: int, names: Directory, language: Language) -> str:
    permit, state = each.permit, each.state(now)
    missing = [_LABELS[end].in_(language) for end in ("origin", "target") if end not in each.recorded]
    said = _LABELS[state].in_(language).format(ends=", ".join(missing))
    way = _way(permit.from_site_id or "?", permit.site_id, names, language)
    return f"{_called(permit.tenant_id, names, language)}  {way}  {time_text(permit.start)}  {said}"


def _way(origin: str, target: str, names: Directory, language: Language) -> str:
    return f"{_called(origin, names, language)} → {_called(target, names, language)}"


def _called(subject: str, names: Directory, language: Language) -> str:
    return names.called(subject).get(language, subject)


def _as_json(each: Followed, now: int) -> dict[str, Any]:
    return {
        "decision": each.permit.decision,
        "state": each.state(now),
        "recorded": list(each.recorded),
        "late": list(each.late),
        "due": format_instant(each.due),
        "records": list(each.records),
    }


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
