"""What Teleport's audit events mean. Codes come in both cases of letters; stamps may have no offset: they are UTC.

Source: the audit event reference of Teleport; `addr.remote` is also written `addr_remote`.
"""

from collections.abc import Mapping
from typing import Any

from kansa.connectors.access.events import Changed, Closed, Meaning, Opened, needed, text_in, time_in
from kansa.connectors.access.observed import Observed
from kansa.connectors.base import Skipped

BROKERED = ("brokered", "broker")
OTHER = Skipped("event that is no session, login or change")
_CHANGES = {
    "user.create": "created",
    "user.update": "changed",
    "user.delete": "deleted",
    "lock.created": "locked",
    "role.created": "role_changed",
    "role.updated": "role_changed",
    "role.deleted": "role_changed",
    "user.password_change": "credential",
    "mfa.add": "credential",
    "mfa.delete": "credential",
    "saml.created": "role_changed",
}
_STARTS = {"session.start": "shell", "kube.request": "exec", "app.session.start": "console", "db.session.start": "login", "windows.desktop.session.start": "console", "exec": "exec", "port": "port_forward"}  # fmt: skip
_ENDS = {"session.end", "session.leave", "app.session.end", "db.session.end", "windows.desktop.session.end"}


def meaning_of(event: Mapping[str, Any]) -> Meaning:
    """Return what an event means."""
    name = needed(event, "event")
    time = time_in(event, "time")
    if name in _ENDS and (session := text_in(event, "sid")) is not None:
        return Closed(session, time) if name != "session.leave" else OTHER
    if name in _STARTS and (name != "kube.request" or "exec" in str(event.get("request_path"))):
        return _session(event, time, _STARTS[name])
    if name in {"auth", "user.login"} and (name == "auth" or event.get("success") is False):
        return _refused(event, time)
    if name == "user.login":
        return _login(event, time)
    if name in _CHANGES:
        return _change(event, time, _CHANGES[name])
    return OTHER


def _unique(event: Mapping[str, Any]) -> str:
    """Return the event's own id, else what makes it unique."""
    parts = ("event", "sid", "ei", "time", "user")
    return text_in(event, "uid") or " ".join(str(event.get(name, "")) for name in parts)


def _address(event: Mapping[str, Any]) -> str | None:
    found = text_in(event, "addr.remote") or text_in(event, "addr_remote") or text_in(event, "addr", "remote")
    if found is None:
        return None
    host = found.rpartition(":")[0] if found.count(":") == 1 or found.startswith("[") else found
    return host.strip("[]")


def _target(event: Mapping[str, Any]) -> str:
    names = ("server_hostname", "kubernetes_cluster", "app_name", "db_service", "server_id", "cluster_name")
    return next((found for name in names if (found := text_in(event, name)) is not None), "")


def _session(event: Mapping[str, Any], time: int, activity: str) -> Opened:
    session = text_in(event, "sid")
    unique = session or _unique(event)
    seen = Observed(
        key=("teleport", unique),
        start=time,
        account=needed(event, "user"),
        target=_target(event),
        activity=activity,
        origin=_address(event),
        person=text_in(event, "user"),
        credential=text_in(event, "login"),
        client=text_in(event, "proto"),
        session=session,
        method=BROKERED,
    )
    return Opened(seen, session if activity not in {"exec", "port_forward"} else None)


def _login(event: Mapping[str, Any], time: int) -> Opened:
    seen = Observed(
        key=("teleport", _unique(event)),
        start=time,
        account=needed(event, "user"),
        target=text_in(event, "cluster_name") or "",
        activity="login",
        origin=_address(event),
        person=text_in(event, "user"),
        credential=text_in(event, "method"),
        method=BROKERED,
    )
    return Opened(seen)


def _refused(event: Mapping[str, Any], time: int) -> Meaning:
    seen = Observed(
        key=("teleport", _unique(event)),
        start=time,
        account=text_in(event, "user") or "",
        target=_target(event),
        origin=_address(event),
        refused=text_in(event, "error") or text_in(event, "message") or "refused",
        method=BROKERED,
    )
    return Opened(seen)


def _change(event: Mapping[str, Any], time: int, what: str) -> Changed:
    account = (
        text_in(event, "name")
        if what in {"created", "changed", "deleted"}
        else text_in(event, "target", "user")
    )
    return Changed(
        _unique(event),
        time,
        what,
        "teleport",
        account,
        {
            "by": text_in(event, "user"),
            "origin": _address(event),
            "detail": f"{event.get('event')} {event.get('name', '')}".strip(),
        },
    )
