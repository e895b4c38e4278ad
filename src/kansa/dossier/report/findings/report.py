"""Everything on the report's page, from tables, their assessment and the names."""

from dataclasses import dataclass, field

from kansa.coherence.result import Assessment, Shares
from kansa.coherence.why import why
from kansa.dossier.report.findings.closing import gap_rows
from kansa.dossier.report.findings.naming import named
from kansa.dossier.report.findings.swimlanes import coverage_of, swimlanes
from kansa.dossier.report.findings.unobserved import unobserved_rows
from kansa.dossier.report.view import Balance, Ledger, Report, Scope
from kansa.drawing.figures import Named
from kansa.registers.directory import Directory
from kansa.registers.rows import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a report is made for: whose vault, which period, known when, resting on which tree.

    `generated` are the workloads whose placement was generated and not observed.
    """

    operator: Named
    simulated: bool
    start: int
    end: int
    known_at: int
    grace: int
    log_began: int | None
    ledger: Ledger
    quarantined: int
    generated: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    only_sums: bool = False
    """Leave lanes, gaps and unobserved stretches out: what a sentence says needs none of them."""


def report(tables: Tables, assessment: Assessment, directory: Directory, occasion: Occasion) -> Report:
    """Return the page's content. `tables` and `assessment` are of the same period, uses cut to it."""
    full = not occasion.only_sums
    reasons = why(assessment.gaps, tables) if full else []
    shares = assessment.result.balance
    by_site = shares.by_site.items() if shares else ()
    return Report(
        scope=occasion.scope,
        operator=occasion.operator,
        simulated=occasion.simulated,
        generated_placement=bool(occasion.generated),
        start=occasion.start,
        end=occasion.end,
        known_at=occasion.known_at,
        log_began=occasion.log_began,
        ledger=occasion.ledger,
        balance=_balance(shares.total if shares else Shares(0, 0, 0, 0)),
        by_site=tuple(
            (named(str(site), directory), _balance(held)) for site, held in by_site if site is not None
        ),
        coverage=coverage_of(assessment.result),
        lanes=swimlanes(
            tables,
            reasons,
            directory,
            grace=occasion.grace,
            log_began=occasion.log_began,
            generated=occasion.generated,
        )
        if full
        else (),
        gaps=gap_rows(reasons, tables, directory) if full else (),
        unobserved=unobserved_rows(tables, occasion.start, occasion.end, directory) if full else (),
        quarantined=occasion.quarantined,
        set_aside=sum(assessment.result.quarantined.values()),
        lateness_assessed=not assessment.result.lateness_not_assessed,
    )


def _balance(shares: Shares) -> Balance:
    return Balance(*shares)
