"""Asks a pack its cases. A pack that answers one of them otherwise is not used."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kansa.rules.catalogue import Catalogue
from kansa.rules.compiled import Answers, compiled
from kansa.rules.conditions import Condition
from kansa.rules.evaluate import decide
from kansa.rules.pack import Case, Pack
from kansa.rules.rulebook import EffectiveRules, Rulebook
from kansa.rules.tables import TablePack

_WANTED = {"hits": "hit", "misses": "missed", "unknown": "unknown"}


class Failure(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A case that a pack answers otherwise than the case says; `rule` is None where it is about the outcome."""

    pack: str
    case: str
    rule: str | None = None
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"`{self.rule or self.pack}` should be `{self.wanted}` in the case `{self.case}`, it is `{self.found}`"


def failures(pack: Pack | TablePack, catalogue: Catalogue) -> Iterator[Failure]:
    """Ask every case of a pack, and tell those that are answered otherwise."""
    asked = {at: _Asked(pack, at, catalogue) for at in {case.at for case in pack.cases}}
    for case in pack.cases:
        found = asked[case.at].truths(case.facts)
        for field, wanted in _WANTED.items():
            for id_ in getattr(case, field):
                if found.get(id_, "without a version then") != wanted:
                    yield Failure(
                        pack=pack.id,
                        case=case.name,
                        rule=id_,
                        wanted=wanted,
                        found=found.get(id_, "without a version then"),
                    )
        yield from _outcome(pack, case, asked[case.at].edition)


def _outcome(pack: Pack | TablePack, case: Case, edition: EffectiveRules | None) -> Iterator[Failure]:
    if case.action is None or case.outcome is None or edition is None:
        return
    decision = decide(edition, case.action, case.facts)
    if decision.outcome != case.outcome:
        why = ", ".join(decision.determining) or "the default"
        yield Failure(pack=pack.id, case=case.name, wanted=case.outcome, found=f"{decision.outcome} by {why}")


class _Asked:
    """A pack at an instant: what each of its rules, or rows with a condition, says of facts."""

    def __init__(self, pack: Pack | TablePack, at: int, catalogue: Catalogue) -> None:
        conditions = _conditions(pack, at)
        self._ids = tuple(conditions)
        self._answers: Answers = compiled(tuple(conditions.values()), catalogue.facts)
        self.edition = Rulebook((pack,), catalogue).at(at) if isinstance(pack, Pack) else None

    def truths(self, facts: Mapping[str, Any]) -> dict[str, str]:
        said = {self._ids[max(n, ~n)]: "hit" if n >= 0 else "unknown" for n in self._answers(facts)}
        return {id_: said.get(id_, "missed") for id_ in self._ids}


def _conditions(pack: Pack | TablePack, at: int) -> dict[str, Condition]:
    if isinstance(pack, Pack):
        return {rule.id: version.when for rule in pack.rules if (version := rule.at(at)) is not None}
    versions = [version for table in pack.tables for version in table.versions if version.covers(at)]
    return {row.value: row.when for version in versions for row in version.rows if row.when is not None}
