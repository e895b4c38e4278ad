"""What every answer and every request obeys: headers, same origin, sizes, rates. Pure ASGI, so that nothing goes past it."""

import time
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 1 << 20
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    }
)
_STRICT_TRANSPORT = "max-age=31536000"


class Guard:
    """Adds the headers, refuses what comes from another origin or too often, and bounds what may be sent.

    Every method that may change something must come from the page's own origin: `Sec-Fetch-Site` says so, and where a
    client sends none, `Origin` must be ours. Forms also bear the token of their session (`Ask.form`).
    """

    def __init__(self, app: ASGIApp, origin: str, form_targets: str = "") -> None:
        self._app = app
        self._origin = origin
        self._headers = dict(HEADERS)
        if form_targets:
            self._headers["content-security-policy"] = _POLICY.replace(
                "form-action 'self'", f"form-action 'self' {form_targets}"
            )
        if origin.startswith("https:"):
            self._headers["strict-transport-security"] = _STRICT_TRANSPORT
        self._buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        refused = self._refusal(scope)
        if refused is not None:
            status, text = refused
            await PlainTextResponse(text, status)(scope, receive, self._adorned(scope, send))
            return
        await self._app(scope, _bounded(receive), self._adorned(scope, send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and not self._is_own(headers):
            return 403, "403: this request did not come from our own pages / 自画面からの要求ではありません\n"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY_BYTES:
            return 413, "413: at most 1 MiB / 1 MiB までです\n"
        if not all(self._buckets.take(kind, whose) for kind, whose in _counted(scope, headers)):
            return 429, "429: too many requests, wait a moment / 要求が多すぎます。少し待ってください\n"
        return None

    def _is_own(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return headers.get("origin") == self._origin

    def _adorned(self, scope: Scope, send: Send) -> Send:
        static = scope["path"].startswith("/static/")

        async def adorned(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers["cache-control"] = "public, max-age=3600" if static else "no-store"
            await send(message)

        return adorned


_RATES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"sign-in": (5 / 60, 12.0), "page": (20.0, 120.0), "address": (400.0, 1200.0)}
)
"""By kind of request: how many a second, and how many at once."""


class Buckets:
    """Token buckets by kind and by whose requests they are."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, whose: str, now: float | None = None) -> bool:
        """Tell whether one more request is in order now, and count it."""
        rate, most = _RATES[kind]
        at = time.monotonic() if now is None else now
        left, since = self._held.pop((kind, whose), (most, at))
        left = min(most, left + (at - since) * rate)
        good = left >= 1
        self._held[kind, whose] = (left - 1 if good else left), at
        if len(self._held) > 20_000:
            self._held.popitem(last=False)
        return good


def _counted(scope: Scope, headers: Headers) -> list[tuple[str, str]]:
    """Return what a request counts as: of its address always, of its session's cookie, and as an attempt to sign in."""
    client = scope.get("client")
    address = client[0] if client else ""
    found = [("address", address)]
    if scope["path"].startswith("/signin") and scope["method"] not in SAFE:
        found.append(("sign-in", address))
    elif not scope["path"].startswith("/static/"):
        found.append(("page", headers.get("cookie", "")[:200] or address))
    return found


def _bounded(receive: Receive) -> Receive:
    """Stop reading a body that is longer than it may be, whatever its head says."""
    read = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BODY_BYTES:
            return {"type": "http.disconnect"}
        return message

    return bounded
