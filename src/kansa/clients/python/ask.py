"""One question, one answer, in bounded time (OpenID AuthZEN 1.0, Access Evaluation and Access Evaluations)."""

import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from kansa.clients.python.bypass import Reason, Spool

State = Literal["permit", "hold", "deny"]
Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]


@dataclass(frozen=True, slots=True)
class Question:
    """May `subject` do `action` to `resource`: AuthZEN's information model, entities as JSON objects."""

    action: str
    subject: Mapping[str, Any]
    resource: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the request body."""
        return {
            "subject": dict(self.subject),
            "action": {"name": self.action},
            "resource": dict(self.resource),
            "context": dict(self.context),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says; `answered` is False where it was silent and the client's own way to fail decided.

    `context` is the answer's context as it came: determining rules, citations, evidence, obligations, who may release.
    """

    state: State
    reason: str | None = None
    decision_id: str | None = None
    answered: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def permitted(self) -> bool:
        """True only for a permit."""
        return self.state == "permit"


class Gate:
    """A gate at a URL, asked over one connection that is kept open until `close` or the end of a `with` block.

    Not to be shared between threads.

    Args:
        url: `http://` or `https://`, host and port.
        token: this caller's signed token, sent as a bearer token.
        tls: how to speak TLS; a client certificate goes in here.
        timeout: seconds for the whole exchange, connecting included.
        spool: where bypasses are kept; given, the client fails open, otherwise closed.
        language: `en` or `ja`, of the reasons.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = 0.5,
        spool: Spool | None = None,
        language: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"`{url}` is not the address of a gate: give http(s)://host:port")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._tls, self._timeout, self._spool = tls, timeout, spool
        self._headers = {"content-type": "application/json"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        if language:
            self._headers["accept-language"] = language
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: Question) -> Answer:
        """Return the gate's answer, or what this client does without one."""
        body, silence = self._post("/access/v1/evaluation", question.document())
        answer = None if silence else _answer(body)
        return answer or self._without(question, silence or _UNREADABLE)

    def ask_each(
        self, questions: Sequence[Question], semantic: Semantic = "execute_all"
    ) -> tuple[Answer, ...]:
        """Return the answers in order, as many as the semantic gives; without an answer, this client's own for each."""
        evaluations = [question.document() for question in questions]
        body, silence = self._post(
            "/access/v1/evaluations",
            {"evaluations": evaluations, "options": {"evaluations_semantic": semantic}},
        )
        given = body.get("evaluations") if isinstance(body, dict) else None
        answers = [_answer(each) for each in given] if isinstance(given, list) else []
        understood = tuple(answer for answer in answers if answer is not None)
        if silence is None and understood and len(understood) == len(answers):
            return understood
        return tuple(self._without(question, silence or _UNREADABLE) for question in questions)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _without(self, question: Question, silence: "_Silence") -> Answer:
        reason = f"the gate did not answer: {silence.cause}"
        spool = None if silence.turned_away else self._spool
        if spool is not None and spool.keep(question.document(), silence.reason, silence.cause):
            return Answer("permit", reason, answered=False)
        return Answer("hold", reason, answered=False)

    def _post(self, path: str, document: Mapping[str, Any]) -> tuple[Any, "_Silence | None"]:
        """Return the decoded answer and None, or None and why there is none. A connection that went stale is opened anew once."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        kept = self._connection is not None
        answer, silence = self._exchange(path, body)
        if silence == _STALE and kept:
            answer, silence = self._exchange(path, body)
        return answer, silence

    def _exchange(self, path: str, body: bytes) -> tuple[Any, "_Silence | None"]:
        connection = self._connected()
        late = threading.Event()
        # Socket time-outs bound each read; a gate that drips bytes must not hold the caller longer than it said.
        timer = threading.Timer(self._timeout, _cut, (connection, late))
        timer.start()
        try:
            connection.request("POST", path, body, self._headers)
            response = connection.getresponse()
            received = response.read()
            if response.status != 200:
                return None, _Silence(
                    "refused",
                    f"it answered {response.status}",
                    turned_away=400 <= response.status < 500,
                )
            return json.loads(received), None
        except (OSError, HTTPException) as error:
            self.close()
            if late.is_set() or isinstance(error, TimeoutError):
                return None, _Silence("timeout", f"nothing within {self._timeout:g} s")
            if isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError):
                return None, _STALE
            return None, _Silence("unreachable", str(error) or type(error).__name__)
        except ValueError:
            return None, _UNREADABLE
        finally:
            timer.cancel()

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = (
                HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._tls)
                if self._secure
                else HTTPConnection(self._host, self._port, timeout=self._timeout)
            )
        return self._connection


@dataclass(frozen=True, slots=True)
class _Silence:
    """Why there is no answer; `turned_away` where the gate refused this caller, which opens nothing."""

    reason: Reason
    cause: str
    turned_away: bool = False


_STALE = _Silence("unreachable", "the connection was closed")
_UNREADABLE = _Silence("unreadable", "its answer cannot be read")


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        with suppress(OSError):  # it may have been closed just now
            connection.sock.shutdown(socket.SHUT_RDWR)


def _answer(body: Any) -> Answer | None:
    if not isinstance(body, dict) or not isinstance(body.get("decision"), bool):
        return None
    context = body.get("context")
    told: Mapping[str, Any] = context if isinstance(context, dict) else {}
    if body["decision"]:
        state: State = "permit"
    else:
        state = "deny" if told.get("state") == "deny" else "hold"
    return Answer(state, _text(told.get("reason")), _text(told.get("id")), context=told)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
