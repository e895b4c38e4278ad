"""Asking the process that serves a vault, through its Unix socket: HTTP/1.1 without a network."""

import http.client
import socket
from pathlib import Path
from typing import Any

import msgspec

from kansa.errors import BadInput, KansaError
from kansa.ledger.append_socket import reachable

WAIT_SECONDS = 10.0


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=WAIT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        with reachable(self._path) as address:
            self.sock.connect(address)


def post(socket_path: Path, path: str, body: dict[str, Any]) -> Any:
    """Return what the serving process answers to JSON.

    Raises:
        BadInput: `gate.request`, if it refuses the request.
        KansaError: `serve.silent`, if nobody answers.
    """
    connection = _Connection(socket_path)
    try:
        connection.request("POST", path, msgspec.json.encode(body), {"content-type": "application/json"})
        response = connection.getresponse()
        answer = msgspec.json.decode(response.read())
    except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
        raise KansaError(
            "serve.silent",
            f"the process that serves the vault does not answer: {error}",
            help="see its messages",
        ) from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise BadInput("gate.request", str(answer))
    return answer
