"""Help in the reader's language, with an example of every command at its end; each parses (a test says so)."""

# ruff: noqa: ISC004 - command lines that are too long for a line

from collections.abc import Mapping, Sequence

from cyclopts import App

from kansa.interfaces.cli.common_options import EVERYWHERE
from kansa.interfaces.cli.language import LANGUAGE_ASKED
from kansa.texts import Words, reader_language

_HELP = ("--help", "-h")
_HEAD = Words("Examples:", "例:")
_WIDTH = 76
"""Of a line in a terminal of 80 columns, after its margin."""

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("kansa demo", "kansa ingest slurm sacct.txt", "kansa coherence --from 2026-01-01 --to 2026-02-01"),
    "init": (
        "kansa init --origin site.example/kansa/evidence --name 'Example Compute' --name-ja 例示計算",
        "kansa init --origin site.example/kansa/evidence --name 'Example Compute' --template evidence",
        "kansa init --origin site.example/kansa/evidence --name 'Example Compute' --vault /srv/kansa",
    ),
    "status": ("kansa status", "kansa status --check --json"),
    "parties": ("kansa parties", "kansa parties aoba", "kansa parties --role end_user --json"),
    "devices": ("kansa devices --site ishikari", "kansa devices --without-custody"),
    "paths": ("kansa paths", "kansa paths --tenant aoba"),
    "sites": ("kansa sites",),
    "web": ("kansa web", "kansa web --person 'Ken Ito' --port 8088"),
    "demo": ("kansa demo", "kansa demo --serve", "kansa demo --into /tmp/demo --fresh --language ja"),
    "work": ("kansa work", "kansa work --role approver --due-within P7D", "kansa work --kind flag --json"),
    "authorizations": ("kansa authorizations", "kansa authorizations --overdrawn --json"),
    "trace": (
        "kansa trace device HK-INZ-N01-0A --picture device.svg",
        "kansa trace tenant aoba --as-of 2026-01-08",
        "kansa trace contract HK-2025-003 --known-at 2026-01-10 --json",
    ),
    "who": ("kansa who --path aoba --at 2026-01-08T03:00+09:00",),
    "plan": (
        "kansa plan shift --signal caps.csv --window 2026-01-14T09:00+09:00/2026-01-14T21:00+09:00 --settings planning.yaml",
    ),
    "plan shift": (
        "kansa plan shift --signal caps.csv --window 2026-01-14T09:00+09:00/2026-01-14T21:00+09:00 --settings planning.yaml -o plan.json",
    ),
    "plan check": (
        "kansa plan check plan.json --signal caps.csv --window 2026-01-14T09:00+09:00/2026-01-14T21:00+09:00 --settings planning.yaml",
    ),
    "ingest": (
        "kansa ingest slurm sacct-2026-01-14.txt",
        "kansa ingest table parties.csv --map parties.yaml --dry-run",
        "kansa ingest evidence --dry-run",
    ),
    "collect": (
        "kansa collect --sources sources.yaml",
        "kansa collect --only openssh-tokyo",
        "kansa collect --watch",
    ),
    "sources": ("kansa sources", "kansa sources --json"),
    "sources connectors": ("kansa sources connectors",),
    "sources quarantine": ("kansa sources quarantine list",),
    "sources quarantine list": (
        "kansa sources quarantine list",
        "kansa sources quarantine list --source openssh-tokyo --all",
    ),
    "sources quarantine show": ("kansa sources quarantine show 3f9a01c2",),
    "reconcile": ("kansa reconcile", "kansa reconcile --from 2026-01-01 --to 2026-02-01 --json"),
    "records": ("kansa records", "kansa records --type kansa.party.registered.v0 --reveal"),
    "ledger": ("kansa ledger status", "kansa ledger audit --json"),
    "ledger status": ("kansa ledger status",),
    "ledger trust": ("kansa ledger trust > trust.policy",),
    "ledger audit": ("kansa ledger audit", "kansa ledger audit --json"),
    "ledger publish": ("kansa ledger publish",),
    "ledger confirm-clock": ("kansa ledger confirm-clock",),
    "ledger index": ("kansa ledger index",),
    "ledger timestamp": (
        "kansa ledger timestamp --authority https://tsa.example/ --roots tsa.pem",
        "kansa ledger timestamp",
        "kansa ledger timestamp --request checkpoint.tsq",
    ),
    "ledger prove": ("kansa ledger prove 226 -o entry-226.proof",),
    "ledger export": ("kansa ledger export exported/",),
    "erase": (
        "kansa erase 'Example Trading' --reasons 'request of 2026-03-02'",
        "kansa erase pty_0123456789abcdefghjkmnpqrs --reasons 'request of 2026-03-02'",
    ),
    "witness": ("kansa witness status", "kansa witness ask", "kansa witness serve --port 8444"),
    "witness init": ("kansa witness init auditor.example/w1 --witness /srv/witness",),
    "witness follow": ("kansa witness follow trust.policy",),
    "witness serve": (
        "kansa witness serve --port 8444",
        "kansa witness serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
    ),
    "witness sign": ("kansa witness sign request.txt -o answer.txt",),
    "witness index": ("kansa witness index exported/ -o index.txt",),
    "witness evidence": ("kansa witness evidence", "kansa witness evidence --json"),
    "witness policy": ("kansa witness policy witnesses.policy",),
    "witness ask": ("kansa witness ask",),
    "witness status": ("kansa witness status", "kansa witness status --json"),
    "witness request": ("kansa witness request auditor -o request.txt",),
    "witness accept": ("kansa witness accept answer.txt",),
    "witness seal": ("kansa witness seal dossier.zip -o dossier-cosigned.zip",),
    "retention": ("kansa retention status", "kansa retention apply --reasons 'yearly review' --dry-run"),
    "retention status": ("kansa retention status", "kansa retention status --json"),
    "retention apply": (
        "kansa retention apply --reasons 'yearly review' --dry-run",
        "kansa retention apply --reasons 'yearly review'",
    ),
    "hold": (
        "kansa hold list",
        "kansa hold place aoba --matter 'inquiry 12' --reasons 'letter of 2026-02-01'",
    ),
    "hold place": ("kansa hold place aoba --matter 'inquiry 12' --reasons 'letter of 2026-02-01'",),
    "hold lift": ("kansa hold lift 226 --reasons 'inquiry 12 is closed'",),
    "hold list": ("kansa hold list",),
    "backup": ("kansa backup /mnt/backups/kansa",),
    "restore": ("kansa restore /mnt/backups/kansa --keys /mnt/safe/keys --vault /srv/kansa",),
    "doctor": ("kansa doctor", "kansa doctor --mend"),
    "rebuild": ("kansa rebuild",),
    "lists": ("kansa lists add csl consolidated.json", "kansa lists status"),
    "lists add": ("kansa lists add csl consolidated.json", "kansa lists formats"),
    "lists status": ("kansa lists status",),
    "lists formats": ("kansa lists formats",),
    "controls": ("kansa controls", "kansa controls --over 2026-01-01/2026-02-01 --picture readiness.svg"),
    "controls oscal": ("kansa controls oscal oscal/",),
    "rules": ("kansa rules list", "kansa rules show kansa.us.diversion-2025-05-13"),
    "rules impact": ("kansa rules impact --pack packs/draft",),
    "rules adopt": ("kansa rules adopt --approver per_0123456789abcdefghjkmnpqrs",),
    "rules reading": (
        "kansa rules reading us.affiliates.half-owned apply --reasons 'counsel, 2026-02-01' "
        "--approver per_0123456789abcdefghjkmnpqrs --until 2027-02-01",
    ),
    "rules suspend": (
        "kansa rules suspend us.affiliates.half-owned --from 2025-11-10 --source '90 FR 50857' "
        "--approver per_0123456789abcdefghjkmnpqrs",
    ),
    "rules reinstate": (
        "kansa rules reinstate us.affiliates.half-owned --from 2026-11-10 --source '90 FR 50857' "
        "--approver per_0123456789abcdefghjkmnpqrs",
    ),
    "rules list": ("kansa rules list", "kansa rules list --json"),
    "rules show": ("kansa rules show us.affiliates.half-owned",),
    "rules test": ("kansa rules test", "kansa rules test --packs packs/own"),
    "rules export": ("kansa rules export --cedar",),
    "screen": ("kansa screen '株式会社例示'", "kansa screen 'Example Trading' --also 示例贸易 --country CN"),
    "screen batch": ("kansa screen batch parties.jsonl -o answers.jsonl",),
    "screen parties": ("kansa screen parties",),
    "screen dispose": (
        "kansa screen dispose 412 NK-4711 false_match --reason different_name --reviewer 'A. Sato' --expires 2027-01-01",
    ),
    "screen replay": ("kansa screen replay 412",),
    "person": ("kansa person key me.pem", "kansa person list"),
    "person key": ("kansa person key me.pem",),
    "person enroll": ("kansa person enroll --name 'A. Sato' --public-key sato.pub --key me.pem",),
    "person list": ("kansa person list",),
    "person rotate": (
        "kansa person rotate per_0123456789abcdefghjkmnpqrs --public-key sato-2027.pub --key sato.pem",
    ),
    "person revoke": (
        "kansa person revoke per_0123456789abcdefghjkmnpqrs --reasons 'left the company' --key me.pem",
    ),
    "role": ("kansa role grant per_0123456789abcdefghjkmnpqrs reviewer --key me.pem",),
    "role grant": ("kansa role grant per_0123456789abcdefghjkmnpqrs reviewer --key me.pem",),
    "role revoke": (
        "kansa role revoke per_0123456789abcdefghjkmnpqrs reviewer --reasons 'moved to sales' --key me.pem",
    ),
    "case": ("kansa case list", "kansa case show cas_0123456789abcdefghjkmnpqrs"),
    "case adopt": ("kansa case adopt two-step --key me.pem",),
    "case open": ("kansa case open --tenant 'Example Trading'",),
    "case propose": (
        "kansa case propose cas_0123456789abcdefghjkmnpqrs permit --reasons 'registry and bank agree' --key me.pem",
    ),
    "case review": (
        "kansa case review cas_0123456789abcdefghjkmnpqrs endorsed --reasons 'documents seen' --key lee.pem",
    ),
    "case decide": (
        "kansa case decide cas_0123456789abcdefghjkmnpqrs permit --reasons 'as proposed' --key mori.pem",
    ),
    "case list": ("kansa case list", "kansa case list --language ja"),
    "case show": ("kansa case show cas_0123456789abcdefghjkmnpqrs",),
    "flags": ("kansa flags", "kansa flags --json"),
    "flags run": ("kansa flags run",),
    "flags assign": ("kansa flags assign 0123abcd --owner 'A. Sato'",),
    "flags resolve": (
        "kansa flags resolve 0123abcd --as explained --reasons 'end user visited on 2026-02-03' --approver 'A. Sato'",
    ),
    "flags show": ("kansa flags show 0123abcd",),
    "flags replay": ("kansa flags replay", "kansa flags replay 0123abcd"),
    "flags reconfigurations": ("kansa flags reconfigurations --within P30D",),
    "coherence": (
        "kansa coherence --from 2026-01-01 --to 2026-02-01 --by tenant",
        "kansa coherence --tenant 'Example Trading' --known-at 2026-02-01 -o gaps.parquet",
    ),
    "coherence why": (
        "kansa coherence why --from 2026-01-01 --to 2026-02-01",
        "kansa coherence why --tenant aoba -o reasons.xlsx",
    ),
    "coherence export": ("kansa coherence export tables/",),
    "coherence tables": ("kansa coherence tables tables/ -o gaps.parquet",),
    "dossier": ("kansa dossier build -o dossier.zip",),
    "dossier build": ("kansa dossier build -o dossier.zip",),
    "verify": ("kansa verify dossier.zip --trust trust.policy", "kansa verify dossier.zip --json"),
    "gate": (
        "kansa gate ask login --tenant 'Example Trading'",
        "kansa gate replay 01KE7Q0V8M0CJBPVYS7E90ED7X",
    ),
    "gate ask": (
        "kansa gate ask login --tenant 'Example Trading' --country JP",
        "kansa gate ask schedule --end-user 'Example Lab' --site Tokyo-1 --item 3A090.a",
    ),
    "gate list": (
        "kansa gate list --outcome hold",
        "kansa gate list --about 'Example Trading' --from 2026-01-01 --to 2026-02-01 --json",
    ),
    "gate replay": ("kansa gate replay 01KE7Q0V8M0CJBPVYS7E90ED7X",),
    "standing": ("kansa standing issue 'Example Trading'",),
    "standing issue": ("kansa standing issue 'Example Trading'",),
    "standing key": ("kansa standing key",),
    "standing check": ("kansa standing check statement.jwt --trust key.jwk",),
    "standing handovers": ("kansa standing handovers",),
    "serve": (
        "kansa serve --port 8443",
        "kansa serve --host 0.0.0.0 --tls-cert gate.crt --tls-key gate.key --callers callers.yaml",
    ),
    "schema": ("kansa schema mapping > mapping.schema.json",),
    "completion": ("kansa completion bash > ~/.local/share/bash-completion/completions/kansa",),
}


def prepare_help(app: App, given: Sequence[str]) -> None:
    """Let the help that is asked for be in the reader's language and end with examples; nothing where none is asked for."""
    if any(each in _HELP for each in given):
        chain, apps, _ = app.parse_commands([each for each in given if each not in _HELP])
        told = (_written(" ".join(chain)), LANGUAGE_ASKED.say(), EVERYWHERE.say())
        end = "\n\n".join(filter(None, told))
        apps[-1].help_epilogue = end
        app.help_formatter = None
        if reader_language() == "ja":
            _in_japanese(app, apps[-1], end)


def _in_japanese(app: App, asked: App, end: str) -> None:
    from kansa.interfaces.cli import japanese_help  # noqa: PLC0415 - draws help, in one of two languages

    app.help_formatter = japanese_help.JapaneseHelp()
    lines = (part for line in end.split("\n") for part in japanese_help.broken(line, _WIDTH))
    asked.help_epilogue = "\n".join(lines)


def _written(command: str) -> str:
    examples = [folded(example) for example in EXAMPLES.get(command, ())]
    return "\n".join([_HEAD.say(), *(f"  {each}" for each in examples)]) if examples else ""


def folded(example: str) -> str:
    """Return a command line with its long options on lines of their own, as a shell takes it when it is copied."""
    if len(example) <= _WIDTH:
        return example
    begun, *options = example.split(" --")
    lines = [begun]
    for option in options:
        if len(lines[-1]) + len(option) + len(" -- \\") <= _WIDTH:
            lines[-1] += f" --{option}"
        else:
            lines.append(f"    --{option}")
    return " \\\n  ".join(lines)
