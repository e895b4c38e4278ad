"""The server that Kubernetes calls: `POST /validate`, and `GET /healthz`."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kansa.clients.kubernetes.admission import NotAReview, questions_for, read_review, response
from kansa.clients.kubernetes.asking import gate_of, strictest
from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clients.python import Answer, Gate, Question

MOST_BYTES = 4 * 1024 * 1024
"""Kubernetes itself takes no larger object (etcd's limit is 1.5 MiB, the API server's 3 MiB)."""


def webhook(settings: ClusterSettings) -> Starlette:
    """Return the application, for one cluster."""
    idle: list[Gate] = []  # one connection for each review that is being asked for at once

    def ask(asked: Sequence[Question]) -> Answer:
        gate = idle.pop() if idle else gate_of(settings)
        try:
            return strictest(gate.ask_each(asked))
        finally:
            idle.append(gate)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for gate in idle:
            gate.close()

    async def validate(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse(f"more than {MOST_BYTES} bytes", 413)
        try:
            review = read_review(json.loads(body))
            asked = questions_for(review, settings)
        except (NotAReview, ValueError, AttributeError, TypeError) as error:
            return PlainTextResponse(f"the review cannot be read: {error}", 400)
        answer = await run_in_threadpool(ask, asked) if asked else None
        return JSONResponse(response(review, answer))

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    routes = [Route("/validate", validate, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
    return Starlette(routes=routes, lifespan=lifespan)


async def _body(request: Request) -> bytes | None:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MOST_BYTES:
            return None
    return bytes(received)
