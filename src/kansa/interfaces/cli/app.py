"""The application: all commands, and how an error becomes a message and an exit code."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from kansa import __version__
from kansa.errors import KansaError
from kansa.interfaces.cli.common_options import IN_UTC, QUIET, taken_out
from kansa.interfaces.cli.examples import prepare_help
from kansa.interfaces.cli.interruption import interrupted, termination_as_interrupt
from kansa.interfaces.cli.language import as_asked, language_asked
from kansa.interfaces.cli.output import quietly, show_error
from kansa.interfaces.cli.parse_errors import as_bad_input
from kansa.lazy_imports import make_ready
from kansa.texts import language_of, reading_in
from kansa.texts.formats import times_shown_in

app = App(
    name="kansa",
    help="Evidence for export-control due diligence on AI accelerators. Evidence, not legal advice.",
    version=__version__,
    config=as_asked,
    help_format="plaintext",
)
# By name: a command imports what it needs when it is called, and `kansa verify` needs no database.
COMMANDS = {
    "init": ("vault:init", "Make a vault: its keys, its empty ledger, its trust policy."),
    "demo": ("demo:demo", "Play two weeks of a fictional operator: its files, a simulated vault, a report, a dossier, its verification."),
    "status": ("status:status", "Say in ten lines where the vault stands, and what to do next."),
    "ingest": ("intake:ingest", "Record what files say. Rows that cannot be read are quarantined with file, line, field and reason."),
    "collect": ("collect:collect", "Fetch, follow and pick up what the sources of a file hold since the last round, and record it."),
    "sources": ("sources:app", "How sources are: last heard, lag, quarantine, silence."),
    "reconcile": ("reconcile:reconcile", "Compare inventory with custody, accounting with telemetry, accounts with approvals, sessions with uses. Exit 1 if any differ."),
    "parties": ("subjects:parties", "List the parties: roles, headquarters, and until when verification and clearance hold."),
    "devices": ("subjects:devices", "List the devices: names, host, site, and since when a chain of custody puts each where."),
    "paths": ("subjects:paths", "List the access paths: method, for whom, through whom, approved until when, enabled or not."),
    "sites": ("subjects:sites", "List the sites: country, in service or not and since when, and the devices there."),
    "authorizations": ("subjects:authorizations", "List the authorizations: basis, for whom, until when, quantity with what was drawn and is left. Exit 1 if any is overdrawn."),
    "trace": ("trace:trace", "Trace a subject from procurement to access and back, with every missing link. Exit 1 if one is missing."),
    "who": ("trace:who", "Say who authorized which end user for a path at a time, on what, and whether the controls held while work moved. Exit 1 if not."),
    "records": ("vault:records", "List the records of the ledger: counts by kind, or with a filter the records themselves."),
    "ledger": ("ledger:app", "What was written, and that it is whole."),
    "witness": ("witness:app", "Have the log cosigned by others, and cosign theirs."),
    "erase": ("erase:erase", "Destroy the sealed values of a subject, in every store of the vault; entries and proofs stay. Final."),
    "retention": ("retention:app", "How long what is kept of each party must be kept, and what is past its period."),
    "hold": ("retention:hold_app", "Holds: what must be kept whatever a schedule says."),
    "backup": ("backup:backup", "Copy the vault while it is in use, verified; keys are left out."),
    "restore": ("backup:restore", "Make a vault of a backup, and audit it. Exit 1 if anything is not as it must be."),
    "doctor": ("backup:doctor", "Look at every store of the vault against its ledger. Exit 1 if anything is not as it must be."),
    "rebuild": ("vault:rebuild", "Derive the registers anew from the ledger."),
    "lists": ("lists:app", "Lists of denied and sanctioned parties, by edition."),
    "controls": ("controls:app", "What the operator must be able to show, who answers for it, and whether it is fresh."),
    "rules": ("rules:app", "What is required and what is suspicious under the law in force on a date."),
    "screen": ("screen:app", "Is a party on a list, in any script; every answer leaves its evidence."),
    "person": ("person:app", "Who signs here, and with which key."),
    "role": ("person:role_app", "Who may take which step of a decision."),
    "work": ("work:work", "List what waits for somebody, the most urgent first: cases, hits, flags, silent sources, deadlines, gaps. Exit 1 if anything is overdue."),
    "case": ("case:app", "Decisions of people on tenants and end users, along an approval route."),
    "flags": ("flags:app", "What the rules found on parties, transactions, paths and sites: a duty to inquire."),
    "coherence": ("coherence:app", "Is every instant of accelerator use evidenced: who, how, where, under what."),
    "dossier": ("dossier:app", "Evidence for a named reader, in one file that verifies offline."),
    "verify": ("verify:verify", "Judge a dossier offline. Exit 0 for `ok` and `ok_unwitnessed`."),
    "gate": ("gate:app", "Ask the gate as machines do, with the reasoning; ask again what it once decided."),
    "plan": ("plan:app", "Shifts of work that stay within evidence, planned before power forces them."),
    "standing": ("standing:app", "Where a tenant stands, stated to others; what followed permitted shifts."),
    "schema": ("schema:schema", "Print the JSON Schema (2020-12) of a file that people write, with what every field means in English and Japanese."),
    "serve": ("serve:serve", "Answer machines before they act, and hold the sequencer: other commands append through it."),
    "web": ("web:web", "Serve the pages for people, in Japanese and English; prints a link that signs in once."),
    "completion": ("completion:completion", "Write the script by which a shell completes this program's commands, options and allowed values."),
}  # fmt: skip
for name, (target, summary) in COMMANDS.items():
    app.command(f"kansa.interfaces.cli.{target}", name=name, help=summary)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. What it writes is for its user alone (0600, directories 0700)."""
    before = os.umask(0o077)
    try:
        with termination_as_interrupt():
            return _run(arguments)
    except KeyboardInterrupt as stopped:
        return interrupted(stopped)
    finally:
        os.umask(before)


def _run(arguments: Sequence[str] | None) -> int:
    given, quiet = taken_out(list(sys.argv[1:] if arguments is None else arguments), QUIET)
    given, utc = taken_out(given, IN_UTC)
    try:
        given, language = language_asked(given, os.environ)
    except KansaError as error:
        with reading_in(language_of(os.environ)):
            show_error(error, "--json" in given)
        return error.exit_code
    with reading_in(language), times_shown_in(utc=utc), quietly(quiet):
        return _call(given)


def _call(given: Sequence[str]) -> int:
    try:
        done = _execute(given)
    except KansaError as error:
        show_error(error, "--json" in given)
        return error.exit_code
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return done if isinstance(done, int) else 0


def _execute(given: Sequence[str]) -> object:
    """Parse a command line and call its command.

    Raises:
        BadInput: it is no command line of this program.
    """
    prepare_help(app, given)
    try:
        command, bound, _ = app.parse_args(given, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise as_bad_input(error, app, given) from error
    make_ready(command)
    return command(*bound.args, **bound.kwargs)
