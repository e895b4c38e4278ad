"""Gate rules as Cedar policies, for operators whose own decision point speaks Cedar.

Cedar knows permit and forbid and two answers. A hold is a `forbid` with `@outcome("hold")`; a rule that is unverified
or unsettled, which may not deny by itself, is such a hold too, and one that would permit is left out.

Cedar skips a policy whose evaluation fails, a `forbid` as any other (https://docs.cedarpolicy.com/auth/authorization.html,
"skip on error"). A request that lacks a fact may therefore be allowed although the rule that asks the fact would have
held it. `WARNING` says so in every export; the gate itself never answers so.
"""

from collections.abc import Iterator

from kansa.clock import format_instant
from kansa.rules.conditions import AnyOf, Condition, Not, Operand, Test
from kansa.rules.pack import ACTIONS
from kansa.rules.rulebook import EffectiveRule, EffectiveRules

WARNING = (
    "WARNING: Cedar skips a policy whose evaluation fails, a forbid too. A request in which a fact is missing can be",
    "ALLOWED although the rule that asks the fact would have held or denied it. Whoever asks must treat every entry in",
    "the errors of an answer as hold, and may read `permit` only from an answer without errors.",
)

_ASKED = {
    "eq": "{fact} == {operand}",
    "ne": "{fact} != {operand}",
    "lt": "{fact} < {operand}",
    "le": "{fact} <= {operand}",
    "gt": "{fact} > {operand}",
    "ge": "{fact} >= {operand}",
    "in": "{operand}.contains({fact})",
    "not_in": "!({operand}.contains({fact}))",
    "contains": "{fact}.contains({operand})",
    "intersects": "{fact}.containsAny({operand})",
    "subset_of": "{operand}.containsAll({fact})",
}


def policies(edition: EffectiveRules, at: int) -> str:
    """Return the gate rules of an edition as text; facts are attributes of `context` under their own names, sets as sets."""
    rules = {bound.rule.id: bound for action in ACTIONS for bound in edition.gate(action).rules}
    packs = dict.fromkeys(bound.pack for bound in rules.values())
    lines = [f"// The gate rules of Kansa as they stand at {format_instant(at)}. Evidence, not legal advice."]
    lines += [f"// {pack.id} {pack.version}, meaning {pack.meaning}" for pack in packs]
    lines += [
        "//",
        *(f"// {line}" for line in WARNING),
        '// A forbid with @outcome("hold") is a hold: ask a person.',
    ]
    for id_ in sorted(rules):
        lines += ["", *_policy(rules[id_])]
    return "\n".join(lines) + "\n"


def _policy(bound: EffectiveRule) -> Iterator[str]:
    rule, version = bound.rule, bound.version
    alone = bound.standing == "binds" and version.verified
    if bound.standing == "does_not_bind":
        yield f"// {rule.id}: {version.text_status} in text, {version.enforcement_status} in enforcement; it changes nothing"
        return
    if rule.outcome == "permit" and not alone:
        yield f"// {rule.id}: unverified or of unknown status; it permits nothing by itself"
        return
    outcome = "deny" if rule.outcome == "deny" and alone else "permit" if rule.outcome == "permit" else "hold"
    cited = " ".join(dict.fromkeys(source.citation for source in version.sources))
    actions = ", ".join(f"Action::{_quoted(action)}" for action in rule.actions)
    yield f"// {' '.join(version.words.en.split())}"
    yield f"@id({_quoted(rule.id)}) @outcome({_quoted(outcome)}) @citations({_quoted(cited)})"
    yield f"{'permit' if outcome == 'permit' else 'forbid'} (principal, action in [{actions}], resource)"
    yield f"when {{ {condition_text(version.when)} }};"


def condition_text(condition: Condition) -> str:
    """Return a condition as a Cedar expression."""
    if isinstance(condition, Test):
        fact = f"context[{_quoted(condition.fact)}]"
        return f"({_ASKED[condition.op].format(fact=fact, operand=_literal(condition.operand))})"
    if isinstance(condition, Not):
        return f"!{condition_text(condition.part)}"
    word = " || " if isinstance(condition, AnyOf) else " && "
    return f"({word.join(map(condition_text, condition.parts))})"


def _literal(operand: Operand) -> str:
    if isinstance(operand, tuple):
        return f"[{', '.join(map(_literal, operand))}]"
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return str(operand) if isinstance(operand, int) else _quoted(operand)


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
