"""The answer with its denominator, in one or two plain sentences."""

from dataclasses import dataclass

from kansa.dossier.report.texts import say
from kansa.dossier.report.view import Balance, Coverage, Report
from kansa.drawing.figures import Hours, Language, Named, Share, hours, hours_together, shares, together
from kansa.texts.formats import time_text


@dataclass(frozen=True, slots=True)
class BalanceFigures:
    """Device hours that add up to the installed ones, unless the view's own parts do not."""

    installed: Hours
    used: Hours
    idle: Hours
    unobserved: Hours
    difference: Hours | None

    @classmethod
    def of(cls, balance: Balance) -> "BalanceFigures":
        parts = [max(part, 0) for part in (balance.used, balance.idle, balance.unobserved)]
        used, idle, unobserved, total = hours_together(parts)
        difference = abs(balance.installed - sum(parts))
        if difference:
            return cls(hours(balance.installed), used, idle, unobserved, hours(difference))
        return cls(total, used, idle, unobserved, None)


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """Shares of the used hours: `evidenced = ontime + late + before_log` and `evidenced + gap = 100.0 %`."""

    ontime: Share
    late: Share
    before_log: Share
    gap: Share

    @classmethod
    def of(cls, coverage: Coverage) -> "CoverageFigures":
        return cls(*shares(when_recorded(coverage)))

    @property
    def evidenced(self) -> Share:
        return together(self.ontime, self.late, self.before_log)


def when_recorded(coverage: Coverage) -> tuple[int, int, int, int]:
    """Return device time of uses recorded at the time, late, of before the log began, and not evidenced."""
    ontime = max(coverage.use - coverage.gap - coverage.late - coverage.before_log, 0)
    return ontime, coverage.late, coverage.before_log, coverage.gap


def balance_sentence(report: Report, language: Language) -> str:
    """Return installed, used, idle and unobserved hours."""
    if report.balance.installed == 0 and report.balance.used == 0:
        return say(language, "sentence.nothing")
    figures = BalanceFigures.of(report.balance)
    said = say(
        language,
        "sentence.balance.scoped" if report.scope.of_some else "sentence.balance",
        installed=figures.installed,
        used=figures.used,
        idle=figures.idle,
        unobserved=figures.unobserved,
    )
    if figures.difference is None:
        return said
    return _then(language, said, say(language, "sentence.unequal", difference=figures.difference))


def coverage_sentence(report: Report, language: Language) -> str:
    """Return how much of the used hours is evidenced, recorded at the time, late or before there was a log, and how much is not."""
    if report.coverage.use == 0:
        return say(language, "sentence.unused")
    figures = CoverageFigures.of(report.coverage)
    if not report.lateness_assessed:
        key = "sentence.coverage.unassessed"
    elif report.coverage.before_log:
        key = "sentence.coverage.before_log"
    else:
        key = "sentence.coverage"
    return say(
        language,
        key,
        evidenced=figures.evidenced,
        contemporaneous=figures.ontime,
        late=figures.late,
        before_log=figures.before_log,
        gap=figures.gap,
    )


def scope_line(report: Report, language: Language) -> str:
    """Return whom, which period and what time of knowledge an answer is about, as one line of plain text."""
    tenant, end_user = (_called(each, language) for each in (report.scope.tenant, report.scope.end_user))
    key = "scope.both" if tenant and end_user else "scope.tenant" if tenant else "scope.end_user"
    subjects = (
        say(language, key, tenant=tenant, end_user=end_user)
        if tenant or end_user
        else say(language, "scope.all")
    )
    times = {"start": report.start, "end": report.end, "known": report.known_at}
    moments = {name: time_text(instant, language) for name, instant in times.items()}
    return say(language, "scope.line", subjects=subjects, **moments)


def not_assessed_line(start: int, end: int, language: Language) -> str:
    """Say that a stretch of the period that was asked for lies after all that is known."""
    return say(language, "scope.not_assessed", start=time_text(start, language), end=time_text(end, language))


def _called(named: Named | None, language: Language) -> str:
    if named is None:
        return ""
    own = named.names.get(language) or next(iter(named.names.values()), "")
    return f"{own} ({named.id})" if own else named.id


def sentence(report: Report, language: Language) -> str:
    """Return the whole answer as one line of plain text, for the terminal."""
    return _then(language, balance_sentence(report, language), coverage_sentence(report, language))


def _then(language: Language, first: str, second: str) -> str:
    return first + second if language == "ja" else f"{first} {second}"
