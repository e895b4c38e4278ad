"""The sentence that a condition says, in English and Japanese: made from the condition itself, never by hand.

It stands beside the words that an author wrote for a rule, so that a reader sees where the two drift apart;
`wording_hash` covers both.
"""

import hashlib

import msgspec

from kansa.i18n import LANGUAGES, Words
from kansa.records import canonical
from kansa.rules.catalogue import Catalogue
from kansa.rules.conditions import AnyOf, Condition, Not, Operand, Test
from kansa.rules.pack import Version

FORM = "kansa-wording-1"

_JOINED = {"all": Words("; and ", "、かつ"), "any": Words("; or ", "、または")}
_NOT = Words("not ({})", "（{}）に当たらない")
_YES = {True: Words("yes", "はい"), False: Words("no", "いいえ")}
_PARAMETER = Words("{} (parameter `{}`)", "{}（パラメータ`{}`）")
_ASKED = {
    "eq": Words("{}", "{}"),
    "ne": Words("other than {}", "{}以外"),
    "lt": Words("less than {}", "{}未満"),
    "le": Words("at most {}", "{}以下"),
    "gt": Words("more than {}", "{}超"),
    "ge": Words("at least {}", "{}以上"),
    "in": Words("one of {}", "{}のいずれか"),
    "not_in": Words("none of {}", "{}のいずれでもない"),
    "contains": Words("includes {}", "{}を含む"),
    "intersects": Words("includes at least one of {}", "{}の少なくとも一つを含む"),
    "subset_of": Words("nothing but {}", "{}のみ"),
}
_DAYS = {
    "lt": Words("before {}", "{}より前"),
    "le": Words("{} or before", "{}以前"),
    "gt": Words("after {}", "{}より後"),
    "ge": Words("{} or after", "{}以後"),
}


def sentence(condition: Condition, catalogue: Catalogue) -> Words:
    """Return what a condition asks, in both languages."""
    return Words(*(_condition_text(condition, catalogue, language) for language in LANGUAGES))


def wording_hash(version: Version, catalogue: Catalogue) -> str:
    """Return SHA-256, in hexadecimal, of a rule's authored words and of the sentences of its condition."""
    both = {"authored": version.words, "generated": sentence(version.when, catalogue)}
    return hashlib.sha256(canonical.encode({"form": FORM, **msgspec.to_builtins(both)})).hexdigest()


def _condition_text(condition: Condition, catalogue: Catalogue, language: str) -> str:
    if isinstance(condition, Test):
        return _test(condition, catalogue, language)
    if isinstance(condition, Not):
        return _NOT.in_(language).format(_condition_text(condition.part, catalogue, language))
    word = _JOINED["any" if isinstance(condition, AnyOf) else "all"].in_(language)
    return word.join(_part(part, catalogue, language) for part in condition.parts)


def _part(part: Condition, catalogue: Catalogue, language: str) -> str:
    """Return a part of `all` or `any`; what is itself joined stands in brackets."""
    said = _condition_text(part, catalogue, language)
    if isinstance(part, Test | Not) or len(part.parts) == 1:
        return said
    return f"({said})" if language == "en" else f"（{said}）"


def _test(test: Test, catalogue: Catalogue, language: str) -> str:
    fact = catalogue.facts[test.fact]
    day = fact.unit == "yyyymmdd"
    asked = (_DAYS.get(test.op) if day else None) or _ASKED[test.op]
    said = operand(test.operand, fact.unit, catalogue, language)
    if test.parameter is not None:
        said = _PARAMETER.in_(language).format(said, test.parameter)
    colon = ": " if language == "en" else "："
    return f"{fact.words.in_(language)}{colon}{asked.in_(language).format(said)}"


def operand(value: Operand, unit: str | None, catalogue: Catalogue, language: str) -> str:
    """Return an operand, or the value of a fact, as a reader sees it, in its unit."""
    values = value if isinstance(value, tuple) else (value,)
    said = [_value(one, unit, catalogue, language) for one in values]
    if language == "ja":
        return "".join(f"「{one}」" for one in said) if isinstance(values[0], str) else "、".join(said)
    return ", ".join(said)


def _value(value: bool | int | str, unit: str | None, catalogue: Catalogue, language: str) -> str:  # noqa: FBT001 - a fact's value
    if isinstance(value, bool):
        return _YES[value].in_(language)
    if isinstance(value, str):
        return catalogue.value(value, language)
    if unit == "yyyymmdd":
        return f"{value // 10000}-{value // 100 % 100:02}-{value % 100:02}"
    if unit == "bp" and value % 100 == 0:
        return f"{value // 100} %"
    return f"{value:,}{catalogue.unit(unit, language)}" if unit else f"{value:,}"
