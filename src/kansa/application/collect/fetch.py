"""Asks a system over HTTP: credentials from files or the environment, bounded answers, patience where it asks for some."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kansa.application.collect.sources_file import PullModel
from kansa.connectors.connector import Get
from kansa.errors import BadInput

if TYPE_CHECKING:
    import httpx

MAX_ANSWER = 256 << 20
SECONDS = 30.0
TRIES = 3
MOST_PATIENCE = 30.0
_LATER = frozenset({429, 502, 503, 504})


@contextmanager
def asking(pull: PullModel, folder: Path) -> Iterator[Get]:
    """Give what asks the system, for as long as the block lasts.

    Raises:
        BadInput: `collect.secret`; when asked, `collect.fetch`, if there is no answer that can be used.
    """
    import httpx  # noqa: PLC0415 - only where a system is asked

    headers = {"user-agent": "kansa", "accept": "application/json, */*;q=0.1"}
    if pull.bearer is not None:
        headers["authorization"] = f"Bearer {pull.bearer.read(folder)}"
    login = None
    if pull.user is not None and pull.password is not None:
        login = httpx.BasicAuth(pull.user, pull.password.read(folder))
    verify: str | bool = True if pull.ca is None else str(folder / pull.ca)
    try:
        client = httpx.Client(
            headers=headers, auth=login, verify=verify, timeout=SECONDS, follow_redirects=False
        )
    except (OSError, ValueError) as error:
        raise BadInput("collect.fetch", f"the authority `{pull.ca}` cannot be used: {error}") from error
    base = pull.url.partition("?")[0]
    with client:
        yield lambda address: _asked(
            client, address if "://" in address else f"{base.rstrip('/')}/{address.lstrip('/')}"
        )


def _asked(client: "httpx.Client", address: str) -> bytes:
    import httpx  # noqa: PLC0415

    for attempt in range(1, TRIES + 1):
        try:
            with client.stream("GET", address) as response:
                if response.status_code in _LATER and attempt < TRIES:
                    time.sleep(_patience(response.headers.get("retry-after"), attempt))
                    continue
                if response.status_code != httpx.codes.OK:
                    raise BadInput(
                        "collect.fetch",
                        f"`{address}` answers with {response.status_code}",
                        help="check the address and the credentials",
                    )
                return _content(response, address)
        except httpx.HTTPError as error:
            if attempt == TRIES:
                raise BadInput("collect.fetch", f"`{address}` does not answer: {error}") from error
            time.sleep(_patience(None, attempt))
    raise BadInput("collect.fetch", f"`{address}` does not answer: it asks to wait")


def _content(response: "httpx.Response", address: str) -> bytes:
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > MAX_ANSWER:
            raise BadInput("collect.fetch", f"`{address}` answers with more than {MAX_ANSWER:,} bytes")
    return bytes(content)


def _patience(asked: str | None, attempt: int) -> float:
    """Return the seconds to wait: what the system asks for, up to a limit, else longer from try to try."""
    try:
        wanted = float(asked or "")
        return min(MOST_PATIENCE, max(0.0, wanted))
    except ValueError:
        return min(MOST_PATIENCE, float(2**attempt) / 2)
