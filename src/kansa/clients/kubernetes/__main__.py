"""`python -m kansa.clients.kubernetes admission|kueue --settings FILE`: the processes that ask for Kubernetes and for Kueue."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import uvicorn
from cyclopts import App, Parameter

from kansa import terminal
from kansa.clients.kubernetes.controller import Api, Controller
from kansa.clients.kubernetes.settings import read_settings
from kansa.clients.kubernetes.webhook import webhook
from kansa.clock import SystemClock
from kansa.errors import BadInput

app = App(
    name="kansa.clients.kubernetes",
    help="Ask Kansa's gate for Kubernetes: at admission, and as Kueue's admission check.",
)

Settings = Annotated[
    Path, Parameter(help="Settings file (YAML): integrations/kubernetes/enforcement-point.yaml shows one.")
]


@app.command
def admission(
    settings: Settings, *, tls_cert: Path, tls_key: Path, host: str = "::", port: int = 8443
) -> None:
    """Serve the ValidatingAdmissionWebhook; Kubernetes speaks TLS only."""
    uvicorn.run(
        webhook(read_settings(settings)),
        host=host,
        port=port,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        log_level="warning",
    )


@app.command
def kueue(settings: Settings, *, api: str | None = None) -> None:
    """Answer the admission checks whose controller is `kansa/gate`; inside the cluster, with its own service account."""
    controller = Controller(read_settings(settings), Api(api) if api else Api(), SystemClock())
    signal.signal(signal.SIGTERM, lambda *_: controller.stop())
    controller.run()


if __name__ == "__main__":
    try:
        app()
    except BadInput as error:
        for line in (error, *error.problems):
            terminal.write(terminal.in_line(line), sys.stderr)
        sys.exit(error.exit_code)
