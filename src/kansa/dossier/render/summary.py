"""The answer with its denominator, in one or two plain sentences."""

from dataclasses import dataclass

from kansa.dossier.render.figures import Hours, Language, Share, hours, hours_together, shares, together
from kansa.dossier.render.view import Balance, Coverage, Report
from kansa.dossier.render.words import say


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
    """Shares of the used hours: `ontime + late + gap = 100.0 %` and `evidenced = ontime + late`."""

    ontime: Share
    late: Share
    gap: Share

    @classmethod
    def of(cls, coverage: Coverage) -> "CoverageFigures":
        ontime = max(coverage.use - coverage.gap - coverage.late, 0)
        return cls(*shares((ontime, coverage.late, coverage.gap)))

    @property
    def evidenced(self) -> Share:
        return together(self.ontime, self.late)


def balance_sentence(report: Report, language: Language) -> str:
    """Installed, used, idle and unobserved hours."""
    if report.balance.installed == 0 and report.balance.used == 0:
        return say(language, "sentence.nothing")
    figures = BalanceFigures.of(report.balance)
    said = say(
        language,
        "sentence.balance",
        installed=figures.installed,
        used=figures.used,
        idle=figures.idle,
        unobserved=figures.unobserved,
    )
    if figures.difference is None:
        return said
    return _then(language, said, say(language, "sentence.unequal", difference=figures.difference))


def coverage_sentence(report: Report, language: Language) -> str:
    """How much of the used hours is evidenced, at the time or late, and how much is not."""
    if report.coverage.use == 0:
        return say(language, "sentence.unused")
    figures = CoverageFigures.of(report.coverage)
    key = "sentence.coverage" if report.lateness_assessed else "sentence.coverage.unassessed"
    return say(
        language,
        key,
        evidenced=figures.evidenced,
        contemporaneous=figures.ontime,
        late=figures.late,
        gap=figures.gap,
    )


def sentence(report: Report, language: Language) -> str:
    """The whole answer as one line of plain text, for the terminal."""
    return _then(language, balance_sentence(report, language), coverage_sentence(report, language))


def _then(language: Language, first: str, second: str) -> str:
    return first + second if language == "ja" else f"{first} {second}"
