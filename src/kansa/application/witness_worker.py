"""What the serving process does beside answering: have the witnesses cosign the log every ten minutes, and at its end."""

import threading
from collections.abc import Callable

from kansa.application.witnessing import Transport, ask
from kansa.clock import Clock
from kansa.errors import KansaError
from kansa.vault.vault import Vault

INTERVAL_SECONDS = 600.0


class WitnessWorker:
    """Asks from a thread of its own; nothing waits for it but the end of the process, for as long as a witness may take.

    `report` hears once when something fails, and when a witness shows evidence against the log.
    """

    def __init__(
        self,
        vault: Vault,
        transport: Transport,
        wall: Clock,
        report: Callable[[KansaError], None],
        every: float = INTERVAL_SECONDS,
    ) -> None:
        self._vault = vault
        self._transport = transport
        self._wall = wall
        self._report = report
        self._every = every
        self._ending = threading.Event()
        self._failed: str | None = None
        self._evidence = len(vault.witnesses.evidence())
        self._thread = threading.Thread(target=self._run, name="kansa-witnesses", daemon=True)

    def start(self) -> None:
        """Begin: the first time at once."""
        self._thread.start()

    def close(self) -> None:
        """End; the log as it then stands is asked for a last time."""
        self._ending.set()
        self._thread.join()
        self._attempt()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._attempt()
            self._ending.wait(self._every)

    def _attempt(self) -> None:
        try:
            self._ask()
        except KansaError as error:
            if self._failed != error.message:
                self._report(error)
            self._failed = error.message
        else:
            self._failed = None

    def _ask(self) -> None:
        found = ask(self._vault, self._transport, self._wall.now())
        if len(found.evidence) > self._evidence:
            self._evidence = len(found.evidence)
            raise KansaError(
                "witness.conflict",
                f"a witness cosigned another history of this log: both signed checkpoints are in `{found.evidence[-1]}`",
                help="stop writing, and find out which of the two is the log: `kansa witness status`",
            )
