"""`kansa serve`: the one process that holds both logs and answers over HTTP."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.errors import BadInput, KansaError
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import tell
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line

with lazy_imports():
    from kansa.application.gate import GateSyncWorker, open_gate
    from kansa.interfaces.api.app import Parts, make_app
    from kansa.interfaces.api.bypass import Intake
    from kansa.interfaces.api.callers import CallerAuthenticator, CallerRegistry
    from kansa.interfaces.api.metrics import Metrics
    from kansa.interfaces.api.request_batcher import RequestBatcher
    from kansa.interfaces.api.serve import Address, listening
    from kansa.interfaces.api.serve import serve as serve_http
    from kansa.records.draft import submit
    from kansa.vault.vault import Vault

_HIGHEST_PORT = 65_535
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _registry(file: Path) -> CallerRegistry:
    from kansa.interfaces.api.callers_file import read_callers  # noqa: PLC0415 - pydantic, only where there is a file

    return read_callers(file)


def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes any that is free.")] = 8443,
    tls_cert: Annotated[Path | None, Parameter(help="The server's certificate, with its chain (PEM).")] = None,
    tls_key: Annotated[Path | None, Parameter(help="Its private key (PEM).")] = None,
    client_ca: Annotated[Path | None, Parameter(help="The CA that vouches for callers' certificates.")] = None,
    callers: Annotated[Path | None, Parameter(help="Who may ask, see docs/gate.md; without it, the vault's owner alone, through the Unix socket.")] = None,
    public_url: Annotated[str | None, Parameter(help="The address that callers use, where it is another one, such as a proxy's.")] = None,
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
    book = CallerRegistry() if callers is None else _registry(callers)
    vault = at.open()
    address = Address(host, port, vault.places.gate_socket, tls_cert, tls_key, client_ca)
    scheme = "http" if tls_cert is None else "https"
    with vault.appending() as way, open_gate(vault, packs) as house:
        if not way.holds:
            raise KansaError(
                "vault.held", f"another process serves `{vault.places.root}`", help="end it first"
            )
        rounds = GateSyncWorker(house, Vault(vault.places.root), way, _tell)
        metrics = Metrics()
        metrics.entries.set_function(lambda: house.entries)
        reception = CallerAuthenticator(book, vault.clock)
        base = (public_url or f"{scheme}://{host}:{port}").rstrip("/")
        confirm = house.gate.log.confirm_clock
        intake = Intake(
            submit=lambda draft: submit(draft, vault.connector_key),
            append=way.append,
            names=lambda: house.gate.basis.names,
            source=f"{vault.settings.urn}:gate",
        )
        parts = Parts(RequestBatcher(house.gate), reception, metrics, rounds.unready, base, confirm, intake)

        def announce(bound: int) -> None:
            where = f"`{vault.places.root}` at {scheme}://{host}:{bound}"
            tell(f"kansa: holding the sequencer, answering for {where}; stop with Ctrl-C")

        server = listening(make_app(parts), address, announce)
        rounds.start()
        try:
            serve_http(server)
        finally:
            rounds.close()
    return 0


def _tell(error: KansaError) -> None:
    tell(f"kansa: {in_line(error)}")
