"""What other rules would have changed: past decisions asked again, and findings on the same facts.

A past decision is compared by outcome and by the rules that determined it, since a hold for another reason is
another hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kansa.rules.evaluate import Finding, collect, decide
from kansa.rules.pack import Outcome
from kansa.rules.rulebook import EffectiveRules, Interpretation, Rulebook


class Past(NamedTuple):
    """A decision as it was made: at an instant (µs UTC), on these facts, for a tenant and an end user if known."""

    id: str
    at: int
    action: str
    facts: Mapping[str, Any]
    outcome: Outcome
    determining: tuple[str, ...]
    tenant: str | None = None
    end_user: str | None = None


class Changed(NamedTuple):
    """A past decision that would be another: its outcome, its determining rules, or both."""

    past: Past
    outcome: Outcome
    determining: tuple[str, ...]


class Found(NamedTuple):
    """A finding on a subject that would come or go."""

    subject: str
    finding: Finding


@dataclass(slots=True)
class Impact:
    """How past decisions and present findings would change.

    `outcomes` counts decisions by outcome then and outcome under the new rules; `other_rules` those with the same
    outcome for other reasons; `rules` how often a rule newly determines or no longer does. `changed` holds every
    decision that would be another. `without_effect` are subjects with rules that would be true and bind nobody:
    proposed, withdrawn, suspended, or not enforced.
    """

    asked: int = 0
    outcomes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    other_rules: int = 0
    newly: Counter[str] = field(default_factory=Counter)
    no_longer: Counter[str] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)
    raised: tuple[Found, ...] = ()
    gone: tuple[Found, ...] = ()
    without_effect: tuple[tuple[str, str], ...] = ()

    @property
    def turned(self) -> int:
        """How many decisions would have another outcome."""
        return sum(count for (before, after), count in self.outcomes.items() if before != after)

    @property
    def pairs(self) -> set[tuple[str, str | None]]:
        """The tenants and end users of which an outcome would be another."""
        return {
            (each.past.tenant, each.past.end_user)
            for each in self.changed
            if each.past.tenant is not None and each.outcome != each.past.outcome
        }


def decisions(past: Iterable[Past], rulebook: Rulebook, readings: Sequence[Interpretation] = ()) -> Impact:
    """Ask every past decision again under a rulebook, each at its own instant."""
    found = Impact()
    editions = _Editions(rulebook, readings)
    for each in past:
        decision = decide(editions.at(each.at), each.action, each.facts)
        outcome, determining = decision.outcome, decision.determining
        found.asked += 1
        found.outcomes[each.outcome, outcome] += 1
        if determining == each.determining and outcome == each.outcome:
            continue
        found.other_rules += outcome == each.outcome
        found.newly.update(set(determining) - set(each.determining))
        found.no_longer.update(set(each.determining) - set(determining))
        found.changed.append(Changed(each, outcome, determining))
    return found


class Findings(NamedTuple):
    """What would come, what would go, and what would be shown without effect."""

    raised: tuple[Found, ...]
    gone: tuple[Found, ...]
    without_effect: tuple[tuple[str, str], ...]


def findings(
    facts: Mapping[tuple[str, str], Mapping[str, Any]], before: EffectiveRules, after: EffectiveRules
) -> Findings:
    """Ask two editions the same facts, by kind and id of the subject."""
    came, went, shown = [], [], []
    for (kind, id_), known in facts.items():
        earlier, later = collect(before, kind, known), collect(after, kind, known)
        then = {each.rule: each for each in earlier.raised}
        now = {each.rule: each for each in later.raised}
        came += [Found(id_, now[rule]) for rule in sorted(now.keys() - then.keys())]
        went += [Found(id_, then[rule]) for rule in sorted(then.keys() - now.keys())]
        shown += [(id_, rule) for rule in later.not_binding if rule not in earlier.not_binding]
    return Findings(tuple(came), tuple(went), tuple(shown))


class _Editions:
    """A rulebook at any time, each edition made once; the one asked for last is looked at first."""

    def __init__(self, rulebook: Rulebook, readings: Sequence[Interpretation]) -> None:
        self._rulebook = rulebook
        self._readings = readings
        self._made: list[EffectiveRules] = []

    def at(self, instant: int) -> EffectiveRules:
        for position, edition in enumerate(self._made):
            if (edition.since is None or edition.since <= instant) and (
                edition.until is None or instant < edition.until
            ):
                if position:
                    self._made.insert(0, self._made.pop(position))
                return edition
        self._made.insert(0, self._rulebook.at(instant, self._readings))
        return self._made[0]
