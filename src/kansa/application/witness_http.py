"""The way to witnesses and time-stamping authorities over HTTP."""

import httpx

from kansa.errors import KansaError

WAIT_SECONDS = 5.0
MOST_BYTES = 1 << 20


class HttpTransport:
    """Asks over HTTP or HTTPS; no redirect is followed, and no longer answer than a note's is read."""

    def __init__(self, wait: float = WAIT_SECONDS) -> None:
        self._wait = wait

    def post(self, url: str, body: bytes, media_type: str = "text/plain") -> tuple[int, bytes]:
        """Send a body; returns status and body of the answer.

        Raises:
            KansaError: `witness.silent`.
        """
        return self._ask("POST", url, body, media_type)

    def get(self, url: str) -> tuple[int, bytes]:
        """Fetch; returns status and body.

        Raises:
            KansaError: `witness.silent`.
        """
        return self._ask("GET", url, None, None)

    def _ask(self, method: str, url: str, body: bytes | None, media_type: str | None) -> tuple[int, bytes]:
        headers = {} if media_type is None else {"content-type": media_type}
        try:
            with httpx.stream(
                method, url, content=body, headers=headers, timeout=self._wait, follow_redirects=False
            ) as response:
                found = b""
                for part in response.iter_bytes():
                    found += part
                    if len(found) > MOST_BYTES:
                        raise KansaError(
                            "witness.silent", f"`{url}` answers with more than {MOST_BYTES} bytes"
                        )
                return response.status_code, found
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise KansaError(
                "witness.silent", f"`{url}` does not answer: {str(error) or type(error).__name__}"
            ) from error
