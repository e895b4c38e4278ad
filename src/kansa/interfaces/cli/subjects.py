"""`kansa parties`, `devices`, `paths`, `sites`: what the vault knows, with names in both languages and where each stands."""

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter

from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, drawn_wide, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words, reader_language
from kansa.texts.formats import time_text

with lazy_imports():
    from rich.table import Table
    from rich.text import Text

    from kansa.application.lookup import Lookup
    from kansa.application.subjects.authorizations import (
        AuthorizationListed,
        Condition,
        list_authorizations,
    )
    from kansa.application.subjects.books import Held, Named
    from kansa.application.subjects.devices import list_devices
    from kansa.application.subjects.parties import ClearedFor, Party, list_parties
    from kansa.application.subjects.paths import list_paths
    from kansa.application.subjects.sites import list_sites

Part = Annotated[str | None, Parameter(help="Only those whose id, name, key or number holds this text.")]
NOTHING = "–"

_HEADS = {
    "key": Words("key", "コード"),
    "name": Words("name", "名称"),
    "roles": Words("roles", "役割"),
    "headquarters": Words("headquarters", "本社"),
    "verification": Words("verified", "需要者確認"),
    "clearance": Words("clearance", "取引審査の判断"),
    "numbers": Words("numbers", "番号"),
    "item": Words("item", "品目区分"),
    "node": Words("host", "ホスト"),
    "site": Words("site", "サイト"),
    "custody": Words("in custody since", "管理履歴の開始"),
    "method": Words("method", "方法"),
    "tenant": Words("tenant", "契約者"),
    "end_user": Words("end user", "最終需要者"),
    "mediator": Words("mediator", "仲介者"),
    "approval": Words("approved", "承認"),
    "enablement": Words("enabled", "有効化"),
    "country": Words("country", "国"),
    "state": Words("state", "状態"),
    "commissioned": Words("in service since", "運用開始"),
    "devices": Words("devices", "機器"),
    "basis": Words("basis", "根拠"),
    "jurisdiction": Words("under", "法域"),
    "held_until": Words("in force", "有効"),
    "drawn": Words("drawn", "引き当て"),
    "conditions": Words("conditions", "条件"),
    "held": Words("of these in custody", "うち管理履歴あり"),
}
_HELD = {
    "in_force": Words("until {at}", "{at} まで"),
    "open": Words("yes, no end", "有効（期限なし）"),
    "ended": Words("ended {at}", "{at} に終了"),
    "not_begun": Words("from {at}", "{at} から"),
    "none": Words("no", "なし"),
}
_CLEARED = {
    "prospect": Words("not decided", "判断なし"),
    "in_review": Words("in review", "審査中"),
    "cleared": Words("cleared", "承認"),
    "due": Words("to be reviewed again", "要再審査"),
    "lapsed": Words("lapsed", "失効"),
    "suspended": Words("denied", "否認"),
    "closed": Words("closed", "取引終了"),
}
_ROLES = {
    "operator": Words("operator", "事業者"),
    "tenant": Words("tenant", "契約者"),
    "end_user": Words("end user", "最終需要者"),
    "supplier": Words("supplier", "供給者"),
    "reseller": Words("reseller", "再販者"),
    "integrator": Words("integrator", "統合事業者"),
    "forwarder": Words("forwarder", "運送事業者"),
}
_METHODS = {
    "direct": Words("direct", "直接"),
    "brokered": Words("brokered", "仲介"),
    "remote": Words("remote", "遠隔"),
}
_STATES = {
    "planned": Words("no commissioning on record", "運用開始の記録なし"),
    "commissioning": Words("in service, checks left", "運用中（確認未了）"),
    "commissioned": Words("in service", "運用中"),
    "closed": Words("closed", "閉鎖"),
}
_BASES = {
    "licence": Words("licence", "許可"),
    "veu": Words("VEU", "VEU"),
    "licence_exception": Words("licence exception", "許可例外"),
    "no_licence_required": Words("no licence required", "許可不要判定"),
}
_MORE = Words(" and {count} more", "ほか {count} 件")
_DRAWN = Words("{drawn} of {quantity}, {left} left", "{quantity} のうち {drawn}（残り {left}）")
_DRAWN_UNLIMITED = Words("{drawn}, no quantity stated", "{drawn}（数量の定めなし）")
_OVERDRAWN = Words("; {count} beyond it since {at}", "、{at} から {count} 超過")
_DUE = Words("{condition}: due {at}", "{condition}: 期限 {at}")
_OVERDUE = Words("{condition}: overdue since {at}", "{condition}: {at} に期限切れ")
_UNTIL = Words("{state} until {at}", "{state}（{at} まで）")
_FOR = Words("{state}, tenant {party}", "{state}（契約者 {party}）")
_COUNT = Words("{shown} of {known} on record", "登録 {known} 件のうち {shown} 件")


def parties(
    text: Part = None,
    /,
    *,
    role: Annotated[
        str | None, Parameter(help="Only those with this role, such as tenant or end_user.")
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the parties: roles, headquarters, and until when verification and clearance hold."""
    vault = at.open()
    found = list_parties(vault, text, role)
    rows = [
        (
            _key(each.named),
            _name(each.named),
            ", ".join(_word(_ROLES, role) for role in each.roles) or NOTHING,
            each.headquarters or NOTHING,
            _held(each.verification) if _is_end_user(each) else NOTHING,
            "; ".join(_cleared(each, one) for one in each.clearances) or NOTHING,
        )
        for each in found.parties
    ]
    heads = ("key", "name", "roles", "headquarters", "verification", "clearance")
    show(as_json, found.as_json(), _table(heads, rows, found.known))
    return 0


def devices(
    text: Part = None,
    /,
    *,
    site: Annotated[str | None, Parameter(help="Only those that the inventory has at this site.")] = None,
    without_custody: Annotated[
        bool,
        Parameter(negative=(), help="Only those that no chain of custody puts where the inventory has them."),
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the devices: names, host, site, and since when a chain of custody puts each where."""
    vault = at.open()
    where = Lookup(vault).site(site) if site is not None else None
    found = list_devices(vault, text, where, without_custody=without_custody)
    rows = [
        (
            _key(each.named),
            ", ".join(each.named.numbers) or NOTHING,
            each.item_class or NOTHING,
            _key(each.node),
            _name(each.site),
            NOTHING
            if each.custody_since is None
            else f"{time_text(each.custody_since)}, {_name(each.custody_site)}",
        )
        for each in found.devices
    ]
    heads = ("key", "numbers", "item", "node", "site", "custody")
    show(as_json, found.as_json(), _table(heads, rows, found.known))
    return 0


def paths(
    text: Part = None,
    /,
    *,
    tenant: Annotated[str | None, Parameter(help="Only those of this tenant.")] = None,
    end_user: Annotated[str | None, Parameter(help="Only those of this end user.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the access paths: method, for whom, through whom, approved until when, enabled or not."""
    vault = at.open()
    names = Lookup(vault)
    found = list_paths(
        vault,
        text,
        names.tenant(tenant) if tenant is not None else None,
        names.end_user(end_user) if end_user is not None else None,
    )
    rows = [
        (
            _key(each.named),
            NOTHING if each.method is None else _word(_METHODS, each.method),
            _name(each.tenant),
            _name(each.end_user),
            _name(each.mediator),
            _held(each.approval),
            _held(each.enablement),
        )
        for each in found.paths
    ]
    heads = ("key", "method", "tenant", "end_user", "mediator", "approval", "enablement")
    show(as_json, found.as_json(), _table(heads, rows, found.known))
    return 0


def sites(
    text: Part = None,
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the sites: country, in service or not and since when, and the devices there."""
    vault = at.open()
    found = list_sites(vault, text)
    rows = [
        (
            _key(each.named),
            _name(each.named),
            each.country or NOTHING,
            NOTHING if each.state is None else _word(_STATES, each.state),
            NOTHING if each.commissioned is None else time_text(each.commissioned),
            str(each.devices),
            str(each.in_custody),
        )
        for each in found.sites
    ]
    heads = ("key", "name", "country", "state", "commissioned", "devices", "held")
    show(as_json, found.as_json(), _table(heads, rows, found.known))
    return 0


def authorizations(
    text: Part = None,
    /,
    *,
    end_user: Annotated[str | None, Parameter(help="Only those that name this end user.")] = None,
    overdrawn: Annotated[
        bool, Parameter(negative=(), help="Only those on which more was drawn than their quantity allows.")
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the authorizations: basis, for whom, until when, quantity with what was drawn and is left. Exit 1 if any is overdrawn."""
    vault = at.open()
    whom = Lookup(vault).end_user(end_user) if end_user is not None else None
    found = list_authorizations(vault, text, whom, overdrawn=overdrawn)
    rows = [
        (
            ", ".join(each.named.numbers) or _key(each.named),
            _word(_BASES, each.basis),
            each.jurisdiction,
            _several(each.end_users),
            ", ".join(each.item_classes),
            _several(each.sites),
            _held(each.held),
            _drawn(each),
            "; ".join(_condition(one, found.now) for one in each.conditions) or NOTHING,
        )
        for each in found.authorizations
    ]
    heads = (
        "numbers",
        "basis",
        "jurisdiction",
        "end_user",
        "item",
        "site",
        "held_until",
        "drawn",
        "conditions",
    )
    show(as_json, found.as_json(), _table(heads, rows, found.known))
    return 1 if found.overdrawn else 0


def _several(subjects: Sequence[Named]) -> str:
    shown = ", ".join(_name(each) for each in subjects[:2])
    return shown + (_MORE.say(count=len(subjects) - 2) if subjects[2:] else "") or NOTHING


def _drawn(listed: AuthorizationListed) -> str:
    if listed.quantity is None:
        return _DRAWN_UNLIMITED.say(drawn=listed.drawn)
    said = _DRAWN.say(drawn=listed.drawn, quantity=listed.quantity, left=listed.left)
    if listed.overdrawn:
        said += _OVERDRAWN.say(count=len(listed.overdrawn), at=time_text(listed.overdrawn[0].at))
    return said


def _condition(condition: Condition, now: int) -> str:
    if condition.due is None:
        return condition.condition
    words = _OVERDUE if condition.is_overdue(now) else _DUE
    return words.say(condition=condition.condition, at=time_text(condition.due))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], known: int) -> list[str]:
    table = Table(*(_HEADS[head].say() for head in heads), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(in_line(cell)) for cell in row))
    return [*drawn_wide(table), "", _COUNT.say(shown=len(rows), known=known)]


def _key(named: Named | None) -> str:
    if named is None:
        return NOTHING
    return named.keys[0] if named.keys else named.id


def _name(named: Named | None) -> str:
    """Return both names, the reader's first; else the key."""
    if named is None:
        return NOTHING
    order = ("ja", "en") if reader_language() == "ja" else ("en", "ja")
    names = dict.fromkeys(named.names[language] for language in order if named.names.get(language))
    return " / ".join(names) or _key(named)


def _word(words: dict[str, Words], code: str) -> str:
    return words[code].say() if code in words else code


def _held(held: Held) -> str:
    if held.state == "in_force" and held.instant is None:
        return _HELD["open"].say()
    return _HELD[held.state].say(at=NOTHING if held.instant is None else time_text(held.instant))


def _is_end_user(party: Party) -> bool:
    return "end_user" in party.roles or party.verification.state != "none"


def _cleared(party: Party, cleared: ClearedFor) -> str:
    """Return where it stands; with the tenant where that is another party, with the end user where it is the tenant."""
    told: Any = _word(_CLEARED, cleared.state.name)
    if cleared.state.until is not None:
        told = _UNTIL.say(state=told, at=time_text(cleared.state.until))
    if cleared.tenant.id == cleared.end_user.id:
        return str(told)
    if party.named.id == cleared.end_user.id:
        return _FOR.say(state=told, party=_key(cleared.tenant))
    return f"{_key(cleared.end_user)}: {told}"
