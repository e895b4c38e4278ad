"""The sentence beside an author's words is made from the condition, in both languages, and changes with it."""

from pathlib import Path

import pytest

from kansa.rules.conditions import All, AnyOf, Condition, Not, Operand
from kansa.rules.conditions import Test as Asked
from kansa.rules.loading.library import read_library
from kansa.rules.operators import OPERATORS
from kansa.rules.publish.sentence import operand, sentence, wording_hash
from rules.random_packs import CATALOGUE
from rules.writing import changed, read

KNOWN = Asked("a.known", "eq", operand=True)


@pytest.mark.parametrize(
    ("condition", "en", "ja"),
    [
        (KNOWN, "words: yes", "言葉：はい"),
        (Not(KNOWN), "not (words: yes)", "（言葉：はい）に当たらない"),
        (Asked("b.age_days", "gt", 1000), "words: more than 1,000", "言葉：1,000超"),
        (
            Asked("b.age_days", "ge", 5, "limit"),
            "words: at least 5 (parameter `limit`)",
            "言葉：5（パラメータ`limit`）以上",
        ),
        (Asked("c.country", "in", ("CN", "NO")), "words: one of CN, NO", "言葉：「CN」「NO」のいずれか"),
        (
            All((KNOWN, AnyOf((KNOWN, Not(KNOWN))))),
            "words: yes; and (words: yes; or not (words: yes))",
            "言葉：はい、かつ（言葉：はい、または（言葉：はい）に当たらない）",
        ),
    ],
)
def test_a_condition_is_a_sentence(condition: Condition, en: str, ja: str) -> None:
    """What is joined inside something joined stands in brackets."""
    said = sentence(condition, CATALOGUE)

    assert (said.en, said.ja) == (en, ja)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(20221007, "yyyymmdd", "2022-10-07"), (5000, "bp", "50 %"), (25, "bp", "25 bp"), (3, "days", "3 days")],
)
def test_a_value_is_shown_in_its_unit(value: Operand, unit: str, shown: str) -> None:
    """Days as days, whole percents as percents."""
    assert operand(value, unit, CATALOGUE, "en") == shown


def test_different_conditions_are_different_sentences() -> None:
    """No two operators say the same."""
    values: dict[str, Operand] = {"value": 1, "list": (1,)}
    said = {
        sentence(Asked("b.age_days", op.name, values[op.operands]), CATALOGUE)
        for op in OPERATORS.values()
        if "int" in op.types
    }

    assert len(said) == sum("int" in op.types for op in OPERATORS.values())


def test_words_and_sentence_are_hashed_together(tmp_path: Path) -> None:
    """Whoever changes one without looking at the other is seen."""
    hashes = {
        wording_hash(read(tmp_path, text).rules[0].versions[0], CATALOGUE)
        for text in (
            changed("severity: high", "severity: low"),
            changed("severity: high", "severity: medium"),
            changed("It is from abroad.", "It is foreign."),
            changed("{eq: false}", "{eq: true}").replace("a.known: false", "a.known: true"),
        )
    }

    assert len(hashes) == 3


def test_every_shipped_rule_has_a_sentence_in_both_languages() -> None:
    """Made from the catalogue's words, which every fact has."""
    shipped = read_library()
    for version in (version for pack in shipped.packs for rule in pack.rules for version in rule.versions):
        said = sentence(version.when, shipped.catalogue)
        assert said.en
        assert said.ja


def test_every_value_and_unit_reads_in_japanese() -> None:
    """But for codes, which have capitals or digits, and units that are never shown."""
    catalogue = read_library().catalogue
    values = {
        value
        for fact in catalogue.facts.values()
        for value in fact.values
        if value.islower() and value.isascii()
    }
    units = {
        fact.unit
        for fact in catalogue.facts.values()
        if fact.type == "int" and fact.unit not in {None, "yyyymmdd"}
    }

    assert {value for value in values if not any(c.isdigit() for c in value)} <= catalogue.values_ja.keys()
    assert units <= catalogue.units_ja.keys()
    assert catalogue.value("virtual_office", "ja") == "バーチャルオフィス"
    assert catalogue.value("virtual_office", "en") == "virtual office"
