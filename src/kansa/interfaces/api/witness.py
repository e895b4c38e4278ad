"""A witness over HTTP: `POST /add-checkpoint` (C2SP tlog-witness), and `GET /latest` for whoever compares."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kansa.application.witness_service import Answered, WitnessService

MOST_BYTES = 1 << 16
_TOO_LARGE = 413


def make_witness_app(service: WitnessService) -> Starlette:
    """Return the application that answers for a witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return Response(f"a request has at most {MOST_BYTES} bytes\n", _TOO_LARGE)
        return _response(await run_in_threadpool(service.add_checkpoint, body))

    async def latest(request: Request) -> Response:
        origin = request.query_params.get("origin", "")
        return _response(await run_in_threadpool(service.latest, origin))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/latest", latest, methods=["GET"]),
        ]
    )


def _response(answered: Answered) -> Response:
    return Response(answered.body, answered.status, media_type=answered.media_type)
