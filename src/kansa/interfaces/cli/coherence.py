"""`kansa coherence` and `kansa coherence tables`: is every instant of use evidenced."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kansa.clock import DAY, MICROSECONDS, to_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, duration, instant
from kansa.interfaces.cli.output import Json, drawn_wide, progress, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words
from kansa.texts.formats import duration_text, number_text, time_text

with lazy_imports():
    from rich.table import Table
    from rich.text import Text

    from kansa.application import dossiers
    from kansa.application.coherence import CoherenceAnswer, CoherenceQuestion, ask, compared
    from kansa.application.coherence_files import AnswerFiles, format_problems, through_parquet
    from kansa.application.coherence_groups import grouped
    from kansa.application.coherence_reasons import closings_of, reasons_of
    from kansa.application.lookup import Directory, Lookup
    from kansa.application.tables_export import export_tables
    from kansa.application.unclosed import unclosed
    from kansa.coherence.assess import assess_tables
    from kansa.coherence.outputs import misplaced
    from kansa.coherence.parquet_output import write_changes
    from kansa.coherence.result import Result
    from kansa.dossier.report import page, summary
    from kansa.presentation import coherence_groups
    from kansa.presentation.reasons import spoken, spoken_reasons
    from kansa.texts.commands import COHERENCE
    from kansa.vault.vault import Vault

app = App(
    name="coherence", help="Is every instant of accelerator use evidenced: who, how, where, under what."
)

By = Literal["tenant", "end-user", "site", "path", "day"]
KnownBy = Literal["inferred", "declared", "documented", "measured", "attested"]
From = Annotated[str | None, Parameter(name="--from", help="Start of the period; default the first use.")]
To = Annotated[str | None, Parameter(help="End of the period; default the latest closed window.")]
Horizon = Annotated[
    str | None,
    Parameter(
        help="Until when running uses are judged, and where the balance ends; default the latest closed window."
    ),
]
KnownAt = Annotated[str | None, Parameter(help="Only what had been recorded by then.")]
Grace = Annotated[
    str, Parameter(help="Evidence recorded within this time of the use is not late (ISO 8601).")
]
Gaps = Annotated[
    Path | None,
    Parameter(
        name=("--output", "-o"),
        help="Write the gaps here: .csv, .xlsx, .parquet or .json, like all files below.",
    ),
]
Late = Annotated[Path | None, Parameter(help="Write the late stretches here.")]
Reasons = Annotated[Path | None, Parameter(help="Write what is missing, what would close it and who can.")]
Since = Annotated[str | None, Parameter(help="Compare with what was known then; needs --changes.")]
Changes = Annotated[
    Path | None,
    Parameter(help="Write what became evidenced, or ceased to be, since --since."),
]
Tenant = Annotated[str | None, Parameter(help="One tenant, by id, source key or name.")]
EndUser = Annotated[
    str | None,
    Parameter(help="One end user, by id, source key or name; with --tenant, of that tenant alone."),
]
AsOf = Annotated[str | None, Parameter(help="Short for --to and --known-at at one time.")]
KnownWell = Annotated[KnownBy, Parameter(help="Count only evidence that is known at least this well.")]
LARGEST = 3
"""How many reasons `kansa coherence` shows."""


@app.default
def coherence(
    *,
    from_: From = None,
    to: To = None,
    tenant: Tenant = None,
    end_user: EndUser = None,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    grace: Grace = "PT24H",
    output: Gaps = None,
    late: Late = None,
    why: Reasons = None,
    since: Since = None,
    changes: Changes = None,
    min_known_by: KnownWell = "inferred",
    by: Annotated[
        By | None, Parameter(help="Break the answer down by tenant, end user, site, path or day.")
    ] = None,
    report: Annotated[Path | None, Parameter(help="Write the report here, one HTML file.")] = None,
    language: Annotated[
        Language, Parameter(help="The language of the text, and in which the report opens.")
    ] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Check every instant of use in the vault against the four facts. Exit 1 if a gap is found."""
    vault = at.open()
    question = _question(
        vault,
        (from_, to, as_of, known_at),
        (tenant, end_user),
        grace=duration(grace, "--grace"),
        min_known_by=min_known_by,
    )
    earlier = instant(since, "--since", vault.settings.zone)
    if (earlier is None) != (changes is None):
        raise BadInput("option.since", "`--since` and `--changes` go together")
    _must_be_writable({"--output": output, "--late": late, "--why": why, "--changes": changes}, report)
    answer, names = _answered(vault, question)
    found = closings_of(answer, names)
    files = AnswerFiles(answer, names, vault.settings.zone)
    if output is not None:
        files.gaps(output)
    if late is not None:
        files.late(late)
    if why is not None:
        files.reasons(found, why)
    if changes is not None and earlier is not None:
        with through_parquet(changes) as (parquet,):
            write_changes(compared(vault, question, earlier), parquet or changes)
    view = dossiers.report_of(vault, answer, only_sums=report is None)
    if report is not None:
        report.write_text(page.render(view, language=language), "utf-8")
    open_ = unclosed(vault, answer) if view.balance.unobserved or not view.balance.installed else ()
    scoped = any(each is not None for each in (tenant, end_user, from_, to, as_of, known_at))
    lines = [
        summary.scope_line(view, language),
        *not_assessed(answer, language),
        summary.sentence(view, language),
        *(each.said().in_(language) for each in open_),
    ]
    groups = () if by is None else grouped(answer, by, vault.settings.zone)
    if by is not None:
        lines += ["", *_table(coherence_groups.rows(groups, by, names))]
    if found:
        lines += [
            "",
            *spoken_reasons(
                reasons_of(answer, found, names), language, uses=len(answer.tables.use), most=LARGEST
            ),
        ]
    value = answer.assessment.result.as_json() | {
        **({"scope": answer.scope_as_json()} if scoped else {}),
        "unclosed": [each.as_json() for each in open_],
        **({} if by is None else {"by": by, "groups": [each.as_json() for each in groups]}),
    }
    show(as_json, value, lines)
    return _exit(answer.assessment.result)


def _answered(vault: Vault, question: CoherenceQuestion) -> tuple[CoherenceAnswer, Directory]:
    """Return the answer to a question, and what subjects are called."""
    with progress("deriving registers") as told:
        answer = ask(vault, question, told)
    return answer, vault.directory()


def _table(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    heads, table = next(rows), Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(Text(in_line(cell)) for cell in row))
    return drawn_wide(table)


@app.command(name="why")
def why_command(
    *,
    from_: From = None,
    to: To = None,
    tenant: Tenant = None,
    end_user: EndUser = None,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    min_known_by: KnownWell = "inferred",
    output: Annotated[
        Path | None,
        Parameter(
            name=("--output", "-o"),
            help="Write every stretch with its reason here: .csv, .xlsx, .parquet or .json.",
        ),
    ] = None,
    language: Annotated[Language, Parameter(help="The language of the reasons.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Say why use is not evidenced: the reasons by accelerator time, what would close each, and who can. Exit 1 if a gap is found."""
    vault = at.open()
    question = _question(
        vault, (from_, to, as_of, known_at), (tenant, end_user), grace=DAY, min_known_by=min_known_by
    )
    _must_be_writable({"--output": output})
    answer, names = _answered(vault, question)
    found = closings_of(answer, names)
    if output is not None:
        AnswerFiles(answer, names, vault.settings.zone).reasons(found, output)
    causes = reasons_of(answer, found, names)
    value = {"scope": answer.scope_as_json(), "reasons": [each.as_json() for each in causes]}
    show(as_json, value, spoken_reasons(causes, language, uses=len(answer.tables.use)))
    return _exit(answer.assessment.result)


def _question(
    vault: Vault,
    times: tuple[str | None, str | None, str | None, str | None],
    subjects: tuple[str | None, str | None],
    *,
    grace: int,
    min_known_by: KnownBy,
) -> CoherenceQuestion:
    """Return what is asked: `times` are from, to, as of and known at, `subjects` tenant and end user."""
    from_, to, as_of, known_at = times
    tenant, end_user = subjects
    zone, names = vault.settings.zone, Lookup(vault)
    return CoherenceQuestion(
        start=instant(from_, "--from", zone),
        end=instant(to or as_of, "--to", zone),
        tenant=names.tenant(tenant) if tenant else None,
        end_user=names.end_user(end_user) if end_user else None,
        known_at=instant(known_at or as_of, "--known-at", zone),
        grace=grace,
        min_known_by=min_known_by,
    )


def not_assessed(answer: CoherenceAnswer, language: Language) -> list[str]:
    """Say which end of the period that was asked for lies after everything that is known."""
    if answer.not_assessed_to is None:
        return []
    return [summary.not_assessed_line(answer.end, answer.not_assessed_to, language)]


def _must_be_writable(tables_: Mapping[str, Path | None], report: Path | None = None) -> None:
    """Refuse places that nothing can be written to, and suffixes that name no format, all at once.

    Raises:
        BadInput: `coherence.question`.
    """
    named = {name: path for name, path in tables_.items() if path is not None}
    problems = [*format_problems(named.values())]
    problems += misplaced(named | ({"--report": report} if report is not None else {}))
    if problems:
        raise BadInput("coherence.question", "the answers cannot be written", problems=problems)


@app.command
def export(
    directory: Annotated[Path, Parameter(help="Where to write; it must not exist yet.")],
    /,
    *,
    known_at: KnownAt = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Write the vault's tables (Parquet, see docs/tables.md) into a new directory, for `coherence tables` or another engine."""
    vault = at.open()
    with progress("deriving registers") as told:
        done = export_tables(vault, directory, instant(known_at, "--known-at", vault.settings.zone), told)
    lines = [f"{rows:10}  {name}" for name, rows in done.rows.items()]
    show(as_json, done.as_json(), [str(done.directory), *lines])
    return 0


@app.command
def tables(
    directory: Annotated[Path, Parameter(help="Where the tables lie.")],
    /,
    *,
    output: Gaps = None,
    late: Late = None,
    why: Reasons = None,
    grace: Grace = "PT24H",
    known_at: KnownAt = None,
    since: Since = None,
    changes: Changes = None,
    min_known_by: Annotated[
        KnownBy | None, Parameter(help="Count only evidence that is known at least this well.")
    ] = None,
    balance: Annotated[
        Path | None,
        Parameter(help="Write installed, used, idle and unobserved device time here."),
    ] = None,
    balance_by: Annotated[
        Literal["device", "node", "site"] | None,
        Parameter(help="What a row of the balance is about; default site."),
    ] = None,
    to: Horizon = None,
    log_began: Annotated[
        str | None,
        Parameter(help="When the log began; what was used before then could not be recorded in time."),
    ] = None,
    engine: Annotated[str, Parameter(help="Where the stages run: duckdb.")] = "duckdb",
    memory_limit: Annotated[
        str | None, Parameter(help="For example 1GB; beyond it the engine spills to disk.")
    ] = None,
    spill: Annotated[
        Path | None, Parameter(help="The directory to spill to; default the system's temporary one.")
    ] = None,
    threads: Annotated[int | None, Parameter(help="Default: all cores.")] = None,
    language: Annotated[Language, Parameter(help="The language of the reasons.")] = "en",
    as_json: Json = False,
) -> int:
    """Check the uses of analytic tables (Parquet, see docs/tables.md) against the four facts. Exit 1 if a gap is found."""
    if balance is None and balance_by is not None:
        raise BadInput(
            "option.balance_by", "`--balance-by` splits what `--balance` writes, and there is none"
        )
    with (
        through_parquet(output, late, why, changes, balance) as parquet,
        progress("coherence") as told,
    ):
        result = assess_tables(
            directory,
            parquet[0],
            late=parquet[1],
            why=parquet[2],
            changes=parquet[3],
            balance=parquet[4],
            balance_by=balance_by or "site",
            grace=duration(grace, "--grace"),
            known_at=instant(known_at, "--known-at"),
            earlier=instant(since, "--since"),
            min_known_by=min_known_by,
            to=instant(to, "--to"),
            log_began=instant(log_began, "--log-began"),
            engine=engine,
            memory_limit=memory_limit,
            threads=threads,
            spill=spill,
            progress=lambda stage, done, total: told(done, total, title=f"coherence: {stage}"),
        )
        reasons_given = [] if parquet[2] is None else ["", *spoken(parquet[2], language)]
    show(as_json, result.as_json(), [*_lines(result), *reasons_given])
    return _exit(result)


def _exit(result: Result) -> int:
    """1 where something is not evidenced: a gap, or a use that could not be judged."""
    return 1 if result.gaps or result.quarantined else 0


def _lines(result: Result) -> Iterator[str]:
    """Return the figures of an answer over tables, a line each; what was not asked for is left out."""
    value = result.as_json()
    for name, words in COHERENCE.items():
        if (shown := value.get(name)) not in (None, {}, []):
            yield f"{words.say()}: {_figure(name, shown)}"


_KEY = {
    "identity": Words("identity", "需要者確認"),
    "access": Words("access", "接続経路"),
    "custody": Words("custody", "管理履歴"),
    "authorization": Words("authorization", "許可等"),
    "attested": Words("attested", "構成証明"),
    "measured": Words("measured", "計測"),
    "documented": Words("documented", "書類"),
    "declared": Words("declared", "申告"),
    "inferred": Words("inferred", "推定"),
    "unknown": Words("unknown", "不明"),
}


def _figure(name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{_KEY[key].say() if key in _KEY else key} {_figure(name, each)}" for key, each in value.items()
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, str):
        return time_text(to_instant(datetime.fromisoformat(value)))
    if "seconds" in name or name == "evidenced_by":
        return duration_text(int(Decimal(str(value)) * MICROSECONDS))
    return number_text(float(str(value)) if isinstance(value, float) else int(str(value)))
