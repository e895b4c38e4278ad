"""Which rules can be assessed at all: those whose condition can come out true from facts that something tells."""

from collections.abc import Collection, Iterable
from itertools import product

from kansa.i18n import Words
from kansa.rules.conditions import AnyOf, Condition, Not, Test, Truth, facts_in, joined, negated
from kansa.rules.pack import Pack, Rule, Version
from kansa.rules.untold import NOT_TOLD

UNASSESSABLE = Words("cannot be assessed: no record tells {}", "評価できない（{}を示す記録がない）")


def untold(version: Version, not_told: Collection[str] = NOT_TOLD) -> tuple[str, ...]:
    """Return the facts for want of which a version can never be found true, sorted; empty if it can be."""
    if True in _possible(version.when, not_told):
        return ()
    return tuple(sorted(facts_in(version.when) & set(not_told)))


def can_be_assessed(rule: Rule) -> bool:
    """Return whether the latest version of a rule can be found true."""
    return not untold(rule.versions[-1])


def unassessable_rules(packs: Iterable[Pack]) -> frozenset[str]:
    """Return the ids of the rules whose latest version can never be found true."""
    return frozenset(rule.id for pack in packs for rule in pack.rules if not can_be_assessed(rule))


def _possible(condition: Condition, not_told: Collection[str]) -> frozenset[Truth]:
    """Return what a condition may come out as, a fact that nothing tells being unknown; each test for itself."""
    if isinstance(condition, Test):
        return frozenset({None} if condition.fact in not_told else {True, False, None})
    if isinstance(condition, Not):
        return frozenset(map(negated, _possible(condition.part, not_told)))
    found: frozenset[Truth] = frozenset({not isinstance(condition, AnyOf)})
    for part in condition.parts:
        pairs = product(found, _possible(part, not_told))
        found = frozenset(joined(condition, iter(pair)) for pair in pairs)
    return found
