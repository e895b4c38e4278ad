"""What leaves the gate: AuthZEN decisions, with what people need to understand them, in both languages.

`decision` is true for a permit only. A hold is not a deny: `context.state` tells them apart, and says what is not
known, whom to ask, and when to ask again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from kansa.errors import BadInput, KansaError
from kansa.gate.basis import Basis
from kansa.gate.terms import TERMS
from kansa.gate.weighed import Weighed, written
from kansa.records.kinds.claim import Reference
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import Citation
from kansa.rules.conditions import facts_in
from kansa.rules.edition import Bound, Edition
from kansa.rules.evaluate import Decision
from kansa.rules.words import Words

MOST_IN_SUMMARY = 3

State = Literal["permit", "hold", "deny"]

NOTHING_PERMITS = Words("no rule permits it", "許可する規則がない")
NOT_KNOWN = Words("what it depends on is not known: {facts}", "判断に必要な事実が不明：{facts}")
NOT_KEPT = Words("the decision could not be recorded", "判断を記録できなかった")
PERMITTED = Words("permitted", "許可")


class Cited(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text that a rule cites."""

    id: str
    instrument: str
    section: str | None = None
    verified: bool = False


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule behind an answer; `unknown` lists the facts for want of which it could not be answered."""

    rule: str
    outcome: State
    words: Words
    verified: bool
    citations: tuple[Cited, ...] = ()
    evidence: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


class Duty(msgspec.Struct, frozen=True):
    """Something that has to follow by a time."""

    code: str
    due: str
    words: Words


class Error(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no decision."""

    status: int
    message: str
    code: str | None = None


class Context(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The context of a decision.

    `id` names the decision in the gate's log, where it stands at `entry`; without one nothing was recorded. Times
    are RFC 3339; `evidence` in reasons are entries of the evidence log `evidence_log`.
    """

    state: State
    reason: str
    words: Words
    id: str | None = None
    entry: Reference | None = None
    decided: str | None = None
    expires: str | None = None
    reasons: tuple[Reason, ...] = ()
    evidence_log: str | None = None
    obligations: tuple[Duty, ...] = ()
    release: tuple[Words, ...] = ()
    error: Error | None = None


class Answer(msgspec.Struct, frozen=True):
    """A decision of AuthZEN 1.0."""

    decision: bool
    context: Context

    @property
    def state(self) -> State:
        """Permit, hold or deny."""
        return self.context.state

    def in_(self, language: str) -> "Answer":
        """The answer with its `reason` in `en` or `ja`."""
        if language == "en":
            return self
        context = msgspec.structs.replace(self.context, reason=self.context.words.in_(language))
        return Answer(self.decision, context)


def refused(error: BadInput, status: int = 400) -> Answer:
    """The answer to a question that cannot be decided: never a permit, and nothing is recorded."""
    told = "; ".join([error.message, *map(str, error.problems)])
    words = Words(told, told)
    return Answer(
        decision=False,
        context=Context(state="deny", reason=told, words=words, error=Error(status, told, error.code)),
    )


def not_kept(error: KansaError) -> Answer:
    """The answer where the decision could not be recorded: hold, whatever it was."""
    context = Context(
        state="hold",
        reason=NOT_KEPT.en,
        words=NOT_KEPT,
        error=Error(503, error.message, error.code),
    )
    return Answer(decision=False, context=context)


class Teller:
    """Says decisions of one edition in full; what can be said of each rule beforehand is prepared once."""

    def __init__(self, edition: Edition, basis: Basis, origin: str) -> None:
        self._basis = basis
        self._origin = origin
        self._rules = {bound.rule.id: _told(bound, basis.citations) for bound in edition.rules}

    def tell(self, weighed: Weighed) -> Answer:
        """The answer to a question whose decision stands in the log."""
        decision = weighed.decision
        reasons = tuple(self._reasons(weighed))
        words = _summary(decision.outcome, reasons, self._basis.rulebook.catalogue)
        context = Context(
            state=decision.outcome,
            reason=words.en,
            words=words,
            id=weighed.id,
            entry=Reference(self._origin, weighed.entry),
            decided=written(weighed.at),
            expires=written(weighed.expires),
            reasons=reasons,
            evidence_log=self._basis.log,
            obligations=tuple(_duties(weighed)),
            release=tuple(dict.fromkeys(self._follow_up(decision))) if decision.outcome == "hold" else (),
        )
        return Answer(decision=decision.outcome == "permit", context=context)

    def _follow_up(self, decision: Decision) -> Iterator[Words]:
        for id_ in decision.determining:
            if self._rules[id_].reason.outcome == "hold":
                yield from self._rules[id_].follow_up

    def _reasons(self, weighed: Weighed) -> Iterator[Reason]:
        unknown = frozenset(weighed.decision.unknown)
        evidence = weighed.stood.ground.evidence
        for id_ in weighed.decision.determining:
            rule = self._rules[id_]
            facts = rule.facts
            yield msgspec.structs.replace(
                rule.reason,
                evidence=tuple(sorted({index for fact in facts for index in evidence.get(fact, ())})),
                unknown=tuple(fact for fact in facts if weighed.facts.get(fact) is None)
                if id_ in unknown
                else (),
            )


class _Told(NamedTuple):
    """What can be said of a rule whatever the question, and the facts that it asks."""

    reason: Reason
    facts: tuple[str, ...]
    follow_up: tuple[Words, ...]


def _told(bound: Bound, citations: Mapping[str, Citation]) -> _Told:
    cited = []
    for source in bound.version.sources:
        text = citations.get(source.citation)
        instrument = source.citation if text is None else text.instrument
        section = source.locator or (None if text is None else text.section)
        cited.append(Cited(source.citation, instrument, section, text is not None and text.verified))
    version = bound.version
    reason = Reason(
        bound.rule.id, bound.rule.outcome or "hold", version.words, version.verified, tuple(cited)
    )
    return _Told(reason, tuple(sorted(facts_in(version.when))), bound.rule.follow_up)


def _summary(outcome: State, reasons: Sequence[Reason], catalogue: Catalogue) -> Words:
    if not reasons:
        return NOTHING_PERMITS if outcome == "deny" else PERMITTED
    known = [reason.words for reason in reasons if not reason.unknown]
    missing = sorted({fact for reason in reasons for fact in reason.unknown})
    parts = [*known[:MOST_IN_SUMMARY], *([_not_known(missing, catalogue)] if missing else [])]
    return Words(
        "; ".join(part.en.rstrip(".") for part in parts), "；".join(part.ja.rstrip("。") for part in parts)
    )


def _not_known(facts: Sequence[str], catalogue: Catalogue) -> Words:
    words = [catalogue.facts[fact].words for fact in facts[:MOST_IN_SUMMARY] if fact in catalogue.facts]
    listed = Words(", ".join(each.en for each in words), "、".join(each.ja for each in words))
    return Words(NOT_KNOWN.en.format(facts=listed.en), NOT_KNOWN.ja.format(facts=listed.ja))


def _duties(weighed: Weighed) -> Iterator[Duty]:
    if weighed.decision.outcome == "permit" and weighed.asked.action in TERMS:
        for duty in TERMS[weighed.asked.action].obligations:
            yield Duty(duty.code, written(weighed.at + duty.within), duty.words)
