"""What sshd says in its log, OpenSSH 7 to 10: logins, refusals, ends, what was started and forwarded.

Source: `auth.c`, `auth2.c`, `packet.c`, `session.c`, `serverloop.c`, `channels.c` of openssh-portable.
"""

import re
from dataclasses import dataclass
from typing import Literal

PROGRAMS = ("sshd", "sshd-session", "sshd-auth")

What = Literal["accepted", "refused", "gave_up", "ended", "closed", "started", "forwarded", "booted"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `address` and `port` name the connection; `closed` has the process alone."""

    what: What
    account: str = ""
    address: str = ""
    port: str = ""
    told: str = ""
    credential: str | None = None
    person: str | None = None


_PEER = r"(?P<address>\S+) port (?P<port>\d+)"
_ACCEPTED = re.compile(
    rf"Accepted (?P<told>\S+) for (?P<account>.+?) from {_PEER}(?: ssh2?)?(?:: (?P<key>.*))?"
)
_KEY = re.compile(r"\S+ (?P<fingerprint>(?:SHA256|MD5):\S+)(?: ID (?P<id>.*?) \(serial \d+\) CA .*)?")
_FAILED = re.compile(
    rf"Failed (?P<told>\S+) for (?:invalid user )?(?P<account>.*?) from {_PEER}(?: ssh2?)?(?:: (?P<key>.*))?"
)
_INVALID = re.compile(rf"Invalid user (?P<account>.*?) from {_PEER}")
_NOT_ALLOWED = re.compile(r"User (?P<account>.+?) from (?P<address>\S+) not allowed because (?P<told>.*)")
_TOO_MANY = re.compile(
    rf"(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(?P<account>.*?) from {_PEER}.*"
)
_GAVE_UP = re.compile(
    rf"(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting) (?P<told>authenticating|invalid) user (?P<account>.*?) {_PEER}.*"
)
_ENDED = re.compile(
    r"(?:Disconnected from|Connection (?:closed|reset) by|Received disconnect from|Disconnecting|Timeout, client not responding from"
    r"|Read error from remote host|Write failed from|ssh_dispatch_run_fatal: Connection from) "
    r"(?:user (?P<account>.+?) )?(?P<address>\S+) port (?P<port>\d+)(?::.*)?(?P<preauth>.*)"
)
_CLOSED = re.compile(r"pam_unix\(sshd:session\): session closed for user (?P<account>\S+).*")
_STARTED = re.compile(rf"Starting session: (?P<told>.*?) for (?P<account>\S+) from {_PEER}(?: id \d+)?")
_FORWARDED = re.compile(rf"Received request from {_PEER} to connect to (?P<told>host \S+ port \d+|\S+).*")


def message_of(text: str) -> Message | None:
    """Return what a message of sshd says; None for one that says nothing of a login or session."""
    head = text[:12]
    for begins, read in _READERS:
        if head.startswith(begins):
            found = read(text)
            if found is not None:
                return found
    return None


def _accepted(text: str) -> Message | None:
    match = _ACCEPTED.fullmatch(text)
    if match is None:
        return None
    key = _KEY.match(match["key"] or "")
    return Message(
        "accepted",
        match["account"],
        match["address"],
        match["port"],
        match["told"],
        key["fingerprint"] if key else None,
        key["id"] if key else None,
    )


def _failed(text: str) -> Message | None:
    match = _FAILED.fullmatch(text)
    if match is None:
        return None
    key = _KEY.match(match["key"] or "")
    told = f"failed {match['told']}"
    return Message(
        "refused",
        match["account"],
        match["address"],
        match["port"],
        told,
        key["fingerprint"] if key else None,
    )


def _invalid(text: str) -> Message | None:
    match = _INVALID.fullmatch(text)
    return match and Message("refused", match["account"], match["address"], match["port"], "unknown user")


def _not_allowed(text: str) -> Message | None:
    match = _NOT_ALLOWED.fullmatch(text)
    return match and Message(
        "refused", match["account"], match["address"], "", f"not allowed because {match['told']}"
    )


def _too_many(text: str) -> Message | None:
    match = _TOO_MANY.fullmatch(text)
    return match and Message(
        "refused", match["account"], match["address"], match["port"], "too many attempts"
    )


def _ended(text: str) -> Message | None:
    gave_up = _GAVE_UP.fullmatch(text)
    if gave_up is not None:
        return Message("gave_up", gave_up["account"], gave_up["address"], gave_up["port"], "gave up")
    match = _ENDED.fullmatch(text)
    if match is None or "[preauth]" in text:
        return None
    return Message("ended", match["account"] or "", match["address"], match["port"])


def _closed(text: str) -> Message | None:
    match = _CLOSED.fullmatch(text)
    return match and Message("closed", match["account"])


def _started(text: str) -> Message | None:
    match = _STARTED.fullmatch(text)
    return match and Message("started", match["account"], match["address"], match["port"], match["told"])


def _forwarded(text: str) -> Message | None:
    match = _FORWARDED.fullmatch(text)
    return match and Message("forwarded", "", match["address"], match["port"], match["told"])


_READERS = (
    ("Accepted ", _accepted),
    ("Failed ", _failed),
    ("Invalid user", _invalid),
    ("User ", _not_allowed),
    ("error: maxi", _too_many),
    ("maximum aut", _too_many),
    ("Received re", _forwarded),
    ("pam_unix(ss", _closed),
    ("Starting se", _started),
    ("Disconnec", _ended),
    ("Connection ", _ended),
    ("Received d", _ended),
    ("Timeout, c", _ended),
    ("Read error", _ended),
    ("Write faile", _ended),
    ("ssh_dispatc", _ended),
)
