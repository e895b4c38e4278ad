"""Show the rules as they stand on a day: what each says, whether it binds, where it is from, how many flags it has now."""

from collections.abc import Mapping
from dataclasses import dataclass

from kansa.application.flags import FlagService
from kansa.rules.citations import Citation, is_practice
from kansa.rules.publish.sentence import sentence
from kansa.rules.rulebook import EffectiveRule
from kansa.texts import Words
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Cited:
    """A source of a rule: the text, the place in it, and what the text is today."""

    title: Words
    locator: str | None
    date: str | None
    url: str | None
    status: str


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule in the version that stands: its words, its condition as a sentence, its sources; `practice`: it is not law."""

    id: str
    pack: str
    version: str
    words: Words
    condition: Words
    standing: str
    practice: bool
    verified: bool
    severity: str | None
    outcome: str | None
    actions: tuple[str, ...]
    follow_up: tuple[Words, ...]
    cited: tuple[Cited, ...]
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class RulesOn:
    """The rules on a day, by id; `adopted`: the operator adopted packs, otherwise the shipped ones stand."""

    at: int
    rules: Mapping[str, ShownRule]
    adopted: bool
    facts: Mapping[str, Words]


def rules_on(vault: Vault, at: int) -> RulesOn:
    """Return the rules as they stand at an instant."""
    desk = FlagService(vault)
    with vault.evidence() as evidence:
        in_force = desk.in_force(evidence)
    edition = in_force.rulebook.at(at, in_force.readings)
    library = desk.library
    return RulesOn(
        at,
        {each.rule.id: _shown(each, desk, library.citations) for each in edition.rules},
        in_force.adopted,
        {name: fact.words for name, fact in library.catalogue.facts.items()},
    )


def _shown(found: EffectiveRule, desk: FlagService, citations: Mapping[str, Citation]) -> ShownRule:
    rule, version = found.rule, found.version
    cited = [
        Cited(text.title, source.locator, text.date, text.url, text.text_status)
        for source in version.sources
        if (text := citations.get(source.citation)) is not None
    ]
    return ShownRule(
        rule.id,
        found.pack.id,
        found.pack.version,
        version.words,
        sentence(version.when, desk.library.catalogue),
        str(found.standing),
        is_practice(source.confidence for source in version.sources),
        version.verified,
        rule.severity,
        rule.outcome,
        rule.actions,
        rule.follow_up,
        tuple(cited),
        version.start,
        version.end,
    )
