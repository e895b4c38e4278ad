"""The application of the pages: routes, and how a page becomes an answer."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextvars import copy_context

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.interfaces.web.ask import Ask, Page, SignInFirst, next_to
from kansa.interfaces.web.pages import cases, devices, entries, lists, me, parties, signin, signing, today
from kansa.interfaces.web.rendering import STATIC
from kansa.interfaces.web.security import SAFE, Guard
from kansa.interfaces.web.site import Site
from kansa.texts import reading_in

_MOST_FIELDS = 2_000
_LOG = logging.getLogger("kansa.web")


def make_app(site: Site) -> Starlette:
    """Return the application on a site."""

    def get(address: str, page: Page) -> Route:
        return Route(address, _endpoint(site, page), methods=["GET"])

    def post(address: str, page: Page) -> Route:
        return Route(address, _endpoint(site, page), methods=["POST"])

    routes = [
        get("/", today.today),
        get("/signin", signin.door),
        get("/signin/link/{token}", signin.link),
        post("/signin/link/{token}", signin.use_link),
        post("/signin/passkey", signin.passkey),
        post("/signin/provider", signin.provider),
        get("/signin/callback", signin.callback),
        post("/signout", signin.leave),
        post("/looks", me.looks),
        get("/me", me.me),
        get("/me/passkey", me.passkey),
        post("/me/passkey", me.new_passkey),
        get("/help/keys", me.keys),
        get("/cases", cases.cases),
        get("/cases/new", cases.new),
        post("/cases/new", cases.open_case),
        get("/cases/{id}", cases.case),
        post("/cases/{id}/acts", cases.act),
        get("/acts/{act}", signing.act),
        post("/acts/{act}", signing.submit),
        get("/acts/{act}/recorded", signing.recorded),
        get("/tenants", parties.tenants),
        get("/end-users", parties.end_users),
        get("/parties", parties.everybody),
        get("/tenants/{id}", parties.party),
        get("/end-users/{id}", parties.party),
        get("/parties/{id}", parties.party),
        get("/devices", devices.devices),
        get("/devices/{id}", devices.device),
        get("/ledger/entries/{index:int}", entries.entry),
        post("/ledger/entries/{index:int}", entries.reveal),
        *lists.routes(get, post),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(
                Guard, origin=site.origin, form_targets=site.provider.provider.origin if site.provider else ""
            )
        ],
        exception_handlers={404: _endpoint(site, _missing), 405: _endpoint(site, _missing)},
    )


def _endpoint(site: Site, page: Page) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, _: Exception | None = None) -> Response:
        form = None
        if request.method not in SAFE:
            form = await request.form(max_fields=_MOST_FIELDS)
        return await run_in_threadpool(copy_context().run, _answered, page, Ask(request, site, form))

    return endpoint


def _answered(page: Page, ask: Ask) -> Response:
    with reading_in(ask.language):
        try:
            return page(ask)
        except SignInFirst:
            return ask.go(next_to(ask.here if ask.request.method in SAFE else "/"))
        except KansaError as error:
            return _failed(ask, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours: whoever asked is told so, and where it is reported
            return _broken(ask, error)


def _failed(ask: Ask, error: KansaError) -> Response:
    status = 503 if isinstance(error, BrokenVault) else 404 if _is_unknown(error) else 400
    number = secrets.token_hex(4)
    try:
        template = "error.html" if ask.session is not None else "error_bare.html"
        show = ask.page if ask.session is not None else ask.bare
        return show(template, status=status, error=error, number=number)
    except KansaError:  # the vault cannot be read at all
        return ask.bare("error_bare.html", status=503, error=error, number=number)


def _broken(ask: Ask, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _LOG.error("fault %s at %s", number, ask.request.url.path, exc_info=error)
    told = KansaError(
        "web.fault", "the program has a fault here", help="tell whoever looks after it the reference"
    )
    return ask.bare("error_bare.html", status=500, error=told, number=number)


def _is_unknown(error: KansaError) -> bool:
    return isinstance(error, BadInput) and (error.code.endswith(".unknown") or error.code == "ledger.index")


def _missing(ask: Ask) -> Response:
    if ask.session is None:
        return ask.bare("error_bare.html", status=404, error=_NOWHERE, number="")
    return ask.page("error.html", status=404, error=_NOWHERE, number="")


_NOWHERE = KansaError("web.nowhere", "there is no such page", help="use the menu, or search")

__all__ = ["FormData", "make_app"]
