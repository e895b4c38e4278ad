"""The application: all commands, and how an error becomes a message and an exit code."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from kansa import __version__
from kansa.errors import KansaError
from kansa.surfaces.cli import coherence, demo, dossier, intake, ledger, vault
from kansa.surfaces.cli.output import show_error

app = App(
    name="kansa",
    help="Evidence for export-control due diligence on AI accelerators. Evidence, not legal advice.",
    version=__version__,
)
app.command(vault.init)
app.command(demo.demo)
app.command(intake.ingest)
app.command(vault.records)
app.command(ledger.app)
app.command(vault.rebuild)
app.command(coherence.app)
app.command(dossier.app)
app.command(dossier.verify)
app.command(vault.serve)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        done = app(given, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return 2
    except KansaError as error:
        show_error(error, "--json" in given)
        return error.exit_code
    return done if isinstance(done, int) else 0
