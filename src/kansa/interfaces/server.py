"""Compose the process that holds both logs and answers machines over HTTP, from a vault and what it is told to listen at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kansa.application.gate import GateSyncWorker, open_gate
from kansa.application.opening import SharedAppender, Vault, open_vault, submit
from kansa.application.witness_worker import WitnessWorker
from kansa.clock import SystemClock
from kansa.errors import KansaError
from kansa.interfaces.api.app import Parts, make_app
from kansa.interfaces.api.bypass import Intake
from kansa.interfaces.api.callers import CallerAuthenticator, CallerRegistry
from kansa.interfaces.api.intake import PushDesk
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.interfaces.api.serve import Address, listening, serve


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where the server listens, who may ask it, and under which packs it answers.

    `url` is the address that callers use; without `callers` only the vault's owner may ask, through the Unix socket.
    """

    host: str
    port: int
    url: str
    callers: Path | None = None
    packs: Sequence[Path] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None
    sources: Path | None = None


def run(
    vault: Vault, options: ServerOptions, bound: Callable[[int], None], failed: Callable[[KansaError], None]
) -> None:
    """Serve a vault until the process is told to end.

    Args:
        vault: The vault; its sequencer is held for as long as this runs.
        options: Where to listen and whom to answer.
        bound: Is told the port once requests are answered.
        failed: Is told what goes wrong in the background; serving goes on.

    Raises:
        BadInput: the file of callers cannot be used.
        KansaError: `vault.held`, if another process serves the vault.
    """
    book = CallerRegistry() if options.callers is None else _registry(options.callers)
    address = Address(
        options.host,
        options.port,
        vault.places.gate_socket,
        options.tls_cert,
        options.tls_key,
        options.client_ca,
    )
    with vault.appending() as way, open_gate(vault, tuple(options.packs)) as house:
        if not way.holds:
            raise KansaError(
                "vault.held", f"another process serves `{vault.places.root}`", help="end it first"
            )
        worker = GateSyncWorker(house, open_vault(vault.places.root), way, failed)
        metrics = Metrics()
        metrics.entries.set_function(lambda: house.entries)
        intake = Intake(
            submit=lambda draft: submit(draft, vault.connector_key),
            append=way.append,
            names=lambda: house.gate.basis.names,
            source=f"{vault.urn}:gate",
        )
        parts = Parts(
            RequestBatcher(house.gate),
            CallerAuthenticator(book, vault.clock),
            metrics,
            worker.unready,
            options.url,
            house.gate.log.confirm_clock,
            intake,
            _pushed(vault, options.sources, way),
        )
        server = listening(make_app(parts), address, bound)
        witnesses = _witnesses(vault, failed)
        worker.start()
        if witnesses is not None:
            witnesses.start()
        try:
            serve(server)
        finally:
            worker.close()
            if witnesses is not None:
                witnesses.close()
            if parts.push is not None:
                parts.push.close()


def _witnesses(vault: Vault, failed: Callable[[KansaError], None]) -> WitnessWorker | None:
    """Return what asks the vault's witnesses; None where it has none that can be reached."""
    own = open_vault(vault.places.root)
    if not own.witnesses.policy().urls:
        return None
    from kansa.application.witness_http import HttpTransport  # noqa: PLC0415 - only where there are witnesses

    return WitnessWorker(own, HttpTransport(), SystemClock(), failed)


def _pushed(vault: Vault, file: Path | None, way: SharedAppender) -> PushDesk | None:
    """Return who takes what is pushed, where there is a file of sources."""
    if file is None:
        return None
    from kansa.application.collect.push import PushIntake  # noqa: PLC0415 - pydantic, only where there is a file
    from kansa.application.collect.sources_file import read_sources  # noqa: PLC0415

    return PushDesk(PushIntake(vault.places.root, read_sources(file), file.parent, way))


def _registry(file: Path) -> CallerRegistry:
    from kansa.interfaces.api.callers_file import read_callers  # noqa: PLC0415 - pydantic, only where there is a file

    return read_callers(file)
