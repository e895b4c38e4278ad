"""What Keycloak's events mean: logins until their logout, failed logins, changes of accounts and roles.

Three shapes: REST (`/events`, `/admin-events`: details nested, actor under `authDetails`), JSON listeners (flat), and a
server log whose lines end in JSON. Source: `EventType` and `AdminEvent` of Keycloak, 8 to 26.
"""

from collections.abc import Mapping
from typing import Any

from kansa.connectors.access.events import Changed, Closed, EventFault, Meaning, Opened, text_in, time_in
from kansa.connectors.access.observed import Observed
from kansa.connectors.base import Skipped

OTHER = Skipped("event that is no login, logout or change of an account")
NO_SESSION = Skipped("logout that names no session")
METHOD = ("remote", "identity_provider")
_OPERATIONS = {"CREATE": "created", "UPDATE": "changed", "DELETE": "deleted", "ACTION": "credential"}
_ROLES = {"REALM_ROLE_MAPPING", "CLIENT_ROLE_MAPPING", "GROUP_MEMBERSHIP"}
_SELF = {"REGISTER": "created", "UPDATE_PASSWORD": "credential", "RESET_PASSWORD": "credential", "DELETE_ACCOUNT": "deleted", "UPDATE_TOTP": "credential", "USER_DISABLED_BY_PERMANENT_LOCKOUT": "locked", "USER_DISABLED_BY_TEMPORARY_LOCKOUT": "locked"}  # fmt: skip


def meaning_of(event: Mapping[str, Any]) -> Meaning:
    """Return what an event means."""
    if "operationType" in event:
        return _admin(event)
    kind = text_in(event, "type")
    if kind is None:
        raise EventFault("type", "the event has neither `type` nor `operationType`")
    if kind == "LOGIN":
        return Opened(_seen(event, None), _session(event))
    if kind == "LOGIN_ERROR":
        return Opened(_seen(event, text_in(event, "error") or "refused"))
    if kind == "LOGOUT":
        session = _session(event)
        return Closed(session, _time(event)) if session is not None else NO_SESSION
    if kind in _SELF:
        told = {"by": _user(event), "origin": text_in(event, "ipAddress"), "detail": kind}
        return Changed(
            _unique(event), _time(event), _SELF[kind], _system(event), text_in(event, "userId"), told
        )
    return OTHER


def _unique(event: Mapping[str, Any]) -> str:
    parts = ("type", "operationType", "realmId", "clientId", "userId", "resourcePath", "time")
    return text_in(event, "id") or " ".join(
        [*(str(event.get(name, "")) for name in parts), _session(event) or ""]
    )


def _time(event: Mapping[str, Any]) -> int:
    return time_in(event, "time" if "time" in event else "timestamp")


def _system(event: Mapping[str, Any]) -> str:
    return f"keycloak:{text_in(event, 'realmId') or text_in(event, 'realmName') or ''}"


def _detail(event: Mapping[str, Any], name: str) -> str | None:
    return text_in(event, "details", name) or text_in(event, name)


def _session(event: Mapping[str, Any]) -> str | None:
    return text_in(event, "sessionId") or _detail(event, "code_id")


def _user(event: Mapping[str, Any]) -> str | None:
    return _detail(event, "username") or text_in(event, "userId")


def _seen(event: Mapping[str, Any], refused: str | None) -> Observed:
    user = _user(event)
    if user is None and refused is None:
        raise EventFault("userId", "the event has no `userId`")
    key = text_in(event, "userId")
    return Observed(
        key=("keycloak", _unique(event)),
        start=_time(event),
        account=user or "",
        target=f"{text_in(event, 'realmId') or ''}/{text_in(event, 'clientId') or ''}",
        activity="login",
        refused=refused,
        origin=text_in(event, "ipAddress"),
        person=_detail(event, "username"),
        credential=_detail(event, "identity_provider") or _detail(event, "auth_method"),
        client=text_in(event, "clientId"),
        session=_session(event),
        method=METHOD,
        account_key=(_system(event), key) if key is not None else None,
    )


def _admin(event: Mapping[str, Any]) -> Meaning:
    kind, operation = text_in(event, "resourceType"), text_in(event, "operationType")
    path = text_in(event, "resourcePath") or ""
    parts = path.split("/")
    account = parts[1] if parts[0] == "users" and len(parts) > 1 else None
    if kind in _ROLES:
        what = (
            "role_granted"
            if operation == "CREATE"
            else "role_revoked"
            if operation == "DELETE"
            else "role_changed"
        )
    elif kind == "USER" or account is not None:
        what = _OPERATIONS.get(operation or "", "changed")
    else:
        return OTHER
    told = {
        "by": text_in(event, "authDetails", "userId") or text_in(event, "userId"),
        "origin": text_in(event, "authDetails", "ipAddress") or text_in(event, "ipAddress"),
        "detail": f"{operation} {kind} {path}",
    }
    return Changed(_unique(event), _time(event), what, _system(event), account, told)
