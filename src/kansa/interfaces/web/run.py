"""Serve the pages of a vault until told to end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from kansa.application.opening import Vault
from kansa.application.overview.overview import Overviews
from kansa.interfaces.api.serve import Address, listening, serve
from kansa.interfaces.web.app import make_app
from kansa.interfaces.web.oidc import SignInThroughProvider
from kansa.interfaces.web.site import Site


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Where the pages are served and how browsers reach them; `keys` are the files of people's keys, to name in commands."""

    host: str
    port: int
    url: str | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    keys: Mapping[str, Path] = field(default_factory=dict)
    identity: Path | None = None


def run(vault: Vault, options: WebOptions, person: str | None, announce: Callable[[str], None]) -> None:
    """Serve the pages; `announce` is told the one-time link of a person (None: the owner of the files, who reads).

    Raises:
        BadInput: `serve.tls`.
    """
    sock = (
        uvicorn.Config("", host=options.host, port=options.port).bind_socket() if options.port == 0 else None
    )
    port = sock.getsockname()[1] if sock is not None else options.port
    if sock is not None:
        sock.close()
    scheme = "http" if options.tls_cert is None else "https"
    origin = (options.url or f"{scheme}://{_name(options.host)}:{port}").rstrip("/")
    overviews = Overviews(vault.places.root)
    provider = None if options.identity is None else _provider(options.identity, origin)
    settings = vault.settings
    site = Site(
        vault.places.root, origin, settings.operator, settings.zone, overviews, options.keys, provider
    )
    address = Address(options.host, port, None, options.tls_cert, options.tls_key)

    def bound(_: int) -> None:
        announce(f"{origin}/signin/link/{site.sessions.link(person)}")

    overviews.prepare()
    overviews.start()
    try:
        serve(listening(make_app(site), address, bound))
    finally:
        overviews.close()


def _provider(file: Path, origin: str) -> SignInThroughProvider:
    from kansa.interfaces.web.identity_file import read_identity  # noqa: PLC0415 - pydantic, only where there is a file

    return SignInThroughProvider(read_identity(file), f"{origin}/signin/callback")


def _name(host: str) -> str:
    """Return the name by which a browser reaches this machine: passkeys are made for names, not for addresses."""
    return "localhost" if host in {"127.0.0.1", "::1", "localhost"} else host
