"""A server in a process of its own, over a gate of the tests: `python process.py FOLDER PORT`.

It says `open` once it listens and `closed` when it has ended in order.
"""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from gate.houses import CLEAR, House, Standing, basis
from kansa.clock import SystemClock
from kansa.interfaces.api.app import Parts, make_app
from kansa.interfaces.api.callers import CallerAuthenticator
from kansa.interfaces.api.callers_file import read_callers
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.interfaces.api.serve import Address, Listening, listening, serve


def main() -> None:
    """Serve until SIGTERM."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    house = House(folder)
    clock = SystemClock()
    with house.gate(basis(Standing(CLEAR, {"tenant.screening_age_s": clock.now()}))) as gate:
        parts = Parts(
            RequestBatcher(gate),
            CallerAuthenticator(read_callers(folder / "callers.yaml"), clock),
            Metrics(),
            lambda: (),
            "http://127.0.0.1",
        )
        server = listening(make_app(parts), Address("127.0.0.1", port))
        threading.Thread(target=_announce, args=(server,), daemon=True).start()
        serve(server)
    print("closed", flush=True)  # noqa: T201 - told to the test


def _announce(server: Listening) -> None:
    while not server.started:
        time.sleep(0.01)
    print("open", flush=True)  # noqa: T201 - told to the test


if __name__ == "__main__":
    main()
