"""Asking coherence of a vault: for a period, all tenants or one, as known at a time."""

from dataclasses import dataclass, replace

from kansa.assembly.vault import Vault
from kansa.clock import DAY
from kansa.coherence.assess import assess
from kansa.coherence.change import Change, changes
from kansa.coherence.reading import horizon_of
from kansa.coherence.result import Assessment
from kansa.coherence.scope import known_at_least, within
from kansa.errors import BadInput
from kansa.registers.directory import Directory
from kansa.registers.follow import Progress
from kansa.registers.rows import KNOWN_BY, Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. `start` and `end` default to the first use or window and the latest closed window."""

    start: int | None = None
    end: int | None = None
    tenant: str | None = None
    known_at: int | None = None
    grace: int = DAY
    min_known_by: str = KNOWN_BY[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was asked in full, the tables of that period (uses cut to it) and their assessment."""

    start: int
    end: int
    tenant: str | None
    known_at: int
    grace: int
    log_began: int | None
    tables: Tables
    assessment: Assessment


def ask(vault: Vault, question: Question, progress: Progress | None = None) -> Answer:
    """Answer a question by the engine.

    Raises:
        BadInput: `coherence.nothing`, if the vault knows no use and no window; `coherence.period`, if it is empty.
    """
    tables = vault.tables(question.known_at, progress)
    start, end = _period(tables, question)
    scoped = known_at_least(within(tables, start, end, question.tenant), question.min_known_by)
    began = vault.began()
    assessment = assess(scoped, grace=question.grace, since=start, to=end, log_began=began)
    return Answer(
        start=start,
        end=end,
        tenant=question.tenant,
        known_at=vault.reader.head().recorded_at if question.known_at is None else question.known_at,
        grace=question.grace,
        log_began=began,
        tables=scoped,
        assessment=assessment,
    )


def compared(
    vault: Vault, question: Question, earlier: int, progress: Progress | None = None
) -> list[Change]:
    """What became evidenced or ceased to be since an earlier time of knowledge, over the question's own period."""
    now = ask(vault, question, progress)
    then = ask(vault, replace(question, start=now.start, end=now.end, known_at=earlier), progress)
    return changes((then.tables.use, then.assessment.gaps), (now.tables.use, now.assessment.gaps))


def tenant_named(name: str, directory: Directory) -> str:
    """The id of the party that an id, a source's key or a name means.

    Raises:
        BadInput: `tenant.unknown` or `tenant.ambiguous`, with what could be meant.
    """
    found = {id_ for id_, names in directory.names.items() if name in (id_, *names.values())}
    found |= {id_ for (_, key), id_ in directory.keys.items() if key == name}
    parties = sorted(id_ for id_ in found if id_.startswith("pty_"))
    if len(parties) == 1:
        return parties[0]
    if not parties:
        raise BadInput(
            "tenant.unknown",
            f"no party is called `{name}`",
            help="`kansa records --type kansa.party.registered.v0` lists them",
        )
    raise BadInput("tenant.ambiguous", f"`{name}` may be any of {', '.join(parties)}", help="give the id")


def _period(tables: Tables, question: Question) -> tuple[int, int]:
    horizon = horizon_of(tables).at
    first = [use.start for use in tables.use] + [window.valid_from for window in tables.window]
    start = question.start if question.start is not None else min(first, default=None)
    end = question.end if question.end is not None else horizon
    if start is None or end is None:
        raise BadInput(
            "coherence.nothing", "the vault knows of no use and no window", help="ingest accounting first"
        )
    if start >= end:
        raise BadInput("coherence.period", "the period is empty: its end is not after its start")
    return start, end
