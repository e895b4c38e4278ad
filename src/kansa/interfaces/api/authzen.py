"""The AuthZEN 1.0 endpoints, as plain ASGI: what is asked here is asked on somebody's path, thousands of times a second.

Errors of a request as a whole are HTTP errors whose body is a JSON text (clause "Error Responses"); a hold or a deny
is a 200. `X-Request-ID` comes back as it came.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from time import perf_counter
from typing import Any

import msgspec

from kansa.errors import BadInput
from kansa.gate.answer import Answer
from kansa.gate.authzen import Batch, Evaluation, read_evaluation, read_evaluations
from kansa.gate.decision_point import Asking
from kansa.interfaces.api.callers import LOCAL, Caller, CallerAuthenticator
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher

MOST_BODY_BYTES = 262_144

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_JSON_TYPE = re.compile(rb"application/json\s*(;.*)?", re.IGNORECASE)
_encode = msgspec.json.Encoder().encode


class Refused(Exception):
    """A request that is turned away as a whole, with its HTTP status."""

    def __init__(self, status: int, message: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = list(headers)


class Head:
    """The header fields that matter here; of a field that stands twice, the last."""

    __slots__ = ("authorization", "content_type", "language", "length", "request_id")

    def __init__(self, headers: Headers) -> None:
        self.authorization = self.content_type = self.request_id = b""
        self.length: int | None = None
        self.language = "en"
        for name, value in headers:
            if name == b"content-type":
                self.content_type = value
            elif name == b"content-length":
                self.length = int(value)
            elif name == b"authorization":
                self.authorization = value
            elif name == b"x-request-id":
                self.request_id = value
            elif name == b"accept-language" and value[:2].lower() == b"ja":
                self.language = "ja"


class Endpoint(ABC):
    """`POST` of JSON by a caller that is known: reads, limits, answers."""

    def __init__(self, desk: RequestBatcher, reception: CallerAuthenticator, metrics: Metrics) -> None:
        self._desk = desk
        self._reception = reception
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        head = Head(scope["headers"])
        headers = [_JSON]
        if head.request_id:
            headers.append((b"x-request-id", head.request_id))
        try:
            caller = self._caller(scope, head)
            status, body = 200, await self._answer(caller, head.language, await _body(receive, head))
        except Refused as refused:
            status, body = refused.status, _encode(refused.message)
            headers += refused.headers
        except BadInput as error:
            status, body = 400, _encode("; ".join([error.message, *map(str, error.problems)]))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._metrics.request(status, perf_counter() - began)

    @abstractmethod
    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:
        """Return the body of the answer to a request that arrived in full."""

    def _admit(self, caller: Caller, questions: int) -> None:
        if not self._reception.admits(caller, questions):
            raise Refused(429, "this caller asks more than it may", [(b"retry-after", b"1")])

    def _in_language(self, answers: Iterable[Answer], language: str) -> list[Answer]:
        told = [answer if language == "en" else answer.in_(language) for answer in answers]
        for answer in told:
            self._metrics.answer(answer)
        return told

    def _caller(self, scope: Scope, head: Head) -> Caller:
        state = scope.get("state", {})
        if state.get("local"):
            return LOCAL
        caller = self._reception.by_certificate(state.get("certificate", ()))
        if caller is None and head.authorization[:7].lower() == b"bearer ":
            caller = self._reception.by_token(head.authorization[7:].strip())
        if caller is None:
            raise Refused(
                401,
                "the caller is not known: send a client certificate or a signed token",
                [(b"www-authenticate", b'Bearer realm="kansa gate"')],
            )
        return caller


class EvaluationEndpoint(Endpoint):
    """Access Evaluation: one question."""

    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:
        self._admit(caller, 1)
        asking = Asking(caller.name, caller.actions, (read_evaluation(body),))
        (told,) = self._in_language(await self._desk.ask(asking), language)
        return _encode(told)


class EvaluationsEndpoint(Endpoint):
    """Access Evaluations: several questions at once, answered on one basis and by one commit."""

    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:
        asked = read_evaluations(body)
        single = isinstance(asked, Evaluation)
        batch = Batch((asked,)) if isinstance(asked, Evaluation) else asked
        self._admit(caller, len(batch.evaluations))
        asking = Asking(caller.name, caller.actions, batch.evaluations, batch.semantic)
        told = self._in_language(await self._desk.ask(asking), language)
        return _encode(told[0] if single else {"evaluations": told})


async def _body(receive: Receive, head: Head) -> bytes:
    """Return the body, if it is JSON by its type and of a size that a request may have."""
    if _JSON_TYPE.fullmatch(head.content_type) is None:
        raise Refused(400, "the content type has to be application/json")
    if head.length is not None and head.length > MOST_BODY_BYTES:
        raise Refused(413, f"a request has at most {MOST_BODY_BYTES} bytes")
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BODY_BYTES:
            raise Refused(413, f"a request has at most {MOST_BODY_BYTES} bytes")
    if message["type"] == "http.disconnect":
        raise Refused(400, "the request ended early")
    return body
