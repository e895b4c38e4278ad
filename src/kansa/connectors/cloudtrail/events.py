"""What events of CloudTrail mean: ways into instances and the console. The event itself tells the method.

Source: the record contents of CloudTrail 1.08 and the events of SSM, EC2 Instance Connect and sign-in.
"""

import json
from collections.abc import Mapping
from typing import Any

from kansa.connectors.access.events import Closed, EventFault, Meaning, Opened, needed, text_in, time_in
from kansa.connectors.access.observed import Observed
from kansa.connectors.base import Skipped

OTHER = Skipped("event that is no way into an instance or the console")
_WAYS = {
    "StartSession": ("session_manager", ("brokered", "session_manager")),
    "ResumeSession": ("session_manager", ("brokered", "session_manager")),
    "SendSSHPublicKey": ("key_push", ("direct", "pushed_key")),
    "SendSerialConsoleSSHPublicKey": ("key_push", ("direct", "pushed_key")),
    "OpenTunnel": ("port_forward", ("brokered", "session_manager")),
    "ConsoleLogin": ("console", ("remote", "console")),
}


def meaning_of(told: Mapping[str, Any]) -> Meaning:
    """Return what an event means."""
    event = event_in(told)
    name = needed(event, "eventName")
    if name == "TerminateSession":
        session = text_in(event, "requestParameters", "sessionId")
        return Closed(session, time_in(event, "eventTime")) if session is not None else OTHER
    if name not in _WAYS:
        return OTHER
    activity, method = _WAYS[name]
    session = text_in(event, "responseElements", "sessionId") or text_in(
        event, "requestParameters", "sessionId"
    )
    seen = Observed(
        key=("cloudtrail", needed(event, "eventID")),
        start=time_in(event, "eventTime"),
        account=_who(event),
        target=_target(event),
        activity=activity,
        refused=_refused(event),
        origin=text_in(event, "sourceIPAddress"),
        person=text_in(event, "userIdentity", "userName") or text_in(event, "userIdentity", "principalId"),
        credential=_credential(event),
        client=text_in(event, "userAgent"),
        session=session,
        method=method,
    )
    return Opened(seen, session if activity == "session_manager" and seen.refused is None else None)


def event_in(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event in what `lookup-events` answers, where it is a text of JSON; else what is given.

    Raises:
        EventFault: the text is no JSON object.
    """
    text = told.get("CloudTrailEvent")
    if not isinstance(text, str):
        return told
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventFault("CloudTrailEvent", f"the event is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise EventFault("CloudTrailEvent", "the event is no JSON object")
    return found


def _who(event: Mapping[str, Any]) -> str:
    identity = event.get("userIdentity")
    if isinstance(identity, Mapping):
        for name in ("arn", "userName", "principalId", "type"):
            if (found := text_in(identity, name)) is not None:
                return found
    return needed(event, "userIdentity", "arn")


def _target(event: Mapping[str, Any]) -> str:
    asked = event.get("requestParameters")
    if isinstance(asked, Mapping):
        for name in ("instanceId", "target", "resourceId"):
            if (found := text_in(asked, name)) is not None:
                return found
    return f"{event.get('recipientAccountId', '')}/{event.get('awsRegion', '')}"


def _refused(event: Mapping[str, Any]) -> str | None:
    if (code := text_in(event, "errorCode")) is not None:
        return f"{code} {event.get('errorMessage') or ''}".strip()
    if text_in(event, "responseElements", "ConsoleLogin") == "Failure":
        return text_in(event, "errorMessage") or "Failure"
    return None


def _credential(event: Mapping[str, Any]) -> str | None:
    key = text_in(event, "requestParameters", "sSHPublicKey")
    if key is not None:
        return key
    used = text_in(event, "additionalEventData", "MFAUsed")
    return f"MFA {used}" if used is not None else text_in(event, "userIdentity", "accessKeyId")
