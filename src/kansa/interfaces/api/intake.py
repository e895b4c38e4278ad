"""`POST /intake/v1/{source}/events` (CloudEvents) and `…/v1/logs` (OTLP/HTTP JSON): evidence pushed by its source.

A sender is a caller of the file of callers, and may send for the sources that name it. The answer comes once everything is
on the disk. While as much waits as may wait, a sender is told to come again (429, `Retry-After`); where the ledger cannot
be written, 503.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any, Protocol

import msgspec

from kansa.errors import BadInput, KansaError
from kansa.interfaces.api.authzen import Endpoint, Head, Receive, Refused, Scope, Send
from kansa.interfaces.api.callers import LOCAL, Caller, CallerAuthenticator
from kansa.interfaces.api.cloudevents import Event, events_in, otlp_logs_in
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from kansa.application.collect.push import Pushed

MOST_BYTES = 4 << 20
MOST_WAITING = 16 << 20
"""Bytes of requests that may wait for the disk at a time."""

_JSON = (b"content-type", b"application/json")


class Taking(Protocol):
    """Takes events of sources, in one thread."""

    def caller_of(self, source: str) -> str | None:
        """Return who may send events of a source."""
        ...

    def take(self, source: str, events: Any) -> dict[str, Any]:
        """Record events; returns what became of them."""
        ...


class PushDesk:
    """One thread that records what is pushed, in the order in which it came, and how much waits for it."""

    def __init__(self, taking: Taking, most: int = MOST_WAITING) -> None:
        self._taking, self._most = taking, most
        self._thread = ThreadPoolExecutor(1, "push")
        self._waiting = 0
        self.caller_of = taking.caller_of

    async def take(self, source: str, events: list[Event], size: int) -> dict[str, Any]:
        """Record events, and return what became of them.

        Raises:
            Refused: 429 where too much waits already; 503 where the ledger cannot be written.
            BadInput: nothing in them can be read.
        """
        if self._waiting + size > self._most:
            raise Refused(429, "more is waiting than may wait: come again", [(b"retry-after", b"2")])
        self._waiting += size
        pushed = [
            Pushed(each.data, each.attributes.get("source", ""), each.attributes.get("sequence"))
            for each in events
        ]
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, self._taking.take, source, pushed
            )
        except BadInput:
            raise
        except KansaError as error:
            raise Refused(
                503, f"nothing can be recorded now: {error.message}", [(b"retry-after", b"30")]
            ) from error
        finally:
            self._waiting -= size

    def close(self) -> None:
        """Wait for what is being recorded."""
        self._thread.shutdown(wait=True)


class PushEndpoint(Endpoint):
    """Takes CloudEvents in all three modes."""

    def __init__(
        self, desk: RequestBatcher, reception: CallerAuthenticator, metrics: Metrics, push: PushDesk
    ) -> None:
        super().__init__(desk, reception, metrics)
        self._push = push

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        headers = [_JSON]
        try:
            status, told = await self._taken(scope, receive)
        except Refused as refused:
            status, told = refused.status, msgspec.json.encode(refused.message)
            headers += refused.headers
        except BadInput as error:
            status = 400
            told = msgspec.json.encode("; ".join([error.message, *map(str, error.problems)]))
        headers.append((b"content-length", str(len(told)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": told})
        self._metrics.request(status, perf_counter() - began)

    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:
        raise NotImplementedError  # what is pushed is read with its headers

    async def _taken(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        caller = self._caller(scope, Head(scope["headers"]))
        source = str(scope["path_params"]["source"])
        wanted = self._push.caller_of(source)
        if wanted is None or (caller is not LOCAL and caller.name != wanted):
            raise Refused(403, f"this caller may not send for a source `{source[:80]}`")
        body = await _received(receive)
        events = self._read()(scope["headers"], body)
        self._admit(caller, max(1, len(events)))
        return 200, msgspec.json.encode(await self._push.take(source, events, len(body)))

    def _read(self) -> Callable[[Any, bytes], list[Event]]:
        return events_in


class LogsEndpoint(PushEndpoint):
    """Takes OTLP logs; the answer is an `ExportLogsServiceResponse`."""

    async def _taken(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        _, told = await super()._taken(scope, receive)
        done = msgspec.json.decode(told)
        refused = done["quarantined"]
        partial = {
            "rejectedLogRecords": str(refused),
            "errorMessage": "quarantined; see `kansa sources quarantine list`",
        }
        return 200, msgspec.json.encode({"partialSuccess": partial} if refused else {})

    def _read(self) -> Callable[[Any, bytes], list[Event]]:
        return lambda _, body: otlp_logs_in(body)


async def _received(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request ended early")
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
        if not message.get("more_body"):
            return bytes(body)
