"""`kansa serve`: the one process that holds both logs and answers over HTTP."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.errors import BadInput, KansaError
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import tell
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words

with lazy_imports():
    from kansa.interfaces import server

_HIGHEST_PORT = 65_535
_ANSWERING = Words(
    "holding the sequencer, answering for `{vault}` at {address}; stop with Ctrl-C",
    "台帳への記録の順序を管理し、`{vault}` について {address} で答えています。Ctrl-C で終了します。",
)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes any that is free.")] = 8443,
    tls_cert: Annotated[Path | None, Parameter(help="The server's certificate, with its chain (PEM).")] = None,
    tls_key: Annotated[Path | None, Parameter(help="Its private key (PEM).")] = None,
    client_ca: Annotated[Path | None, Parameter(help="The CA that vouches for callers' certificates.")] = None,
    callers: Annotated[Path | None, Parameter(help="Who may ask, see docs/gate.md; without it, the vault's owner alone, through the Unix socket.")] = None,
    public_url: Annotated[str | None, Parameter(help="The address that callers use, where it is another one, such as a proxy's.")] = None,
    sources: Annotated[Path | None, Parameter(help="The file of sources; those with `push` may then be sent here.")] = None,
    packs: Annotated[tuple[Path, ...], Parameter(help="Folders with packs of your own.")] = (),
    at: At = At(),  # noqa: B008 - frozen
) -> int:  # fmt: skip
    """Answer machines before they act, and hold the sequencer: other commands append through it. Ends on Ctrl-C."""
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
    vault = at.open()
    scheme = "http" if tls_cert is None else "https"
    options = server.ServerOptions(
        host,
        port,
        (public_url or f"{scheme}://{host}:{port}").rstrip("/"),
        callers,
        packs,
        tls_cert,
        tls_key,
        client_ca,
        sources,
    )

    def announce(bound: int) -> None:
        address = f"{scheme}://{host}:{bound}"
        tell(f"kansa: {_ANSWERING.say(vault=vault.places.root, address=address)}")

    server.run(vault, options, announce, _tell)
    return 0


def _tell(error: KansaError) -> None:
    tell(f"kansa: {in_line(error)}")
