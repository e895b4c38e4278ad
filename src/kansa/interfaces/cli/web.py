"""`kansa web`: the pages for people, and the link that signs in for the first time."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import tell
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words

with lazy_imports():
    from kansa.application.cases import CaseService
    from kansa.interfaces.web import run as pages

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HIGHEST_PORT = 65_535
_LINK = Words(
    "kansa: the pages of `{vault}`; sign in once within ten minutes at\n  {link}\nkansa: stop with Ctrl-C",
    "kansa: `{vault}` の画面です。10 分以内に 1 回、次のリンクでサインインできます。\n  {link}\nkansa: Ctrl-C で終了します",
)


def web(
    *,
    person: Annotated[str | None, Parameter(help="Who the printed link signs in, by id or name; default the bootstrap, or where nobody is enrolled the owner of the files, who reads.")] = None,
    host: Annotated[str, Parameter(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes any that is free.")] = 8080,
    tls_cert: Annotated[Path | None, Parameter(help="The server's certificate, with its chain (PEM).")] = None,
    tls_key: Annotated[Path | None, Parameter(help="Its private key (PEM).")] = None,
    public_url: Annotated[str | None, Parameter(help="The address that browsers use, where it is another one, such as a proxy's.")] = None,
    identity: Annotated[Path | None, Parameter(help="The file of the identity provider, see docs/web.md; `kansa schema identity` describes it.")] = None,
    at: At = At(),  # noqa: B008 - frozen
) -> int:  # fmt: skip
    """Serve the pages for people, in Japanese and English; prints a link that signs in once. Ends on Ctrl-C."""
    check_address(host, port, tls_cert)
    vault = at.open()
    office = CaseService(vault)
    who = (
        office.person(person).id
        if person is not None
        else next((p.id for p in office.people() if p.bootstrap), None)
    )
    options = pages.WebOptions(host, port, public_url, tls_cert, tls_key, identity=identity)
    pages.run(vault, options, who, lambda link: announce(link, vault.places.root))
    return 0


def check_address(host: str, port: int, tls_cert: Path | None) -> None:
    """Refuse an address that can be reached from elsewhere without a certificate, and a port that is none."""
    if tls_cert is None and host not in _LOOPBACK:
        raise BadInput(
            "serve.plain",
            f"`{host}` can be reached from elsewhere, and there is no certificate",
            help="give --tls-cert and --tls-key, or listen at 127.0.0.1 behind a proxy",
        )
    if not 0 <= port <= _HIGHEST_PORT:
        raise BadInput(
            "serve.port", f"`{port}` is no port", help="give 1 to 65535, or 0 for any that is free"
        )


def announce(link: str, root: Path) -> None:
    """Say where to sign in."""
    for line in _LINK.lines(vault=root, link=link):
        tell(line)
