"""What packs say at an instant: which versions stand, which bind, and which nobody can say whether they do.

A rule whose text or enforcement is unknown is unsettled, unless people have recorded a dated `Reading` of it. One that
they have recorded as suspended does not bind, whatever its pack says, until it is reinstated or the record ends. One
edition serves every question until the next change of a version or of a reading.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import msgspec

from kansa.rules.catalogue import Catalogue
from kansa.rules.compiled import Answers, compiled
from kansa.rules.conditions import facts_in
from kansa.rules.effective_dates import Standing
from kansa.rules.pack import Pack, Rule, Version

Choice = Literal["apply", "not_apply", "suspended", "reinstated"]
"""`apply` and `not_apply` settle a rule of unknown status; `suspended` takes one out until it is `reinstated`."""
_SETTLING = frozenset({"apply", "not_apply"})


class Interpretation(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator has recorded of a rule, from `decided_at` until `expires_at` (µs UTC).

    How it reads one of unknown status, or that one is suspended or reinstated; `reasons` hold the source of that.
    """

    rule: str
    choice: Choice
    decided_at: int
    expires_at: int
    reasons: str
    approver: str


class PackRef(msgspec.Struct, frozen=True):
    """A pack by its id, its version and its meaning hash."""

    id: str
    version: str
    meaning: str


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """A rule in the version that stands, whether it binds, and the pack that it is of."""

    pack: PackRef
    rule: Rule
    version: Version
    standing: Standing
    reading: Interpretation | None


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """The rules that answer one kind of question, in the order of their ids; their packs; the facts that they ask.

    `answers` tells from facts which of the rules may hit: `n` if the n-th does, `~n` if that is unknown.
    """

    rules: tuple[EffectiveRule, ...]
    packs: tuple[PackRef, ...]
    facts: frozenset[str]
    answers: Answers


class EffectiveRules:
    """The rules as they stand in `[since, until)`; `until` None is for good."""

    def __init__(
        self, rules: tuple[EffectiveRule, ...], packs: tuple[PackRef, ...], catalogue: Catalogue, span: "Span"
    ) -> None:
        self.rules = rules
        self.packs = packs
        self.catalogue = catalogue
        self.since, self.until = span
        self._panels: dict[tuple[str, str], RuleSet] = {}

    def gate(self, action: str) -> RuleSet:
        """Return the gate rules that govern an action."""
        return self._panel("gate", action, lambda rule: action in rule.actions)

    def flags(self, subject: str) -> RuleSet:
        """Return the flag rules about a kind of subject."""
        return self._panel(
            "flags", subject, lambda rule: rule.severity is not None and rule.subject == subject
        )

    def _panel(self, kind: str, name: str, belongs: Callable[[Rule], bool]) -> RuleSet:
        found = self._panels.get((kind, name))
        if found is None:
            rules = tuple(bound for bound in self.rules if belongs(bound.rule))
            conditions = [bound.version.when for bound in rules]
            facts = frozenset[str]().union(*map(facts_in, conditions))
            packs = tuple(dict.fromkeys(bound.pack for bound in rules))
            found = RuleSet(rules, packs, facts, compiled(conditions, self.catalogue.facts))
            self._panels[kind, name] = found
        return found


Span = tuple[int | None, int | None]


@dataclass(frozen=True)
class Rulebook:
    """Packs of kind `flags` and `gate` that are used together, and the facts that they may name."""

    packs: tuple[Pack, ...]
    catalogue: Catalogue

    @cached_property
    def named(self) -> tuple[PackRef, ...]:
        """The packs by meaning hash, in the order of their ids."""
        found = (PackRef(pack.id, pack.header.version, pack.meaning) for pack in self.packs)
        return tuple(sorted(found, key=lambda pack: pack.id))

    def at(self, instant: int, readings: Sequence[Interpretation] = ()) -> EffectiveRules:
        """Return the edition at an instant (µs UTC), under the readings recorded by then."""
        named = {pack.id: pack for pack in self.named}
        rules = sorted(((rule, named[pack.id]) for pack in self.packs for rule in pack.rules), key=_by_id)
        current = [r for r in sorted(readings, key=_decided) if r.decided_at <= instant < r.expires_at]
        settled = {r.rule: r for r in current if r.choice in _SETTLING}
        halted = {r.rule: r for r in current if r.choice not in _SETTLING}
        suspended = {rule: r for rule, r in halted.items() if r.choice == "suspended"}
        bound = (_bound(rule, pack, instant, settled, suspended) for rule, pack in rules)
        return EffectiveRules(
            tuple(found for found in bound if found is not None),
            self.named,
            self.catalogue,
            self._span(instant, readings),
        )

    def _span(self, instant: int, readings: Iterable[Interpretation]) -> Span:
        changes = {at for reading in readings for at in (reading.decided_at, reading.expires_at)}
        for pack in self.packs:
            for version in (version for rule in pack.rules for version in rule.versions):
                changes |= {version.start} if version.end is None else {version.start, version.end}
        return (
            max((change for change in changes if change <= instant), default=None),
            min((change for change in changes if change > instant), default=None),
        )


def _decided(reading: Interpretation) -> int:
    return reading.decided_at


def _by_id(found: tuple[Rule, PackRef]) -> str:
    return found[0].id


def _bound(
    rule: Rule,
    pack: PackRef,
    instant: int,
    readings: Mapping[str, Interpretation],
    suspended: Mapping[str, Interpretation],
) -> EffectiveRule | None:
    version = rule.at(instant)
    if version is None:
        return None
    if rule.id in suspended:
        return EffectiveRule(pack, rule, version, "does_not_bind", suspended[rule.id])
    reading = readings.get(rule.id) if version.standing == "unsettled" else None
    if reading is None:
        return EffectiveRule(pack, rule, version, version.standing, None)
    return EffectiveRule(
        pack, rule, version, "binds" if reading.choice == "apply" else "does_not_bind", reading
    )
