"""Serving: uvicorn on a TCP address and on a Unix socket of the vault, until it is told to stop.

On SIGTERM or Ctrl-C no new connection is taken, what has been asked is answered, and only then does `serve` return:
whoever opened the log closes it after that, so that no acknowledged decision is lost.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from kansa.errors import BadInput
from kansa.interfaces.api.protocol import GuardedProtocol, cut_off_late
from kansa.ledger.append_socket import reachable

STOP_SECONDS = 10
MOST_CONNECTIONS = 2_048
_COLLECT = (50_000, 20, 50)  # answers leave no cycles behind


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: TCP, with TLS if there is a certificate, and the Unix socket. `client_ca` vouches for callers."""

    host: str
    port: int
    unix: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None


class Listening(uvicorn.Server):
    """uvicorn's server, on a Unix socket as well. `announce` is told the port once it listens."""

    def __init__(self, config: uvicorn.Config, unix: Path | None, announce: Callable[[int], None]) -> None:
        super().__init__(config)
        self._unix = unix
        self._announce = announce
        self._cutting: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._unix is not None:
            loop = asyncio.get_running_loop()
            self.servers.append(await loop.create_server(self._protocol, sock=_bound(self._unix)))
        self._cutting = asyncio.create_task(cut_off_late(self.server_state.connections))
        self._announce(self.port)

    @property
    def port(self) -> int:
        """The TCP port that it listens at."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
        if self._unix is not None:
            self._unix.unlink(missing_ok=True)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        return GuardedProtocol(self.config, self.server_state, self.lifespan.state)


def listening(
    app: Starlette, address: Address, announce: Callable[[int], None] = lambda _: None
) -> Listening:
    """Return a server for an application, not yet started.

    Raises:
        BadInput: `serve.tls`, if certificate, key or client CA cannot be used.
    """
    config = uvicorn.Config(
        app,
        host=address.host,
        port=address.port,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        ssl_ca_certs=None if address.client_ca is None else str(address.client_ca),
        ssl_cert_reqs=ssl.CERT_NONE if address.client_ca is None else ssl.CERT_OPTIONAL,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise BadInput("serve.tls", f"the TLS files cannot be used: {error}") from error
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return Listening(config, address.unix, announce)


def serve(server: Listening) -> None:
    """Serve until SIGTERM or Ctrl-C, and answer what has been asked by then."""
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not look at it while answering
    gc.set_threshold(*_COLLECT)
    with _stopping(), contextlib.suppress(KeyboardInterrupt):
        server.run()


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """A signal that is raised again once uvicorn is done ends the serving and not the process."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _bound(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)  # whoever served before is gone: the log's lock says so
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with reachable(path) as address:
            bound.bind(address)
    finally:
        os.umask(before)
    return bound
