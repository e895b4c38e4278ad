"""HTTP/1.1 on one connection: who is at the other end, and how long and how large a request may be.

uvicorn bounds the time between requests; this bounds the time within one. A request whose head or body has not
arrived in time is cut off (RFC 9112, 9.5), and so is one with more head than anybody needs.
"""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 16_384
ARRIVAL_SECONDS = 5.0


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol; `state` of each request says `local` and `certificate` (names that its CA vouched for)."""

    arriving_since: float | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        local = peer is not None and peer.family == socket.AF_UNIX
        self.app_state = {**self.app_state, "local": local, "certificate": _names(transport)}
        self.arriving_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {MOST_HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        if self.arriving_since is None:
            self.arriving_since = self.loop.time()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.arriving_since = None
        self._in_head = True
        super().on_message_complete()

    def is_late(self, now: float) -> bool:
        """Tell whether a request has been arriving for too long at this time of the loop."""
        return self.arriving_since is not None and now - self.arriving_since > ARRIVAL_SECONDS


async def cut_off_late(connections: Iterable[Any], every: float = 1.0) -> None:
    """Close the connections whose requests do not arrive, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every)
        for connection in tuple(connections):
            if isinstance(connection, GuardedProtocol) and connection.is_late(loop.time()):
                connection.transport.abort()


def _names(transport: asyncio.Transport) -> tuple[str, ...]:
    """Return the DNS and URI names of the client's certificate; none without one."""
    encrypted = transport.get_extra_info("ssl_object")
    certificate = None if encrypted is None else encrypted.getpeercert()
    if not certificate:
        return ()
    return tuple(name for kind, name in certificate.get("subjectAltName", ()) if kind in {"DNS", "URI"})
