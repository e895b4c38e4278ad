"""What audit events of Kubernetes mean: sessions into pods. One request has several stages under one `auditID`.

`sourceIPs` begins with who came first, and may be a proxy's. Source: the audit API `audit.k8s.io`, v1 and v1beta1.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kansa.connectors.access.events import EventFault, Meaning, Opened, needed, text_in, time_in
from kansa.connectors.access.observed import Observed
from kansa.connectors.base import Skipped

OTHER = Skipped("request that goes into no pod")
ACTIVITIES = {"exec": "exec", "attach": "attach", "portforward": "port_forward"}
_REFUSED = (401, 403)


def meaning_of(event: Mapping[str, Any]) -> Meaning:
    """Return what an event means."""
    if event.get("kind") not in (None, "Event"):
        raise EventFault("kind", f"`{event.get('kind')}` is no audit event")
    reference = event.get("objectRef")
    if not isinstance(reference, Mapping) or reference.get("subresource") not in ACTIVITIES:
        return OTHER
    request = needed(event, "auditID")
    status = event.get("responseStatus")
    code = status.get("code") if isinstance(status, Mapping) else None
    if event.get("stage") == "RequestReceived":
        return Skipped("earlier stage of the same request")
    seen = _seen(event, reference, request, code)
    if event.get("stage") == "ResponseComplete":
        seen = replace(seen, end=max(seen.start, _time(event, "stageTimestamp")))
    return Opened(seen, request if code not in _REFUSED else None)


def _time(event: Mapping[str, Any], name: str) -> int:
    return time_in(event, name if event.get(name) is not None else "timestamp")


def _seen(event: Mapping[str, Any], reference: Mapping[str, Any], request: str, code: Any) -> Observed:
    user, impersonated = text_in(event, "user", "username"), text_in(event, "impersonatedUser", "username")
    addresses = event.get("sourceIPs")
    groups = event.get("user", {}).get("groups") if isinstance(event.get("user"), Mapping) else None
    refused = None
    if code in _REFUSED:
        refused = text_in(event, "annotations", "authorization.k8s.io/reason") or f"answered with {code}"
    return Observed(
        key=("kubernetes", request),
        start=_time(event, "requestReceivedTimestamp"),
        account=impersonated or user or needed(event, "user", "username"),
        target=f"{reference.get('namespace', '')}/{reference.get('name', '')}",
        activity=ACTIVITIES[str(reference["subresource"])],
        refused=refused,
        origin=str(addresses[0]) if isinstance(addresses, list) and addresses else None,
        person=user if impersonated else None,
        credential=", ".join(map(str, groups)) if isinstance(groups, list) and groups else None,
        client=text_in(event, "userAgent"),
        session=request,
        forwarded=text_in(event, "requestURI"),
        method=("remote", "cluster_api"),
    )
