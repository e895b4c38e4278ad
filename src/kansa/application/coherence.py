"""Asking coherence of a vault: for a period, all tenants or one, as known at a time."""

from dataclasses import dataclass, replace

from kansa.clock import DAY, format_duration, format_instant
from kansa.coherence.assess import assess
from kansa.coherence.change import Change, changes
from kansa.coherence.result import Assessment
from kansa.coherence.row_quality import horizon_of
from kansa.coherence.scope import known_at_least, within
from kansa.errors import BadInput
from kansa.registers.incremental import Progress
from kansa.registers.rows import KNOWN_BY, Tables
from kansa.registers.use_columns import earliest
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceQuestion:
    """What is asked. `start` and `end` default to the first use or window and the latest closed window."""

    start: int | None = None
    end: int | None = None
    tenant: str | None = None
    end_user: str | None = None
    known_at: int | None = None
    grace: int = DAY
    min_known_by: str = KNOWN_BY[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceAnswer:
    """What was asked in full, the tables of that period (uses cut to it) and their assessment.

    `end` is at most what is known of; `not_assessed_to` is the end that was asked for where that lies after it.
    """

    start: int
    end: int
    tenant: str | None
    end_user: str | None
    known_at: int
    grace: int
    log_began: int | None
    tables: Tables
    assessment: Assessment
    not_assessed_to: int | None = None

    def scope_as_json(self) -> dict[str, str | None]:
        """Return whom, which period and what time of knowledge it is about, as a stable JSON value."""
        return {
            "tenant": self.tenant,
            "end_user": self.end_user,
            "from": format_instant(self.start),
            "to": format_instant(self.end),
            "known_at": format_instant(self.known_at),
            "grace": format_duration(self.grace),
        } | (
            {} if self.not_assessed_to is None else {"not_assessed_to": format_instant(self.not_assessed_to)}
        )


def ask(vault: Vault, question: CoherenceQuestion, progress: Progress | None = None) -> CoherenceAnswer:
    """Answer a question by the engine.

    Raises:
        BadInput: `coherence.nothing`, if the vault knows no use and no window; `coherence.period`, if it is empty;
            `coherence.not_assessed`, if nothing that is known reaches into it.
    """
    tables = vault.tables(question.known_at, progress)
    start, asked = _period(tables, question)
    end = min(asked, _known_to(vault, tables, question))
    if start >= end:
        raise BadInput(
            "coherence.not_assessed",
            f"not assessed: the period begins at {format_instant(start)}, and what is known ends at {format_instant(end)}",
            help="ask for a period that has begun, or with a later `--known-at`",
        )
    scoped = known_at_least(
        within(tables, start, end, question.tenant, question.end_user), question.min_known_by
    )
    began = vault.began()
    assessment = assess(scoped, grace=question.grace, since=start, to=end, log_began=began)
    return CoherenceAnswer(
        start=start,
        end=end,
        tenant=question.tenant,
        end_user=question.end_user,
        known_at=vault.reader.head().recorded_at if question.known_at is None else question.known_at,
        grace=question.grace,
        log_began=began,
        tables=scoped,
        assessment=assessment,
        not_assessed_to=asked if asked > end else None,
    )


def compared(
    vault: Vault, question: CoherenceQuestion, earlier: int, progress: Progress | None = None
) -> list[Change]:
    """Return what became evidenced or ceased to be since an earlier time of knowledge, over the question's own period."""
    now = ask(vault, question, progress)
    then = ask(vault, replace(question, start=now.start, end=now.end, known_at=earlier), progress)
    return changes((then.tables.use, then.assessment.gaps), (now.tables.use, now.assessment.gaps))


def _known_to(vault: Vault, tables: Tables, question: CoherenceQuestion) -> int:
    """Return the last instant of which anything can be known: that of the question or the vault's now, or a later closed window.

    Beyond it a running use is not known to run on, nor a standing fact to hold.
    """
    now = vault.clock.now()
    known = now if question.known_at is None else min(now, question.known_at)
    horizon = horizon_of(tables).at
    return known if horizon is None else max(known, horizon)


def _period(tables: Tables, question: CoherenceQuestion) -> tuple[int, int]:
    horizon = horizon_of(tables).at
    begun = earliest(tables.use)
    first = [*([] if begun is None else [begun]), *(window.valid_from for window in tables.window)]
    start = question.start if question.start is not None else min(first, default=None)
    end = question.end if question.end is not None else horizon
    if start is None or end is None:
        raise BadInput(
            "coherence.nothing", "the vault knows of no use and no window", help="ingest accounting first"
        )
    if start >= end:
        raise BadInput("coherence.period", "the period is empty: its end is not after its start")
    return start, end
