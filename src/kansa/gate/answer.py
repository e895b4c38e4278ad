"""What leaves the gate: AuthZEN decisions, with what people need to understand them, in both languages.

`decision` is true for a permit only. A hold is not a deny: `context.state` tells them apart, and says what is not
known, whom to ask, and when to ask again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from kansa.errors import KansaError
from kansa.gate.context import RuleContext
from kansa.gate.evaluation import Evaluation, written
from kansa.gate.obligations import TERMS
from kansa.gate.question import NotKnown
from kansa.gate.turned_away import TurnedAway
from kansa.i18n import Words
from kansa.records.kinds.claim import Reference
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import Citation, is_practice
from kansa.rules.conditions import facts_in
from kansa.rules.evaluate import Decision
from kansa.rules.rulebook import EffectiveRule, EffectiveRules

MOST_IN_SUMMARY = 3

State = Literal["permit", "hold", "deny"]

NOTHING_PERMITS = Words("no rule permits it", "可とする規則がありません")
NOT_KNOWN = Words("what it depends on is not known: {facts}", "判断に必要な事実が不明：{facts}")
NOT_KEPT = Words("the decision could not be recorded", "判断を記録できませんでした")
PERMITTED = Words("permitted", "可")
_UNTYPED = Words("subject or resource", "主体・対象")
FIELDS: Mapping[str, Words] = {
    "tenant": Words("tenant", "契約者"),
    "end_user": Words("end user", "最終需要者"),
    "account": Words("account", "アカウント"),
    "path": Words("access path", "接続経路"),
    "site": Words("site", "拠点"),
    "from": Words("site that is left", "移動元の拠点"),
    "item_class": Words("item class", "品目区分"),
}
"""What the fields of a request that hold names are called."""
NOT_HERE = Words("nothing here is known as {names}", "次の名称は登録がない：{names}")
SEVERAL = Words(
    "{names} names several item classes: name one",
    "{names}に該当する品目区分が複数あります（一つを指定すること）",
)


class Cited(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text that a rule cites; the operator's own practice (`practice`) has no official text and is never verified."""

    id: str
    instrument: str
    section: str | None = None
    verified: bool = False
    practice: bool = False


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule behind an answer; `unknown` lists the facts for want of which it could not be answered."""

    rule: str
    outcome: State
    words: Words
    verified: bool
    practice: bool = False
    citations: tuple[Cited, ...] = ()
    evidence: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


class Duty(msgspec.Struct, frozen=True):
    """Something that has to follow by a time."""

    code: str
    due: str
    words: Words


class Unnamed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name in the request that means nobody or nothing here, by the field that held it.

    `several`: it means more than one item class.
    """

    field: str
    given: str
    several: bool = False


class Error(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no decision."""

    status: int
    message: str
    code: str | None = None


class Context(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The context of a decision.

    `id` names the decision in the gate's log, where it stands at `entry`; without one nothing was recorded. Times
    are RFC 3339; `evidence` in reasons are entries of the evidence log `evidence_log`. `not_known` is what the request
    named and nothing here is known as: it is said before all else.
    """

    state: State
    reason: str
    words: Words
    not_known: tuple[Unnamed, ...] = ()
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
        """Return the answer with its `reason` in `en` or `ja`."""
        if language == "en":
            return self
        context = msgspec.structs.replace(self.context, reason=self.context.words.in_(language))
        return Answer(self.decision, context)


def turned_away(refusal: TurnedAway, origin: str) -> Answer:
    """Return the answer to a question that is not decided: never a permit; that it was asked stands in the log `origin`."""
    words = refusal.words
    return Answer(
        decision=False,
        context=Context(
            state="deny",
            reason=words.en,
            words=words,
            id=refusal.id,
            entry=Reference(origin, refusal.entry),
            decided=written(refusal.at),
            error=Error(refusal.status, words.en, refusal.code),
        ),
    )


def not_kept(error: KansaError) -> Answer:
    """Return the answer where the decision could not be recorded: hold, whatever it was."""
    context = Context(
        state="hold",
        reason=NOT_KEPT.en,
        words=NOT_KEPT,
        error=Error(503, error.message, error.code),
    )
    return Answer(decision=False, context=context)


class AnswerRenderer:
    """Says decisions of one edition in full; what can be said of each rule beforehand is prepared once."""

    def __init__(self, edition: EffectiveRules, basis: RuleContext, origin: str) -> None:
        self._basis = basis
        self._origin = origin
        self._rules = {bound.rule.id: _fixed_parts(bound, basis.citations) for bound in edition.rules}

    def tell(self, weighed: Evaluation) -> Answer:
        """Return the answer to a question whose decision stands in the log."""
        decision = weighed.decision
        reasons = tuple(self._reasons(weighed))
        words = _summary(decision.outcome, reasons, self._basis.rulebook.catalogue)
        missed = weighed.asked.not_known
        if missed:
            words = _joined([*_missed(missed), words])
        context = Context(
            state=decision.outcome,
            reason=words.en,
            words=words,
            not_known=tuple(Unnamed(*each) for each in missed),
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

    def _reasons(self, weighed: Evaluation) -> Iterator[Reason]:
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


class _FixedParts(NamedTuple):
    """What can be said of a rule whatever the question, and the facts that it asks."""

    reason: Reason
    facts: tuple[str, ...]
    follow_up: tuple[Words, ...]


def _fixed_parts(bound: EffectiveRule, citations: Mapping[str, Citation]) -> _FixedParts:
    cited = []
    for source in bound.version.sources:
        text = citations.get(source.citation)
        instrument = source.citation if text is None else text.instrument
        section = source.locator or (None if text is None else text.section)
        own = text is not None and is_practice(text.confidence)
        checked = text is not None and text.verified and not own
        cited.append(Cited(source.citation, instrument, section, checked, own))
    version = bound.version
    own = is_practice(source.confidence for source in version.sources)
    checked = version.verified and not own
    outcome = bound.rule.outcome or "hold"
    reason = Reason(bound.rule.id, outcome, version.words, checked, own, tuple(cited))
    return _FixedParts(reason, tuple(sorted(facts_in(version.when))), bound.rule.follow_up)


def _summary(outcome: State, reasons: Sequence[Reason], catalogue: Catalogue) -> Words:
    if not reasons:
        return NOTHING_PERMITS if outcome == "deny" else PERMITTED
    known = [reason.words for reason in reasons if not reason.unknown]
    missing = sorted({fact for reason in reasons for fact in reason.unknown})
    parts = [*known[:MOST_IN_SUMMARY], *([_not_known(missing, catalogue)] if missing else [])]
    return _joined(parts)


def _joined(parts: Sequence[Words]) -> Words:
    return Words(
        "; ".join(part.en.rstrip(".") for part in parts), "；".join(part.ja.rstrip("。") for part in parts)
    )


def _missed(names: Sequence[NotKnown]) -> Iterator[Words]:
    """Yield what the request named in vain, first of all: everything else follows from it."""
    for form, several in ((NOT_HERE, False), (SEVERAL, True)):
        given = [(each.given, FIELDS.get(each.field, _UNTYPED)) for each in names if each.several is several]
        if given:
            yield Words(
                form.en.format(names=", ".join(f"`{name}` ({field.en})" for name, field in given)),
                form.ja.format(names="、".join(f"`{name}`（{field.ja}）" for name, field in given)),
            )


def _not_known(facts: Sequence[str], catalogue: Catalogue) -> Words:
    words = [catalogue.facts[fact].words for fact in facts[:MOST_IN_SUMMARY] if fact in catalogue.facts]
    listed = Words(", ".join(each.en for each in words), "、".join(each.ja for each in words))
    return Words(NOT_KNOWN.en.format(facts=listed.en), NOT_KNOWN.ja.format(facts=listed.ja))


def _duties(weighed: Evaluation) -> Iterator[Duty]:
    if weighed.decision.outcome == "permit" and weighed.asked.action in TERMS:
        for duty in TERMS[weighed.asked.action].obligations:
            yield Duty(duty.code, written(weighed.at + duty.within), duty.words)
