"""A subject assessed: its facts, what the flag rules say of them, and what would make it worth asking again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kansa.facts.context import Dependencies, FactContext, FactValue, Value
from kansa.facts.registry import facts_of
from kansa.records.kinds.access_path import ConfigurationTemporary
from kansa.records.kinds.custody import SiteCommissioned
from kansa.records.kinds.workload import WorkloadShifted
from kansa.rules.catalogue import Catalogue
from kansa.rules.conditions import facts_in, tests
from kansa.rules.evaluate import Flags, collect
from kansa.rules.rulebook import EffectiveRule, EffectiveRules

PREFIXES = {
    "party": "pty",
    "transaction": "ctr",
    "path": "pth",
    "site": "sit",
    "device": "dev",
    "use": "wkl",
}
"""What is assessed, by the prefix of its ids; the operator and reconfigurations are assessed as well."""
RECONFIGURES = (SiteCommissioned, ConfigurationTemporary, WorkloadShifted)
ELAPSED = frozenset({"s", "h", "days", "weeks"})
"""Units of facts that grow with time alone."""


class Subject(NamedTuple):
    """What is assessed: its kind and its id; for a reconfiguration, `<subject id>@<index of its record>`."""

    kind: str
    id: str

    @property
    def about(self) -> str:
        """The id of the subject itself."""
        return self.id.partition("@")[0]

    @property
    def occasion(self) -> int | None:
        """The index of the record that reconfigured."""
        index = self.id.partition("@")[2]
        return int(index) if index else None


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the flag rules of an edition say of a subject, on these facts."""

    subject: Subject
    flags: Flags
    facts: Mapping[str, FactValue]
    looked: Dependencies

    def grounds(self, rule: EffectiveRule, catalogue: Catalogue) -> list[dict[str, Any]]:
        """Return the facts that a rule asks, in the order of their names: value, records and, if it is unknown, the reason.

        `elapsed` marks a fact that grows with time alone.
        """
        return [_ground(name, self.facts[name], catalogue) for name in sorted(facts_in(rule.version.when))]

    def missing(self, rule: EffectiveRule) -> dict[str, str]:
        """Return the facts for want of which a rule could not be assessed, each with the reason."""
        asked = {test.fact for test in tests(rule.version.when)}
        return {
            name: self.facts[name].reason or "not_recorded"
            for name in sorted(asked)
            if self.facts[name].value is None
        }


def assess(world: FactContext, edition: EffectiveRules, subject: Subject) -> Assessed:
    """Compute the facts that the edition's rules on this kind of subject ask, and ask the rules."""
    panel = edition.flags(subject.kind)
    sources = {name: edition.catalogue.facts[name].source for name in panel.facts}
    facts = facts_of(panel.facts, sources, world, subject.id)
    flags = collect(edition, subject.kind, {name: found.value for name, found in facts.items()})
    return Assessed(subject, flags, facts, world.looked())


def reconfigurations(world: FactContext) -> list[Subject]:
    """Return the reconfigurations that have taken effect."""
    found = []
    for kind in RECONFIGURES:
        for noted, _ in world.find(kind.type, kind):
            found.append(Subject("reconfiguration", f"{_first(noted.about)}@{noted.index}"))
    return sorted(found)


def same_grounds(earlier: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether two sets of grounds are the same: equal values; what only grows with time, from the same records."""
    return [_compared(ground) for ground in earlier] == [_compared(ground) for ground in later]


def _compared(ground: Mapping[str, Any]) -> tuple[object, ...]:
    told = ground["records"] if ground.get("elapsed") else ground.get("value")
    return ground["name"], told, ground.get("value") is None


def _ground(name: str, found: FactValue, catalogue: Catalogue) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "value": plain(found.value), "records": list(found.records)}
    if found.value is None:
        told["reason"] = found.reason or "not_recorded"
    if catalogue.facts[name].unit in ELAPSED:
        told["elapsed"] = True
    return told


def plain(value: Value | None) -> bool | int | str | list[str] | None:
    """Return a value as JSON has it."""
    return sorted(value) if isinstance(value, frozenset) else value


def _first(about: Iterable[str]) -> str:
    """Return the subject that names a reconfiguration: its workload, path or site."""
    ordered = sorted(about, key=lambda subject: (_ORDER.get(subject[:3], 9), subject))
    return ordered[0]


_ORDER = {"wkl": 0, "pth": 1, "sit": 2}
