"""Around a reconfiguration: what the flag rules say of what it touches, just before it, just after it, and now.

All three are asked of the records as known now and under the same rules, so that a difference is one of the facts:
whether risk rose while systems were changed, and whether it has come down since.
"""

from typing import NamedTuple

from kansa.facts import reconfiguration as facts
from kansa.facts.assessment import Subject, assess
from kansa.facts.context import Around, FactContext, Indicators
from kansa.facts.evidence import Missing, missing
from kansa.facts.reconfiguration_record import KINDS, record_of, touches, when
from kansa.records.journal import IndexedClaim
from kansa.rules.rulebook import EffectiveRules

_KIND_OF = {"pty": "party", "pth": "path", "sit": "site", "ctr": "transaction"}
_SEVERITIES = ("high", "medium", "low")


class Indicator(NamedTuple):
    """A rule that is true of a subject."""

    subject: str
    rule: str
    severity: str


class Comparison(NamedTuple):
    """One reconfiguration at an instant; `hurried` of None is not known, nor is `risk_rose` where a rule became unknown.

    `unknown` counts the rules that could not be assessed, before, after and now. `lost` names the facts of running
    workloads that were evidenced just before it and are not just after: a move out of a licence, or off an open path.
    """

    at: int
    subject: Subject
    kind: str
    hurried: bool | None
    before: tuple[Indicator, ...]
    after: tuple[Indicator, ...]
    now: tuple[Indicator, ...]
    unknown: tuple[int, int, int]
    lost: Missing = frozenset()

    @property
    def risk_rose(self) -> bool | None:
        """Whether more, or graver, indicators stand after it than before, or evidence was lost; None if that is no answer."""
        return True if self.lost else rose(self.before, self.after, self.unknown[1] - self.unknown[0])

    @property
    def came(self) -> tuple[Indicator, ...]:
        """The indicators that stand after it and did not before."""
        return tuple(sorted(set(self.after) - set(self.before)))

    @property
    def went(self) -> tuple[Indicator, ...]:
        """The indicators that stood before it and do not after."""
        return tuple(sorted(set(self.before) - set(self.after)))


def around(edition: EffectiveRules) -> Around:
    """Return the indicators around a reconfiguration, as a fact of it."""

    def told(world: FactContext, subject: str) -> Indicators:
        noted = record_of(world, subject)
        at, touched = when(noted), _touched(world, noted)
        (before, less), (after, more) = (
            _asked(world.then(instant), edition, touched) for instant in (at - 1, at)
        )
        risen = rose(before, after, more - less)
        return Indicators(weight(before), weight(after), True if _lost(world, noted) else risen)

    return told


def rose(before: tuple[Indicator, ...], after: tuple[Indicator, ...], unknown: int) -> bool | None:
    """Return whether more, or graver, indicators stand after than before; None if `unknown` more could not be assessed."""
    if weight(after) > weight(before):
        return True
    return None if unknown > 0 else False


def compare(world: FactContext, edition: EffectiveRules, subject: Subject) -> Comparison:
    """Assess what a reconfiguration touches just before it took effect, when it had, and now."""
    noted = record_of(world, subject.id)
    at = when(noted)
    touched = _touched(world, noted)
    before, after, today = (
        _asked(world.then(instant), edition, touched) for instant in (at - 1, at, world.now)
    )
    hurried = facts.hurried(world, subject.id).value
    return Comparison(
        at,
        subject,
        KINDS[type(noted.claim)],
        hurried if isinstance(hurried, bool) else None,
        before[0],
        after[0],
        today[0],
        unknown=(before[1], after[1], today[1]),
        lost=_lost(world, noted),
    )


def weight(indicators: tuple[Indicator, ...]) -> tuple[int, ...]:
    """Return how many of each severity, the gravest first."""
    return tuple(sum(each.severity == severity for each in indicators) for severity in _SEVERITIES)


def _lost(world: FactContext, noted: IndexedClaim) -> Missing:
    """Return what was evidenced of the workloads that it touches before it, and is not after."""
    at = when(noted)
    moved = [name for name in noted.about if name[:4] in {"wkl_", "pth_"}]
    before, after = (
        {each for name in moved for each in missing(world.then(instant), name)} for instant in (at - 1, at)
    )
    ran = {use.workload_id for name in moved for use in world.then(at - 1).uses(name)}
    return frozenset(each for each in after - before if each[0] in ran)


def _touched(world: FactContext, noted: IndexedClaim) -> list[Subject]:
    return sorted(Subject(_KIND_OF[name[:3]], name) for name in touches(world, noted) if name[:3] in _KIND_OF)


def _asked(
    world: FactContext, edition: EffectiveRules, touched: list[Subject]
) -> tuple[tuple[Indicator, ...], int]:
    found, unknown = set[Indicator](), 0
    for subject in touched:
        flags = assess(world, edition, subject).flags
        found |= {Indicator(subject.id, each.rule, each.severity) for each in flags.raised}
        unknown += len(flags.not_assessed)
    return tuple(sorted(found)), unknown
