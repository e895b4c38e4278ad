"""Answers: one outcome for a request to the gate, or the flags that facts raise.

Pure: no clock, no floats, no locale, no order of sets. Of the rules that apply, deny beats hold, hold beats permit;
where none applies the answer is deny. Whether a rule applies may be unsure: a fact is unknown, its status is, or it
would deny or permit and nobody has verified it. If one outcome is left whichever of the unsure rules apply, that is
the answer; otherwise it is hold. So an unknown fact never permits and never hides a known deny, and a rule that is
unverified or unsettled neither denies nor permits on its own.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from kansa.records import canonical
from kansa.rules.conditions import Operand, Truth, tests, truth
from kansa.rules.effective_dates import Standing
from kansa.rules.pack import Outcome, Severity
from kansa.rules.rulebook import EffectiveRule, EffectiveRules, PackRef, RuleSet

SEMANTICS = "kansa-rules-1"
_REMEMBERED = 1 << 14


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One answer of the gate, with everything that replays it except the facts.

    Lists are ids of rules, in order. `determining` brought the outcome about; a deny without any is the default,
    that nothing permits it. `unknown` could not be answered for want of facts; `unverified` hit, but may neither
    deny nor permit alone; `unsettled` may or may not be in force: then the outcome under both answers is recorded.
    `not_binding` hit but are proposed, suspended, withdrawn or not enforced; they change nothing. `readings` are
    rules that an operator's reading settled.
    """

    outcome: Outcome
    action: str
    determining: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    if_in_force: Outcome | None = None
    if_not_in_force: Outcome | None = None
    not_binding: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    packs: tuple[PackRef, ...]
    semantics: str = SEMANTICS


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A flag that facts raise. `version` is the instant from which the rule's version stands."""

    rule: str
    version: int
    severity: Severity
    standing: Standing
    verified: bool
    citations: tuple[str, ...]


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """What a panel of flag rules says of one subject. `not_assessed` is no answer, and never "no flag"."""

    raised: tuple[Finding, ...]
    not_assessed: tuple[str, ...]
    not_binding: tuple[str, ...]
    packs: tuple[PackRef, ...]
    semantics: str = SEMANTICS


class Leaf(msgspec.Struct, frozen=True):
    """One test of an explanation: the value as it was given, None if there was none, and what the test said."""

    fact: str
    op: str
    operand: Operand
    parameter: str | None
    value: Any
    truth: Truth


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of an explanation, with each of its tests."""

    rule: str
    version: int
    standing: Standing
    verified: bool
    truth: Truth
    leaves: tuple[Leaf, ...]


class _Answer(NamedTuple):
    """A rule that may apply: whether it hits for certain, given that it is in force."""

    bound: EffectiveRule
    hits: bool

    @property
    def can_settle(self) -> bool:
        """Whether it may deny or permit by itself."""
        return self.hits and (self.bound.version.verified or self.bound.rule.outcome == "hold")


def decide(edition: EffectiveRules, action: str, facts: Mapping[str, Any]) -> Decision:
    """Answer a request to the gate for one of `pack.ACTIONS`."""
    panel = edition.gate(action)
    return _decided(panel, action, tuple(panel.answers(facts)))


@lru_cache(_REMEMBERED)
def _decided(panel: RuleSet, action: str, answers: tuple[int, ...]) -> Decision:
    """Return the decision, a function of which rules may hit: requests that differ in nothing else share it."""
    found = [_Answer(panel.rules[max(n, ~n)], n >= 0) for n in answers]
    may = [answer for answer in found if answer.bound.standing != "does_not_bind"]
    settled = [answer for answer in may if answer.bound.standing == "binds"]
    outcome = _only(may, [answer for answer in settled if answer.can_settle])
    determining = _determining(outcome, may, settled)
    both: dict[str, Outcome] = {}
    if len(settled) < len(may):
        both["if_in_force"] = _only(may, [answer for answer in may if answer.can_settle])
        both["if_not_in_force"] = _only(settled, [answer for answer in settled if answer.can_settle])
    return Decision(
        outcome=outcome,
        action=action,
        determining=_ids(determining),
        unknown=_ids(answer for answer in may if not answer.hits),
        unverified=_ids(answer for answer in may if answer.hits and not answer.can_settle),
        unsettled=_ids(answer for answer in may if answer.bound.standing == "unsettled"),
        not_binding=_ids(
            answer for answer in found if answer.hits and answer.bound.standing == "does_not_bind"
        ),
        readings=_ids(answer for answer in found if answer.bound.reading is not None),
        citations=_citations(determining),
        packs=panel.packs,
        **both,
    )


def _only(may: list[_Answer], surely: list[_Answer]) -> Outcome:
    """Return the outcome, if only one is possible whichever of those that may apply do; else hold."""
    possible = {answer.bound.rule.outcome for answer in may}
    certain = {answer.bound.rule.outcome for answer in surely}
    left: list[Outcome] = []
    if "deny" in possible or not certain:  # where nothing is certain, it may be that nothing applies
        left.append("deny")
    if "hold" in possible and "deny" not in certain:
        left.append("hold")
    if "permit" in possible and not certain & {"deny", "hold"}:
        left.append("permit")
    return left[0] if len(left) == 1 else "hold"


def _determining(outcome: Outcome, may: list[_Answer], settled: list[_Answer]) -> list[_Answer]:
    certain = [answer for answer in settled if answer.can_settle]
    if outcome != "hold":
        return [answer for answer in certain if answer.bound.rule.outcome == outcome]
    against = [answer for answer in may if answer.bound.rule.outcome != "permit"]
    if any(answer.bound.rule.outcome in {"hold", "permit"} for answer in certain):
        return against
    return may


def collect(edition: EffectiveRules, subject: str, facts: Mapping[str, Any]) -> Flags:
    """Return the flags that facts about one subject raise, and the rules that could not be assessed."""
    panel = edition.flags(subject)
    return _collected(panel, tuple(panel.answers(facts)))


@lru_cache(_REMEMBERED)
def _collected(panel: RuleSet, answers: tuple[int, ...]) -> Flags:
    found = [_Answer(panel.rules[max(n, ~n)], n >= 0) for n in answers]
    may = [answer for answer in found if answer.bound.standing != "does_not_bind"]
    return Flags(
        raised=tuple(_finding(answer.bound) for answer in may if answer.hits),
        not_assessed=_ids(answer for answer in may if not answer.hits),
        not_binding=_ids(
            answer for answer in found if answer.hits and answer.bound.standing == "does_not_bind"
        ),
        packs=panel.packs,
    )


def explain(panel: RuleSet, facts: Mapping[str, Any], edition: EffectiveRules) -> tuple[Explained, ...]:
    """Return every rule of a panel with the value and the truth of each of its tests."""
    known = edition.catalogue.known({name: facts.get(name) for name in panel.facts})
    return tuple(
        Explained(
            rule=bound.rule.id,
            version=bound.version.start,
            standing=bound.standing,
            verified=bound.version.verified,
            truth=truth(bound.version.when, known),
            leaves=tuple(
                Leaf(
                    test.fact,
                    test.op,
                    test.operand,
                    test.parameter,
                    facts.get(test.fact),
                    truth(test, known),
                )
                for test in tests(bound.version.when)
            ),
        )
        for bound in panel.rules
    )


def snapshot_hash(facts: Mapping[str, Any]) -> str:
    """Return SHA-256, in hexadecimal, of the canonical bytes of the facts that have a value, sorted by name; sets are sorted.

    Raises:
        BadInput: `record.profile` if a value is none that a fact may have.
    """
    listed = [[name, _plain(facts[name])] for name in sorted(facts) if facts[name] is not None]
    return hashlib.sha256(canonical.encode({"form": "kansa-facts-1", "facts": listed})).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset | set | tuple | list) else value


def _finding(bound: EffectiveRule) -> Finding:
    return Finding(
        rule=bound.rule.id,
        version=bound.version.start,
        severity=bound.rule.severity or "low",
        standing=bound.standing,
        verified=bound.version.verified,
        citations=tuple(source.citation for source in bound.version.sources),
    )


def _ids(answers: Iterable[_Answer]) -> tuple[str, ...]:
    return tuple(answer.bound.rule.id for answer in answers)


def _citations(answers: Iterable[_Answer]) -> tuple[str, ...]:
    cited = [source.citation for answer in answers for source in answer.bound.version.sources]
    return tuple(dict.fromkeys(cited))
