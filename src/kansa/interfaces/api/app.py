"""All routes of the server. Each part of it gives its own list: intake of records and pages join the same way."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kansa.interfaces.api.authzen import EvaluationEndpoint, EvaluationsEndpoint
from kansa.interfaces.api.bypass import BypassEndpoint, Intake
from kansa.interfaces.api.callers import CallerAuthenticator
from kansa.interfaces.api.intake import LogsEndpoint, PushDesk, PushEndpoint
from kansa.interfaces.api.metrics import CONTENT_TYPE, Metrics
from kansa.interfaces.api.openapi import document
from kansa.interfaces.api.request_batcher import RequestBatcher

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
BYPASSED = "/gate/v1/bypassed"
EVENTS = "/intake/v1/{source}/events"
LOGS = "/intake/v1/{source}/v1/logs"
METADATA = "/.well-known/authzen-configuration"
CONFIRM_CLOCK = "/local/clock/confirm"
JSON = "application/json"

Unready = Callable[[], tuple[str, ...]]
"""Why the server should not be asked now; empty when it may."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are made of. `base` is the address under which callers reach the server, without a slash.

    Without an `intake` nothing but questions is taken.
    """

    desk: RequestBatcher
    reception: CallerAuthenticator
    metrics: Metrics
    unready: Unready
    base: str
    confirm_clock: Callable[[], None] = lambda: None
    intake: Intake | None = None
    push: PushDesk | None = None


def make_app(parts: Parts) -> Starlette:
    """Return the ASGI application."""
    return Starlette(routes=[*_gate(parts), *_operation(parts)])


def metadata(base: str) -> dict[str, str]:
    """Return what AuthZEN's discovery says of a gate at this address. There is no search: the gate answers, it does not list."""
    return {
        "policy_decision_point": base,
        "access_evaluation_endpoint": base + EVALUATION,
        "access_evaluations_endpoint": base + EVALUATIONS,
    }


def _gate(parts: Parts) -> list[BaseRoute]:
    common = parts.desk, parts.reception, parts.metrics
    routes: list[BaseRoute] = [
        Route(EVALUATION, EvaluationEndpoint(*common), methods=["POST"]),
        Route(EVALUATIONS, EvaluationsEndpoint(*common), methods=["POST"]),
    ]
    if parts.intake is not None:
        routes.append(Route(BYPASSED, BypassEndpoint(*common, parts.intake), methods=["POST"]))
    if parts.push is not None:
        routes += [
            Route(EVENTS, PushEndpoint(*common, parts.push), methods=["POST"]),
            Route(LOGS, LogsEndpoint(*common, parts.push), methods=["POST"]),
        ]
    if parts.base.startswith("https://"):  # an identifier of the gate has to (clause "Endpoint Parameters")
        routes.append(_fixed(METADATA, msgspec.json.encode(metadata(parts.base)), cached="max-age=300"))
    return routes


def _operation(parts: Parts) -> list[BaseRoute]:
    async def readyz(_: Request) -> Response:
        reasons = parts.unready()
        body = msgspec.json.encode({"ready": not reasons, "reasons": reasons})
        return Response(body, 503 if reasons else 200, media_type=JSON)

    async def confirm(request: Request) -> Response:
        """For the vault's owner alone, through the Unix socket: the clock is right where it jumped."""
        if not request.scope.get("state", {}).get("local"):
            return Response(b'"only through the socket of the vault"', 403, media_type=JSON)
        await run_in_threadpool(parts.confirm_clock)
        return Response(b"{}", media_type=JSON)

    async def metrics(_: Request) -> Response:
        return Response(parts.metrics.page(), media_type=CONTENT_TYPE)

    return [
        Route(CONFIRM_CLOCK, confirm, methods=["POST"]),
        _fixed("/healthz", b'{"status":"ok"}'),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        _fixed("/openapi.json", msgspec.json.format(msgspec.json.encode(document()))),
    ]


def _fixed(path: str, body: bytes, cached: str = "no-store") -> Route:
    async def answer(_: Request) -> Response:
        return Response(body, media_type=JSON, headers={"cache-control": cached})

    return Route(path, answer)
