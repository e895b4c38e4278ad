"""Show why the gate decided: the rules that determined it, with the value and the truth of everything they asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kansa.gate.replay import Replayed
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import is_practice
from kansa.rules.conditions import All, Condition, Not, Test, truth
from kansa.rules.loading.library import Library, read_library
from kansa.rules.publish.sentence import operand, sentence
from kansa.rules.rulebook import EffectiveRule
from kansa.texts import Words

Truth = bool | None
"""Whether a condition is true; None where a fact that it needs is not known."""

Checked = Literal["verified", "unverified", "practice"]

OUTCOME: Mapping[str, Words] = {
    "permit": Words("PERMIT", "可"),
    "hold": Words("HOLD", "保留"),
    "deny": Words("DENY", "不可"),
}
CHECKED: Mapping[Checked, Words] = {
    "verified": Words("verified", "原文確認済み"),
    "unverified": Words("unverified", "原文未確認"),
    "practice": Words("our practice, not law", "製品の実務（法令ではない）"),
}
"""Whether somebody compared something with the official text; what is the operator's own practice has none."""

_MARK: Mapping[Truth, str] = {True: "✓", False: "✗", None: "?"}
_JOINED: Mapping[str, Words] = {
    "all": Words("all of", "すべて"),
    "any": Words("any of", "いずれか"),
    "not": Words("not", "否定"),
}
_IS, _UNKNOWN = Words("is", "値"), Words("not known", "不明")
_RULES = Words("rules that decided", "判断を決めた規則")
_NOTHING = Words("no rule permits it", "可とする規則がありません")


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition with its truth: a test of one fact, or others joined. `value` is None where the fact is not known."""

    joined: Literal["all", "any", "not", "test"]
    truth: Truth
    parts: tuple["Asked", ...] = ()
    fact: str | None = None
    words: Words | None = None
    value: Any = None
    value_words: Words | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        if self.joined != "test":
            return {
                "joined": self.joined,
                "truth": self.truth,
                "parts": [each.as_json() for each in self.parts],
            }
        value = sorted(self.value) if isinstance(self.value, frozenset) else self.value
        return {
            "joined": "test",
            "truth": self.truth,
            "fact": self.fact,
            "value": value,
            "words": _both(self.words),
        }


@dataclass(frozen=True, slots=True)
class Cited:
    """A source of a rule: where it stands, and whether somebody compared it with the official text."""

    citation: str
    where: str | None = None
    title: Words | None = None
    checked: Checked | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "citation": self.citation,
            "where": self.where,
            "title": _both(self.title),
            "verified": None if self.checked is None else self.checked == "verified",
            "practice": self.checked == "practice",
        }


@dataclass(frozen=True, slots=True)
class Determining:
    """A rule that determined the outcome."""

    rule: str
    outcome: str
    checked: Checked
    words: Words
    sources: tuple[Cited, ...]
    condition: Asked

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "rule": self.rule,
            "outcome": self.outcome,
            "verified": self.checked == "verified",
            "practice": self.checked == "practice",
            "words": _both(self.words),
            "sources": [each.as_json() for each in self.sources],
            "condition": self.condition.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why a decision came out as it did. `refused` says why nobody can tell: packs or facts are no longer kept."""

    rules: tuple[Determining, ...]
    refused: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {"rules": [each.as_json() for each in self.rules], "refused": self.refused}


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of text with the lines below it."""

    text: str
    below: tuple["Branch", ...] = ()


def reasoning(found: Replayed, library: Library | None = None) -> Reasoning:
    """Return why a decision that was made again came out so, with the facts that its record holds.

    Citations and words of facts come from `library`, by default the shipped packs.
    """
    if found.edition is None or found.again is None:
        return Reasoning((), str(found.refused))
    bound = {each.rule.id: each for each in found.edition.rules}
    facts, shelf = found.edition.catalogue.known(found.facts), library or read_library()
    return Reasoning(tuple(_determining(bound[id_], facts, shelf) for id_ in found.again.determining))


def as_branches(shown: Reasoning, language: str) -> Branch:
    """Return the reasoning as lines in a language, the first of them its title."""
    if shown.refused is not None:
        return Branch(shown.refused)
    if not shown.rules:
        return Branch(_NOTHING.in_(language))
    return Branch(_RULES.in_(language), tuple(_rule_branch(each, language) for each in shown.rules))


def _determining(bound: EffectiveRule, facts: Mapping[str, Any], library: Library) -> Determining:
    version, rule = bound.version, bound.rule
    return Determining(
        rule.id,
        rule.outcome or "hold",
        _checked(version.verified, (source.confidence for source in version.sources)),
        version.words,
        tuple(_cited(source.citation, source.locator, library) for source in version.sources),
        _asked(version.when, facts, library.catalogue),
    )


def _cited(id_: str, locator: str | None, library: Library) -> Cited:
    citation = library.citations.get(id_)
    if citation is None:
        return Cited(id_)
    where = " ".join(part for part in (citation.instrument, locator or citation.section) if part)
    return Cited(id_, where, citation.title, _checked(citation.verified, citation.confidence))


def _checked(verified: bool, confidences: Iterable[str]) -> Checked:  # noqa: FBT001 - the mark itself
    if is_practice(confidences):
        return "practice"
    return "verified" if verified else "unverified"


def _asked(condition: Condition, facts: Mapping[str, Any], catalogue: Catalogue) -> Asked:
    true = truth(condition, facts)
    if isinstance(condition, Test):
        value = facts.get(condition.fact)
        words = sentence(condition, catalogue) if condition.fact in catalogue.facts else None
        said = None if value is None else _value(condition.fact, value, catalogue)
        return Asked("test", true, (), condition.fact, words, value, said)
    if isinstance(condition, Not):
        return Asked("not", true, (_asked(condition.part, facts, catalogue),))
    parts = tuple(_asked(part, facts, catalogue) for part in condition.parts)
    return Asked("all" if isinstance(condition, All) else "any", true, parts)


def _value(fact: str, value: Any, catalogue: Catalogue) -> Words:
    """Return the value of a fact as readers of either language see it; of an empty list a sign."""
    declared = catalogue.facts.get(fact)
    several = tuple(sorted(value)) if isinstance(value, frozenset) else value
    if several == ():
        return Words("∅", "∅")
    unit = None if declared is None else declared.unit
    return Words(*(operand(several, unit, catalogue, language) for language in ("en", "ja")))


def _rule_branch(each: Determining, language: str) -> Branch:
    mark, outcome = _MARK[each.condition.truth], OUTCOME[each.outcome].in_(language)
    text = f"{mark} {outcome} {each.rule} ({CHECKED[each.checked].in_(language)}) {each.words.in_(language)}"
    return Branch(text, (*_source_branches(each, language), _asked_branch(each.condition, language)))


def _source_branches(each: Determining, language: str) -> Iterator[Branch]:
    for source in each.sources:
        if source.title is None or source.checked is None:
            yield Branch(f"§ {source.citation}")
            continue
        checked = CHECKED[source.checked].in_(language)
        yield Branch(f"§ {source.where}: {source.title.in_(language)} ({checked})")


def _asked_branch(asked: Asked, language: str) -> Branch:
    mark = _MARK[asked.truth]
    if asked.joined != "test":
        text = f"{mark} {_JOINED[asked.joined].in_(language)}"
        return Branch(text, tuple(_asked_branch(part, language) for part in asked.parts))
    if asked.value_words is None:
        shown = _UNKNOWN.in_(language)
    else:
        shown = f"{_IS.in_(language)} {asked.value_words.in_(language)}"
    words = str(asked.fact) if asked.words is None else asked.words.in_(language)
    return Branch(f"{mark} {words} — {asked.fact} {shown}")


def _both(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"en": words.en, "ja": words.ja}
